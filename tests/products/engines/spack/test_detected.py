"""What is on the machine: what is looked for, what is kept, and when it is looked for again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.products.engines.spack.sites import PretendingSpack, bench_in

from peso.errors import BadInput, Outside
from peso.products.engines.port import Progress
from peso.products.engines.spack.detected import Asked, asked_by, detect, read_packages
from peso.products.environments.facts import Facts
from peso.products.environments.read import read_environment

SOLVES = Path(__file__).with_name("data") / "solves"


@pytest.fixture
def spack(tmp_path: Path) -> PretendingSpack:
    return PretendingSpack(tmp_path / "spack", tmp_path / "home")


def asked(spack: PretendingSpack, folder: Path, packages: str) -> Asked:
    file = folder / "spack.yaml"
    file.write_text(f"spack:\n  specs: [zlib]\n  packages:\n{packages}")
    return asked_by(read_environment(file, Facts()), spack.site)


def test_what_may_not_be_built_is_looked_for(spack: PretendingSpack, tmp_path: Path) -> None:
    found = asked(
        spack,
        tmp_path,
        "    mpi: {buildable: false, require: openmpi}\n"
        "    hdf5: {buildable: false}\n"
        "    cmake: {require: '@3.20:'}\n"
        "    openblas: {buildable: false, externals: [{spec: openblas@0.3, prefix: /usr}]}\n",
    )

    assert found == Asked(names=("hdf5", "mpi", "openmpi"), given=("openblas",))


def test_an_mpi_of_the_machine_may_be_any(spack: PretendingSpack, tmp_path: Path) -> None:
    found = asked(spack, tmp_path, "    mpi: {buildable: false}\n")

    assert {"mpich", "openmpi"} <= set(found.names)


def test_what_spack_wrote_without_what_is_given() -> None:
    found = read_packages((SOLVES / "detected.yaml").read_bytes(), ("cmake",))

    assert {"gcc", "perl"} <= set(found)
    assert "cmake" not in found
    assert list(found) == sorted(found)
    compilers = found["gcc"]["externals"][0]["extra_attributes"]["compilers"]
    assert compilers["fortran"] == "/usr/bin/gfortran"


@pytest.mark.parametrize(
    "text", ["", "[]", "spack: 1", "spack: {packages: 1}", "a: [", "spack: {p"]
)
def test_what_spack_does_not_write_is_refused(text: str) -> None:
    with pytest.raises(Outside, match="something else"):
        read_packages(text.encode(), ())


def test_it_is_looked_for_once(spack: PretendingSpack, tmp_path: Path) -> None:
    spack.says(detected=(SOLVES / "detected.yaml").read_text())
    told: list[Progress] = []
    bench = bench_in(tmp_path, told)
    what = Asked(names=("openmpi",), given=("perl",))

    first = detect(spack.site, what, bench)
    again = detect(spack.site, what, bench)

    assert first == again
    assert spack.asked == ("find", "find", "find")
    assert [one.line for one in told] == ["looking for compilers and externals"]
    said = json.loads((first.scope / "packages.yaml").read_text())["packages"]
    assert "gcc" in said
    assert "perl" not in said


def test_it_is_looked_for_again_where_something_changed(
    spack: PretendingSpack, tmp_path: Path
) -> None:
    bench = bench_in(tmp_path)
    detect(spack.site, Asked(), bench)
    detect(spack.site, Asked(names=("mpich",)), bench)
    other = replace(spack.site, environment={**spack.environment, "PATH": "/bin"})
    detect(other, Asked(), bench)

    assert spack.asked == ("find",) * 7


def test_recipes_that_cannot_be_read_are_no_empty_machine(tmp_path: Path) -> None:
    spack = PretendingSpack(tmp_path / "spack", tmp_path / "home")
    program = spack.root / "bin" / "spack"
    err = "==> Warning: Error constructing repository '/r': No repo.yaml found in '/r'"
    program.write_text(f'#!/bin/sh\necho "{err}" >&2\n')

    with pytest.raises(BadInput, match="could not read a recipe repository"):
        detect(spack.site, Asked(), bench_in(tmp_path))
