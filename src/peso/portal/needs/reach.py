"""Reach by the recipes that the store holds: the port over the store, as the catalog's own answers.

What needs a product to link or run, by any chain; also by a virtual package that it stands for.
What is only built or tested with it does not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from peso.base.finding import Unknown
from peso.portal.store.edges import edges, provided
from peso.portal.store.generation import current
from peso.portal.store.models import ProductRecipe, Recipe
from peso.services.integration.impact.dependents import Dependents


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreReach:
    """Who depends on what, by the store."""

    dependents: Dependents
    packages: Mapping[str, tuple[str, ...]]
    """The recipes of products, by the product's name or slug in lower case."""
    recipes: frozenset[str]

    def of(self, products: tuple[str, ...]) -> int | Unknown:
        """Return how many recipes depend on any of the products; each once."""
        named = self.named(products)
        missing = sorted(one for one in named if one not in self.recipes)
        if missing:
            return Unknown(unknown=f"no recipe is known for {', '.join(missing)}")
        return self.dependents.count(named)

    def names(self, products: tuple[str, ...]) -> frozenset[str]:
        """Return the recipes that depend on any of the products, all of which are known."""
        return self.dependents.names(self.named(products))

    def named(self, products: tuple[str, ...]) -> set[str]:
        """Return the recipes that products are made by."""
        return {
            package
            for one in products
            for package in self.packages.get(one.lower()) or (one.lower(),)
        }


def store_reach() -> StoreReach:
    """Return reach by the recipes that were taken in."""
    generation = current()
    return _kept(generation.mark if generation else "")


@lru_cache(maxsize=1)
def _kept(_mark: str) -> StoreReach:
    packages: dict[str, list[str]] = defaultdict(list)
    rows = ProductRecipe.objects.values_list("recipe", "product__name", "product__slug")
    for recipe, name, slug in rows:
        for one in {name.lower(), slug}:
            packages[one].append(recipe)
    recipes = frozenset(Recipe.objects.order_by().values_list("name", flat=True))
    return StoreReach(
        dependents=_dependents(recipes),
        packages={name: tuple(several) for name, several in packages.items()},
        recipes=recipes,
    )


def _dependents(recipes: frozenset[str]) -> Dependents:
    """Follow every chain of the recipes; names that are none of them are virtual packages."""
    needed_by, stands_for = edges(), provided()
    virtual = {one for several in stands_for.values() for one in several}
    number = {name: at for at, name in enumerate(sorted(recipes | needed_by.keys() | virtual))}
    return Dependents.of(
        number,
        [[number[one] for one in needed_by.get(name, ())] for name in number],
        [[number[one] for one in stands_for.get(name, ())] for name in number],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How many recipes need one product by itself."""

    product: str
    recipes: tuple[str, ...]
    """The recipes it is made by, as far as they are known."""
    count: int | Unknown


def reached(products: tuple[str, ...]) -> tuple[Reached, ...]:
    """Return how many recipes need each of some products by itself."""
    reach = store_reach()
    return tuple(
        Reached(
            product=one,
            recipes=tuple(sorted(reach.named((one,)) & reach.recipes)),
            count=reach.of((one,)),
        )
        for one in products
    )
