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
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from peso.base.files import write_atomic

if TYPE_CHECKING:
    from peso.services.integration.impact.port import Recipes

LINK, RUN, BUILD, TEST = 1, 2, 4, 8
"""The types of a dependency, as bits."""
PROVIDES = 16
"""The bit of an edge from a provider to what it provides."""
TYPES = {"link": LINK, "run": RUN, "build": BUILD, "test": TEST}
_ANY = LINK | RUN | BUILD | TEST
FORMAT = 1
Key = tuple[int, ...]
"""What tells one state of an index from another."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The reverse graph of all recipes: for each node, the edges to what depends on it."""

    names: list[str]
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
    incomplete: int = 0
    """Recipes in which a directive could not be read; they may depend on anything."""
    number: dict[str, int] = field(init=False)
    """The node of each name."""
    providers: dict[int, dict[int, int]] = field(init=False)
    """For each virtual package its providers, and the edge by which each provides it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", {name: at for at, name in enumerate(self.names)})
        providers: dict[int, dict[int, int]] = {}
        for edge, mask in enumerate(self.mask):
            if mask & PROVIDES:
                providers.setdefault(self.to[edge], {})[self.owner(edge)] = edge
        object.__setattr__(self, "providers", providers)

    def owner(self, edge: int) -> int:
        """Return the node an edge begins at."""
        return bisect_right(self.first, edge) - 1

    def edges(self, node: int) -> range:
        """Return the edges from a node."""
        return range(self.first[node], self.first[node + 1])


class _Stored(msgspec.Struct, array_like=True):
    """The graph as it is in its file."""

    format: int
    key: Key
    names: list[str]
    conditions: list[str]
    first: bytes
    to: bytes
    mask: bytes
    when: bytes
    others: bytes
    incomplete: int


def build_graph(recipes: Recipes, *, incomplete: int = 0) -> Graph:
    """Make the graph from a catalog's answers."""
    virtuals = recipes.virtuals()
    names = list(dict.fromkeys((*recipes.names(), *virtuals)))
    known = {name: at for at, name in enumerate(names)}
    conditions: dict[str, int] = {"": 0}
    edges: list[list[tuple[int, int, int, int]]] = [[] for _ in names]
    for name, out in zip(names, edges, strict=True):
        said: dict[str, dict[str, list[int]]] = {}
        for one in recipes.dependents(name):
            condition = conditions.setdefault(" ".join(one.when), len(conditions))
            by_type = said.setdefault(one.name, {})
            for kind in one.types:
                by_type.setdefault(kind, []).append(condition)
        for dependent, by_type in said.items():
            out.extend((known[dependent], *edge) for edge in _merged(by_type))
    for virtual in virtuals:
        given: dict[str, list[int]] = {}
        for provider in recipes.providers(virtual):
            condition = conditions.setdefault(" ".join(provider.when), len(conditions))
            given.setdefault(provider.name, []).append(condition)
        for name, several in given.items():
            edge = (known[virtual], PROVIDES | _ANY, min(several), len(several) - 1)
            edges[known[name]].append(edge)
    return _packed(names, list(conditions), edges, incomplete)


def _merged(by_type: dict[str, list[int]]) -> Iterable[tuple[int, int, int]]:
    """Yield mask, condition and number of other conditions; types with the same are one."""
    merged: dict[tuple[int, int], int] = {}
    for kind, several in by_type.items():
        some = list(dict.fromkeys(several))
        key = (0, 0) if 0 in some else (some[0], len(some) - 1)
        merged[key] = merged.get(key, 0) | TYPES.get(kind, 0)
    return ((mask, condition, others) for (condition, others), mask in merged.items())


def _packed(
    names: list[str],
    conditions: list[str],
    edges: list[list[tuple[int, int, int, int]]],
    incomplete: int,
) -> Graph:
    columns = [array("i") for _ in range(4)]
    first = array("i", [0])
    for out in edges:
        for edge in out:
            for column, value in zip(columns, edge, strict=True):
                column.append(value)
        first.append(len(columns[0]))
    return Graph(names, conditions, first, *columns, incomplete)


def read_graph(path: Path, key: Key) -> Graph | None:
    """Return the graph kept for a state of the index; None where there is none."""
    try:
        stored = msgspec.msgpack.decode(path.read_bytes(), type=_Stored)
    except (OSError, msgspec.DecodeError):
        return None
    if (stored.format, stored.key) != (FORMAT, key):
        return None
    columns = [array("i") for _ in range(5)]
    packed = (stored.first, stored.to, stored.mask, stored.when, stored.others)
    for column, data in zip(columns, packed, strict=True):
        column.frombytes(data)
    return Graph(stored.names, stored.conditions, *columns, stored.incomplete)


def keep_graph(path: Path, key: Key, graph: Graph) -> None:
    """Keep the graph of a state of the index. Raises `Outside`."""
    stored = _Stored(
        FORMAT,
        key,
        graph.names,
        graph.conditions,
        *(one.tobytes() for one in (graph.first, graph.to, graph.mask, graph.when, graph.others)),
        graph.incomplete,
    )
    write_atomic(path, msgspec.msgpack.encode(stored))


def key_of(path: Path) -> Key:
    """Return what tells this state of a file from another."""
    seen = path.stat()
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns)
