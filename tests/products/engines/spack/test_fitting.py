"""Whether units that were built elsewhere can be used here, and every reason why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.native_locks import OPENMPI, Piece, lock_of

from peso.base.finding import Unknown
from peso.products.engines.native import DistributionPackage, External, NativeRequires, NativeUnit
from peso.products.engines.spack.fitting import (
    no_patchelf,
    not_supplied,
    unfit,
    unknown_recipes,
)
from peso.products.environments.facts import Facts

REQUIRES = NativeRequires(platform="linux", system="debian12", targets=("x86_64_v2", "x86_64"))
HERE = Facts(platform="linux", os="debian12", target="zen2")


class Packages:
    """What the machine's package manager says, of every file the same."""

    def __init__(self, said: DistributionPackage | Unknown) -> None:
        self.said = said

    def owner_of(self, path: str) -> DistributionPackage | Unknown:  # noqa: ARG002 - of all
        return self.said


def package(version: str = "4.1.4-3+b1", name: str = "openmpi-bin") -> DistributionPackage:
    assert isinstance(OPENMPI.package, DistributionPackage)
    return OPENMPI.package.model_copy(update={"version": version, "name": name})


def openmpi(prefix: Path, said: DistributionPackage | Unknown | None = None) -> NativeUnit:
    external = External(prefix=str(prefix), package=said or package())
    return lock_of(Piece("mp", "openmpi", "4.1.4", external=external)).units[0]


def test_a_machine_like_the_builders_or_newer_fits() -> None:
    assert unfit(REQUIRES, HERE) is None
    assert unfit(REQUIRES, Facts(platform="linux", os="debian12", target="x86_64_v2")) is None


@pytest.mark.parametrize(
    ("here", "said"),
    [
        (Facts(platform="darwin", os="debian12", target="zen2"), "for linux; this is darwin"),
        (Facts(platform="linux", os="rhel9", target="zen2"), "for debian12; this is rhel9"),
        (Facts(platform="linux", os="debian12", target="x86_64"), "for x86_64_v2; this is x86_64"),
        (Facts(platform="linux", os="debian12", target="neoverse_v1"), "x86_64_v2, x86_64; this"),
        (Facts(platform="linux", os="debian12"), "this is not known"),
    ],
)
def test_another_machine_is_told_how_it_differs(here: Facts, said: str) -> None:
    assert said in (unfit(REQUIRES, here) or "")


def test_all_differences_are_told_at_once() -> None:
    said = unfit(REQUIRES, Facts(platform="darwin", os="ventura", target="m1")) or ""
    assert said.count("it is for") == 3


def test_what_the_machine_supplies_as_the_builders_did_is_no_doubt(tmp_path: Path) -> None:
    for here in ("4.1.4-3+b1", "4.1.4-9", "1:4.1.4-3"):
        said = not_supplied([openmpi(tmp_path)], Packages(package(here)))
        assert [*said] == []


def test_what_spack_built_is_not_the_machines(tmp_path: Path) -> None:
    units = lock_of(Piece("hy", "hypre")).units
    assert [*not_supplied(units, Packages(package()))] == []
    unknown = openmpi(tmp_path, Unknown(unknown="no package has it"))
    assert [*not_supplied([unknown], Packages(Unknown(unknown="never asked")))] == []


@pytest.mark.parametrize(
    ("here", "said"),
    [
        (package("4.1.5-1"), "openmpi-bin is 4.1.5-1 here (apt-get install openmpi-bin)"),
        (package(name="other"), "is of other here (apt-get install openmpi-bin)"),
        (Unknown(unknown="there is no file /x"), "there is no file /x (apt-get install openmpi"),
    ],
)
def test_another_package_is_told_with_how_the_right_one_is_had(
    tmp_path: Path, here: DistributionPackage | Unknown, said: str
) -> None:
    (told,) = not_supplied([openmpi(tmp_path)], Packages(here))
    assert told.startswith("openmpi@4.1.4 is to be openmpi-bin 4.1.4-3+b1")
    assert said in told


def test_a_prefix_that_is_not_there_is_told(tmp_path: Path) -> None:
    (told,) = not_supplied([openmpi(tmp_path / "mpi")], Packages(package()))
    assert told.startswith(f"openmpi@4.1.4 is to be in {tmp_path / 'mpi'}, which is not here")
    assert "apt-get install openmpi-bin" in told


def test_what_only_a_module_names_cannot_be_told() -> None:
    external = External(prefix="", modules=("cray-mpich/8",), package=Unknown(unknown="no prefix"))
    (unit,) = lock_of(Piece("mp", "cray-mpich", external=external)).units
    (told,) = not_supplied([unit], Packages(package()))
    assert "only a module names it (cray-mpich/8)" in told


def test_recipes_are_looked_for_by_name_of_units_and_what_they_depend_on(tmp_path: Path) -> None:
    (tmp_path / "mine/packages/py_numpy").mkdir(parents=True)
    (tmp_path / "mine/packages/py_numpy/package.py").touch()
    (tmp_path / "old/packages/7zip").mkdir(parents=True)
    (tmp_path / "old/packages/7zip/package.py").touch()
    (tmp_path / "old/packages/cmake").mkdir()  # a folder alone is no recipe
    units = lock_of(
        Piece("np", "py-numpy", needs={"cm": "build", "zp": "link"}),
        Piece("cm", "cmake"),
        Piece("zp", "7zip"),
    ).units
    places = [tmp_path / "mine", tmp_path / "old"]
    assert [*unknown_recipes(units[:1], places)] == ["cmake"]
    assert [*unknown_recipes(units[2:], places)] == []
    assert [*unknown_recipes(units, [])] == ["7zip", "cmake", "py-numpy"]


def test_patchelf_is_needed_in_a_longer_folder_only(tmp_path: Path) -> None:
    length = len(str(tmp_path))
    assert no_patchelf(tmp_path, length, "") is None
    assert no_patchelf(tmp_path, length + 1, "") is None
    told = no_patchelf(tmp_path, length - 3, str(tmp_path)) or ""
    assert told.endswith("install it, or a prefix that is 3 characters shorter")
    assert "shorter" not in (no_patchelf(tmp_path, 0, "") or "")
    tool = tmp_path / "patchelf"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    assert no_patchelf(tmp_path, 1, str(tmp_path)) is None
