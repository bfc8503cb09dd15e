"""Why a unit is in a lock, and what stands on it.

1. It is asked for as `NAME`, `NAME@VERSION`, `/HASH` or `NAME/HASH`; the hash may be its beginning.
2. Why it is there: a shortest chain from each root, over link and run dependencies where there is
   one, else over all. A root that needs it to build something only is told apart.
3. Of several units of a name, first how they differ, then each.
4. A name that nobody has is an error with the nearest names, and with what it is another word for:
   `mpi` is no unit, but some unit is used as it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from peso.base.record import Record
from peso.errors import BadInput
from peso.products.engines.native import NativeUnit
from peso.products.engines.native_graph import ALL, SHIPPING, Chain, NativeGraph, Units
from peso.services.integration.interoperability import Asker, Repeated, Way, repeated_of
from peso.services.integration.unit_differences import Named, named

_ASKED = re.compile(
    r"(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)?(?:@=?(?P<version>[^/@\s]+))?(?:/(?P<hash>[a-z0-9]+))?"
)
_SOME = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; what is empty is not asked."""

    name: str
    version: str
    hash: str
    """How the hash begins."""

    def is_of(self, name: str, version: str, hash_: str) -> bool:
        """Say whether a unit is among what is asked for."""
        return (
            self.name in {"", name}
            and self.version in {"", version}
            and hash_.startswith(self.hash)
        )


class ExplainedUnit(Record):
    """A unit, why it is there, and what stands on it."""

    part: str
    unit: NativeUnit
    shipped: bool
    """Whether a root needs it where it is used; else it was needed to build something."""
    ways: tuple[Way, ...]
    """A shortest chain from each root that needs it, the shortest first."""
    askers: tuple[Asker, ...]
    """The units that ask for it themselves."""
    standing: tuple[Named, ...]
    """All units that need it, over any steps and types."""
    roots: tuple[Named, ...]
    """The roots that end up on it by link and run dependencies, itself among them."""
    building: tuple[Named, ...]
    """The roots that need it only to be built."""


class UnitExplained(Record):
    """The units that were asked for."""

    asked: str
    where: str
    """The lock or stack that was looked at."""
    units: tuple[ExplainedUnit, ...]
    repeated: tuple[Repeated, ...]
    """How the units of each name differ, where there are several in a part."""


Parts = tuple[tuple[str, Units], ...]
"""Native parts: names, empty for a lock by itself, and units."""


def explain(asked: str, parts: Parts, *, where: str) -> UnitExplained:
    """Say why units are in locks, and what stands on them.

    Args:
        asked: `NAME`, `NAME@VERSION`, `/HASH` or `NAME/HASH`.
        parts: The native parts to look at.
        where: What people call them.

    Raises:
        BadInput: Nothing is asked for, no unit is that, or a hash begins those of several names.
    """
    wanted = read_asked(asked)
    units: list[ExplainedUnit] = []
    repeated: list[Repeated] = []
    for part, lock in parts:
        found = [unit for unit in lock.units if wanted.is_of(unit.name, unit.version, unit.hash)]
        if not found:
            continue
        graph = NativeGraph(lock)
        units.extend(_explained(unit, part, graph) for unit in found)
        for one in dict.fromkeys(unit.name for unit in found):
            several = tuple(unit for unit in lock.units if unit.name == one)
            repeated.extend(filter(None, [repeated_of(graph, several)]))
    names = {one.unit.name for one in units}
    if not units:
        raise _unknown(asked, wanted.name, [lock for _, lock in parts], where)
    if len(names) > 1:
        labels = ", ".join(one.unit.label for one in units[:_SOME])
        raise BadInput(
            f"{asked} begins the hashes of {len(units)} units: {labels}",
            where=where,
            hint="give more of the hash",
        )
    units.sort(key=lambda one: (-len(one.roots), -len(one.building), one.unit.hash))
    return UnitExplained(asked=asked, where=where, units=tuple(units), repeated=tuple(repeated))


def read_asked(text: str) -> Asked:
    """Read what is asked for; raises `BadInput` for what can name no unit."""
    found = _ASKED.fullmatch(text.strip())
    if not found or not any(found.groups()):
        raise BadInput(f"{text!r} names no unit", hint="say NAME, NAME@VERSION, /HASH or NAME/HASH")
    return Asked(found["name"] or "", found["version"] or "", found["hash"] or "")


def _explained(unit: NativeUnit, part: str, graph: NativeGraph) -> ExplainedUnit:
    names = {one.hash: named(one) for one in graph.units.values()}
    used = {
        root.hash: chain for root in graph.roots if (chain := graph.chain(root.hash, unit.hash))
    }
    built = {
        root.hash: chain
        for root in graph.roots
        if root.hash not in used and (chain := graph.chain(root.hash, unit.hash, ALL))
    }
    return ExplainedUnit(
        part=part,
        unit=unit,
        shipped=bool(used),
        ways=tuple(_way(one, names) for one in sorted((used or built).values(), key=len)),
        askers=tuple(
            Asker(unit=names[asker.hash], types=edge.types)
            for asker, edge in sorted(
                graph.dependents(unit.hash), key=lambda one: SHIPPING.isdisjoint(one[1].types)
            )
        ),
        standing=tuple(names[one.hash] for one in graph.standing_on(unit.hash)),
        roots=tuple(names[one] for one in used),
        building=tuple(names[one] for one in built),
    )


def _way(chain: Chain, names: dict[str, Named]) -> Way:
    return Way(chain=tuple(Asker(unit=names[unit.hash], types=types) for unit, types in chain))


def _unknown(asked: str, name: str, locks: list[Units], where: str) -> BadInput:
    """Return the error for what is in no lock."""
    if any(unit.name == name for lock in locks for unit in lock.units):
        there = [unit.label for lock in locks for unit in lock.units if unit.name == name]
        said = f"there is {', '.join(there[:_SOME])}"
        said += f" and {len(there) - _SOME} more" if len(there) > _SOME else ""
        return BadInput(f"no unit is {asked}", where=where, hint=said)
    used_as = sorted({label for lock in locks for label in _used_as(name, lock)})
    if used_as:
        return BadInput(
            f"no unit is called {name}; it is what others use {', '.join(used_as[:_SOME])} as",
            where=where,
            hint=f"ask for {used_as[0].partition('@')[0]}",
        )
    names = sorted({unit.name for lock in locks for unit in lock.units})
    near = difflib.get_close_matches(name, names, n=_SOME, cutoff=0.6) if name else []
    hint = f"did you mean {', '.join(near)}?" if near else "`peso stack show LOCK` lists all units"
    return BadInput(f"no unit is {asked}", where=where, hint=hint)


def _used_as(virtual: str, lock: Units) -> Iterator[str]:
    """Give the units that others use as a virtual package."""
    labels = {unit.hash: unit.label for unit in lock.units}
    for unit in lock.units:
        for edge in unit.depends:
            if virtual in edge.virtuals and edge.hash in labels:
                yield labels[edge.hash]
