"""What the portal's commands say, and how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from peso.cli.portal_words import ingested_words, reminded_words
from peso.portal.ingest.taken import Ingested, Taken
from peso.portal.reminding import AskedAbout, Reminded, Reminders


def _peso(*arguments: str, cwd: Path, **said: str) -> subprocess.CompletedProcess[str]:
    program = "from peso.cli.main import main; main()"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PESO_")}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=kept | said,
    )


def test_an_ingest_says_how_many_and_every_refusal() -> None:
    said = ingested_words(
        Ingested(
            taken=(
                Taken(kind="ledger", place="testing/tiny-1.0", state="taken", rows=7),
                Taken(kind="ledger", place="testing/tiny-1.1", state="unchanged"),
                Taken(kind="record", place="test/abc", state="refused", reason="it is damaged"),
            )
        )
    )

    assert said.splitlines() == [
        "1 ledger: taken",
        "1 ledger: unchanged",
        "1 record: refused",
        "refused: record test/abc: it is damaged",
    ]
    assert ingested_words(Ingested(taken=())) == "nothing was there to take in"


def test_a_place_that_is_nothing_is_wrong_use_and_says_what_is_one(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()

    done = _peso("portal", "ingest", "nothing", cwd=tmp_path)

    assert done.returncode == 2
    assert "no workspace, ledger or publication" in done.stderr
    assert "peso.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_workspace_is_taken_in_and_says_so_as_json(tmp_path: Path) -> None:
    assert _peso("init", "eco", cwd=tmp_path).returncode == 0

    done = _peso("portal", "ingest", "eco", "--in", "eco", "--json", cwd=tmp_path)

    taken = json.loads(done.stdout)["taken"]
    assert all(one["state"] != "refused" for one in taken)
    assert done.returncode == (0 if taken else 1)


def test_reminding_where_nothing_is_due_says_so(tmp_path: Path) -> None:
    assert _peso("init", "eco", cwd=tmp_path).returncode == 0
    where = {
        "PESO_PORTAL_MAIL": "smtp://mail.example?from=portal@example.org",
        "PESO_PORTAL_URL": "https://portal.example.org",
    }
    before = _peso("portal", "remind", "--in", "eco", "--dry-run", cwd=tmp_path)
    assert (before.returncode, "there is no portal" in before.stderr) == (2, True)
    _peso("portal", "ingest", "eco", "--in", "eco", cwd=tmp_path)

    for more in ((), ("--dry-run",)):
        done = _peso("portal", "remind", "--in", "eco", *more, cwd=tmp_path, **where)
        assert (done.returncode, done.stdout) == (0, "nobody is to be asked today\n")
    nobody = _peso("portal", "remind", "--in", "eco", cwd=tmp_path)
    assert nobody.returncode == 2
    assert "PESO_PORTAL_MAIL" in nobody.stderr
    assert "--url" in nobody.stderr
    assert _peso("portal", "remind", "--times", "0", cwd=tmp_path).returncode == 2
    said = _peso("portal", "remind", "--in", "eco", "--json", cwd=tmp_path, **where)
    assert json.loads(said.stdout) == {"mails": []}


def test_what_could_not_be_sent_is_said_with_its_reason() -> None:
    about = (AskedAbout(need="n-0123456789", statement="I need a course", organization="pond"),)
    mail = Reminded(
        name="Ann", email="ann@example.org", about=about, state="not sent", why="550 no"
    )
    done = Reminders(mails=(mail,))

    assert not done.ok
    assert reminded_words(done).splitlines() == [
        "not sent: Ann <ann@example.org>: 550 no; it stays due",
        "  n-0123456789 for pond: I need a course",
    ]
