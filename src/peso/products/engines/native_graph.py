"""The graph of a native lock: who needs whom, in which way, and which roots stand on a unit.

1. A unit is known by its hash. An edge to a hash that the lock does not hold leads nowhere here;
   the inventory says so.
2. What is shipped is what the roots reach over link and run dependencies. What they reach over
   build and test dependencies only was needed to make them, and is not shipped.
3. Equal locks give equal answers: everything is in the order of the lock.

Pure: it reads records and nothing else.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Protocol

from peso.products.engines.native import DependencyType, Edge, NativeRoot, NativeUnit

SHIPPING: frozenset[DependencyType] = frozenset({"link", "run"})
"""The types of dependencies that a unit needs where it is used."""
LINKING: frozenset[DependencyType] = frozenset({"link"})
ALL: frozenset[DependencyType] = frozenset({"build", "link", "run", "test"})
Chain = tuple[tuple[NativeUnit, tuple[DependencyType, ...]], ...]
"""Units from a root down, each with the types of its edge to the next; the last has none."""


class Units(Protocol):
    """Units and what asks for them: a `NativeLock`, or a lock file as it was read."""

    @property
    def units(self) -> tuple[NativeUnit, ...]:
        """Every unit, in the order of the lock file."""

    @property
    def roots(self) -> tuple[NativeRoot, ...]:
        """What the environment asks for."""


class NativeGraph:
    """The units of a lock and the edges between them, in both directions."""

    def __init__(self, lock: Units) -> None:
        self.units = {unit.hash: unit for unit in lock.units}
        """Every unit by its hash, in the order of the lock."""
        self.roots = tuple(
            self.units[hash_]
            for hash_ in dict.fromkeys(one.hash for one in lock.roots)
            if hash_ in self.units
        )
        """What the environment asks for, each once."""
        asked: dict[str, list[tuple[NativeUnit, Edge]]] = {hash_: [] for hash_ in self.units}
        for unit in lock.units:
            for edge in unit.depends:
                if edge.hash in asked:
                    asked[edge.hash].append((unit, edge))
        self._dependents = {hash_: tuple(several) for hash_, several in asked.items()}
        self._down = {kinds: self._edges(kinds) for kinds in (SHIPPING, LINKING, ALL)}

    def _edges(self, kinds: frozenset[DependencyType]) -> dict[str, tuple[str, ...]]:
        return {
            unit.hash: tuple(
                edge.hash
                for edge in unit.depends
                if edge.hash in self.units and not kinds.isdisjoint(edge.types)
            )
            for unit in self.units.values()
        }

    def dependents(self, hash_: str) -> tuple[tuple[NativeUnit, Edge], ...]:
        """Return the units that need this one themselves, each with its edge."""
        return self._dependents[hash_]

    def reached(
        self, from_: Iterable[str], kinds: frozenset[DependencyType] = SHIPPING
    ) -> frozenset[str]:
        """Return what is reached from some units over edges of these types, and the units."""
        down = self._down[kinds]
        seen = set(from_)
        left = list(seen)
        while left:
            new = [one for one in down[left.pop()] if one not in seen]
            seen.update(new)
            left.extend(new)
        return frozenset(seen)

    def shipped(self) -> frozenset[str]:
        """Return what the roots need where they are used, and the roots."""
        return self.reached(root.hash for root in self.roots)

    def standing_on(self, hash_: str) -> tuple[NativeUnit, ...]:
        """Return all units that need this one, over any steps and types, in the lock's order."""
        seen = {hash_}
        left = [hash_]
        while left:
            new = {unit.hash for unit, _ in self._dependents[left.pop()]} - seen
            seen |= new
            left.extend(new)
        return tuple(unit for unit in self.units.values() if unit.hash in seen - {hash_})

    def chain(
        self, from_: str, to: str, kinds: frozenset[DependencyType] = SHIPPING
    ) -> Chain | None:
        """Return a shortest chain over edges of these types, or None; itself where both are one."""
        before: dict[str, str] = {from_: ""}
        left = deque([from_])
        while left and to not in before:
            at = left.popleft()
            for one in self._down[kinds][at]:
                if one not in before:
                    before[one] = at
                    left.append(one)
        if to not in before:
            return None
        path = [to]
        while before[path[-1]]:
            path.append(before[path[-1]])
        return tuple(self._steps(path[::-1], kinds))

    def _steps(
        self, path: list[str], kinds: frozenset[DependencyType]
    ) -> Iterator[tuple[NativeUnit, tuple[DependencyType, ...]]]:
        for at, next_ in zip(path, [*path[1:], ""], strict=True):
            unit = self.units[at]
            types = next(
                (
                    edge.types
                    for edge in unit.depends
                    if edge.hash == next_ and not kinds.isdisjoint(edge.types)
                ),
                (),
            )
            yield unit, types
