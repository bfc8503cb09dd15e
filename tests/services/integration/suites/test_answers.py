"""What the stand-in for `spack` answers, as Spack would of these units."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.services.integration.suites.world import World, edge, unit

from peso.products.engines.port import ToolCall
from peso.services.integration.suites.answers import Answer, answer_to
from peso.services.integration.suites.shim import Notes, lay_shim
from peso.services.integration.suites.table import Table, read_table
from peso.services.integration.suites.units import Units

GCC = unit("gcc", "12.2.0", root=False, external="/usr")
MPI = unit("openmpi", "4.1.4", root=False, external="/usr")
PYTHON = unit("python", "3.11.2", root=False)
ZLIB = unit("zlib", "1.3", root=False)
HDF5 = unit(
    "hdf5",
    "1.14.5",
    edge(GCC, "build", virtuals=("c", "cxx")),
    edge(MPI, "build", "link", virtuals=("mpi",)),
    edge(ZLIB),
    mpi="true",
    fortran="false",
    libs="shared,static",
)
OLD = unit("hdf5", "1.8.23", edge(GCC, "build", virtuals=("c",)), mpi="false")
H5PY = unit("py-h5py", "3.12", edge(HDF5), edge(PYTHON, "run"), root=True)
GONE = unit("gone", "1.0")


@pytest.fixture
def units(world: World) -> Units:
    for one in (GCC, MPI, PYTHON, ZLIB, HDF5, OLD, H5PY):
        world.place(one)
    world.place(GONE, "failed")
    return world.site().units


@pytest.fixture
def table(units: Units, tmp_path: Path) -> Table:
    shim = lay_shim(units, {}, tmp_path / "spack")
    return read_table(json.loads((shim.folder / "table.json").read_text()))


def ask(table: Table, *words: str, loaded: str = "") -> Answer:
    return answer_to(table, words, loaded)


def hashes(table: Table, *words: str) -> list[str]:
    return ask(table, "find", "--format", "{hash}", *words).out.split()


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        (["hdf5"], [OLD, HDF5]),
        (["hdf5@1.10:"], [HDF5]),
        (["hdf5+mpi"], [HDF5]),
        (["hdf5", "~mpi"], [OLD]),
        (["hdf5~mpi~fortran"], []),
        (["hdf5", "libs=static"], [HDF5]),
        (["hdf5@1.14.5", "%gcc"], [HDF5]),
        (["hdf5%zlib"], [HDF5]),
        (["hdf5^openmpi@4:"], [HDF5]),
        (["hdf5^mpi"], [HDF5]),
        (["py-h5py^zlib"], [H5PY]),
        (["py-h5py%zlib"], []),
        (["py-h5py^hdf5~mpi"], []),
        (["zlib"], [ZLIB]),
        (["-x", "zlib"], []),
        (["gone"], []),
        ([f"/{HDF5.hash[:7]}"], [HDF5]),
    ],
)
def test_find(table: Table, spec: list[str], found: list[object]) -> None:
    assert hashes(table, *spec) == [one.hash for one in found]  # type: ignore[attr-defined]


def test_what_is_not_there_ends_with_1(table: Table) -> None:
    answer = ask(table, "find", "-x", "--format", "{hash}", "gone")
    assert (answer.code, answer.out) == (1, "")
    assert answer.noted == {"find": "gone", "found": []}


def test_a_listing_is_by_the_contract(table: Table, units: Units) -> None:
    header, *lines = ask(table, "find", "-dpl", f"/{HDF5.hash}").out.splitlines()
    assert header.startswith("-- linux-debian12-x86_64_v3 / ")
    prefix = units.placed[HDF5.hash].prefix
    assert lines[0] == f"{HDF5.hash[:7]} hdf5@1.14.5  {prefix}"
    assert lines[1:3] == [
        f"{GCC.hash[:7]}     gcc@12.2.0  /usr",
        f"{MPI.hash[:7]}     openmpi@4.1.4  /usr",
    ]
    assert ask(table, "find", "-pl", f"/{HDF5.hash}").out.count("\n") == 2


def test_load_says_what_a_shell_sets(table: Table, units: Units) -> None:
    prefix = Path(units.placed[H5PY.hash].prefix)
    (prefix / "lib/python3.11/site-packages").mkdir(parents=True)
    below = units.placed[HDF5.hash].prefix
    out = ask(table, "load", "--sh", f"/{H5PY.hash}", loaded="before").out
    shell = f'PATH=/bin CMAKE_PREFIX_PATH=/mine\n{out}\necho "$PATH"; echo "$CMAKE_PREFIX_PATH"; '
    shell += 'echo "$PYTHONPATH"; echo "$SPACK_LOADED_HASHES"'
    said = subprocess.run(["/bin/bash", "-c", shell], capture_output=True, text=True, check=True)
    path, cmake, python, loaded = said.stdout.splitlines()
    assert path.split(":")[:2] == [f"{prefix}/bin", f"{below}/bin"]
    assert path.endswith(":/bin")
    assert cmake.split(":")[-1] == "/mine"
    assert python == f"{prefix}/lib/python3.11/site-packages"
    assert loaded == f"{H5PY.hash}:before"
    assert "/usr" not in {path.split(":")[0], cmake.split(":")[0]}


@pytest.mark.parametrize(
    ("words", "code", "out"),
    [
        (["location", "-i", "zlib"], 0, "zlib-1.3-zlib130\n"),
        (["location", "-i", "hdf5"], 1, ""),
        (["find", "--loaded", "--format", "{variants}", "hdf5"], 0, "~mpi\n"),
        (["install", "zlib"], 2, ""),
        (["find", "--no-such-flag", "zlib"], 2, ""),
        (["find", "@@@"], 1, ""),
        (["test", "run", "/hdf5114"], 2, ""),
        ([], 2, ""),
    ],
)
def test_the_rest(table: Table, words: list[str], code: int, out: str) -> None:
    answer = ask(table, *words, loaded=OLD.hash)
    assert (answer.code, answer.out.rpartition("/")[2]) == (code, out)


def test_json_is_what_tests_read_of_it(table: Table) -> None:
    (said,) = json.loads(ask(table, "find", "--json", f"/{HDF5.hash}").out)
    assert said["parameters"] == {"fortran": False, "libs": ["shared", "static"], "mpi": True}
    assert (said["name"], said["version"], said["hash"]) == ("hdf5", "1.14.5", HDF5.hash)


def test_the_program_answers_whatever_the_test_has_set(units: Units, tmp_path: Path) -> None:
    shim = lay_shim(units, {}, tmp_path / "with space")
    environment = {"PATH": "/nowhere", "PYTHONPATH": "/nowhere", "LD_LIBRARY_PATH": "/nowhere"}
    argv = [str(shim.programs / "spack"), "find", "--format", "{hash}", "zlib"]
    said = subprocess.run(argv, env=environment, capture_output=True, text=True, check=True)
    assert said.stdout == f"{ZLIB.hash}\n"
    assert shim.notes() == Notes(asked=(("zlib", (ZLIB.hash,)),))


def test_the_real_command_runs_in_its_own_environment(units: Units, tmp_path: Path) -> None:
    call = ToolCall(argv=("/usr/bin/env",), environment={"ONLY": "this"})
    shim = lay_shim(units, {HDF5.hash: call}, tmp_path / "spack")
    argv = [str(shim.programs / "spack"), "test", "run", f"/{HDF5.hash[:7]}"]
    said = subprocess.run(argv, env={"MINE": "1"}, capture_output=True, text=True, check=True)
    assert said.stdout == "ONLY=this\n"
    assert shim.notes().loaded == (HDF5.hash,)


def test_the_program_imports_little() -> None:
    code = "import sys, peso.services.integration.suites.answers as a; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"pydantic", "yaml", "peso.base.record"}
    assert not heavy & set(said.stdout.split())
