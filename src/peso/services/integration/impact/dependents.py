"""Which recipes need each package to link or to run, by any chain: of all packages at once.

What `impact_of` tells as touched by the kinds LINK and RUN, for who asks thousands of times: names,
no chains. What is only built or tested with a package does not count: by build tools nearly all
depend on nearly all. A set of names is a whole number, with a bit for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from peso.services.integration.impact.graph import LINK, PROVIDES, RUN, Graph

_STAYS = LINK | RUN
Nodes = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True, eq=False)
class Dependents:
    """For each package, or virtual package, those that may need it, directly or not."""

    number: Mapping[str, int]
    """The node of each name, in order."""
    bits: Sequence[int]
    """For each node a bit for each that needs it; in a circle, its own too."""

    @classmethod
    def of(cls, number: Mapping[str, int], needed_by: Nodes, stands_for: Nodes) -> Self:
        """Follow every chain.

        Args:
            number: The node of each name, in order.
            needed_by: For each node those that need it to link or run.
            stands_for: For each node the virtual packages it provides.
        """
        bits, whole = [0] * len(needed_by), [1 << node for node in range(len(needed_by))]
        order, moved = list(_afterwards(needed_by, stands_for)), True
        while moved:  # once, and once more for each turn that a circle takes
            moved = False
            for node in order:
                now = bits[node]
                for one in needed_by[node]:
                    now |= whole[one]
                for one in stands_for[node]:
                    now |= bits[one]
                if now != bits[node]:
                    bits[node], moved = now, True
                    whole[node] |= now
        return cls(number, bits)

    @classmethod
    def of_graph(cls, graph: Graph) -> Self:
        """Follow every chain of the graph of all recipes."""
        needed_by: list[list[int]] = [[] for _ in graph.names]
        stands_for: list[list[int]] = [[] for _ in graph.names]
        for node in range(len(graph.names)):
            for edge in graph.edges(node):
                if graph.mask[edge] & _STAYS:
                    # What is provided is a virtual package, though a recipe may have its name.
                    kind = stands_for if graph.mask[edge] & PROVIDES else needed_by
                    kind[node].append(graph.to[edge])
        return cls.of(graph.number, needed_by, stands_for)

    def count(self, packages: Iterable[str]) -> int:
        """Return how many may need any of some packages, each once."""
        return self._any(packages).bit_count()

    def names(self, packages: Iterable[str]) -> frozenset[str]:
        """Return those that may need any of some packages."""
        found = self._any(packages)
        return frozenset(name for name, node in self.number.items() if found >> node & 1)

    def _any(self, packages: Iterable[str]) -> int:
        found = 0
        for node in {self.number[one] for one in packages}:
            found |= self.bits[node] & ~(1 << node)
        return found


def _afterwards(needed_by: Nodes, stands_for: Nodes) -> Iterator[int]:
    """Yield every node, those that it leads to before it, circles apart."""
    seen = bytearray(len(needed_by))
    for start in range(len(needed_by)):
        if seen[start]:
            continue
        seen[start] = 1
        way = [(start, iter((*needed_by[start], *stands_for[start])))]
        while way:
            node, rest = way[-1]
            one = next((it for it in rest if not seen[it]), None)
            if one is None:
                way.pop()
                yield node
            else:
                seen[one] = 1
                way.append((one, iter((*needed_by[one], *stands_for[one]))))
