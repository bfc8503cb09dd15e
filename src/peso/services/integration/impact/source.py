"""The catalog asked for all dependencies at once, and the graph of them kept beside its index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import msgspec

from peso.errors import Outside
from peso.products.recipes.catalog import Catalog
from peso.products.recipes.index import Terms, terms_of
from peso.services.integration.impact.graph import (
    Graph,
    build_graph,
    keep_graph,
    read_graph,
)
from peso.services.integration.impact.port import Depends, Package, Provides

_FIRST = (
    "repository = (SELECT MIN(other.repository) FROM recipe other WHERE other.name = recipe.name)"
)
"""Only recipes that no repository before has too."""
_RECIPES = f"SELECT name, readable, data FROM recipe JOIN record ON recipe = id WHERE {_FIRST}"  # noqa: S608 - ours
_DEPENDS = (
    "SELECT recipe.name, dependency.name, terms FROM dependency "  # noqa: S608 - ours
    f"JOIN recipe ON recipe = id WHERE {_FIRST}"
)
_PROVIDES = (
    "SELECT recipe.name, provider.name, condition FROM provider "  # noqa: S608 - ours
    f"JOIN recipe ON recipe = id WHERE {_FIRST}"
)
_MAY_DEPEND = frozenset(("depends_on", "extends", "*"))


class _Unread(msgspec.Struct):
    directive: str


class _Slim(msgspec.Struct):
    """What is looked at of a recipe's record."""

    build_systems: tuple[str, ...] = ()
    unread: tuple[_Unread, ...] = ()


class AllRecipes(Catalog):
    """A catalog that also tells all dependencies at once."""

    def packages(self) -> Iterator[Package]:
        """Yield every recipe."""
        decode = msgspec.msgpack.Decoder(_Slim).decode
        for name, readable, data in self._ask(_RECIPES):
            slim = decode(data) if readable else _Slim()
            unread = any(one.directive in _MAY_DEPEND for one in slim.unread)
            yield Package(name, slim.build_systems, unread or not readable)

    def depends(self) -> Iterator[Depends]:
        """Yield every dependency of every recipe."""
        for name, on, several in self._ask_for(_depends, _DEPENDS):
            for types, condition in several:
                yield Depends(name, on, types, condition)

    def provides(self) -> Iterator[Provides]:
        """Yield every virtual package that a recipe provides."""
        for name, virtual, condition in self._ask(_PROVIDES):
            yield Provides(name, virtual, _lines(condition))

    def graph(self) -> Graph:
        """Return who depends on whom: as kept for this index, else made anew. Raises `Outside`.

        Where it cannot be kept, in a folder that may only be read, it is made anew each time.
        """
        kept, key = self.path.with_suffix(".graph"), self._up_to_date().state
        graph = read_graph(kept, key)
        if graph is None:
            graph = build_graph(self)
            with suppress(Outside):
                keep_graph(kept, key, graph)
        return graph


def _depends(row: tuple[Any, ...]) -> tuple[str, str, Terms]:
    name, on, terms = row
    return name, on, terms_of(terms)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()
