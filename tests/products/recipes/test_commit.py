"""A commit of a git repository as a source of recipes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.products.recipes.repositories import HEAD, write_repository
from tests.products.recipes.test_catalog import RECIPES

from peso.errors import BadInput
from peso.products.recipes.catalog import Catalog
from peso.products.recipes.record import Recipe, Unreadable


def _git(root: Path, *words: str) -> str:
    who = ("-c", "user.name=t", "-c", "user.email=t@t.test", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *who, *words], cwd=root, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A git checkout with a repository in it, and a change after the first commit."""
    root = tmp_path / "checkout"
    place = write_repository(root, RECIPES)
    (place / "packages" / "link").mkdir()
    (place / "packages" / "link" / "package.py").symlink_to("../zlib/package.py")
    _git(root, "init", "-q")
    _git(root, "add", ".")
    _git(root, "commit", "-q", "-m", "first")
    _git(root, "tag", "first")
    changed = f"{HEAD}class Zlib(Package):\n    version('2', sha256='b')\n"
    (place / "packages" / "zlib" / "package.py").write_text(changed)
    return place


def test_a_commit_is_read_as_it_was(checkout: Path, tmp_path: Path) -> None:
    catalog = Catalog.open(f"{checkout}@first", cache=tmp_path / "cache", workers=1)
    zlib, hdf5, link = (catalog.recipe(name) for name in ("zlib", "hdf5", "link"))

    assert isinstance(zlib, Recipe)
    assert isinstance(hdf5, Recipe)
    assert [one.number for one in zlib.versions] == ["1"]
    assert hdf5.dependencies[0].file == "build_systems/maker.py"
    assert isinstance(link, Unreadable)
    assert zlib.repository == f"{checkout}@{_git(checkout, 'rev-parse', 'first')}"
    assert catalog.refresh().read == 5
    assert catalog.refresh().read == 0
    now = Catalog.open(checkout, cache=tmp_path / "cache", workers=1).recipe("zlib")
    assert isinstance(now, Recipe)
    assert [one.number for one in now.versions] == ["2"]


@pytest.mark.parametrize("commit", ["nothing", "--output=x", "", "a b"])
def test_no_such_commit(checkout: Path, tmp_path: Path, commit: str) -> None:
    with pytest.raises(BadInput):
        Catalog.open(f"{checkout}@{commit}", cache=tmp_path / "cache")


def test_what_git_would_change_on_the_way_out_is_refused(checkout: Path, tmp_path: Path) -> None:
    (checkout / ".gitattributes").write_text("*.py export-subst\n")
    file = checkout / "packages" / "zlib" / "package.py"
    file.write_text(f"{file.read_text()}# $Format:%H$\n")
    _git(checkout, "add", ".")
    _git(checkout, "commit", "-q", "-m", "second")

    recipe = Catalog.open(f"{checkout}@HEAD", cache=tmp_path / "cache").recipe("zlib")

    assert isinstance(recipe, Unreadable)
    assert "other bytes" in recipe.reason
