"""The catalog's commands, as whole processes and with words for people."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.products.recipes.repositories import write_repository
from tests.products.recipes.test_catalog import RECIPES


def _peso(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "from peso.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "catalog", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace beside a small repository; this user's cache is elsewhere."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    write_repository(tmp_path, RECIPES)
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "peso.yaml").write_text("schema: peso.workspace/1\n")
    return tmp_path / "house"


REPOSITORY = "../spack_repo/small"


def test_index_then_questions(workspace: Path) -> None:
    nothing = _peso(workspace, "show", "hdf5")
    indexed = _peso(workspace, "index", REPOSITORY, "--json")
    again = _peso(workspace, "index")
    shown = _peso(workspace, "show", "hdf5")
    found = _peso(workspace, "search", "compress")
    stats = _peso(workspace, "stats")

    assert nothing.returncode == 2
    assert "no recipe repository was indexed here" in nothing.stderr
    assert json.loads(indexed.stdout)["read"] == 4
    assert "4 recipes: 0 read, 4 as before, 1 unreadable" in again.stdout
    assert "hdf5 (small)" in shown.stdout
    assert "zlib@1:                      link when +zip" in shown.stdout
    assert (
        "gmake                        build when build_system=maker  [build_systems/maker.py]"
        in (shown.stdout)
    )
    assert found.stdout == "zlib                         Compression.\n"
    assert "license       1 (25.0 %) say theirs" in stats.stdout
    assert (workspace / ".peso" / "cache" / "catalog").is_dir()
    assert (workspace / ".peso" / ".gitignore").read_text() == "*\n"
    assert not (workspace.parent / "xdg").exists()


def test_a_repository_named_for_one_question(workspace: Path) -> None:
    shown = _peso(workspace, "show", "hdf5", "--repo", REPOSITORY, "--json")

    assert json.loads(shown.stdout)["versions"][0]["number"] == "2"
    assert _peso(workspace, "show", "hdf5").returncode == 2


def test_outside_a_workspace_the_cache_is_this_user_s(workspace: Path) -> None:
    done = _peso(workspace.parent, "index", "spack_repo/small", "--quiet")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (workspace.parent / "xdg" / "peso" / "catalog" / "current.json").is_file()


def test_no_is_an_exit_code(workspace: Path) -> None:
    _peso(workspace, "index", REPOSITORY)
    broken = _peso(workspace, "show", "broken")
    unknown = _peso(workspace, "show", "hdf", "--json")
    nothing = _peso(workspace, "search", "nothing like it")

    assert (broken.returncode, nothing.returncode) == (1, 1)
    assert broken.stdout.startswith("broken cannot be read: line 1: it is not Python")
    assert unknown.returncode == 2
    assert json.loads(unknown.stdout)["error"]["hint"] == "did you mean hdf5?"


def test_looking_up_imports_no_reader(workspace: Path) -> None:
    _peso(workspace, "index", REPOSITORY)
    program = (
        "import sys; sys.argv = ['peso', 'catalog', 'show', 'hdf5']\n"
        "from peso.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write('\\n'.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=workspace
    )
    imported = set(done.stderr.splitlines())

    assert "peso.products.recipes.catalog" in imported
    assert imported.isdisjoint(
        {"peso.products.recipes.reader", "peso.workspace", "peso.base.pool", "yaml", "httpx"}
    )
