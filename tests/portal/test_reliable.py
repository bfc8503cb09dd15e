"""Ingest and its database as a machine treats them: killed, deleted, moved, migrated.

Each works on a portal in processes of its own, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.portal.cluster import Cluster, why_not
from tests.portal.made import Sizes, write_ledger

CHECKOUT = Path(__file__).parents[2]
PESO = ("-c", "import sys; from peso.cli.main import main; sys.exit(main())")
SIZES = Sizes(results=1200, releases=3, platforms=4, products=10, units=30)
KILLS = 8
_DJANGO = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "peso.portal.settings"
from django.core.management import execute_from_command_line
execute_from_command_line(["manage", *sys.argv[1:]])
"""
BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@dataclass(frozen=True, kw_only=True)
class Portal:
    """A portal of its own."""

    workspace: Path
    database: str = ""

    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if "DJANGO" not in name},
            "PESO_PORTAL": str(self.workspace / "portal"),
            "PESO_PORTAL_DATABASE": self.database,
            "PYTHONPATH": os.pathsep.join((str(CHECKOUT / "src"), str(CHECKOUT))),
        }

    def start(self, *argv: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            (sys.executable, *argv),
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *argv: str, code: int = 0) -> bytes:
        process = self.start(*argv)
        said, wrong = process.communicate(timeout=240)
        assert process.returncode == code, wrong.decode()[-3000:]
        return said or wrong

    def ingest(self, *ledgers: Path) -> None:
        self.run(*PESO, "portal", "ingest", *map(str, ledgers), "--in", str(self.workspace))

    def held(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = json.loads(self.run("-m", "tests.portal.holding"))
        return found


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("week") / "ledger"
    write_ledger(folder, SIZES)
    return folder


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if reason := why_not():
        pytest.skip(reason)
    with Cluster() as one:
        yield one


@pytest.fixture
def portal(request: pytest.FixtureRequest, tmp_path: Path) -> Portal:
    kind = getattr(request, "param", "sqlite")
    database = ""
    if kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        database = cluster.new(f"p{abs(hash(tmp_path))}")
    return Portal(workspace=tmp_path, database=database)


@pytest.fixture(scope="module")
def whole(ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the ledger comes to, taken in undisturbed, on SQLite."""
    one = Portal(workspace=tmp_path_factory.mktemp("whole"))
    one.ingest(ledger)
    return one.held()


def test_every_run_of_every_platform_is_there(whole: dict[str, list[str]]) -> None:
    assert len(whole["peso_test_result"]) == SIZES.results
    assert len(whole["peso_platform"]) == SIZES.platforms
    cells = [json.loads(cell) for cell in whole["peso_cell"]]
    counted = sum(one[name] for one in cells for name in ("passed", "failed", "unknown", "skipped"))
    assert counted == SIZES.results


@pytest.mark.parametrize("portal", BOTH, indirect=True)
def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(
    portal: Portal, ledger: Path, whole: dict[str, list[str]]
) -> None:
    argv = (*PESO, "portal", "ingest", str(ledger), "--in", str(portal.workspace))
    chance = random.Random(7)  # noqa: S311 - no secret
    killed = 0
    for _ in range(KILLS):
        process = portal.start(*argv)
        time.sleep(chance.uniform(0.5, 6))
        killed += process.poll() is None
        process.kill()
        process.communicate()
    portal.ingest(ledger)
    portal.ingest(ledger)
    assert killed
    assert portal.held() == whole


@pytest.mark.parametrize("portal", BOTH, indirect=True)
def test_a_deleted_database_is_made_again_from_files(
    portal: Portal, ledger: Path, whole: dict[str, list[str]], request: pytest.FixtureRequest
) -> None:
    portal.ingest(ledger)
    before = portal.held()
    if portal.database:
        cluster: Cluster = request.getfixturevalue("cluster")
        name = portal.database.partition("@/")[2].partition("?")[0]
        cluster.drop(name)
        cluster.new(name)
    else:
        for file in (portal.workspace / "portal").glob("portal.sqlite3*"):
            file.unlink()
    portal.ingest(ledger)
    assert portal.held() == before == whole


@pytest.mark.parametrize("portal", BOTH, indirect=True)
def test_migrations_go_back_and_forward_with_data(portal: Portal, ledger: Path) -> None:
    portal.ingest(ledger)
    before = portal.held()
    django = ("-c", _DJANGO)
    portal.run(*django, "migrate", "store", "0001", "-v0")
    portal.run(*django, "migrate", "-v0")
    assert portal.run(*django, "makemigrations", "--check", "--dry-run", "-v0") == b""
    after = portal.held()
    assert _many(after) == _many(before)
    assert after["peso_test_result"] == before["peso_test_result"]
    assert after["peso_cell"] == before["peso_cell"]
    # What an older form has no column for is read again, with nothing doubled.
    portal.ingest(ledger)
    assert portal.held() == before


def _many(held: dict[str, list[str]]) -> dict[str, int]:
    return {name: len(rows) for name, rows in held.items()}


@pytest.mark.postgres
def test_a_move_to_postgresql_keeps_every_row(
    portal: Portal, ledger: Path, whole: dict[str, list[str]], cluster: Cluster, tmp_path: Path
) -> None:
    portal.ingest(ledger)
    there = cluster.new("moved")
    move = (*PESO, "portal", "move", "--to", there, "--in", str(portal.workspace))
    said = portal.run(*move, "--json")
    rows = {one["table"]: one["rows"] for one in json.loads(said)["tables"]}
    moved = replace(portal, database=there)
    assert moved.held() == portal.held() == whole
    assert rows["peso_test_result"] == SIZES.results
    assert b"is not empty" in portal.run(*move, code=2)
    more = tmp_path / "more"
    write_ledger(more, replace(SIZES, releases=4, results=1600))
    moved.ingest(more)
    assert len(moved.held()["peso_test_result"]) == 1600


def test_a_move_to_where_no_database_is_says_so(portal: Portal, tmp_path: Path) -> None:
    nowhere = f"postgresql://peso@/portal?host={tmp_path}"
    said = portal.run(*PESO, "portal", "move", "--to", nowhere, "--in", str(tmp_path), code=3)
    assert b"the other database cannot be used" in said
    assert b"Traceback" not in said
