"""What differs between a unit and another of its name, as single changes, each from and to.

Goes with `unit_differences.py`, which compares any number of units for a table; here two are
compared for a cause, so that equal changes of many units can be counted together.

1. A unit by itself: version, variants and flags, target, system, namespace, patches, where an
   external is, what it depends on and by which types, and which unit it uses as what (`mpi`, `c`).
2. Where another unit is used as the same, that is one change, a `provider`; that the one is needed
   no longer and the other is needed now is not told again. A compiler's runtime goes with it.
3. A compiler is a dependency. Only a lock of an older form, which has none, is compared by name.
4. The recipe's hash is told where version and variants are the same: else it differs anyway.
5. Of an external Spack does not know what it is made of: beside a built unit that says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from peso.products.engines.native import Edge, NativeUnit
from peso.products.engines.native_graph import SHIPPING
from peso.services.integration.unit_differences import Difference, Kind

LANGUAGES = frozenset({"c", "cxx", "fortran"})
RUNTIME = "-runtime"
"""How the names of compilers' runtimes end, which Spack adds by itself."""
Pair = tuple[str, str]
"""Hashes of two units, before and after."""
_Key = tuple[Kind, str]
_NOT_OF_EXTERNALS = frozenset({"compiler", "patches", "dependency", "provider", "variant"})


_ORDER: tuple[Kind, ...] = (
    "version",
    "external",
    "system",
    "target",
    "compiler",
    "provider",
    "namespace",
    "variant",
    "dependency",
    "patches",
    "recipe",
    "not-known",
)
_AT = {kind: at for at, kind in enumerate(_ORDER)}


class Change(NamedTuple):
    """One thing in which two units differ."""

    kind: Kind
    name: str
    """The variant, the dependency, or what a provider is used as; empty for the rest."""
    before: str
    after: str


class Compared:
    """Compares units; what one is by itself is worked out once."""

    def __init__(self) -> None:
        self._facts: dict[str, dict[_Key, str]] = {}
        self._edges: dict[str, dict[str, tuple[Edge, ...]]] = {}
        self._changes: dict[Pair, tuple[Change, ...]] = {}
        self._pairs: dict[Pair, tuple[tuple[Edge, Edge], ...]] = {}

    def facts(self, unit: NativeUnit) -> dict[_Key, str]:
        """Return what a unit is by itself."""
        if (found := self._facts.get(unit.hash)) is None:
            found = self._facts[unit.hash] = _facts(unit)
        return found

    def changes(self, before: NativeUnit, after: NativeUnit) -> tuple[Change, ...]:
        """Return in what two units differ by themselves; nothing where a dependency is why."""
        pair = (before.hash, after.hash)
        if (known := self._changes.get(pair)) is None:
            known = self._changes[pair] = self._compare(before, after)
        return known

    def edge_pairs(self, before: NativeUnit, after: NativeUnit) -> tuple[tuple[Edge, Edge], ...]:
        """Return the dependencies that two units have by one name and that are different units.

        Of several of one name those of the same types go together, then the rest in order.
        """
        pair = (before.hash, after.hash)
        if (known := self._pairs.get(pair)) is None:
            old, new = self._by_name(before), self._by_name(after)
            known = self._pairs[pair] = tuple(
                (one, other)
                for name in sorted(old.keys() & new.keys())
                for one, other in _paired(old[name], new[name])
                if one.hash != other.hash
            )
        return known

    def _by_name(self, unit: NativeUnit) -> dict[str, tuple[Edge, ...]]:
        if (found := self._edges.get(unit.hash)) is None:
            found = self._edges[unit.hash] = _by_name(unit)
        return found

    def _compare(self, before: NativeUnit, after: NativeUnit) -> tuple[Change, ...]:
        old, new = self.facts(before), self.facts(after)
        mixed = (before.external is None) != (after.external is None)
        found = [
            Change(key[0], key[1], one, other)
            for key in sorted(old.keys() | new.keys())
            if (one := old.get(key, "")) != (other := new.get(key, ""))
            and not (mixed and key[0] in _NOT_OF_EXTERNALS)
        ]
        found = list(_told_once(found))
        hashes = (before.package_hash, after.package_hash)
        if (
            hashes[0] != hashes[1]
            and all(hashes)
            and not mixed
            and not {"version", "variant"} & {one.kind for one in found}
        ):
            found.append(Change("recipe", "", *hashes))
        return tuple(found)


def as_differences(changes: Iterable[Change]) -> tuple[Difference, ...]:
    """Return changes as records."""
    return tuple(
        Difference(kind=one.kind, name=one.name, values=(one.before, one.after))
        for one in in_order(changes)
    )


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Return changes in the order in which they are told: what weighs most first."""
    return sorted(changes, key=lambda one: (_AT.get(one.kind, len(_AT)), one))


def is_used(change: Change) -> bool:
    """Say whether a dependency that changes is one that is needed at run time, before or after."""
    types = f"{change.before},{change.after}".replace("; ", ",").split(",")
    return not SHIPPING.isdisjoint(types)


def _by_name(unit: NativeUnit) -> dict[str, tuple[Edge, ...]]:
    """Return a unit's edges by name, those of a name in the order of their types."""
    found: dict[str, tuple[Edge, ...]] = {}
    for edge in unit.depends:
        found[edge.name] = (*found.get(edge.name, ()), edge)
    return {
        name: tuple(sorted(several, key=lambda one: (one.types, one.virtuals, one.hash)))
        if len(several) > 1
        else several
        for name, several in found.items()
    }


def _paired(old: tuple[Edge, ...], new: tuple[Edge, ...]) -> Iterator[tuple[Edge, Edge]]:
    """Give the edges of one name in pairs: those of the same types, then the rest in order."""
    if len(old) == len(new) == 1:
        yield old[0], new[0]
        return
    ones, others = list(old), list(new)
    for other in tuple(others):
        same = next((one for one in ones if one.types == other.types), None)
        if same is not None:
            ones.remove(same)
            others.remove(other)
            yield same, other
    yield from zip(ones, others, strict=False)


def _facts(unit: NativeUnit) -> dict[_Key, str]:
    facts: dict[_Key, str] = {
        ("version", ""): unit.version,
        ("target", ""): unit.target,
        ("system", ""): f"{unit.platform} {unit.system}",
        ("namespace", ""): unit.namespace,
        ("patches", ""): ",".join(sorted(one[:12] for one in unit.patches)),
    }
    if unit.external is not None:
        modules = f" ({', '.join(unit.external.modules)})" if unit.external.modules else ""
        facts["external", ""] = f"{unit.external.prefix}{modules}" or "somewhere"
    facts |= {("variant", one.name): one.value for one in unit.variants if one.name != "patches"}
    types: defaultdict[str, list[str]] = defaultdict(list)
    used: defaultdict[str, set[str]] = defaultdict(set)
    for edge in unit.depends:
        types[edge.name].append(",".join(edge.types))
        for virtual in edge.virtuals:
            used[virtual].add(edge.name)
    facts |= {("dependency", name): "; ".join(sorted(said)) for name, said in types.items()}
    facts |= {("provider", name): ",".join(sorted(who)) for name, who in used.items()}
    if unit.compilers and not LANGUAGES & used.keys():
        facts["compiler", ""] = " ".join(unit.compilers)
    return facts


def _told_once(found: list[Change]) -> Iterator[Change]:
    """Give the changes; a provider's switch once, and not its edges beside it."""
    edges = {one.name: one for one in found if one.kind == "dependency"}
    switched: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in found:
        if one.kind == "provider":
            switched[one.before, one.after].append(one.name)
    gone: set[str] = set()
    for (before, after), virtuals in switched.items():
        if not before or not after:
            # Used as something it was not used as: told by the edge where that is new, too.
            if not (edge := edges.get(before or after)) or (edge.before and edge.after):
                yield Change("provider", ",".join(virtuals), before, after)
            continue
        yield Change("provider", ",".join(virtuals), before, after)
        gone |= {before, after}
        if LANGUAGES & set(virtuals):
            gone |= {name for name in edges if name.endswith(RUNTIME)}
    for one in found:
        if one.kind == "provider":
            continue
        partly = bool(one.before and one.after)
        if one.kind == "dependency" and one.name in gone and not partly:
            continue
        yield one
