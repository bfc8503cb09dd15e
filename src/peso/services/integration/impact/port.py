"""The port of recipes: what the question of impact asks of them, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from peso.products.recipes.record import Condition, Recipe, Unreadable


@dataclass(frozen=True, slots=True)
class Package:
    """A recipe, and what decides which of its conditions always hold."""

    name: str
    build_systems: tuple[str, ...] = ()
    incomplete: bool = False
    """Whether a directive that may be a dependency could not be read."""


@dataclass(frozen=True, slots=True)
class Depends:
    """A recipe that depends on a package or virtual package, under one condition."""

    name: str
    on: str
    types: tuple[str, ...]
    when: Condition = ()


@dataclass(frozen=True, slots=True)
class Provides:
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
