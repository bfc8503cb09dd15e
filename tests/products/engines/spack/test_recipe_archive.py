"""The recipes a release brings: what they are, what comes with them, and back out again."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from tests.native_locks import Piece, full, lock_of

from peso.base.ledger import Blobs
from peso.errors import BadInput, Refused
from peso.products.engines.native import NativeLock
from peso.products.engines.spack.recipe_archive import pack_recipes, unpack_recipes

PACKAGES = "spack_repo/builtin/packages"
LOCK = lock_of(
    Piece("hy", "hypre", needs={"bl": "link", "cm": "build"}, root=True),
    Piece("bl", "openblas", needs={"zl": "build"}),
    Piece("cm", "cmake", needs={"zl": "link"}),
    Piece("zl", "7zip"),
)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def repository(folder: Path, recipes: dict[str, str], *, namespace: str = "builtin") -> Path:
    root = folder / namespace
    for name, text in recipes.items():
        place = root / "packages" / name
        place.mkdir(parents=True)
        (place / "package.py").write_text(text)
    (root / "repo.yaml").write_text(f"repo: {{namespace: {namespace}, api: v2.2}}\n")
    return root


@pytest.fixture
def builtin(tmp_path: Path) -> Path:
    root = repository(
        tmp_path / "recipes",
        {
            "hypre": "from spack_repo.builtin.build_systems.cmake import CMakePackage\n",
            "openblas": "from ..kokkos.package import Kokkos\n",
            "kokkos": "from spack_repo.builtin.packages.boost.package import Boost\n",
            "boost": "import spack_repo.builtin.packages.cmake.package\n",
            "cmake": "",
            "_7zip": "",
            "never_asked_for": "",
        },
    )
    (root / "build_systems").mkdir()
    (root / "build_systems" / "cmake.py").write_text("x = 1\n")
    (root / "build_systems" / "__pycache__").mkdir()
    (root / "build_systems" / "__pycache__" / "cmake.py").write_text("x = 2\n")
    (root / "packages/hypre/fix.patch").write_text("--- a\n+++ b\n")
    (root / "packages/hypre/__pycache__").mkdir()
    (root / "packages/hypre/__pycache__/package.pyc").write_bytes(b"\0")
    (root / "tests").mkdir()
    (root / "tests" / "test_all.py").write_text("")
    (root / "README.md").write_text("read me")
    return root


def names(blobs: Blobs, lock: NativeLock, shipped: tuple[str, ...], *folders: Path) -> list[str]:
    packed = pack_recipes(lock, shipped, folders, blobs)
    assert packed is not None
    assert (packed.role, packed.path) == ("recipes", "native/recipes.tar.gz")
    data = blobs.read(packed.sha256, limit=1 << 20)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return tar.getnames()


def test_recipes_of_what_is_shipped_what_it_depends_on_and_what_these_import(
    blobs: Blobs, builtin: Path
) -> None:
    assert names(blobs, LOCK, (full("hy"), full("bl")), builtin) == [
        "spack_repo/builtin/build_systems/cmake.py",
        f"{PACKAGES}/_7zip/package.py",
        f"{PACKAGES}/boost/package.py",
        f"{PACKAGES}/cmake/package.py",
        f"{PACKAGES}/hypre/fix.patch",
        f"{PACKAGES}/hypre/package.py",
        f"{PACKAGES}/kokkos/package.py",
        f"{PACKAGES}/openblas/package.py",
        "spack_repo/builtin/repo.yaml",
    ]


def test_less_is_shipped_less_is_brought(blobs: Blobs, builtin: Path) -> None:
    found = names(blobs, LOCK, (full("cm"),), builtin)
    assert {one.split("/")[3] for one in found if "/packages/" in one} == {"cmake", "_7zip"}


def test_equal_recipes_are_equal_bytes(blobs: Blobs, builtin: Path, tmp_path: Path) -> None:
    first = pack_recipes(LOCK, (full("hy"),), [builtin], blobs)
    copied = tmp_path / "other" / "builtin"
    copied.parent.mkdir()
    builtin.rename(copied)
    assert pack_recipes(LOCK, (full("hy"),), [copied], blobs) == first


def test_each_namespace_has_a_repository_and_the_first_of_two_counts(
    blobs: Blobs, builtin: Path, tmp_path: Path
) -> None:
    mine = repository(
        tmp_path / "mine",
        {"hypre": "from spack_repo.builtin.packages.boost.package import Boost\n"},
        namespace="mine",
    )
    again = repository(tmp_path / "again", {"boost": "x = 'first'\n"})
    hypre = LOCK.units[0].model_copy(update={"namespace": "mine", "depends": ()})
    lock = LOCK.model_copy(update={"units": (hypre, *LOCK.units[1:])})
    assert names(blobs, lock, (full("hy"),), again, builtin, mine) == [
        f"{PACKAGES}/boost/package.py",
        "spack_repo/builtin/repo.yaml",
        "spack_repo/mine/packages/hypre/package.py",
        "spack_repo/mine/repo.yaml",
    ]


def test_what_another_repository_has_besides_recipes_comes_too(
    blobs: Blobs, builtin: Path, tmp_path: Path
) -> None:
    mine = repository(
        tmp_path / "mine",
        {"hypre": "from spack_repo.builtin.build_systems import cmake\n"},
        namespace="mine",
    )
    hypre = LOCK.units[0].model_copy(update={"namespace": "mine", "depends": ()})
    lock = LOCK.model_copy(update={"units": (hypre, *LOCK.units[1:])})
    assert names(blobs, lock, (full("hy"),), mine, builtin) == [
        "spack_repo/builtin/build_systems/cmake.py",
        "spack_repo/builtin/repo.yaml",
        "spack_repo/mine/packages/hypre/package.py",
        "spack_repo/mine/repo.yaml",
    ]


def test_a_recipe_that_is_no_python_still_comes(blobs: Blobs, builtin: Path) -> None:
    (builtin / "packages/hypre/package.py").write_text("class (:\n")
    assert f"{PACKAGES}/hypre/package.py" in names(blobs, LOCK, (full("hy"),), builtin)


def test_without_recipes_there_is_nothing_to_bring(blobs: Blobs, builtin: Path) -> None:
    assert pack_recipes(LOCK, (full("hy"),), [], blobs) is None
    assert pack_recipes(LOCK, (), [builtin], blobs) is None
    other = lock_of(Piece("no", "nobody", root=True))
    assert pack_recipes(other, (full("no"),), [builtin], blobs) is None


def test_they_are_unpacked_as_spack_wants_them(blobs: Blobs, builtin: Path, tmp_path: Path) -> None:
    packed = pack_recipes(LOCK, (full("hy"),), [builtin], blobs)
    assert packed is not None
    folder = tmp_path / "work" / "recipes"
    (root,) = unpack_recipes(blobs.path(packed.sha256), folder)
    assert root == folder / "spack_repo" / "builtin"
    assert (root / "packages/hypre/package.py").read_text().startswith("from spack_repo")


@pytest.mark.parametrize("name", ["../out", "/abs", "spack_repo/../../out"])
def test_an_archive_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    archive = tmp_path / "recipes.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo(name))
    with pytest.raises(Refused):
        unpack_recipes(archive, tmp_path / "folder")
    archive.write_bytes(b"no archive")
    with pytest.raises(BadInput):
        unpack_recipes(archive, tmp_path / "folder")
