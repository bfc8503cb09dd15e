"""The catalog: every recipe of some repositories, found at once.

1. `Catalog.open` takes repositories in order (folders, or `FOLDER@COMMIT` of a git repository); the
   first that has a package is where it comes from.
2. One recipe is looked up alone: its row in the index if nothing it was made of changed, else it is
   read. Of one that was read with many others the bodies of methods were not: where they matter it
   is read again, once, and kept. All other questions first bring the index up to date, once.
3. A name nobody knows is an error that names the nearest ones; a recipe that cannot be read is an
   answer (`Unreadable`).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self, TypeVar

from peso.errors import BadInput
from peso.products.recipes.answers import CatalogStats, Dependent, Hit, Provider, RepositoryStats
from peso.products.recipes.changes import Refreshed, There, unchanged
from peso.products.recipes.host import LINUX, Host
from peso.products.recipes.index import FIGURES, Foreign, Index, Terms, record_of, terms_of
from peso.products.recipes.record import Condition, Recipe, Unreadable
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.repository import Repositories, Repository, open_repository
from peso.products.recipes.source import FolderSource, RecipeSource

if TYPE_CHECKING:
    from peso.products.recipes.library import Library
    from peso.products.recipes.reader import Read

Made = TypeVar("Made")
_FIRST = (
    "repository = (SELECT MIN(other.repository) FROM recipe other WHERE other.name = recipe.name)"
)
"""Only recipes that no repository before has too."""
_DEPENDENTS = (
    "SELECT recipe.name, terms FROM dependency JOIN recipe ON recipe = id WHERE dependency.name = ?"
)
_PROVIDERS = (
    "SELECT recipe.name, spec, condition FROM provider JOIN recipe ON recipe = id "
    "WHERE provider.name = ?"
)
_COUNTS = "SELECT repository, COUNT(*) FROM recipe GROUP BY 1"
_VIRTUALS = "SELECT DISTINCT name FROM provider ORDER BY 1"
_NEAR = 5


class Catalog:
    """Every recipe of some repositories."""

    def __init__(
        self,
        repositories: Repositories,
        cache: Path,
        *,
        host: Host = LINUX,
        workers: int | None = None,
    ) -> None:
        """Make a catalog; `Catalog.open` is the usual way."""
        self._repositories, self._host, self._workers = repositories, host, workers
        labels = [(one.source.label, one.namespace) for one in repositories.ordered]
        self._about = {"repositories": json.dumps(labels), "host": repr(host)}
        digest = hashlib.sha256(json.dumps([labels, repr(host)]).encode()).hexdigest()[:16]
        self.path = cache / "catalog" / f"{labels[0][1]}-{digest}.sqlite"
        """The index's file."""
        self._index: Index | None = None
        self._library: Library | None = None
        self._fresh = False

    @classmethod
    def open(
        cls,
        *repositories: str | Path,
        cache: Path,
        host: Host = LINUX,
        workers: int | None = None,
    ) -> Self:
        """Open repositories in order: folders with `repo.yaml`, or `FOLDER@COMMIT`.

        Args:
            repositories: the first that has a package is where it comes from.
            cache: the folder where the index is kept; it can be deleted at any time.
            host: the machine that conditions on the platform are answered for.
            workers: how many processes may read; None for one a core.

        Raises:
            BadInput: one of them is no repository, or there is none.
            Outside: git failed.
        """
        if not repositories:
            raise BadInput(
                "no recipe repository is named",
                hint="name one: `peso catalog index …/repos/spack_repo/builtin`",
            )
        ordered = tuple(
            open_repository(_source(str(one)), number) for number, one in enumerate(repositories)
        )
        return cls(Repositories(ordered), cache, host=host, workers=workers)

    @property
    def repositories(self) -> tuple[str, ...]:
        """The repositories, in order."""
        return tuple(one.source.label for one in self._repositories.ordered)

    def refresh(self) -> Refreshed:
        """Bring the index up to date; says what that took. Raises `Outside`."""
        self.close()
        there = There(self._repositories)
        done = unchanged(there, self.path, self._about)
        if done is None:
            # Reading needs ten times as many modules as looking up: only where it is done.
            from peso.products.recipes.refresh import refresh  # noqa: PLC0415

            done = refresh(there, self.path, self._about, self._host, workers=self._workers)
        self._index, self._fresh = Index(self.path, self._about), True
        return done

    def close(self) -> None:
        """Close the index, and let go of what was kept for reading many recipes."""
        self._close_index()
        self._library = None

    def _close_index(self) -> None:
        if self._index is not None:
            self._index.close()
        self._index, self._fresh = None, False

    def _up_to_date(self) -> Index:
        if self._index is None or not self._fresh:
            self.refresh()
        if self._index is None:
            raise Foreign("it was not made")
        return self._index

    def _ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the index; one that turns out to be damaged is made anew, once."""
        return self._ask_for(tuple, statement, *values)

    def _ask_for(
        self, made: Callable[[tuple[Any, ...]], Made], statement: str, *values: object
    ) -> list[Made]:
        """Ask the index and make something of every row, which may show that it is damaged too."""
        try:
            # All rows first: a query left half way would outlive the file that is closed.
            return [*map(made, [*self._up_to_date().rows(statement, values)])]
        except Foreign:
            self.close()
            self.path.unlink(missing_ok=True)
            return [*map(made, [*self._up_to_date().rows(statement, values)])]

    def names(self) -> tuple[str, ...]:
        """Return the names of all packages, in order. Needs no index."""
        found = {name for one in self._repositories.ordered for name in one.recipes()}
        return tuple(sorted(found))

    def recipe(self, name: str) -> Recipe | Unreadable:
        """Return a package's recipe; `name` may have its namespace before it.

        Raises:
            BadInput: nobody knows this name; the nearest ones are named.
        """
        if (found := self.find(name)) is None:
            raise self._nobody_knows(name)
        return found

    def find(self, name: str, *, of_many: bool = False) -> Recipe | Unreadable | None:
        """Return a package's recipe, as `recipe` does; None where nobody knows the name.

        `of_many`: what recipes import is read once until `close`, where there is no index.
        """
        namespace, _, bare = name.rpartition(".")
        for one in self._repositories.ordered:
            if namespace and namespace != one.namespace:
                continue
            file = one.file_of(bare)
            # A name that is none, with `..` in it, must not lead out of the repository.
            signature = file and one.source.signature(file)
            if signature:
                known = self._known(one, bare, file, signature, of_many=of_many)
                return known or self._read(one, bare, file, of_many=of_many).recipe
        return None

    def beside(self, recipe: Recipe, name: str = "") -> bytes | None:
        """Return the bytes of a recipe's file, or of a file beside it; None: it cannot be read."""
        path = PurePosixPath(recipe.path)
        file = path.parent / name if name else path
        if ".." in file.parts or file.is_absolute():
            return None
        for one in self._repositories.ordered:
            if one.source.label == recipe.repository:
                with suppress(CannotRead):
                    return one.source.read(str(file))
        return None

    def _read(self, one: Repository, name: str, file: str, *, of_many: bool) -> Read:
        from peso.products.recipes.library import Library  # noqa: PLC0415 - as above
        from peso.products.recipes.reader import read_recipe  # noqa: PLC0415
        from peso.products.recipes.syntax import quiet  # noqa: PLC0415

        library = self._library or Library(self._repositories, self._host)
        self._library = library if of_many else None
        with quiet():
            return read_recipe(library, one, name, file)

    def _known(
        self, one: Repository, name: str, file: str, signature: str, *, of_many: bool
    ) -> Recipe | Unreadable | None:
        """Return the recipe from the index, if all it was made of is as it was, and sound."""
        try:
            if self._index is None:
                self._index = Index(self.path, self._about)
            query = (
                "SELECT id, readable, data, whole FROM recipe JOIN record ON recipe = id "
                "WHERE repository = ? AND name = ? AND signature = ? AND complete"
            )
            state = self._index.state
            row = next(self._index.rows(query, (one.number, name, signature)), None)
            if row is None or not self._inputs_are_as_they_were(row[0]):
                return None
            recipe = record_of(row[2], readable=bool(row[1]))
            if row[3] or _is_whole(recipe, one, file):
                return recipe
            read = self._read(one, name, file, of_many=of_many)
            if not of_many and read.signature == signature:
                self._keep(row[0], read, state)
        except Foreign:
            self._close_index()
            return None
        return read.recipe

    def _keep(self, number: int, read: Read, state: int) -> None:
        """Keep a recipe that was read whole beside what else the index has of it."""
        from peso.products.recipes.rows import record_bytes  # noqa: PLC0415 - as above

        if self._index is None or isinstance(read.said, Unreadable):
            return
        inputs = self._index.rows("SELECT repository, file FROM input WHERE recipe = ?", (number,))
        if {*read.inputs} <= {*inputs}:  # else a change of one would not be seen
            self._index.keep_whole(number, record_bytes(read.said), state)

    def _inputs_are_as_they_were(self, number: object) -> bool:
        if self._index is None:
            return False
        query = (
            "SELECT input.repository, input.file, file.signature FROM input LEFT JOIN file "
            "ON file.repository = input.repository AND file.file = input.file WHERE recipe = ?"
        )
        ordered = self._repositories.ordered
        return all(
            ordered[where].source.signature(str(file)) == signature
            for where, file, signature in self._index.rows(query, (number,))
        )

    def _nobody_knows(self, name: str) -> BadInput:
        import difflib  # noqa: PLC0415 - only where somebody mistyped

        near = difflib.get_close_matches(name, self.names(), n=_NEAR, cutoff=0.6)
        hint = f"did you mean {', '.join(near)}?" if near else "`peso catalog search` finds names"
        if virtual := self.providers(name):
            several = ", ".join(dict.fromkeys(one.name for one in virtual))
            hint = f"it is a virtual package, provided by {several}"
        return BadInput(
            f"there is no package {name!r} in {', '.join(self.repositories)}", hint=hint
        )

    def search(self, text: str) -> tuple[Hit, ...]:
        """Return recipes in whose name, virtual names, tags, maintainers or description it is.

        Those come first whose name it is, then whose name starts with it, then has it.
        """
        wanted = text.lower().strip()
        like = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        query = (
            "SELECT readable, data FROM recipe JOIN record ON recipe = id "  # noqa: S608
            f"WHERE words LIKE ? ESCAPE '\\' AND {_FIRST}"
        )
        found = self._ask_for(_hit, query, f"%{like}%")
        return tuple(sorted(found, key=lambda one: (_rank(one.name, wanted), one.name)))

    def dependents(self, name: str) -> tuple[Dependent, ...]:
        """Return every recipe that depends on a package or virtual package, with each condition."""
        query = f"{_DEPENDENTS} AND {_FIRST} ORDER BY recipe.name, dependency.rowid"
        return tuple(
            Dependent(name=one, types=types, when=when)
            for one, terms in self._ask_for(_dependent, query, name)
            for types, when in terms
        )

    def providers(self, virtual: str) -> tuple[Provider, ...]:
        """Return every recipe that provides a virtual package, with each condition."""
        query = f"{_PROVIDERS} AND {_FIRST} ORDER BY recipe.name, provider.rowid"
        return tuple(
            Provider(name=str(one), spec=str(spec), when=_condition(when))
            for one, spec, when in self._ask(query, virtual)
        )

    def virtuals(self) -> tuple[str, ...]:
        """Return the names of the virtual packages that some recipe provides."""
        return tuple(str(name) for (name,) in self._ask(_VIRTUALS))

    def stats(self) -> CatalogStats:
        """Return how much there is."""
        sums = ", ".join(f"SUM({one})" for one in ("NOT readable", "unread > 0", *FIGURES))
        row = self._ask(f"SELECT COUNT(*), {sums} FROM recipe WHERE {_FIRST}")[0]  # noqa: S608
        recipes, unreadable, with_unread, *figures = (int(one or 0) for one in row)
        said = dict(zip(FIGURES, figures, strict=True))
        del said["splices"]
        counts: dict[int, int] = dict(self._ask(_COUNTS))
        return CatalogStats(
            repositories=tuple(
                RepositoryStats(
                    label=one.source.label,
                    namespace=one.namespace,
                    recipes=int(counts.get(one.number, 0)),
                )
                for one in self._repositories.ordered
            ),
            recipes=recipes,
            unreadable=unreadable,
            with_unread=with_unread,
            virtuals=len(self.virtuals()),
            **said,
        )


def _dependent(row: tuple[Any, ...]) -> tuple[str, Terms]:
    return str(row[0]), terms_of(row[1])


def _condition(text: object) -> Condition:
    return tuple(str(text).split("\n")) if text else ()


def _hit(row: tuple[Any, ...]) -> Hit:
    recipe = record_of(row[1], readable=bool(row[0]))
    if isinstance(recipe, Unreadable):
        return Hit(name=recipe.name, description=f"cannot be read: {recipe.reason}")
    return Hit(name=recipe.name, description=recipe.description.strip().partition("\n")[0])


def _is_whole(recipe: Recipe | Unreadable, one: Repository, file: str) -> bool:
    """Say whether a recipe that was read with many others is as it would be if read alone."""
    if isinstance(recipe, Recipe) and recipe.computes_url:
        return False
    from peso.products.recipes.syntax import quiet, text_of, tree_of  # noqa: PLC0415 - as above

    with suppress(CannotRead), quiet():
        return bool(tree_of(text_of(one.source.read(file))))
    return False


def _rank(name: str, wanted: str) -> int:
    fits = (name == wanted, name.startswith(wanted), wanted in name, True)
    return fits.index(True)


def _source(text: str) -> RecipeSource:
    """Return the source that `FOLDER` or `FOLDER@COMMIT` names."""
    if "@" in text and not Path(text).expanduser().is_dir():
        from peso.products.recipes.commit import open_commit  # noqa: PLC0415 - needs git

        return open_commit(text)
    return FolderSource(Path(os.path.abspath(Path(text).expanduser())))  # noqa: PTH100 - links stay
