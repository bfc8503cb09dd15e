"""Edges: who may need a package where it is linked or run; read once for each state of the store.

A question about impact walks most of the graph, so each process keeps it in memory (some ten
megabytes), under the store's mark; inside a transaction it is read anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from django.db import connection

from peso.portal.store.generation import current
from peso.portal.store.models import Recipe, RecipeDependency, RecipeProvided

ONLY_BUILD: Final = ("build", "test", "build,test")
"""Kinds of a dependency that is neither linked nor run."""
Edges = Mapping[str, tuple[str, ...]]


def edges() -> Edges:
    """Return the names of the recipes that may need each package."""
    generation = None if connection.in_atomic_block else current()
    return _read() if generation is None else _kept(generation.mark)


@lru_cache(maxsize=1)
def _kept(_mark: str) -> Edges:
    return _read()


def _read() -> Edges:
    names = dict(Recipe.objects.order_by().values_list("pk", "name"))
    found: dict[str, list[str]] = defaultdict(list)
    rows = RecipeDependency.objects.exclude(types__in=ONLY_BUILD).order_by()
    for needed, dependent in rows.values_list("name", "recipe_id"):
        found[needed].append(names[dependent])
    return {name: tuple(several) for name, several in found.items()}


def provided() -> Edges:
    """Return the virtual packages that each recipe stands for, save one of its own name."""
    rows = RecipeProvided.objects.order_by().values_list("recipe__name", "name")
    found: dict[str, list[str]] = defaultdict(list)
    for recipe, name in rows:
        if recipe != name:
            found[recipe].append(name)
    return {name: tuple(several) for name, several in found.items()}
