"""Which modules a release has, and what each does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.products.engines.spack.elves import elf, put
from tests.products.engines.spack.locks import node, on
from tests.services.delivery.emit.prefixes import (
    MPI,
    SOLVER,
    TOOL,
    install_native,
    unit_folder,
    write_receipt,
    write_recipe,
    write_venv,
)

from peso.errors import BadInput
from peso.services.delivery.emit.emitting import emit_modules
from peso.services.delivery.emit.installed import read_installation
from peso.services.delivery.emit.modules import Module, Modules, modules_of

RECIPE = '''\
class FastMpi(Package):
    """An MPI that is fast."""

    provides("mpi")

    def setup_run_environment(self, env):
        pass
'''


def modules(prefix: Path) -> Modules:
    return modules_of(read_installation(prefix))


def module(prefix: Path, name: str) -> Module:
    return next(one for one in modules(prefix).modules if one.name == name)


def rules(found: Modules) -> list[tuple[str, str]]:
    return [(one.rule, one.subject.partition("@")[0]) for one in found.findings]


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """A prefix with something in each unit's folder."""
    made = install_native(tmp_path / "p")
    solver, mpi, tool = (unit_folder(made, one) for one in (SOLVER, MPI, TOOL))
    put(solver / "bin" / "solve", b"#!/bin/sh\n")
    put(solver / "share" / "man" / "man1" / "solve.1", b"")
    put(solver / "lib" / "pkgconfig" / "solver.pc", b"")
    put(solver / "lib" / "libsolver.so", elf("libmpi.so", rpath=str(mpi / "lib")))
    put(mpi / "bin" / "mpirun", b"#!/bin/sh\n")
    put(mpi / "lib" / "libmpi.so", elf())
    put(tool / "bin" / "tool", b"#!/bin/sh\n")
    put(tool / "lib" / "python3.11" / "site-packages" / "tool.py", b"")
    write_recipe(mpi, "fast-mpi", RECIPE)
    return made


def test_a_module_for_each_root_that_spack_made(prefix: Path) -> None:
    found = modules(prefix)

    assert [one.name for one in found.modules] == ["fast-mpi/4.1", "solver/2.0"]
    assert ("root-without-module", "blas-lib") in rules(found)


def test_paths_lead_to_what_is_there_the_own_first(prefix: Path) -> None:
    solver, tool = unit_folder(prefix, SOLVER), unit_folder(prefix, TOOL)

    assert module(prefix, "solver/2.0").paths == (
        ("PATH", str(tool / "bin")),  # what stands last is put before the others
        ("PYTHONPATH", str(tool / "lib/python3.11/site-packages")),
        ("PATH", str(solver / "bin")),
        ("MANPATH", str(solver / "share/man")),
        ("PKG_CONFIG_PATH", str(solver / "lib/pkgconfig")),
        ("CMAKE_PREFIX_PATH", str(solver)),
    )
    assert module(prefix, "solver/2.0").variables == (("SOLVER_ROOT", str(solver)),)
    assert module(prefix, "fast-mpi/4.1").variables[0][0] == "FAST_MPI_ROOT"


def test_a_root_loads_the_roots_it_stands_on(prefix: Path) -> None:
    assert module(prefix, "solver/2.0").loads == ("fast-mpi/4.1",)
    assert module(prefix, "fast-mpi/4.1").loads == ()


def test_only_the_nearest_roots_are_loaded(tmp_path: Path) -> None:
    app = node("app", on=(on("between", "link"),))
    between = node("between", on=(on("lib", "link"),))
    lib, low = node("lib", on=(on("low", "link"),)), node("low")
    prefix = install_native(tmp_path, units=(app, between, lib, low), roots=("app", "lib", "low"))

    assert module(prefix, "app/1.0").loads == ("lib/1.0",)


def test_an_mpi_is_of_its_family(prefix: Path) -> None:
    assert module(prefix, "fast-mpi/4.1").family == "mpi"
    assert module(prefix, "solver/2.0").family == ""


def test_an_mpi_that_nothing_uses_is_known_by_its_recipe(tmp_path: Path) -> None:
    alone = node("fast-mpi", "4.1")
    prefix = install_native(tmp_path, units=(alone,), roots=("fast-mpi",))
    write_recipe(unit_folder(prefix, alone), "fast-mpi", RECIPE)

    assert module(prefix, "fast-mpi/4.1").family == "mpi"


def test_what_the_recipe_says_and_what_it_does_by_code(prefix: Path) -> None:
    found = modules(prefix)

    assert module(prefix, "fast-mpi/4.1").description == "An MPI that is fast."
    assert ("run-environment-not-known", "fast-mpi") in rules(found)
    assert ("description-unknown", "solver") in rules(found)


def test_a_library_path_is_set_only_where_it_is_needed(prefix: Path) -> None:
    solver, mpi = unit_folder(prefix, SOLVER), unit_folder(prefix, MPI)
    assert "not set: 1 programs and libraries find" in module(prefix, "solver/2.0").remarks[-1]

    put(solver / "bin" / "solve", elf("libmpi.so", "libc.so.6"))
    found = modules(prefix)

    assert ("LD_LIBRARY_PATH", str(mpi / "lib")) in module(prefix, "solver/2.0").paths
    assert "is set: solve needs libmpi.so" in module(prefix, "solver/2.0").remarks[-1]
    assert ("library-path-needed", "solver") in rules(found)


def test_two_roots_of_one_name_and_version(tmp_path: Path) -> None:
    units = (node("zlib", key="zlib-one"), node("zlib", key="zlib-two"), node("app"))
    prefix = install_native(tmp_path, units=units, roots=("zlib-one", "zlib-two", "app"))
    names = [one.name for one in modules(prefix).modules]

    assert names == ["app/1.0", "zlib/1.0-zlibzon", "zlib/1.0-zlibztw"]


def test_a_version_and_a_name_that_are_none_for_a_file(tmp_path: Path) -> None:
    odd = node("3d-lib", "git.a/b=1.0")
    prefix = install_native(tmp_path, units=(odd,), roots=("3d-lib",), installed=())
    place = tmp_path / "native-store" / "unit"
    place.mkdir(parents=True)
    index = {"database": {"installs": {odd["hash"]: {"installed": True, "path": str(place)}}}}
    (prefix / ".spack-db" / "index.json").write_text(json.dumps(index))
    (found,) = modules(prefix).modules

    assert found.name == "3d-lib/git.a_b_1.0"
    assert found.variables == ()
    assert "3D_LIB_ROOT is no name of a variable" in found.remarks[-1]


def test_a_python_part_has_a_module(tmp_path: Path) -> None:
    prefix = install_native(tmp_path, python="python")
    (found,) = [one for one in modules(prefix).modules if "python" in one.name]

    assert found.name == "mini-python/26.11"
    assert found.paths == (("PATH", str(prefix / "python" / "bin")),)
    assert found.variables == (("VIRTUAL_ENV", str(prefix / "python")),)
    assert found.holds[-1] == "alpha 1.0"
    assert "PYTHONPATH is not set" in found.remarks[0]


def test_nothing_to_make_a_module_of(tmp_path: Path) -> None:
    write_receipt(tmp_path, parts=(".",))

    with pytest.raises(BadInput, match="nothing here has a module"):
        modules(tmp_path)


def test_a_folder_that_no_path_can_hold(tmp_path: Path) -> None:
    write_venv(tmp_path / "a:b")
    write_receipt(tmp_path / "a:b", parts=(".",))

    with pytest.raises(BadInput, match="no path of folders") as error:
        modules(tmp_path / "a:b")

    assert str(tmp_path / "a:b") in error.value.faults[0].where


def test_modules_are_written_beside_the_release(prefix: Path) -> None:
    done = emit_modules(prefix)
    file = prefix / "share/peso/mini/modules/solver/2.0.lua"

    assert done.folder == str(prefix / "share/peso/mini/modules")
    assert [one.did for one in done.modules] == ["written", "written"]
    text = file.read_text()
    assert [one.did for one in emit_modules(prefix).modules] == ["unchanged", "unchanged"]
    assert file.read_text() == text
    assert 'whatis("Release: mini 26.11, channel stable")' in text
    assert f'whatis("Manifest: sha256 {"ab" * 32}")' in text
    assert 'depends_on("fast-mpi/4.1")' in text


def test_one_file_that_is_somebodys_and_none_is_written(prefix: Path, tmp_path: Path) -> None:
    put(tmp_path / "out" / "solver" / "2.0.lua", b"-- mine\n")

    with pytest.raises(BadInput, match="nothing was written"):
        emit_modules(prefix, out=tmp_path / "out")

    assert not (tmp_path / "out" / "fast-mpi").exists()
