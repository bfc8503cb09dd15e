"""What Spack is told of installed units, and what it cannot be told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.products.engines.spack.locks import external, hash_of, node, on
from tests.services.delivery.emit.prefixes import (
    CMAKE,
    GCC,
    MPI,
    ROOTS,
    RUNTIME,
    SOLVER,
    UNITS,
    install_native,
    unit_folder,
    write_receipt,
    write_venv,
)

from peso.base.finding import Level
from peso.errors import BadInput
from peso.services.delivery.emit.emitting import emit_externals, emit_modules
from peso.services.delivery.emit.externals import Externals, externals_of
from peso.services.delivery.emit.installed import read_installation


def told(prefix: Path, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    """Return what the file says, as Spack reads it."""
    said = yaml.safe_load(emit_externals(prefix, **options).text)["packages"]
    assert isinstance(said, dict)
    return said


def only(said: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the one external of a package."""
    (entry,) = said[name]["externals"]
    assert isinstance(entry, dict)
    return entry


def of(prefix: Path, **options: Any) -> Externals:  # noqa: ANN401 - any option
    return externals_of(read_installation(prefix), **options)


def rules(found: Externals) -> dict[str, str]:
    return {one.rule: one.message for one in found.findings}


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    return install_native(tmp_path / "p")


def test_the_roots_and_what_they_need_where_they_are_used(prefix: Path) -> None:
    said = told(prefix)

    assert set(said) - {"all"} == {
        *("solver", "fast-mpi", "py-tool", "blas-lib", "gcc-runtime"),
        "gcc",  # the compiler they were built with; cmake only built
    }
    solver = only(said, "solver")
    assert solver["prefix"] == str(unit_folder(prefix, SOLVER))
    assert solver["spec"].startswith("solver@=2.0+mpi build_system=generic platform=linux ")
    assert only(said, "blas-lib")["prefix"] == "/usr"
    assert only(said, "gcc")["extra_attributes"] == {"compilers": {"c": "/usr/bin/gcc"}}


def test_dependencies_are_edges_between_entries(prefix: Path) -> None:
    said = told(prefix)
    ids = {name: only(said, name)["id"] for name in said if name != "all"}

    assert len(set(ids.values())) == len(ids)
    assert only(said, "solver")["dependencies"] == [
        {"id": ids["gcc"], "deptypes": ["build"], "virtuals": "c,cxx"},
        {"id": ids["gcc-runtime"], "deptypes": ["link"]},
        {"id": ids["fast-mpi"], "deptypes": ["build", "link"], "virtuals": "mpi"},
        {"id": ids["blas-lib"], "deptypes": ["link"], "virtuals": "blas,lapack"},
        {"id": ids["py-tool"], "deptypes": ["run"]},
    ]


def test_providers_are_those_the_release_uses(prefix: Path) -> None:
    assert told(prefix)["all"]["providers"] == {
        "blas": ["blas-lib"],
        "lapack": ["blas-lib"],
        "mpi": ["fast-mpi"],
    }


def test_what_only_building_needed_is_said_to_be_left_out(prefix: Path) -> None:
    found = rules(of(prefix))

    assert found["build-dependencies-not-said"].startswith("1 dependencies of 1 units")
    assert emit_externals(prefix).text.count("# note: ") == 1


def test_roots_only_says_what_of_the_rest_is_lost(prefix: Path) -> None:
    found = of(prefix, only_roots=True)

    assert {one.name for one in found.entries} == {*ROOTS, "gcc"}
    lost = [one.message for one in found.findings if one.rule == "not-expressed"]
    assert any("it needs gcc-runtime@12.2.0/gcczrun, which has no entry" in one for one in lost)
    assert any("py-tool" in one for one in lost)


def test_not_buildable(prefix: Path) -> None:
    some = told(prefix, not_buildable=("fast-mpi", "blas"))
    everything = told(prefix, not_buildable=("all",))

    assert {name for name in some if some[name].get("buildable") is False} == {"fast-mpi", "blas"}
    assert {name for name in everything if everything[name].get("buildable") is False} == {
        *("solver", "fast-mpi", "py-tool"),  # not the compiler's, not the machine's
    }


def test_not_buildable_of_what_is_not_there(prefix: Path) -> None:
    with pytest.raises(BadInput, match="hdf5, zlib") as error:
        of(prefix, not_buildable=("zlib", "solver", "hdf5"))

    assert "blas-lib, fast-mpi" in (error.value.hint or "")


def test_patches_are_left_out_and_said_where_they_belong(tmp_path: Path) -> None:
    fixed = node("fixed", parameters={"patches": ["ab" * 32]}, patches=["ab" * 32])
    done = emit_externals(install_native(tmp_path, units=(fixed,), roots=("fixed",)))

    assert "  # not said: it is patched (1: sha256 abababababab)\n  fixed:\n" in done.text
    assert "# low: 1 things cannot be said of units: 'not said' above each" in done.text
    (finding,) = done.findings
    assert finding.message == "packages.yaml cannot say: it is patched (1: sha256 abababababab)"


def test_all_that_was_found_of_an_external_is_said_again(tmp_path: Path) -> None:
    found = {
        "compilers": {"c": "/usr/bin/gcc"},
        "extra_rpaths": ["/opt/gcc/lib"],
        "flags": {"cflags": "-fPIC"},
        "environment": {"prepend_path": {"LD_LIBRARY_PATH": "/opt/x"}, "set": {"A": None}},
    }
    gcc = node("gcc", external=external(extra_attributes=found))
    prefix = install_native(tmp_path, units=(gcc,), roots=("gcc",))

    assert only(told(prefix), "gcc")["extra_attributes"] == found


def test_a_root_that_is_not_installed_is_said_and_what_only_it_needs_is_not(
    tmp_path: Path,
) -> None:
    found = of(install_native(tmp_path, installed=[GCC, RUNTIME, MPI]))

    missing = [one for one in found.findings if one.level.reaches(Level.MEDIUM)]
    assert [(one.rule, one.subject) for one in missing] == [
        ("root-not-installed", "solver@2.0/solvera")
    ]
    assert {one.name for one in found.entries} == {"fast-mpi", "blas-lib", "gcc", "gcc-runtime"}


def test_a_unit_that_is_needed_and_gone_is_said(tmp_path: Path) -> None:
    found = of(install_native(tmp_path, installed=[GCC, RUNTIME, MPI, SOLVER]))

    missing = [one for one in found.findings if one.rule == "unit-without-place"]
    assert [(one.level, one.subject) for one in missing] == [(Level.HIGH, "py-tool@1.5/pyztool")]
    assert "solver" in {one.name for one in found.entries}


def test_what_only_building_needed_is_no_root_where_it_is_there(tmp_path: Path) -> None:
    found = of(install_native(tmp_path, installed=UNITS))

    assert "cmake" not in {one.name for one in found.entries}


def test_what_was_asked_for_by_name_is_a_root(tmp_path: Path) -> None:
    found = of(install_native(tmp_path, roots=("fast-mpi",)))

    assert {one.name for one in found.entries} >= {"solver", "py-tool", "fast-mpi"}
    assert found.findings[0].rule == "build-dependencies-not-said"


def test_an_external_known_by_a_module_keeps_it(tmp_path: Path) -> None:
    cray = node("cray-mpich", external=external("/opt/cray", module=["cray-mpich/8.1"]))
    lost = node("lost", external=external(None, module="lost/1"))
    app = node("app", on=(on("cray-mpich", "link", virtuals=("mpi",)), on("lost", "link")))
    prefix = install_native(tmp_path, units=(app, cray, lost), roots=("app",))

    assert only(told(prefix), "cray-mpich")["modules"] == ["cray-mpich/8.1"]
    assert rules(of(prefix))["unit-without-place"] == (
        "it is needed, and has no place: the machine's own, known by its modules only"
    )


def test_two_units_of_one_name(tmp_path: Path) -> None:
    one = node("zlib", parameters={"pic": True}, key="zlib-one")
    two = node("zlib", parameters={"pic": False}, key="zlib-two")
    app = node("app", on=(on("zlib", "link", key="zlib-one"), on("zlib", "run", key="zlib-two")))
    said = told(install_native(tmp_path, units=(app, one, two), roots=("app",)))

    specs = [entry["spec"].split()[0] for entry in said["zlib"]["externals"]]
    assert specs == ["zlib@=1.0+pic", "zlib@=1.0~pic"]
    assert len({entry["id"] for entry in said["zlib"]["externals"]}) == 2


def test_two_providers_of_one_virtual_are_said(tmp_path: Path) -> None:
    app = node(
        "app",
        on=(on("mpich", "link", virtuals=("mpi",)), on("lib", "link")),
    )
    lib = node("lib", on=(on("openmpi", "link", virtuals=("mpi",)),))
    units = (app, lib, node("mpich"), node("openmpi"))
    prefix = install_native(tmp_path, units=units, roots=("app",))

    assert told(prefix)["all"]["providers"] == {"mpi": ["mpich", "openmpi"]}
    assert "mpich and openmpi as mpi" in rules(of(prefix))["several-providers"]


def test_recipes_of_another_repository_are_said(tmp_path: Path) -> None:
    own = node("own", namespace="site")
    found = of(install_native(tmp_path, units=(own,), roots=("own",)))

    assert "of the repository site" in rules(found)["recipes-needed"]


def test_ids_are_of_this_installation_alone(tmp_path: Path) -> None:
    one, two = install_native(tmp_path / "one"), install_native(tmp_path / "two")
    first = {entry.id for entry in of(one).entries}

    assert first.isdisjoint(entry.id for entry in of(two).entries)
    assert first == {entry.id for entry in of(one).entries}


def test_modules_are_named_where_they_lie(prefix: Path, tmp_path: Path) -> None:
    folder = tmp_path / "modules"
    emit_modules(prefix, out=folder)
    done = emit_externals(prefix, modules=folder)
    said = yaml.safe_load(done.text)["packages"]

    assert only(said, "solver")["modules"] == ["solver/2.0"]
    assert "modules" not in only(said, "py-tool")
    assert "modules-needed" in {one.rule for one in done.findings}
    with pytest.raises(BadInput, match="none of the release's modules"):
        emit_externals(prefix, modules=tmp_path)


def test_a_python_part_has_no_externals(tmp_path: Path) -> None:
    write_venv(tmp_path)
    write_receipt(tmp_path, parts=(".",))

    with pytest.raises(BadInput, match="nothing that Spack made"):
        emit_externals(tmp_path)


def test_the_same_bytes_each_time(prefix: Path) -> None:
    assert emit_externals(prefix).text == emit_externals(prefix).text


def test_no_title_ends_its_comment(tmp_path: Path) -> None:
    title = "tit\nle: [\u2028packages: {}\x85"
    said = told(install_native(tmp_path, title=title))

    assert only(said, "solver")


def test_a_file_is_written_once_and_others_are_left(prefix: Path, tmp_path: Path) -> None:
    out = tmp_path / "packages.yaml"

    assert [emit_externals(prefix, out=out).did for _ in range(2)] == ["written", "unchanged"]
    assert out.read_text() == emit_externals(prefix).text
    out.write_text(out.read_text() + "# mine\n")
    with pytest.raises(BadInput, match="not PESO's own"):
        emit_externals(prefix, out=out)
    assert emit_externals(prefix, out=out, force=True).did == "written"


def test_every_hash_of_the_made_up_lock_is_one() -> None:
    assert len({hash_of(one["name"]) for one in UNITS}) == len(UNITS)
    assert CMAKE["hash"] == hash_of("cmake")
