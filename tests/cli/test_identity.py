"""The commands of the table of identities, as whole processes and with words for people."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.services.assurance.identity.made import SAID, table


def _peso(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    program = "from peso.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "identity", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "XDG_CACHE_HOME": str(cwd / "xdg")},
    )


def test_list_and_show(tmp_path: Path) -> None:
    listed = _peso("list", cwd=tmp_path)
    shown = _peso("show", "ncurses", cwd=tmp_path)
    data = json.loads(_peso("show", "openssl", "--json", cwd=tmp_path).stdout)

    line = next(one for one in listed.stdout.splitlines() if one.startswith("openssh "))
    assert "openssh  https://github.com/openssh/openssh-portable" in line
    assert line.endswith("CPE, GIT, PESO")
    assert "  upstream   unknown: the recipe names archives only" in shown.stdout
    assert "  CPE gnu:ncurses  (spack)" in shown.stdout
    assert "never      CPE ncurses_project:ncurses: a crate of Rust" in shown.stdout
    assert "reviewed 2026-" in shown.stdout
    assert data["entry"]["vendor"] == "openssl"
    assert {"space": "CPE", "name": "openssl:openssl", "scheme": "openssl"} in data["keys"]


def test_a_package_that_nobody_reviewed_is_a_no(tmp_path: Path) -> None:
    done = _peso("show", "no-such-bird", cwd=tmp_path)

    assert done.returncode == 1
    assert done.stdout == "unknown: nobody has reviewed yet whose code no-such-bird is\n"


def test_a_check_says_what_is_wrong_and_where(tmp_path: Path) -> None:
    table(tmp_path / "good", {"heron": SAID})
    table(tmp_path / "twins", {"heron": SAID, "stork": SAID})
    table(tmp_path / "bad", {"heron": {**SAID, "scheme": "roman"}})

    good = _peso("check", "--table", "good", cwd=tmp_path)
    twins = _peso("check", "--table", "twins", cwd=tmp_path)
    bad = _peso("check", "--table", "bad", cwd=tmp_path)

    assert (good.returncode, twins.returncode, bad.returncode) == (0, 1, 1)
    assert good.stdout.splitlines()[-1] == "nothing is wrong"
    assert "twins/birds.yaml:5:5: high: heron and stork both claim" in twins.stdout
    assert "bad/birds.yaml:11:13: there is no version scheme 'roman'" in bad.stdout
    assert bad.stdout.splitlines()[-1] == "wrong: 1"


def test_a_schema_for_editors(tmp_path: Path) -> None:
    program = "from peso.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "schema", "identity"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )

    assert json.loads(done.stdout)["title"] == "PESO table of identities"


def test_proposals_without_recipes_say_what_next(tmp_path: Path) -> None:
    done = _peso("propose", "--in", ".", "--repo", "nowhere", cwd=tmp_path)

    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr
