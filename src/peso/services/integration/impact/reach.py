"""Walks the graph from a changed recipe to all that it reaches, and says by which chain.

1. For each kind, the strongest first, the walk takes only the types of this kind and of stronger
   ones, in breadth: so the first chain found is a shortest one.
2. Before each walk goes one over edges without condition or choice: what it reaches, is reached
   always.
3. A `Setting` narrows the walk to what a stack allows: the providers it chooses, and the packages
   that are external to it, through which no change arrives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import compress
from operator import or_

from msgspec import Struct, field

from peso.services.integration.impact.graph import (
    BUILD,
    LINK,
    PROVIDES,
    RUN,
    TEST,
    TYPES,
    Graph,
)
from peso.services.integration.impact.record import Kind, Step

ALLOWED = {
    Kind.LINK: LINK,
    Kind.RUN: LINK | RUN,
    Kind.BUILD: LINK | RUN | BUILD,
    Kind.TEST: LINK | RUN | BUILD | TEST,
}
_TYPES = tuple(tuple(name for name, bit in TYPES.items() if mask & bit) for mask in range(PROVIDES))
"""The names of the types in a mask."""
_NEVER, _PERHAPS, _ALWAYS = 0, 32, 64
"""Whether an edge counts, as a code that leaves room for a mask."""
_NONE = -1
_SOURCE = -2


class Setting(Struct, frozen=True, kw_only=True):
    """What a stack, or a version, allows of the graph."""

    chosen: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """For a virtual package, the providers that are taken."""
    external: frozenset[int] = frozenset()
    """Packages that are on the machine already and never built."""
    refused: frozenset[int] = frozenset()
    """Edges that do not count: what depends on other versions."""


OPEN = Setting()


class Reach:
    """All that one node reaches, under a setting."""

    def __init__(self, graph: Graph, source: int, setting: Setting = OPEN) -> None:
        self.graph, self.source, self.setting = graph, source, setting
        self._passable = self._decide_edges()
        # Lists: what is looked at ten times would be made into a number ten times.
        self._first, self._to = graph.first.tolist(), graph.to.tolist()
        self._codes = bytes(map(or_, graph.mask, self._passable))
        self._walks: dict[tuple[Kind, bool], list[int]] = {}
        for kind, types in ALLOWED.items():
            self._walks[kind, True] = self._walk(types, sure=True)
            self._walks[kind, False] = self._walk(types, sure=False)
        self._chains: dict[tuple[Kind, bool], dict[int, tuple[Step, ...]]] = {
            key: {source: ()} for key in self._walks
        }

    def _decide_edges(self) -> bytearray:
        """Return for each edge whether it counts, above the bits of its mask."""
        graph, setting = self.graph, self.setting
        passable = bytearray(_PERHAPS if when else _ALWAYS for when in graph.when)
        for virtual, providers in graph.providers.items():
            taken = setting.chosen.get(virtual) or frozenset(providers)
            for provider, edge in providers.items():
                sole = taken == {provider}
                passable[edge] = _passes(provider in taken, sole, graph.when[edge])
        for edge in setting.refused:
            passable[edge] = _NEVER
        return passable

    def _walk(self, types: int, *, sure: bool) -> list[int]:
        """Return for each node the edge by which it was reached first."""
        passes = self._codes.translate(_table(types, _ALWAYS if sure else _PERHAPS))
        first, to = self._first, self._to
        by = [_NONE] * len(self.graph.names)
        for external in self.setting.external:
            by[external] = _SOURCE  # never entered, and nothing leads on from it
        by[self.source] = _SOURCE
        wave = [self.source]
        while wave:
            after: list[int] = []
            for node in wave:
                begin, end = first[node], first[node + 1]
                for edge in compress(range(begin, end), passes[begin:end]):
                    reached = to[edge]
                    if by[reached] == _NONE:
                        by[reached] = edge
                        after.append(reached)
            wave = after
        return by

    def kind(self, node: int) -> tuple[Kind, bool] | None:
        """Return how a node is reached, and whether always; None where it is not."""
        for kind in Kind:
            if self._walks[kind, False][node] >= 0:
                return kind, self._walks[kind, True][node] >= 0
        return None

    def level(self, node: int, kind: Kind) -> bool | None:
        """Say whether a node is reached at least this strongly: True always, False perhaps."""
        if node == self.source:
            return True
        if self._walks[kind, True][node] >= 0:
            return True
        return False if self._walks[kind, False][node] >= 0 else None

    def reached(self) -> Iterator[tuple[int, Kind, bool]]:
        """Yield every node that is reached, virtual ones too."""
        walks = [(kind, self._walks[kind, False], self._walks[kind, True]) for kind in Kind]
        for node, edge in enumerate(self._walks[Kind.TEST, False]):
            if edge >= 0:
                for kind, perhaps, surely in walks:
                    if perhaps[node] >= 0:
                        yield node, kind, surely[node] >= 0
                        break

    def direct(self) -> set[int]:
        """Return the nodes that name the source itself, or a virtual package it provides."""
        graph, found = self.graph, set[int]()
        for edge in graph.edges(self.source):
            if not self._passable[edge]:
                continue
            if graph.mask[edge] & PROVIDES:
                below = graph.edges(graph.to[edge])
                found.update(graph.to[one] for one in below if self._passable[one])
            else:
                found.add(graph.to[edge])
        return found

    def chain(self, node: int, kind: Kind, *, always: bool) -> tuple[Step, ...]:
        """Return the steps from a node that is reached down to the source."""
        known, by = self._chains[kind, always], self._walks[kind, always]
        above: list[int] = []
        while node not in known:
            above.append(node)
            node = self.graph.owners[by[node]]
        chain = known[node]
        for one in reversed(above):
            edge = by[one]
            if not self.graph.mask[edge] & PROVIDES:  # a provider is named by the step above it
                on = self.graph.owners[edge]
                types = _TYPES[self.graph.mask[edge]]
                chain = (self._step(self.graph.names[one], types, on, by, edge), *chain)
            known[one] = chain
        return chain

    def step(self, name: str, types: tuple[str, ...], on: int, kind: Kind, *, always: bool) -> Step:
        """Return the step from a package to what it depends on, a package or a virtual one."""
        return self._step(name, types, on, self._walks[kind, always])

    def _step(
        self, name: str, types: tuple[str, ...], on: int, by: list[int], edge: int = _NONE
    ) -> Step:
        graph, given = self.graph, by[on]
        when = graph.conditions[graph.when[edge]] if edge >= 0 else ""
        others = graph.others[edge] if edge >= 0 else 0
        if given < 0 or not graph.mask[given] & PROVIDES:
            return Step(name=name, types=types, on=graph.names[on], when=when, others=others)
        return Step(
            name=name,
            types=types,
            on=graph.names[on],
            when=when,
            others=others,
            provider=graph.names[graph.owners[given]],
            provided_when=graph.conditions[graph.when[given]],
            choice=self.choice(on),
        )

    def choice(self, virtual: int) -> bool:
        """Say whether a virtual package has more than one provider here."""
        return len(self.setting.chosen.get(virtual) or self.graph.providers[virtual]) > 1


def _passes(taken: bool, sole: bool, when: int) -> int:  # noqa: FBT001 - three answers of one edge
    if not taken:
        return _NEVER
    return _ALWAYS if sole and not when else _PERHAPS


def _table(types: int, least: int) -> bytes:
    """Return for each code of an edge whether a walk by these types may take it."""
    return bytes(bool(code & types) and code >= least for code in range(256))
