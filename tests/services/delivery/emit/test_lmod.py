"""Modules in a real Lmod: loaded, used, listed, unloaded, and the environment is what it was.

Needs Lmod (`apt-get install lmod`); PESO_LMOD may name its `init/bash`.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.products.engines.spack.elves import put
from tests.services.delivery.emit.prefixes import (
    MPI,
    SOLVER,
    TOOL,
    install_native,
    unit_folder,
    write_recipe,
)

from peso.services.delivery.emit.emitting import emit_modules

PLACES = ("/usr/share/lmod/lmod/init/bash", "/opt/lmod/lmod/init/bash")
HOSTILE = """A "title"'); os.exit() -- \\ ]] $(touch ran) `touch ran` %s"""
OWN = r"^(_|SHLVL|FPATH|MODULEPATH.*|LMOD_.*|__LMOD.*|_ModuleTable.*|_LMFILES_|LOADEDMODULES)="
"""Variables that are Lmod's or the shell's own."""
RECIPE = '''class FastMpi(Package):
    """An MPI that is "fast"\\\\, for tests."""

    provides("mpi")
'''


@pytest.fixture(scope="module")
def lmod() -> Path:
    named = os.environ.get("PESO_LMOD")
    for place in (named,) if named else PLACES:
        if Path(place).is_file():
            return Path(place)
    pytest.skip("NOT LOADED IN A REAL LMOD: there is none on this machine (apt-get install lmod)")


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """A prefix whose programs say who they are."""
    made = install_native(tmp_path / "p", python="python", title=HOSTILE)
    for unit, name in ((SOLVER, "solve"), (MPI, "mpirun"), (TOOL, "tool")):
        program = put(
            unit_folder(made / "native", unit) / "bin" / name,
            f"#!/bin/sh\necho {name} ran\n".encode(),
        )
        program.chmod(0o755)
    solver = unit_folder(made / "native", SOLVER)
    put(solver / "share" / "man" / "man1" / "solve.1", b".TH solve 1\n")
    put(unit_folder(made / "native", TOOL) / "lib/python3.11/site-packages/tool.py", b"")
    write_recipe(unit_folder(made / "native", MPI), "fast-mpi", RECIPE)
    return made


def shell(lmod: Path, folder: str, *lines: str, cwd: Path) -> str:
    """Run lines in a shell that has Lmod and uses a folder of modules; returns all it says."""
    script = "\n".join([f"source {lmod}", f"module use {folder}", *lines])
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={"HOME": str(cwd), "PATH": "/usr/local/bin:/usr/bin:/bin", "LMOD_PAGER": "none"},
        timeout=120,
    )
    return done.stdout + done.stderr


def test_load_run_list_unload(lmod: Path, prefix: Path, tmp_path: Path) -> None:
    folder = emit_modules(prefix).folder
    said = shell(
        lmod,
        folder,
        f"env | grep -vE '{OWN}' | sort > before",
        "module load solver",
        "solve; mpirun; tool",
        "echo root=$SOLVER_ROOT mpi=$FAST_MPI_ROOT python=$PYTHONPATH",
        "echo libraries=${LD_LIBRARY_PATH-unset}",
        "module list",
        "module unload solver",
        f"env | grep -vE '{OWN}' | sort > after",
        "module list",
        cwd=tmp_path,
    )

    store = prefix / "native"
    assert "solve ran\nmpirun ran\ntool ran\n" in said
    root, mpi = unit_folder(store, SOLVER), unit_folder(store, MPI)
    packages = unit_folder(store, TOOL) / "lib/python3.11/site-packages"
    assert f"root={root} mpi={mpi} python={packages}\n" in said
    assert "libraries=unset" in said
    listed, _, after = said.partition("Currently Loaded Modules")[2].partition("No modules loaded")
    assert "solver/2.0" in listed
    assert "fast-mpi/4.1" in listed
    assert after or "No modules loaded" in said
    assert (tmp_path / "after").read_text() == (tmp_path / "before").read_text()


def test_manual_pages_of_the_machine_stay(lmod: Path, prefix: Path, tmp_path: Path) -> None:
    folder = emit_modules(prefix).folder
    said = shell(
        lmod,
        folder,
        "echo before=${MANPATH-unset}",
        "module load solver",
        "echo loaded=$MANPATH",
        "module unload solver",
        "echo after=${MANPATH-unset}",
        cwd=tmp_path,
    )

    manuals = unit_folder(prefix / "native", SOLVER) / "share/man"
    assert f"loaded={manuals}:" in said
    assert "before=unset" in said
    assert "after=unset" in said


def test_two_of_one_family_do_not_stand_together(lmod: Path, prefix: Path, tmp_path: Path) -> None:
    folder = emit_modules(prefix).folder
    put(tmp_path / "site" / "other-mpi" / "1.0.lua", b'family("mpi")\n')
    said = shell(
        lmod,
        folder,
        f"module use {tmp_path / 'site'}",
        "module load other-mpi",
        "module load fast-mpi",
        "module list",
        cwd=tmp_path,
    )

    listed = said.partition("Currently Loaded Modules")[2]
    assert "fast-mpi/4.1" in listed
    assert "other-mpi" not in listed


def test_another_version_takes_its_place(lmod: Path, prefix: Path, tmp_path: Path) -> None:
    folder = emit_modules(prefix).folder
    put(tmp_path / "site" / "solver" / "1.0.lua", b'conflict("solver")\nsetenv("OLD", "yes")\n')
    said = shell(
        lmod,
        folder,
        f"module use {tmp_path / 'site'}",
        "module load solver/1.0",
        "module load solver/2.0",
        "echo old=${OLD-unset}; solve",
        "module list",
        cwd=tmp_path,
    )

    assert "old=unset\nsolve ran\n" in said
    assert "solver/2.0" in said.partition("Currently Loaded Modules")[2]


def test_a_user_can_ask_which_release_it_is_from(lmod: Path, prefix: Path, tmp_path: Path) -> None:
    folder = emit_modules(prefix).folder
    said = shell(lmod, folder, "module whatis fast-mpi", "module help fast-mpi", cwd=tmp_path)

    assert "Release: mini 26.11, channel stable" in said
    assert f"Manifest: sha256 {'ab' * 32}" in said
    assert 'An MPI that is "fast"\\, for tests.' in said
    assert HOSTILE in said
    assert not list(tmp_path.rglob("ran"))


def test_the_python_part(lmod: Path, prefix: Path, tmp_path: Path) -> None:
    folder = emit_modules(prefix).folder
    said = shell(
        lmod,
        folder,
        "module load mini-python/26.11",
        "alpha",
        "echo environment=$VIRTUAL_ENV",
        "module unload mini-python",
        "command -v alpha || echo gone",
        cwd=tmp_path,
    )

    assert "this is alpha" in said
    assert f"environment={prefix / 'python'}" in said
    assert "gone" in said


def test_lmod_finds_no_fault_in_any_of_them(lmod: Path, prefix: Path, tmp_path: Path) -> None:
    folder = emit_modules(prefix).folder
    said = shell(lmod, folder, "module avail", "module spider solver", cwd=tmp_path)

    assert "solver/2.0" in said
    assert "error" not in said.lower()
