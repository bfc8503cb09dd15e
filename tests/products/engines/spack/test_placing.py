"""Where units can be used: which unit a product is, its compilers, its MPI."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.engines.spack.locks import external, hash_of, lock, node, on

from peso.products.engines.files import Artifact
from peso.products.engines.native import NativeBuild, NativeRequires, Outcome, UnitBuild
from peso.products.engines.spack.document import Document, read_document
from peso.products.engines.spack.placing import chosen, programs, variables

FILE = Artifact(role="lock", path="x", media_type="x", length=0, sha256="0" * 64)
GCC = {"compilers": {"c": "/usr/bin/gcc", "cxx": "/usr/bin/g++"}}
MPI = on("openmpi", "build", "link", virtuals=("mpi",))
C = on("gcc", "build", virtuals=("c", "cxx"))


def document(*nodes: dict[str, object], roots: tuple[str, ...] = ()) -> Document:
    return read_document(lock(*nodes, roots=roots), where="the test's lock")


@pytest.fixture
def known() -> Document:
    return document(
        node("hypre", on=(MPI, C)),
        node("hdf5", key="hdf5-pulled-in", on=(C,)),
        node("hdf5", key="hdf5-asked", on=(C,)),
        node("gcc", external=external(extra_attributes=GCC)),
        node("openmpi", external=external()),
        roots=("hypre", "hdf5-asked"),
    )


def build(known: Document, outcomes: dict[str, Outcome] | None = None) -> NativeBuild:
    units = []
    for one in known.concrete_specs.values():
        there: Outcome = "external" if one.external else "built"
        outcome = (outcomes or {}).get(one.hash, there)
        prefix = f"/store/{one.hash}" if outcome == "built" else ""
        unit = UnitBuild(
            hash=one.hash, name=one.name, version=one.version, outcome=outcome, prefix=prefix
        )
        units.append(unit)
    return NativeBuild(
        part="native",
        requires=NativeRequires(platform="linux", system="debian12", targets=()),
        units=tuple(units),
        document=FILE,
        files=(),
        tool="spack",
        seconds=0.0,
    )


def test_a_root_comes_before_what_came_with_others(known: Document) -> None:
    made = build(known)

    assert [one.unit.hash for one in chosen(made, known, ("hdf5",))] == [hash_of("hdf5-asked")]


def test_where_the_root_failed_another_serves(known: Document) -> None:
    made = build(known, {hash_of("hdf5-asked"): "failed", hash_of("hypre"): "not-tried"})

    assert [one.unit.hash for one in chosen(made, known, ("hdf5", "hypre", "nobody"))] == [
        hash_of("hdf5-pulled-in")
    ]


def test_what_a_user_has_set(known: Document) -> None:
    made = build(known)
    said = variables(made, known, chosen(made, known, ("hypre", "openmpi")))

    assert said["HYPRE_ROOT"] == f"/store/{hash_of('hypre')}"
    assert said["OPENMPI_ROOT"] == "/usr"
    assert (said["CC"], said["CXX"]) == ("/usr/bin/gcc", "/usr/bin/g++")
    assert "FC" not in said


def test_own_programs_come_before_the_machines(known: Document) -> None:
    made = build(known)

    assert programs(made, known, chosen(made, known, ("openmpi", "hypre"))) == (
        Path(f"/store/{hash_of('hypre')}/bin"),
        Path("/usr/bin"),
    )
    assert programs(made, known, chosen(made, known, ("hdf5",))) == (
        Path(f"/store/{hash_of('hdf5-asked')}/bin"),
    )


def test_compilers_and_mpi_that_spack_built_are_in_their_prefixes(tmp_path: Path) -> None:
    for name in ("gcc", "g++", "mpicc", "mpif90"):
        place = tmp_path / "bin" / name
        place.parent.mkdir(exist_ok=True)
        place.touch()
    known = document(
        node("my-solver", on=(MPI, C)), node("openmpi"), node("gcc"), roots=("my-solver",)
    )
    made = build(known)
    units = tuple(one.model_copy(update={"prefix": str(tmp_path)}) for one in made.units)
    made = made.model_copy(update={"units": units})

    said = variables(made, known, chosen(made, known, ("my-solver",)))

    assert said == {
        "MY_SOLVER_ROOT": str(tmp_path),
        "CC": f"{tmp_path}/bin/gcc",
        "CXX": f"{tmp_path}/bin/g++",
        "MPICC": f"{tmp_path}/bin/mpicc",
        "MPIFC": f"{tmp_path}/bin/mpif90",
    }


def test_a_product_without_compilers_takes_those_of_the_lock(known: Document) -> None:
    made = build(known)

    assert variables(made, known, chosen(made, known, ("openmpi",)))["CC"] == "/usr/bin/gcc"
