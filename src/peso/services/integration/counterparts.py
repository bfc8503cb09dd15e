"""Counterparts: which unit of an older lock a unit of a newer one stands in for.

1. A unit that both hold, by its hash, is kept and needs no counterpart.
2. Where one unit of a name is gone and one is new, the two belong together: `only`.
3. Of several, the cheapest two go together first, then the cheapest of the rest. The cost is the
   distance of the two (`distance.py`), more where other units ask for them, less where the same
   root spec does. `role`: something that asks for the one asks for the other; else `nearest`.
4. A new unit that is left over is compared with the nearest of its name all the same: it came
   `beside` it. Without any of its name it is `added`.
5. What is gone and stands for nothing is removed.

The order of the locks decides nothing; equal costs are decided by hashes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from peso.products.engines.native import NativeUnit
from peso.products.engines.native_graph import Units
from peso.services.integration.distance import distance
from peso.services.integration.unit_changes import Compared

How = Literal["only", "role", "nearest", "beside", "added"]
_STACK = "(the stack)"
"""Who asks for a root."""
OTHER_ASKERS = 200
"""Points where nobody asks for both units; less where some do."""
SAME_ROOT = -500
"""Points where one and the same root spec asks for both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterpart:
    """A unit of the newer lock that the older one lacks, and what it stands in for."""

    after: NativeUnit
    before: NativeUnit | None
    how: How


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterparts:
    """What became of the units of an older lock."""

    fresh: tuple[Counterpart, ...]
    """Every unit that only the newer lock holds, in its order."""
    removed: tuple[NativeUnit, ...]
    kept: int


@dataclass(frozen=True, slots=True)
class _Roles:
    """Who asks for the units of a lock: names of units, and specs of roots."""

    askers: Mapping[str, frozenset[str]]
    specs: Mapping[str, frozenset[str]]


def counterparts(before: Units, after: Units, compared: Compared) -> Counterparts:
    """Find the counterparts of all units of `after` that `before` lacks."""
    old = {unit.hash: unit for unit in before.units}
    new = {unit.hash: unit for unit in after.units}
    mine, theirs = _by_name(old.values()), _by_name(new.values())
    roles = (_roles(before), _roles(after))
    found: dict[str, Counterpart] = {}
    taken: set[str] = set()
    for name, units in theirs.items():
        fresh = [one for one in units if one.hash not in old]
        all_ = mine.get(name, [])
        gone = [one for one in all_ if one.hash not in new]
        for one in _matched(gone, fresh, roles, compared):
            found[one.after.hash] = one
            taken |= {one.before.hash} if one.before else set()
        for unit in fresh:
            if unit.hash not in found:
                found[unit.hash] = _beside(unit, all_, compared)
    return Counterparts(
        fresh=tuple(found[hash_] for hash_ in new if hash_ in found),
        removed=tuple(
            unit for hash_, unit in old.items() if hash_ not in new and hash_ not in taken
        ),
        kept=len(old.keys() & new.keys()),
    )


def _matched(
    gone: list[NativeUnit],
    fresh: list[NativeUnit],
    roles: tuple[_Roles, _Roles],
    compared: Compared,
) -> list[Counterpart]:
    if len(gone) == len(fresh) == 1:
        return [Counterpart(after=fresh[0], before=gone[0], how="only")]
    costs = sorted(
        (*_cost(one, other, roles, compared), one.hash, other.hash)
        for one in gone
        for other in fresh
    )
    ones = {unit.hash: unit for unit in gone}
    others = {unit.hash: unit for unit in fresh}
    found: list[Counterpart] = []
    for _, nobody, one, other in costs:
        if one in ones and other in others:
            how: How = "nearest" if nobody else "role"
            found.append(Counterpart(after=others.pop(other), before=ones.pop(one), how=how))
    return found


def _cost(
    one: NativeUnit, other: NativeUnit, roles: tuple[_Roles, _Roles], compared: Compared
) -> tuple[int, bool]:
    """Return the cost of two units, and whether nothing asks for both."""
    askers = (roles[0].askers[one.hash], roles[1].askers[other.hash])
    both, any_ = len(askers[0] & askers[1]), len(askers[0] | askers[1])
    same_root = bool(roles[0].specs[one.hash] & roles[1].specs[other.hash])
    cost = distance(one, other, compared)
    cost += OTHER_ASKERS - (OTHER_ASKERS * both // any_ if any_ else 0)
    cost += SAME_ROOT if same_root else 0
    return cost, not both and not same_root


def _beside(unit: NativeUnit, all_: list[NativeUnit], compared: Compared) -> Counterpart:
    if not all_:
        return Counterpart(after=unit, before=None, how="added")

    def far(one: NativeUnit) -> tuple[int, str]:
        return distance(one, unit, compared), one.hash

    return Counterpart(after=unit, before=min(all_, key=far), how="beside")


def _by_name(units: Iterable[NativeUnit]) -> dict[str, list[NativeUnit]]:
    found: dict[str, list[NativeUnit]] = {}
    for unit in units:
        found.setdefault(unit.name, []).append(unit)
    return found


def _roles(lock: Units) -> _Roles:
    askers: defaultdict[str, set[str]] = defaultdict(set)
    specs: defaultdict[str, set[str]] = defaultdict(set)
    for unit in lock.units:
        for edge in unit.depends:
            askers[edge.hash].add(unit.name)
    for root in lock.roots:
        specs[root.hash].add(root.spec)
        askers[root.hash].add(_STACK)
    return _Roles(
        {unit.hash: frozenset(askers[unit.hash]) for unit in lock.units},
        {unit.hash: frozenset(specs[unit.hash]) for unit in lock.units},
    )
