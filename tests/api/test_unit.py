"""`peso explain unit` on a lock of its own, and on a stack that was planned."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.native_locks import Piece, lock_of
from tests.products.engines.spack.locks import external, hash_of, lock, node, on

import peso
from peso.base.ledger import Ledger
from peso.errors import BadInput
from peso.products.engines.native import NativeLock
from peso.services.filing import file_record
from peso.services.integration.plan import Plan
from peso.services.steps.making import PLAN

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LOCK = lock(
    node("app", on=(on("hdf5", "build", "link", key="hdf"), on("gcc", "build", virtuals=("c",)))),
    node("old", on=(on("hdf5", "link", key="hdfold"),)),
    node("hdf5", "1.14.6", key="hdf", parameters={"mpi": True}, on=(on("mpich", "link"),)),
    node("hdf5", "1.8.23", key="hdfold", parameters={"mpi": False}),
    node("mpich", "5.0.1", external=external("/opt/mpich")),
    node("gcc", "12.2.0", external=external()),
    roots=("app", "old"),
)
STACK = """\
schema: peso.stack/1
name: mixed
version: "1"
title: Mixed
parts:
  native: {engine: spack, environment: spack.yaml}
products:
- {name: hypre, part: native}
tests:
  one: {of: [hypre], run: [tool], expect: {x: "== 0"}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a lock; no recipes were ever indexed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    here = tmp_path / "here"
    here.mkdir()
    (here / "spack.lock").write_bytes(LOCK)
    return here


def planned(folder: Path, *locks: NativeLock, name: str = "mixed", made: datetime = NOW) -> None:
    """File a plan, as a delivery does."""
    plan = Plan(stack=name, version="1", locks=locks)
    ledger = Ledger(folder / ".peso" / "ledger")
    file_record(PLAN, {"a": f"{name} {made}"}, plan, ledger, made=made)


def _peso(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "from peso.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "explain", "unit", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )


def test_the_lock_of_the_folder_is_looked_at(folder: Path) -> None:
    found = peso.explain_unit("hdf5", within=folder)

    assert found.where == str(folder / "spack.lock")
    assert [one.unit.hash for one in found.units] == [hash_of("hdf"), hash_of("hdfold")]
    assert [one.name for one in found.units[0].roots] == ["app"]
    assert found.repeated[0].meets == "between-roots"


def test_what_recipes_would_say_is_unknown_without_them(folder: Path) -> None:
    one = peso.explain_unit("hdf5@1.14.6", within=folder / "spack.lock").units[0]

    assert "no recipes are at hand" in str(one.unit.license)
    assert "no recipes are at hand" in str(one.unit.sources)


def test_words_say_differences_first_and_then_each_unit(folder: Path) -> None:
    done = _peso(folder, "hdf5")

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("hdf5: 2 units in ")
    hashes = (hash_of("hdf")[:7], hash_of("hdfold")[:7])
    assert f"  variant mpi: true /{hashes[0]}; false /{hashes[1]}" in lines
    assert f"  needs mpich: yes /{hashes[0]}; no /{hashes[1]}" in lines
    app = f"app@1.0/{hash_of('app')[:7]}"
    assert f"    {app} -[build,link]-> hdf5@1.14.6/{hashes[0]}" in lines
    assert f"    {app} (build,link)" in lines


def test_words_of_an_external(folder: Path) -> None:
    done = _peso(folder, "mpich", "--all")

    assert "external, not built by Spack, needed where roots are used" in done.stdout
    assert "supplied  /opt/mpich, of a package that is not known: the lock may be" in done.stdout
    assert "1 roots end up on it" in done.stdout


def test_json_and_quiet(folder: Path) -> None:
    document = json.loads(_peso(folder, "gcc", "--json").stdout)

    assert document["units"][0]["shipped"] is False
    assert [one["name"] for one in document["units"][0]["building"]] == ["app"]
    assert _peso(folder, "gcc", "--quiet").stdout == ""


def test_an_unknown_name_is_told_with_the_nearest(folder: Path) -> None:
    done = _peso(folder, "hfd5")

    assert done.returncode == 2
    assert "no unit is hfd5" in done.stderr
    assert "did you mean hdf5?" in done.stderr


def test_a_stack_is_answered_by_its_last_plan(folder: Path) -> None:
    (folder / "spack.lock").unlink()
    (folder / "stack.yaml").write_text(STACK)
    (folder / "spack.yaml").write_text("spack:\n  specs: [hypre]\n")
    planned(folder, lock_of(Piece("new", "hypre", "2.0", root=True)))
    planned(folder, lock_of(Piece("old", "hypre", "1.0")), made=datetime(2026, 1, 1, tzinfo=UTC))
    planned(folder, lock_of(Piece("o", "hypre", "9")), name="other")

    found = peso.explain_unit("hypre", within=folder)
    assert [(one.part, one.unit.version) for one in found.units] == [("native", "2.0")]
    assert found.where == str(folder / "stack.yaml")


def test_a_bare_environment_is_known_by_its_folder(folder: Path) -> None:
    (folder / "spack.yaml").write_text("spack:\n  specs: [hypre]\n")
    planned(folder, lock_of(Piece("new", "hypre", "2.0", root=True)), name="here")

    assert peso.explain_unit("hypre", within=folder / "spack.yaml").units[0].unit.version == "2.0"


def test_what_cannot_be_looked_at_says_what_to_do(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        peso.explain_unit("x", within=folder / "gone")
    with pytest.raises(BadInput, match=r"there is no spack.lock and no stack.yaml or spack.yaml"):
        peso.explain_unit("x", within=tmp_path)
    (folder / "stack.yaml").write_text(STACK)
    (folder / "spack.yaml").write_text("spack:\n  specs: [hypre]\n")
    with pytest.raises(BadInput, match="was never planned here"):
        peso.explain_unit("x", within=folder / "stack.yaml")
    assert not (folder / ".peso").exists()
    planned(folder)
    with pytest.raises(BadInput, match="has no part that Spack makes"):
        peso.explain_unit("x", within=folder / "stack.yaml")
