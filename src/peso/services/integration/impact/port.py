"""The port of recipes: what the question of impact asks of a catalog (`products/recipes`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from peso.products.recipes.catalog import Dependent, Provider
    from peso.products.recipes.record import Recipe, Unreadable


class Recipes(Protocol):
    """All recipes of some repositories, as `Catalog` gives them."""

    def names(self) -> tuple[str, ...]:
        """Return the names of all packages."""

    def virtuals(self) -> tuple[str, ...]:
        """Return the names of the virtual packages that some recipe provides."""

    def dependents(self, name: str) -> tuple[Dependent, ...]:
        """Return every recipe that depends on a package or virtual package."""

    def providers(self, virtual: str) -> tuple[Provider, ...]:
        """Return every recipe that provides a virtual package."""

    def recipe(self, name: str) -> Recipe | Unreadable:
        """Return one recipe; raises `BadInput` for a name nobody knows."""
