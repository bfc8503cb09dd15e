"""The store of facts: quick where nothing changed, never wrong where something did."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.products.lint.conftest import BUILTIN, Lint

from peso.products.lint.facts import facts_from, facts_of
from peso.products.lint.shelf import Shelf
from peso.products.lint.stock import _open
from peso.products.recipes.record import Unreadable

Write = Callable[[str], Path]


@pytest.fixture
def recipes(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUILTIN, tmp_path / "recipes"))


class Opened:
    """Opens catalogs, and counts."""

    def __init__(self, labels: tuple[str, ...], cache: Path) -> None:
        self.labels, self.cache, self.times = labels, cache, 0

    def __call__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204
        self.times += 1
        return _open(self.labels, self.cache)

    def shelf(self) -> Shelf:
        return Shelf(self.labels, self.cache, self)


def test_the_second_run_opens_no_catalog(recipes: Path, tmp_path: Path) -> None:
    opened = Opened((str(recipes),), tmp_path / "cache")
    first = opened.shelf()
    facts, virtuals = first.find("hdf5"), first.provided()
    first.save()

    second = opened.shelf()

    assert json.dumps(second.find("hdf5")) == json.dumps(facts)
    assert {name: set(some) for name, some in second.provided().items()} == {
        name: set(some) for name, some in virtuals.items()
    }
    assert second.has("zlib")
    assert not second.has("nosuch")
    assert second.find("nosuch") is None
    assert opened.times == 1


def test_a_changed_recipe_is_read_again(recipes: Path, tmp_path: Path) -> None:
    opened = Opened((str(recipes),), tmp_path / "cache")
    shelf = opened.shelf()
    shelf.find("zlib")
    shelf.save()
    file = recipes / "packages" / "zlib" / "package.py"
    file.write_text(file.read_text().replace('"1.3.1"', '"1.3.99"'))

    facts = opened.shelf().find("zlib")

    assert facts is not None
    assert "1.3.99" in [one.number for one in facts.versions]


def test_a_removed_recipe_is_gone(recipes: Path, tmp_path: Path) -> None:
    opened = Opened((str(recipes),), tmp_path / "cache")
    shelf = opened.shelf()
    shelf.find("zlib")
    shelf.save()
    shutil.rmtree(recipes / "packages" / "zlib")

    assert opened.shelf().find("zlib") is None


def test_a_damaged_store_is_made_anew(recipes: Path, tmp_path: Path) -> None:
    opened = Opened((str(recipes),), tmp_path / "cache")
    shelf = opened.shelf()
    facts = shelf.find("zlib")
    shelf.save()
    (store,) = (tmp_path / "cache" / "lint").glob("*.sqlite")
    store.write_bytes(b"not a database, but long enough to be looked at" * 100)

    damaged = opened.shelf()

    assert json.dumps(damaged.find("zlib")) == json.dumps(facts)
    damaged.save()
    assert json.dumps(opened.shelf().find("zlib")) == json.dumps(facts)
    assert opened.times == 2


def test_a_cache_that_cannot_be_written_costs_time_only(recipes: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "lint").write_text("a file, where a folder should be")
    shelf = Opened((str(recipes),), tmp_path / "cache").shelf()

    assert shelf.find("zlib") is not None
    shelf.save()


def test_a_new_virtual_package_is_seen(lint: Lint, spack_yaml: Write, recipes: Path) -> None:
    file = spack_yaml("specs: [hdf5 ^newmpi]")
    assert [one.rule for one in lint(file, repos=(recipes,)).findings] == ["unknown-package"]

    recipe = recipes / "packages" / "mpich" / "package.py"
    recipe.write_text(recipe.read_text() + '    provides("newmpi")\n')

    assert not lint(file, repos=(recipes,)).findings


def test_facts_have_a_plain_form(recipes: Path, tmp_path: Path) -> None:
    shelf = Opened((str(recipes),), tmp_path / "cache").shelf()
    facts = shelf.find("hdf5")
    assert facts is not None

    again = facts_from(json.loads(json.dumps(facts)))

    assert json.dumps(again) == json.dumps(facts)
    with pytest.raises((TypeError, ValueError)):
        facts_from([1, 2, 3])


def test_an_unreadable_recipe_has_no_facts_but_its_name() -> None:
    facts = facts_of(Unreadable(name="a", path="packages/a/package.py", reason="broken"))

    assert (facts.name, facts.readable, facts.versions) == ("a", False, ())
