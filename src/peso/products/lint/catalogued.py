"""The catalog, asked what the linter's shelf asks of it; imported only where that has to read."""

from __future__ import annotations

from collections.abc import Mapping

from peso.products.recipes.catalog import Catalog

_PROVIDERS = "SELECT provider.name, recipe.name FROM provider JOIN recipe ON recipe = id"
_OWN = (
    "SELECT id, repository, file, complete FROM recipe WHERE name = ? ORDER BY repository LIMIT 1"
)
_INPUTS = "SELECT repository, file FROM input WHERE recipe = ?"


class LintCatalog(Catalog):
    """The catalog, with the files a recipe was made of."""

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces of the repositories, in order."""
        return tuple(one.namespace for one in self._repositories.ordered)

    def provided(self) -> Mapping[str, frozenset[str]]:
        """Return every virtual package with the packages that may provide it."""
        found: dict[str, set[str]] = {}
        for virtual, package in self._ask(_PROVIDERS):
            found.setdefault(str(virtual), set()).add(str(package))
        return {virtual: frozenset(packages) for virtual, packages in found.items()}

    def inputs(self, name: str) -> tuple[tuple[int, str], ...]:
        """Return the files a recipe was made of, its own first; none where that may change."""
        own = next(iter(self._ask(_OWN, name)), None)
        if own is None or not own[3]:
            return ()
        number, repository, file, _ = own
        rest = ((int(where), str(other)) for where, other in self._ask(_INPUTS, number))
        return ((int(repository), str(file)), *rest)
