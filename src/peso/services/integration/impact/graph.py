"""Who depends on whom, over all recipes, in a form that is walked in milliseconds.

It knows names and conditions as text, not what a condition means. The rules, in order:

1. A node is a package or a virtual package. An edge leads from what is depended on to what depends
   on it, or from a provider to the virtual package it provides (`PROVIDES`).
2. Of the conditions under which one recipe depends on another, each type keeps one: none at all
   where there is one without, else the first; `others` counts the rest.
3. It is made from a catalog's answers and kept beside the catalog's index, for exactly the index
   it was made from; what cannot be read is made anew.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, repeat
from operator import sub
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from peso.products.recipes.record import Condition
    from peso.services.integration.impact.port import Recipes

LINK, RUN, BUILD, TEST = 1, 2, 4, 8
"""The types of a dependency, as bits."""
PROVIDES = 16
"""The bit of an edge from a provider to what it provides."""
TYPES = {"link": LINK, "run": RUN, "build": BUILD, "test": TEST}
_ANY = LINK | RUN | BUILD | TEST
FORMAT = 2
Key = int
"""What tells one state of an index from another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The reverse graph of all recipes: for each node, the edges to what depends on it."""

    names: list[str]
    """Packages first, then virtual packages that are no packages."""
    packages: int
    """How many packages there are."""
    conditions: list[str]
    """The texts of conditions; the first is empty: always."""
    first: array[int]
    """For each node, where its edges begin; one more at the end."""
    to: array[int]
    mask: array[int]
    when: array[int]
    """The condition, by its number."""
    others: array[int]
    """How many more conditions there are for the same types."""
    incomplete: list[str]
    """Recipes of which a dependency could not be read; they may depend on anything."""
    number: dict[str, int] = field(init=False)
    """The node of each name."""
    owners: list[int] = field(init=False)
    """For each edge, the node it begins at."""
    providers: dict[int, dict[int, int]] = field(init=False)
    """For each virtual package its providers, and the edge by which each provides it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", {name: at for at, name in enumerate(self.names)})
        several = map(sub, self.first[1:], self.first)
        owners = list(chain.from_iterable(map(repeat, range(len(self.names)), several)))
        object.__setattr__(self, "owners", owners)
        providers: dict[int, dict[int, int]] = {}
        for edge, mask in enumerate(self.mask):
            if mask & PROVIDES:
                providers.setdefault(self.to[edge], {})[owners[edge]] = edge
        object.__setattr__(self, "providers", providers)

    def edges(self, node: int) -> range:
        """Return the edges from a node."""
        return range(self.first[node], self.first[node + 1])


class _Stored(msgspec.Struct, array_like=True):
    """The graph as it is in its file."""

    format: int
    key: Key
    names: list[str]
    packages: int
    conditions: list[str]
    first: bytes
    to: bytes
    mask: bytes
    when: bytes
    others: bytes
    incomplete: list[str]


def build_graph(recipes: Recipes) -> Graph:
    """Make the graph of all recipes."""
    packages = {one.name: one for one in recipes.packages()}
    provided = list(recipes.provides())
    names = list(dict.fromkeys((*packages, *sorted({one.virtual for one in provided}))))
    drawing = _Drawing(names)
    several: dict[tuple[str, str], dict[str, list[int]]] = {}
    for one in recipes.depends():
        condition = drawing.condition(_real(one.when, packages[one.name].build_systems))
        by_type = several.setdefault((one.on, one.name), {})
        for kind in one.types:
            by_type.setdefault(kind, []).append(condition)
    for (on, name), by_type in several.items():
        for mask, condition, others in _merged(by_type):
            drawing.edge(on, name, mask, condition, others)
    given: dict[tuple[str, str], list[int]] = {}
    for gift in provided:
        condition = drawing.condition(_real(gift.when, packages[gift.name].build_systems))
        given.setdefault((gift.name, gift.virtual), []).append(condition)
    for (name, virtual), found in given.items():
        drawing.edge(name, virtual, PROVIDES | _ANY, min(found), len(found) - 1)
    incomplete = [one.name for one in packages.values() if one.incomplete]
    return drawing.packed(len(packages), incomplete)


def _real(when: Condition, build_systems: tuple[str, ...]) -> str:
    """Return a condition as text, without what always holds: a recipe's only build system."""
    only = f"build_system={build_systems[0]}" if len(build_systems) == 1 else ""
    return " ".join(word for one in when for word in one.split(" ") if word != only)


def _merged(by_type: dict[str, list[int]]) -> Iterable[tuple[int, int, int]]:
    """Yield mask, condition and number of other conditions; types with the same are one."""
    merged: dict[tuple[int, int], int] = {}
    for kind, several in by_type.items():
        some = list(dict.fromkeys(several))
        key = (0, 0) if 0 in some else (some[0], len(some) - 1)
        merged[key] = merged.get(key, 0) | TYPES.get(kind, 0)
    return ((mask, condition, others) for (condition, others), mask in merged.items())


class _Drawing:
    """A graph that is being made."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._number = {name: at for at, name in enumerate(names)}
        self._conditions: dict[str, int] = {"": 0}
        self._edges: list[list[tuple[int, int, int, int]]] = [[] for _ in names]

    def condition(self, text: str) -> int:
        """Return the number of a condition."""
        return self._conditions.setdefault(text, len(self._conditions))

    def edge(self, begin: str, end: str, mask: int, condition: int, others: int) -> None:
        """Draw an edge; one from a package that nobody has a recipe of leads from nowhere."""
        at = self._number.get(begin)
        if at is not None:
            self._edges[at].append((self._number[end], mask, condition, others))

    def packed(self, packages: int, incomplete: list[str]) -> Graph:
        """Return the graph as it is kept."""
        columns = [array("i") for _ in range(4)]
        first = array("i", [0])
        for out in self._edges:
            for edge in out:
                for column, value in zip(columns, edge, strict=True):
                    column.append(value)
            first.append(len(columns[0]))
        to, mask, when, others = columns
        return Graph(
            names=self._names,
            packages=packages,
            conditions=list(self._conditions),
            first=first,
            to=to,
            mask=mask,
            when=when,
            others=others,
            incomplete=incomplete,
        )


def read_graph(path: Path, key: Key) -> Graph | None:
    """Return the graph kept for a state of the index; None where there is none."""
    try:
        stored = msgspec.msgpack.decode(path.read_bytes(), type=_Stored)
    except (OSError, msgspec.DecodeError, ValueError):
        return None
    if (stored.format, stored.key) != (FORMAT, key):
        return None
    return Graph(
        names=stored.names,
        packages=stored.packages,
        conditions=stored.conditions,
        first=_numbers(stored.first),
        to=_numbers(stored.to),
        mask=_numbers(stored.mask),
        when=_numbers(stored.when),
        others=_numbers(stored.others),
        incomplete=stored.incomplete,
    )


def _numbers(data: bytes) -> array[int]:
    numbers = array("i")
    numbers.frombytes(data)
    return numbers


def keep_graph(path: Path, key: Key, graph: Graph) -> None:
    """Keep the graph of a state of the index. Raises `Outside`."""
    from peso.base.files import write_atomic  # noqa: PLC0415 - looking up writes nothing

    stored = _Stored(
        format=FORMAT,
        key=key,
        names=graph.names,
        packages=graph.packages,
        conditions=graph.conditions,
        first=graph.first.tobytes(),
        to=graph.to.tobytes(),
        mask=graph.mask.tobytes(),
        when=graph.when.tobytes(),
        others=graph.others.tobytes(),
        incomplete=graph.incomplete,
    )
    write_atomic(path, msgspec.msgpack.encode(stored))
