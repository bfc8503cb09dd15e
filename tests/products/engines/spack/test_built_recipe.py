"""A unit's own recipe, as Spack leaves it in the unit's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.base.finding import Unknown
from peso.products.engines.spack.built_recipe import BuiltRecipe, built_recipe

RECIPE = '''\
from spack_repo.builtin.build_systems.autotools import AutotoolsPackage

from spack.package import *


class FastMpi(AutotoolsPackage):
    """An MPI that is fast,
    for tests.

    It says more of itself.
    """

    homepage = "https://nowhere.invalid/fast-mpi"
    version("1.0")
    provides("mpi", "mpi@:3", when="+mpi")

    def setup_run_environment(self, env):
        env.set("MPICC", self.prefix.bin.mpicc)
'''


def laid(
    prefix: Path, text: str | bytes, name: str = "fast_mpi", repo: str = "spack_repo/x"
) -> Path:
    file = prefix / ".spack" / "repos" / repo / "packages" / name / "package.py"
    file.parent.mkdir(parents=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return prefix


def test_what_a_recipe_says(tmp_path: Path) -> None:
    assert built_recipe(laid(tmp_path, RECIPE), "fast-mpi") == BuiltRecipe(
        description="An MPI that is fast, for tests.\nIt says more of itself.",
        homepage="https://nowhere.invalid/fast-mpi",
        provides=("mpi",),
        sets_run_environment=True,
    )


def test_the_layout_of_older_repositories(tmp_path: Path) -> None:
    found = built_recipe(laid(tmp_path, RECIPE, "fast-mpi", "x"), "fast-mpi")

    assert isinstance(found, BuiltRecipe)


def test_a_name_that_begins_with_a_digit(tmp_path: Path) -> None:
    found = built_recipe(laid(tmp_path, 'class _3proxy(P):\n  "a proxy"\n', "_3proxy"), "3proxy")

    assert isinstance(found, BuiltRecipe)
    assert found.description == "a proxy"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("class Other: pass\n", "no class of the package fast-mpi"),
        ("class FastMpi(\n", "no Python"),
        (b"\x00", "no Python"),
        (b"#" * (2 << 20), "more than 1 MiB"),
        ("(" * 5000 + ")" * 5000, "no Python"),
    ],
)
def test_a_recipe_that_cannot_be_read_says_why(tmp_path: Path, text: str | bytes, why: str) -> None:
    found = built_recipe(laid(tmp_path, text), "fast-mpi")

    assert isinstance(found, Unknown)
    assert why in found.unknown


def test_no_recipe(tmp_path: Path) -> None:
    assert built_recipe(tmp_path, "fast-mpi") == Unknown(unknown="its folder has no recipe in it")


def test_nothing_of_a_recipe_is_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    laid(tmp_path, f"open({str(marker)!r}, 'w')\n{RECIPE}")

    built_recipe(tmp_path, "fast-mpi")

    assert not marker.exists()
