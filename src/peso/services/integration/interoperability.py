"""Interoperability: what a lock holds more than once, who asks for which, and why they differ.

1. First what is gravest: two units of one name within what one root needs where it is used. They
   meet in one process (`link`) or in one set of search paths (`run`).
2. Then names of which several units are shipped, in different roots: two such roots cannot be used
   in one program. How many pairs of roots that concerns is counted.
3. Last names of which several units exist and one at most is shipped: the others built something.
4. Each unit says who asks for it directly, and which roots end up on it.

A pure function of the lock; what became of the build changes nothing in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from peso.base.record import Record
from peso.products.engines.native import DependencyType, NativeLock, NativeUnit
from peso.products.engines.native_graph import ALL, LINKING, SHIPPING, NativeGraph
from peso.services.integration.unit_differences import (
    Cause,
    Difference,
    Named,
    alike_in_use,
    causes,
    differences,
    named,
)

How = Literal["link", "run"]
Meets = Literal["within-a-root", "between-roots", "building-only"]
_MEETS: tuple[Meets, ...] = ("within-a-root", "between-roots", "building-only")


class Asker(Record):
    """A unit that asks for another directly."""

    unit: Named
    types: tuple[DependencyType, ...]


class OneOfSeveral(Record):
    """One of the units of a name."""

    unit: Named
    shipped: bool
    """Whether a root needs it where it is used; else it was needed to build something."""
    askers: tuple[Asker, ...]
    roots: tuple[Named, ...]
    """The roots that end up on it by link and run dependencies, itself among them."""
    building: tuple[Named, ...]
    """The roots that need it only to be built."""


class Repeated(Record):
    """A name that the lock holds more than once."""

    name: str
    meets: Meets
    units: tuple[OneOfSeveral, ...]
    """Those that most roots end up on come first."""
    differences: tuple[Difference, ...]
    """In what the units differ by themselves; values are in the order of `units`."""
    causes: tuple[Cause, ...]
    """Why those differ that are the same by themselves."""


class Way(Record):
    """How a root comes to a unit."""

    chain: tuple[Asker, ...]
    """From the root down; each with the types of its edge to the next, the last with none."""


class Clash(Record):
    """A root that needs two or more units of one name where it is used."""

    root: Named
    name: str
    how: How
    """`link` where link dependencies alone bring them together, in one process."""
    ways: tuple[Way, ...]
    """One for each of the units."""


class Pairs(Record):
    """How many pairs of roots cannot be used in one program."""

    of: int
    """Pairs of roots that there are."""
    apart: int
    """Pairs that end up on different units of a name, by link and run dependencies."""
    linked_apart: int
    """Pairs that do so by link dependencies alone."""
    only_built_apart: int = 0
    """Pairs among `apart` whose units differ in nothing but what built them."""


class Interoperability(Record):
    """What of a lock cannot be used together, and why."""

    part: str
    lock: str
    """sha256 of Spack's lock file."""
    units: int
    names: int
    roots: int
    clashes: tuple[Clash, ...]
    repeated: tuple[Repeated, ...]
    """Within a root first, then between roots, then building only; the most units first."""
    pairs: Pairs


def interoperability(lock: NativeLock) -> Interoperability:
    """Return what a lock holds more than once, who asks for which, and why they differ."""
    graph = NativeGraph(lock)
    by_name: dict[str, list[NativeUnit]] = {}
    for unit in lock.units:
        by_name.setdefault(unit.name, []).append(unit)
    several = {name: tuple(units) for name, units in by_name.items() if len(units) > 1}
    look = _Look(graph, several)
    clashes = tuple(look.clashes())
    meeting = {one.name for one in clashes}
    repeated = [look.repeated(name, meeting) for name in several]
    return Interoperability(
        part=lock.part,
        lock=lock.document.sha256,
        units=len(lock.units),
        names=len(by_name),
        roots=len(graph.roots),
        clashes=clashes,
        repeated=tuple(
            sorted(repeated, key=lambda one: (_MEETS.index(one.meets), -len(one.units), one.name))
        ),
        pairs=look.pairs(),
    )


def repeated_of(graph: NativeGraph, units: tuple[NativeUnit, ...]) -> Repeated | None:
    """Return how the units of one name differ, or None where there is one only."""
    if len(units) < 2:  # noqa: PLR2004 - more than one
        return None
    name = units[0].name
    look = _Look(graph, {name: units})
    return look.repeated(name, {one.name for one in look.clashes()})


class _Look:
    """A look at names that a graph holds more than once."""

    def __init__(self, graph: NativeGraph, several: Mapping[str, tuple[NativeUnit, ...]]) -> None:
        self._graph = graph
        self._several = several
        roots = [root.hash for root in graph.roots]
        self._used = {root: graph.reached([root], SHIPPING) for root in roots}
        self._linked = {root: graph.reached([root], LINKING) for root in roots}
        self._needed = {root: graph.reached([root], ALL) for root in roots}
        self._named = {unit.hash: named(unit) for unit in graph.units.values()}

    def clashes(self) -> Iterator[Clash]:
        """Give the roots with two units of one name in what they need where they are used."""
        for root, used in self._used.items():
            for name, units in self._several.items():
                within = [unit.hash for unit in units if unit.hash in used]
                if len(within) > 1:
                    linked = sum(one in self._linked[root] for one in within) > 1
                    yield self._clash(root, name, within, "link" if linked else "run")

    def _clash(self, root: str, name: str, within: list[str], how: How) -> Clash:
        kinds = LINKING if how == "link" else SHIPPING
        chains = [
            self._graph.chain(root, one, kinds) or self._graph.chain(root, one) or ()
            for one in within
        ]
        ways = tuple(
            Way(chain=tuple(Asker(unit=self._named[u.hash], types=types) for u, types in chain))
            for chain in chains
        )
        return Clash(root=self._named[root], name=name, how=how, ways=ways)

    def repeated(self, name: str, meeting: set[str]) -> Repeated:
        """Return what is to say of one name."""
        roots = {
            unit.hash: [root for root, used in self._used.items() if unit.hash in used]
            for unit in self._several[name]
        }
        units = tuple(
            sorted(self._several[name], key=lambda unit: (-len(roots[unit.hash]), unit.hash))
        )
        meets: Meets = "building-only"
        if name in meeting:
            meets = "within-a-root"
        elif sum(bool(several) for several in roots.values()) > 1:
            meets = "between-roots"
        return Repeated(
            name=name,
            meets=meets,
            units=tuple(self._one(unit, roots[unit.hash]) for unit in units),
            differences=differences(units),
            causes=causes(units, self._graph.units),
        )

    def _one(self, unit: NativeUnit, roots: list[str]) -> OneOfSeveral:
        return OneOfSeveral(
            unit=self._named[unit.hash],
            shipped=bool(roots),
            askers=tuple(
                Asker(unit=self._named[asker.hash], types=edge.types)
                for asker, edge in self._graph.dependents(unit.hash)
            ),
            roots=tuple(self._named[root] for root in roots),
            building=tuple(
                self._named[root]
                for root, needed in self._needed.items()
                if unit.hash in needed and root not in roots
            ),
        )

    def pairs(self) -> Pairs:
        """Count the pairs of roots that end up on different units of a name."""
        count = len(self._graph.roots)
        each = {name: [{unit.hash} for unit in units] for name, units in self._several.items()}
        alike = {
            name: alike_in_use(units, self._graph.units) for name, units in self._several.items()
        }
        apart = self._apart(self._used, each)
        return Pairs(
            of=count * (count - 1) // 2,
            apart=apart,
            linked_apart=self._apart(self._linked, each),
            only_built_apart=apart - self._apart(self._used, alike),
        )

    def _apart(
        self, reached: Mapping[str, frozenset[str]], several: Mapping[str, list[set[str]]]
    ) -> int:
        """Count over bits: one integer for each root says which others it is apart from.

        Args:
            reached: What each root needs.
            several: For each name, sets of units; those of one set go together.
        """
        bits = {root: 1 << at for at, root in enumerate(reached)}
        apart = dict.fromkeys(reached, 0)
        for sets in several.values():
            on = [
                [root for root, below in reached.items() if not one.isdisjoint(below)]
                for one in sets
            ]
            masks = [sum(bits[root] for root in roots) for roots in on]
            for at, roots in enumerate(on):
                others = 0
                for beside, mask in enumerate(masks):
                    others |= mask if beside != at else 0
                for root in roots:
                    apart[root] |= others & ~bits[root]
        return sum(mask.bit_count() for mask in apart.values()) // 2
