"""Recipe repositories opened for a run of the linter, and which ones: asked for, pinned, named.

(direct reading, until the index is there)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from peso.products.recipes.library import Library
from peso.products.recipes.reader import read_recipe
from peso.products.recipes.record import Recipe, Unreadable
from peso.products.recipes.repository import Repositories, Repository, open_repository
from peso.products.recipes.source import FolderSource


class ReadShelf:
    """Recipes read when they are asked for."""

    def __init__(self, ordered: tuple[Repository, ...]) -> None:
        self.ordered = ordered
        self._library = Library(Repositories(ordered))
        self._files: dict[str, tuple[Repository, str]] = {}
        for repository in reversed(ordered):
            for name, (file, _) in repository.recipes().items():
                self._files[name] = (repository, file)
        self._read: dict[str, Recipe | Unreadable] = {}
        self._provided: Mapping[str, set[str]] | None = None

    def recipe(self, name: str) -> Recipe | Unreadable | None:
        if name not in self._read and name in self._files:
            repository, file = self._files[name]
            self._read[name] = read_recipe(self._library, repository, name, file).recipe
        return self._read.get(name)

    def names(self) -> Collection[str]:
        return self._files

    def virtuals(self) -> Collection[str]:
        return self._all()

    def providers(self, virtual: str) -> Collection[str]:
        return self._all().get(virtual, ())

    def _all(self) -> Mapping[str, set[str]]:
        if self._provided is None:
            found: dict[str, set[str]] = {}
            for name in self._files:
                recipe = self.recipe(name)
                for one in recipe.provided if isinstance(recipe, Recipe) else ():
                    for virtual in one.names:
                        found.setdefault(virtual, set()).add(name)
            self._provided = found
        return self._provided


def open_shelf(folders: tuple[Path, ...]) -> ReadShelf:
    return ReadShelf(
        tuple(open_repository(FolderSource(one), n) for n, one in enumerate(folders))
    )
