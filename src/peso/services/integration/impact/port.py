"""The port of recipes: what the question of impact asks of them, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from peso.products.recipes.record import Condition, Recipe, Unreadable


class Package(Struct, frozen=True):
    """A recipe, and what decides which of its conditions always hold."""

    name: str
    build_systems: tuple[str, ...] = ()
    incomplete: bool = False
    """Whether a directive that may be a dependency could not be read."""


class Depends(Struct, frozen=True):
    """A recipe that depends on a package or virtual package, under one condition."""

    name: str
    on: str
    types: tuple[str, ...]
    when: Condition = ()


class Provides(Struct, frozen=True):
    """A recipe that provides a virtual package, under one condition."""

    name: str
    virtual: str
    when: Condition = ()


class Recipes(Protocol):
    """All recipes of some repositories."""

    def packages(self) -> Iterable[Package]:
        """Yield every recipe."""

    def depends(self) -> Iterable[Depends]:
        """Yield every dependency of every recipe."""

    def provides(self) -> Iterable[Provides]:
        """Yield every virtual package that a recipe provides."""

    def recipe(self, name: str) -> Recipe | Unreadable:
        """Return one recipe; raises `BadInput` for a name nobody knows."""
