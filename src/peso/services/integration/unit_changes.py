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
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from peso.products.engines.native import Edge, NativeUnit
from peso.services.integration.unit_differences import Difference, Kind

LANGUAGES = frozenset({"c", "cxx", "fortran"})
RUNTIME = "-runtime"
"""How the names of compilers' runtimes end, which Spack adds by itself."""
_Key = tuple[Kind, str]
_NOT_OF_EXTERNALS = frozenset({"compiler", "patches", "dependency", "provider", "variant"})


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

    def facts(self, unit: NativeUnit) -> dict[_Key, str]:
        """Return what a unit is by itself."""
        if (found := self._facts.get(unit.hash)) is None:
            found = self._facts[unit.hash] = _facts(unit)
        return found

    def changes(self, before: NativeUnit, after: NativeUnit) -> tuple[Change, ...]:
        """Return in what two units differ by themselves; nothing where a dependency is why."""
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
        Difference(kind=one.kind, name=one.name, values=(one.before, one.after)) for one in changes
    )


def edges_by_name(unit: NativeUnit) -> Mapping[str, list[Edge]]:
    """Return a unit's edges by name, those of a name in the order of their types."""
    found: dict[str, list[Edge]] = {}
    for edge in unit.depends:
        found.setdefault(edge.name, []).append(edge)
    for several in found.values():
        several.sort(key=lambda one: (one.types, one.virtuals, one.hash))
    return found


def edge_pairs(before: NativeUnit, after: NativeUnit) -> Iterator[tuple[Edge, Edge]]:
    """Give the dependencies that two units have by one name and that are different units.

    Of several of one name those of the same types go together, then the rest in order.
    """
    old, new = edges_by_name(before), edges_by_name(after)
    for name in sorted(old.keys() & new.keys()):
        ones, others = list(old[name]), list(new[name])
        for other in tuple(others):
            same = next((one for one in ones if one.types == other.types), None)
            if same is not None:
                ones.remove(same)
                others.remove(other)
                if same.hash != other.hash:
                    yield same, other
        for one, other in zip(ones, others, strict=False):
            if one.hash != other.hash:
                yield one, other


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
