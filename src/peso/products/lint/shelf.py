"""Recipes for a run of the linter, as quick as one file wants them.

A `Shelf` over the catalog. The rules, in order:

1. A package is there if its file is; for that no index is needed.
2. Virtual packages and their providers come from the index as it is. Only where a name would be
   unknown by it, the index is brought up to date first: then, and only then, all files are looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from peso.products.recipes.catalog import Catalog
from peso.products.recipes.index import Foreign, Index
from peso.products.recipes.record import Recipe, Unreadable

_PROVIDERS = "SELECT provider.name, recipe.name FROM provider JOIN recipe ON recipe = id"


class Recipes(Catalog):
    """The catalog, asked for names that may not be there."""

    _provided: Mapping[str, frozenset[str]] | None = None
    _names: frozenset[str] | None = None

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces of the repositories, in order."""
        return tuple(one.namespace for one in self._repositories.ordered)

    def find(self, name: str) -> Recipe | Unreadable | None:
        """Return a recipe; None where no repository has it."""
        return self.recipe(name) if self.has(name) else None

    def has(self, name: str) -> bool:
        """Say whether a repository has a package."""
        return any(one.source.signature(one.file_of(name)) for one in self._repositories.ordered)

    def all_names(self) -> Collection[str]:
        """Return the names of all packages."""
        if self._names is None:
            self._names = frozenset(self.names())
        return self._names

    def provided(self) -> Mapping[str, Collection[str]]:
        """Return every virtual package with the packages that may provide it."""
        if self._provided is None:
            self._provided = self._from_index()
        return self._provided

    def renew(self) -> None:
        """Bring what is known of virtual packages up to date."""
        if not self._fresh:
            self.refresh()
            self._provided = None

    def _from_index(self) -> Mapping[str, frozenset[str]]:
        try:
            if self._index is None:
                self._index = Index(self.path, self._about)
            rows = list(self._index.rows(_PROVIDERS, ()))
        except Foreign:
            self.close()
            rows = self._ask(_PROVIDERS)
        found: dict[str, set[str]] = {}
        for virtual, package in rows:
            found.setdefault(str(virtual), set()).add(str(package))
        return {virtual: frozenset(packages) for virtual, packages in found.items()}
