"""Why units of one name differ: by themselves, or by something they stand on.

1. What a unit is by itself: version, variants, compiler, target and system, recipe repository,
   patches, where an external is, and the names of what it depends on.
2. Units that are the same by themselves differ because a dependency does. The first cause is found
   by going down, pair by pair, to the nearest two that differ by themselves: first over what is
   needed where the unit is used, and only then over what was needed to build it.
3. Where nothing that PESO reads differs, that is said: Spack's hash knows more than its lock says.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Literal

from peso.base.record import Record
from peso.products.engines.native import DependencyType, Edge, NativeUnit
from peso.products.engines.native_graph import SHIPPING

Kind = Literal[
    "version",
    "variant",
    "compiler",
    "target",
    "system",
    "namespace",
    "patches",
    "external",
    "dependency",
    "build-dependency",
    "provider",
    "recipe",
    "not-known",
]
_Key = tuple[Kind, str]
_NOT_OF_EXTERNALS = frozenset({"compiler", "patches", "dependency", "build-dependency"})
"""What Spack does not know of an external: that a built unit has it says nothing."""


class Named(Record):
    """A unit, as other records name it."""

    hash: str
    name: str
    version: str

    @property
    def label(self) -> str:
        """The unit in a few characters: `hypre@2.26.0/uoe5vsf`."""
        return f"{self.name}@{self.version}/{self.hash[:7]}"


class Difference(Record):
    """One thing in which units differ."""

    kind: Kind
    name: str = ""
    """The variant or dependency; empty for what a unit has one of."""
    values: tuple[str, ...]
    """One for each unit, in their order; empty where a unit has none."""


class Step(Record):
    """One step down from two units to two others."""

    name: str
    types: tuple[DependencyType, ...]
    """How the first of the two uses it."""
    units: tuple[Named, Named]


class Cause(Record):
    """Why two units differ that are the same by themselves."""

    units: tuple[Named, Named]
    chain: tuple[Step, ...]
    """Down to the two that differ by themselves; empty where nothing was found."""
    differences: tuple[Difference, ...]
    """In what the last two differ; each has two values."""
    shipped: bool
    """Whether the chain is of link and run dependencies only; else it is what built them."""


def named(unit: NativeUnit) -> Named:
    """Return a unit as records name it."""
    return Named(hash=unit.hash, name=unit.name, version=unit.version)


def differences(units: tuple[NativeUnit, ...]) -> tuple[Difference, ...]:
    """Return in what units differ by themselves; nothing where a dependency is the reason."""
    facts = [own(unit) for unit in units]
    mixed = len({unit.external is None for unit in units}) > 1
    found = [
        Difference(kind=key[0], name=key[1], values=values)
        for key in dict.fromkeys(key for one in facts for key in one)
        if len(set(values := tuple(one.get(key, "") for one in facts))) > 1
        and not (mixed and key[0] in _NOT_OF_EXTERNALS)
    ]
    hashes = tuple(unit.package_hash for unit in units)
    if not found and len(set(hashes)) > 1:
        # The recipe's hash differs wherever the version does; alone, it is the reason.
        return (Difference(kind="recipe", values=hashes),)
    return tuple(found)


def own(unit: NativeUnit) -> dict[_Key, str]:
    """Return what a unit is by itself."""
    facts: dict[_Key, str] = {
        ("version", ""): unit.version,
        ("compiler", ""): " ".join(unit.compilers),
        ("target", ""): unit.target,
        ("system", ""): f"{unit.platform} {unit.system}",
        ("namespace", ""): unit.namespace,
        ("patches", ""): ",".join(one[:12] for one in unit.patches),
        ("external", ""): unit.external.prefix if unit.external else "",
    }
    facts |= {("variant", one.name): one.value for one in unit.variants if one.name != "patches"}
    for edge in unit.depends:
        kind: Kind = "build-dependency" if SHIPPING.isdisjoint(edge.types) else "dependency"
        facts[kind, edge.name] = "needed"
    return facts


def causes(units: tuple[NativeUnit, ...], all_: Mapping[str, NativeUnit]) -> tuple[Cause, ...]:
    """Return why those of the units differ that are the same by themselves.

    Args:
        units: Units of one name.
        all_: Every unit of the lock, by hash.
    """
    alike: dict[tuple[tuple[_Key, str], ...], list[NativeUnit]] = {}
    for unit in units:
        alike.setdefault(tuple(sorted(own(unit).items())), []).append(unit)
    return tuple(
        _cause(several[0], other, all_) for several in alike.values() for other in several[1:]
    )


def alike_in_use(units: tuple[NativeUnit, ...], all_: Mapping[str, NativeUnit]) -> list[set[str]]:
    """Return the units in sets of those that differ in nothing but what built them."""
    sets = {unit.hash: {unit.hash} for unit in units}
    for cause in causes(units, all_):
        if not cause.shipped and cause.chain:
            one, two = (sets[unit.hash] for unit in cause.units)
            one |= two
            sets |= dict.fromkeys(one, one)
    return list({id(one): one for one in sets.values()}.values())


def _cause(one: NativeUnit, two: NativeUnit, all_: Mapping[str, NativeUnit]) -> Cause:
    units = (named(one), named(two))
    if found := differences((one, two)):
        return Cause(units=units, chain=(), differences=found, shipped=True)
    for shipped in (True, False):
        if chain := _down(one, two, all_, shipped=shipped):
            last = (all_[chain[-1].units[0].hash], all_[chain[-1].units[1].hash])
            return Cause(units=units, chain=chain, differences=differences(last), shipped=shipped)
    nothing = Difference(kind="not-known", values=(one.hash, two.hash))
    return Cause(units=units, chain=(), differences=(nothing,), shipped=False)


def _down(
    one: NativeUnit, two: NativeUnit, all_: Mapping[str, NativeUnit], *, shipped: bool
) -> tuple[Step, ...]:
    """Return the shortest way down to two units that differ by themselves."""
    left: deque[tuple[NativeUnit, NativeUnit, tuple[Step, ...]]] = deque([(one, two, ())])
    seen = {(one.hash, two.hash)}
    while left:
        above, beside, chain = left.popleft()
        for edge, other in _pairs(above, beside, shipped=shipped):
            pair = (edge.hash, other.hash)
            if pair in seen or edge.hash not in all_ or other.hash not in all_:
                continue
            seen.add(pair)
            units = (all_[edge.hash], all_[other.hash])
            step = Step(name=edge.name, types=edge.types, units=(named(units[0]), named(units[1])))
            if differences(units):
                return (*chain, step)
            left.append((*units, (*chain, step)))
    return ()


def _pairs(one: NativeUnit, two: NativeUnit, *, shipped: bool) -> Iterator[tuple[Edge, Edge]]:
    """Give the dependencies that both have and that differ."""
    mine, others = _edges(one, shipped=shipped), _edges(two, shipped=shipped)
    for key, edge in mine.items():
        if key in others and others[key].hash != edge.hash:
            yield edge, others[key]


def _edges(unit: NativeUnit, *, shipped: bool) -> dict[tuple[str, bool], Edge]:
    used = {edge: not SHIPPING.isdisjoint(edge.types) for edge in unit.depends}
    return {(edge.name, use): edge for edge, use in used.items() if use or not shipped}
