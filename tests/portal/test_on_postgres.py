"""The portal's tests once more, on a PostgreSQL of our own, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.portal.cluster import Cluster, why_not

_HERE = Path(__file__).parent


ROOMS = {
    "people": ("people", "needs"),
    "facts": ("ingest", "pages", *(one.name for one in sorted(_HERE.glob("test_*.py")))),
}
"""What runs in one process; two workers share the rooms."""
LEFT_OUT = frozenset({"test_on_postgres.py", "test_reliable.py", "test_keeping.py"})
"""They start a PostgreSQL of their own."""
NOT_OF_THE_DATABASE = "not test_matrix and not export and not command and not elsewhere"
"""Who may do what is decided without it, and other processes keep their own."""


@pytest.mark.postgres
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("room", ROOMS)
def test_all_of_them_pass_on_postgresql(tmp_path: Path, room: str) -> None:
    _pass(
        *("-m", "not postgres and not browser", "--basetemp", str(tmp_path / "base")),
        *("-k", NOT_OF_THE_DATABASE),
        *(str(_HERE / one) for one in ROOMS[room] if one not in LEFT_OUT),
    )


@pytest.mark.postgres
@pytest.mark.browser
@pytest.mark.timeout(1800)
def test_the_walk_in_a_browser_passes_on_postgresql(tmp_path: Path) -> None:
    """The issue's walk, axe, the keyboard and narrow screens, on the main pages."""
    said = _pass(
        *("-rs", "--basetemp", str(tmp_path / "base")),
        str(_HERE / "browser" / "test_everybody.py"),
        *("-k", "not every_kind_of_page", "-m", "browser"),
        PESO_BROWSER_FEW="1",
    )
    if " passed" not in said:
        pytest.skip(said[said.find("SKIPPED") :].splitlines()[0])


def _pass(*what: str, **more: str) -> str:
    """Run tests on a PostgreSQL of their own, which must pass; returns what was said."""
    if reason := why_not():
        pytest.skip(reason)
    argv = (sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", *what)
    kept = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    with Cluster() as cluster:
        done = subprocess.run(
            argv,
            cwd=_HERE.parents[1],
            env={**kept, "PESO_TEST_DATABASE": cluster.new("tests"), **more},
            capture_output=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout.decode()[-6000:]
    return done.stdout.decode()
