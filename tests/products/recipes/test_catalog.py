"""The catalog and its index: what is read again, what is kept, what is rebuilt."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from tests.products.recipes.repositories import BASES, HEAD, write_repository

from peso.errors import BadInput, Outside
from peso.products.recipes.answers import Dependent, Provider
from peso.products.recipes.catalog import Catalog
from peso.products.recipes.index import Index
from peso.products.recipes.record import Recipe, Unreadable
from peso.products.recipes.refresh import FEW

RECIPES = {
    "zlib": f"{HEAD}class Zlib(Package):\n    '''Compression.'''\n    version('1', sha256='a')\n"
    "    license('Zlib')\n",
    "hdf5": f"""{HEAD}
from spack_repo.small.build_systems.maker import MakerPackage


class Hdf5(MakerPackage):
    '''Data in files.

    Hierarchical.
    '''

    maintainers("alice")
    tags = ["e4s"]
    version("2", sha256="a")
    version("1", sha256="b", deprecated=True)
    depends_on("zlib@1:", when="+zip", type="link")
    depends_on("mpi")
    provides("files", when="@2:")

    def test_files(self):
        pass
""",
    "mpich": f"{HEAD}class Mpich(Package):\n    provides('mpi@3:')\n    version('4')\n",
    "broken": "class Broken(",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small repository."""
    return write_repository(tmp_path, RECIPES)


def _open(cache: Path, *repositories: Path | str) -> Catalog:
    return Catalog.open(*repositories, cache=cache / "cache", workers=1)


def test_questions(repository: Path, tmp_path: Path) -> None:
    catalog = _open(tmp_path, repository)

    assert catalog.names() == ("broken", "hdf5", "mpich", "zlib")
    assert catalog.virtuals() == ("files", "mpi")
    assert catalog.providers("mpi") == (Provider(name="mpich", spec="mpi@3:", when=()),)
    assert catalog.dependents("zlib") == (Dependent(name="hdf5", types=("link",), when=("+zip",)),)
    assert catalog.dependents("gmake")[0].when == ("build_system=maker",)
    assert [one.name for one in catalog.search("COMPRESS")] == ["zlib"]
    assert [one.name for one in catalog.search("mpi")] == ["mpich"]
    assert [one.name for one in catalog.search("alice")] == ["hdf5"]
    assert catalog.search("100%") == ()
    assert catalog.search("hdf5")[0].description == "Data in files."


def test_stats(repository: Path, tmp_path: Path) -> None:
    stats = _open(tmp_path, repository).stats()

    assert (stats.recipes, stats.unreadable, stats.versions, stats.deprecated) == (4, 1, 4, 1)
    assert (stats.licensed, stats.maintained, stats.tested, stats.unproven) == (1, 1, 1, 1)
    assert [(one.namespace, one.recipes) for one in stats.repositories] == [("small", 4)]


def test_a_recipe_is_the_same_with_and_without_the_index(repository: Path, tmp_path: Path) -> None:
    catalog = _open(tmp_path, repository)
    before = {name: catalog.recipe(name) for name in catalog.names()}
    assert not catalog.path.exists()
    catalog.refresh()

    assert {name: catalog.recipe(name) for name in catalog.names()} == before
    assert isinstance(before["broken"], Unreadable)
    assert catalog.recipe("small.hdf5") == before["hdf5"]


def test_an_unknown_name_is_an_error_that_helps(repository: Path, tmp_path: Path) -> None:
    catalog = _open(tmp_path, repository)

    with pytest.raises(BadInput, match="no package 'hdf'") as error:
        catalog.recipe("hdf")
    assert error.value.hint == "did you mean hdf5?"
    with pytest.raises(BadInput) as error:
        catalog.recipe("mpi")
    assert error.value.hint == "it is a virtual package, provided by mpich"
    with pytest.raises(BadInput):
        catalog.recipe("other.zlib")


@pytest.mark.parametrize("name", ["../packages/zlib", "", ".", "zlib/", "Zlib", "a_b", "zlib\n"])
def test_a_name_that_is_none_finds_nothing(repository: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput):
        _open(tmp_path, repository).recipe(name)


def test_only_what_changed_is_read_again(repository: Path, tmp_path: Path) -> None:
    catalog = _open(tmp_path, repository)
    assert catalog.refresh().read == 4
    assert catalog.refresh().read == 0

    file = repository / "packages" / "zlib" / "package.py"
    os.utime(file, (1, 1))
    touched = catalog.refresh()
    assert (touched.read, touched.kept) == (0, 4)

    file.write_text(file.read_text().replace("'1'", "'9'"))
    (repository / "packages" / "broken" / "package.py").unlink()
    new = repository / "packages" / "new" / "package.py"
    new.parent.mkdir()
    new.write_text(f"{HEAD}class New(Package):\n    depends_on('zlib')\n")
    changed = catalog.refresh()
    assert (changed.read, changed.kept, changed.gone) == (2, 2, 1)
    assert [one.name for one in catalog.dependents("zlib")] == ["hdf5", "new"]
    recipe = catalog.recipe("zlib")
    assert isinstance(recipe, Recipe)
    assert recipe.versions[0].number == "9"


def test_a_changed_base_class_is_read_again_by_those_that_inherit(
    repository: Path, tmp_path: Path
) -> None:
    catalog = _open(tmp_path, repository)
    catalog.refresh()
    base = repository / "build_systems" / "maker.py"
    base.write_text(base.read_text().replace('"gmake"', '"ninja"'))

    alone = _open(tmp_path, repository).recipe("hdf5")
    assert isinstance(alone, Recipe)
    assert alone.dependencies[0].name == "ninja"
    assert catalog.refresh().read == 1
    assert [one.name for one in catalog.dependents("ninja")] == ["hdf5"]
    assert catalog.dependents("gmake") == ()


def test_a_missing_base_class_is_looked_for_again(tmp_path: Path) -> None:
    root = write_repository(tmp_path, {"hdf5": RECIPES["hdf5"]}, bases={})
    catalog = _open(tmp_path, root)
    catalog.refresh()
    first = catalog.recipe("hdf5")
    assert isinstance(first, Recipe)
    assert first.unread

    write_repository(tmp_path, {}, bases=BASES)
    assert catalog.refresh().read == 1
    second = catalog.recipe("hdf5")
    assert isinstance(second, Recipe)
    assert second.unread == ()


SEVERAL = f"""{HEAD}
from spack_repo.small.build_systems.accelerator import AcceleratorPackage
from spack_repo.small.build_systems.maker import MakerPackage


class Several(MakerPackage, AcceleratorPackage):
    depends_on("zlib")
    variant("build_type", default="Debug", values=("Debug",))
"""


def test_the_index_says_what_the_recipes_say(tmp_path: Path) -> None:
    root = write_repository(tmp_path, {**RECIPES, "several": SEVERAL})
    catalog = _open(tmp_path, root)
    read = [catalog.recipe(name) for name in catalog.names()]
    catalog.refresh()

    assert [catalog.recipe(name) for name in catalog.names()] == read


def _count(path: Path, table: str) -> int:
    with sqlite3.connect(path) as database:
        found = database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()  # noqa: S608 - ours
    database.close()
    return int(found[0])


def test_a_folder_without_recipe_is_none(repository: Path, tmp_path: Path) -> None:
    (repository / "packages" / "empty").mkdir()
    (repository / "packages" / "zlib" / "package.py").unlink()
    (repository / "packages" / "odd").write_text("")
    catalog = _open(tmp_path, repository)

    assert (catalog.refresh().read, catalog.stats().recipes) == (3, 3)
    assert catalog.refresh().kept == 3


def test_many_dependencies_are_all_kept(tmp_path: Path) -> None:
    lines = "".join(f"    depends_on('d{number}')\n" for number in range(123))
    root = write_repository(tmp_path, {"many": f"{HEAD}class Many(Package):\n{lines}"})
    catalog = _open(tmp_path, root)

    assert all(catalog.dependents(f"d{number}") for number in range(123))
    assert _count(catalog.path, "dependency") == 123


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"no database" * 1000),
        lambda path: path.write_bytes(path.read_bytes()[:8192]),
        lambda path: path.write_bytes(path.read_bytes()[:100] + os.urandom(40_000)),
        lambda path: _alter(path, "UPDATE about SET value = '0' WHERE key = 'format'"),
        lambda path: _alter(path, "PRAGMA application_id = 7"),
        lambda path: _alter(path, "DROP TABLE record"),
        lambda path: _alter(path, "UPDATE record SET data = x'81'"),
        lambda path: _alter(path, "DROP TABLE dependency"),
        lambda path: _alter(path, "UPDATE dependency SET terms = x'91'"),
    ],
)
def test_a_damaged_or_foreign_index_is_never_trusted(
    repository: Path, tmp_path: Path, damage: object
) -> None:
    catalog = _open(tmp_path, repository)
    catalog.refresh()
    good = catalog.recipe("hdf5"), catalog.dependents("zlib")
    catalog.close()
    assert callable(damage)
    damage(catalog.path)

    again = _open(tmp_path, repository)
    assert (again.recipe("hdf5"), again.dependents("zlib")) == good


def _alter(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as database:
        database.execute(statement)
    database.close()


def test_two_that_write_at_once(repository: Path, tmp_path: Path) -> None:
    done: list[object] = []

    def write() -> None:
        catalog = _open(tmp_path, repository)
        done.append(catalog.refresh())
        done.append(catalog.recipe("zlib"))
        catalog.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(done) == 8
    assert sum(getattr(one, "read", 0) for one in done) == 4


def test_the_first_repository_wins(repository: Path, tmp_path: Path) -> None:
    overlay = write_repository(
        tmp_path,
        {
            "zlib": (
                f"{HEAD}from spack_repo.small.packages.zlib.package import Zlib as Below\n"
                "class Zlib(Below):\n    version('7', sha256='x')\n"
            )
        },
        namespace="over",
        bases={},
    )
    catalog = _open(tmp_path, overlay, repository)
    zlib = catalog.recipe("zlib")

    assert isinstance(zlib, Recipe)
    assert (zlib.namespace, [one.number for one in zlib.versions]) == ("over", ["1", "7"])
    below = catalog.recipe("small.zlib")
    assert isinstance(below, Recipe)
    assert [one.number for one in below.versions] == ["1"]
    assert len(catalog.names()) == catalog.stats().recipes == 4
    assert [one.name for one in catalog.search("zlib")] == ["zlib"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no recipe repository"),
        ("[", "not YAML"),
        ("x: 1", "does not describe a repository"),
        ("repo:\n  namespace: small\n  api: two\n", "not of the form"),
        ("repo:\n  namespace: [1]\n", "no namespace"),
        ("repo:\n  namespace: small\n  subdirectory: ../..\n", "no folder of the repository"),
    ],
)
def test_what_is_no_repository_is_told(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "repo.yaml").write_text(text)

    with pytest.raises(BadInput, match=said):
        _open(tmp_path, tmp_path)


def test_no_repository_at_all(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no recipe repository is named"):
        _open(tmp_path)


def test_many_recipes_without_an_index_are_what_they_are_alone(
    repository: Path, tmp_path: Path
) -> None:
    catalog = _open(tmp_path, repository)
    alone = [catalog.find(name) for name in catalog.names()]

    assert [catalog.find(name, of_many=True) for name in catalog.names()] == alone
    assert catalog.find("nobody", of_many=True) is None
    assert not catalog.path.exists()


def test_what_many_recipes_import_is_read_anew_after_closing(
    repository: Path, tmp_path: Path
) -> None:
    catalog = _open(tmp_path, repository)
    before = catalog.find("hdf5", of_many=True)
    assert isinstance(before, Recipe)
    base = repository / "build_systems" / "maker.py"
    base.write_text(base.read_text().replace("gmake", "ninja"))
    catalog.close()

    after = catalog.find("hdf5", of_many=True)

    assert isinstance(after, Recipe)
    assert {one.name for one in after.dependencies} >= {"ninja"}
    assert "ninja" not in {one.name for one in before.dependencies}


def _many(tmp_path: Path, more: dict[str, str]) -> Catalog:
    few = {f"p{number}": f"{HEAD}class P{number}(Package):\n    pass\n" for number in range(FEW)}
    catalog = _open(tmp_path, write_repository(tmp_path, {**few, **more}))
    assert catalog.refresh().read == FEW + len(more)
    return catalog


def test_a_fault_in_a_method_of_one_of_many_is_said_when_it_is_asked_for(tmp_path: Path) -> None:
    torn = (
        f"{HEAD}class Torn(Package):\n    version('1')\n\n    def install(self):\n        x = 1 +\n"
    )
    catalog = _many(tmp_path, {"torn": torn})

    found = catalog.recipe("torn")
    assert isinstance(found, Unreadable)
    assert found.reason == "line 6: it is not Python: invalid syntax"
    assert [one.name for one in catalog.search("torn")] == ["torn"]


def test_after_an_edit_it_is_read_as_a_whole(tmp_path: Path) -> None:
    catalog = _many(tmp_path, {"late": f"{HEAD}class Late(Package):\n    pass\n"})
    write_repository(
        tmp_path, {"late": f"{HEAD}class Late(Package):\n    def f(self):\n        (\n"}
    )

    assert catalog.refresh().read == 1
    assert catalog.stats().unreadable == 1


COMPUTING = f"""{HEAD}class Far(Package):
    version("1", sha256="a")

    def url_for_version(self, version):
        return f"https://far.test/{{version}}.tar"
"""


def test_urls_that_a_recipe_computes_are_there_for_one_of_many(tmp_path: Path) -> None:
    recipe = _many(tmp_path, {"far": COMPUTING}).recipe("far")

    assert isinstance(recipe, Recipe)
    assert [one.computed_url for one in recipe.versions] == ["https://far.test/1.tar"]


def test_one_of_many_that_was_read_again_is_kept(tmp_path: Path) -> None:
    catalog = _many(tmp_path, {"far": COMPUTING})
    before = _kept(catalog, "far")
    read = catalog.recipe("far")
    catalog.close()

    assert [before[0], _kept(catalog, "far")[0]] == [0, 1]
    assert before[1] == _kept(catalog, "far")[1]  # of dependencies it says what it said
    assert catalog.recipe("far") == read
    assert catalog.refresh().read == 0


def test_one_of_many_is_read_again_and_not_kept_while_many_are_asked_for(tmp_path: Path) -> None:
    catalog = _many(tmp_path, {"far": COMPUTING})
    found = catalog.find("far", of_many=True)

    assert isinstance(found, Recipe)
    assert found.versions[0].computed_url
    assert _kept(catalog, "far")[0] == 0


def test_what_cannot_be_kept_is_answered_all_the_same(tmp_path: Path) -> None:
    catalog = _many(tmp_path, {"far": COMPUTING})
    with closing(sqlite3.connect(catalog.path)) as busy:
        busy.execute("BEGIN IMMEDIATE")
        found = catalog.recipe("far")

    assert isinstance(found, Recipe)
    assert found.versions[0].computed_url
    assert _kept(catalog, "far")[0] == 0


def _kept(catalog: Catalog, name: str) -> tuple[int, int]:
    """Return whether a recipe is kept as read whole, and the state of the index."""
    with closing(sqlite3.connect(catalog.path)) as index:
        (whole,) = index.execute("SELECT whole FROM recipe WHERE name = ?", (name,)).fetchone()
        (state,) = index.execute("PRAGMA user_version").fetchone()
    return whole, state


def test_what_was_read_whole_is_not_kept_where_another_process_changed_the_index(
    tmp_path: Path,
) -> None:
    catalog = _many(tmp_path, {"far": COMPUTING, "zzz": COMPUTING.replace("Far", "Zzz")})
    index = Index(catalog.path, catalog._about)
    (number, before) = next(
        index.rows("SELECT id, data FROM recipe JOIN record ON recipe = id WHERE name = 'zzz'")
    )

    index.keep_whole(number, b"of another recipe", index.state + 1)

    query = "SELECT data, whole FROM recipe JOIN record ON recipe = id WHERE id = ?"
    assert next(index.rows(query, (number,))) == (before, 0)
    assert next(index.rows("PRAGMA busy_timeout")) == (60_000,)
    index.close()


def test_an_index_that_another_process_holds_is_not_damaged(tmp_path: Path) -> None:
    catalog = _many(tmp_path, {"far": COMPUTING})
    catalog.refresh()
    before = catalog.path.read_bytes()
    index = Index(catalog.path, catalog._about)
    next(index.rows("PRAGMA busy_timeout = 1"), None)
    with closing(sqlite3.connect(catalog.path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Outside, match="another process holds"):
            list(index.rows("SELECT * FROM recipe"))
        holder.execute("ROLLBACK")
    index.close()
    assert catalog.path.read_bytes() == before
