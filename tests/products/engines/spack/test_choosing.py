"""Which units a facility wants of a native part."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.native_locks import Piece, full, lock_of
from tests.products.engines.spack.sites import PretendingSpack

from peso.base.finding import Unknown
from peso.products.engines.native import External
from peso.products.engines.native_graph import NativeGraph
from peso.products.engines.port import Held
from peso.products.engines.spack.at_hand import recipe_folders
from peso.products.engines.spack.choosing import choose, chosen, everything
from peso.products.engines.spack.scope import Recipes

HERE = External(prefix="/", package=Unknown(unknown="no package has it"))
GONE = External(prefix="/nowhere/mpi", package=Unknown(unknown="no package has it"))
LOCK = lock_of(
    Piece("hy", "hypre", needs={"bl": "link", "cm": "build", "mp": "link"}, root=True),
    Piece("lz", "lz4", root=True),
    Piece("bl", "openblas", needs={"gr": "run"}),
    Piece("gr", "gcc-runtime"),
    Piece("cm", "cmake", needs={"zl": "link"}),
    Piece("zl", "zlib"),
    Piece("za", "zlib"),
    Piece("mp", "openmpi", external=GONE),
    Piece("hd", "hdf5", root=True, external=HERE),
)
GRAPH = NativeGraph(LOCK)


def words(hashes: tuple[str, ...]) -> list[str]:
    return [one.rstrip("x") for one in hashes]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), ["hy", "lz", "hd"]),
        (("lz4",), ["lz"]),
        (("lz4", "hypre"), ["hy", "lz"]),
        (("openblas",), ["bl"]),
        (("gcc-runtime", "nobody"), ["gr"]),
        (("hdf5",), ["hd"]),
        (("cmake",), []),
        (("zlib",), []),
        (("/hy",), ["hy"]),
        (("hypre/hyx",), ["hy"]),
        (("hypre/lz",), []),
    ],
)
def test_a_name_is_a_root_or_what_the_roots_use(
    names: tuple[str, ...], expected: list[str]
) -> None:
    assert words(chosen(GRAPH, names)) == expected


def test_everything_is_what_the_roots_use_and_spack_built() -> None:
    wanted = everything(LOCK)
    assert words(wanted.roots) == ["hy", "lz"]
    assert words(wanted.units) == ["hy", "lz", "bl", "gr"]
    assert wanted.lacking == ()


@pytest.fixture
def spack(tmp_path: Path) -> PretendingSpack:
    made = PretendingSpack(tmp_path / "spack", tmp_path / "home")
    folder = tmp_path / "recipes"
    for name in ("hypre", "lz4", "openblas", "gcc_runtime", "cmake", "openmpi"):
        (folder / "packages" / name).mkdir(parents=True)
        (folder / "packages" / name / "package.py").touch()
    (folder / "repo.yaml").write_text("repo: {namespace: builtin}\n")
    made.site = replace(made.site, recipes=(Recipes(namespace="builtin", folder=folder),))
    return made


def test_what_is_wanted_and_what_is_lacking(spack: PretendingSpack, tmp_path: Path) -> None:
    folder = tmp_path / "prefix"
    wanted = choose(LOCK, (), folder, spack.site, Held(built_in=1000, recipes=False))
    assert words(wanted.roots) == ["hy", "lz"]
    assert words(wanted.units) == ["hy", "lz", "bl", "gr"]
    (told,) = wanted.lacking
    assert told.startswith("openmpi@1.0 is to be in /nowhere/mpi, which is not here")
    assert (
        choose(LOCK, ("lz4",), folder, spack.site, Held(built_in=1000, recipes=False)).lacking == ()
    )


def test_all_that_is_lacking_is_told_at_once(spack: PretendingSpack, tmp_path: Path) -> None:
    (tmp_path / "recipes/packages/openblas/package.py").unlink()
    (tmp_path / "recipes/packages/cmake/package.py").unlink()
    spack.site = replace(spack.site, environment={**spack.environment, "PATH": "/nowhere"})
    wanted = choose(
        LOCK, ("hypre",), tmp_path / "prefix", spack.site, Held(built_in=1, recipes=False)
    )
    mpi, patchelf, recipes = wanted.lacking
    assert "openmpi@1.0" in mpi
    assert "no patchelf" in patchelf
    assert "do not know cmake, openblas" in recipes


def test_without_recipes_spack_can_bring_nothing(spack: PretendingSpack, tmp_path: Path) -> None:
    spack.site = replace(spack.site, recipes=())
    assert recipe_folders(spack.site) == ()
    wanted = choose(
        LOCK, ("lz4",), tmp_path / "prefix", spack.site, Held(built_in=1000, recipes=False)
    )
    assert wanted.lacking == ("no recipes are at hand: `spack repo update` fetches Spack's own",)
    with_recipes = Held(built_in=1000, recipes=True)
    assert choose(LOCK, ("lz4",), tmp_path / "prefix", spack.site, with_recipes).lacking == ()


def test_externals_alone_need_no_spack(spack: PretendingSpack, tmp_path: Path) -> None:
    spack.site = replace(spack.site, recipes=())
    wanted = choose(
        LOCK, ("hdf5",), tmp_path / "prefix", spack.site, Held(built_in=1, recipes=False)
    )
    assert (wanted.roots, wanted.units, wanted.lacking) == ((), (), ())
    assert full("hd") not in wanted.units
