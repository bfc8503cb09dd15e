"""What binary caches hold, as questions about units need it; who reads a cache is elsewhere.

A cache's index may describe units that it does not hold: what held ones depend on. So what is known
and what is held are told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from peso.errors import BadInput
from peso.products.engines.native import NativeUnit
from peso.products.engines.native_graph import SHIPPING


@dataclass(frozen=True, kw_only=True)
class CachedUnits:
    """One cache: a publication, a cache of Spack, or a lock whose units are taken as cached."""

    where: str
    units: tuple[NativeUnit, ...]
    """All it describes."""
    held: frozenset[str]
    """Hashes of those it holds."""
    unread: tuple[str, ...] = ()
    """What in it could not be read, for people."""


class Caches:
    """Several caches, looked into in their order.

    Args:
        caches: The first one that holds a unit is where it comes from.

    Raises:
        BadInput: Units depend on each other in a circle, which Spack never makes.
    """

    def __init__(self, caches: Iterable[CachedUnits]) -> None:
        self.all = tuple(caches)
        self.known: dict[str, NativeUnit] = {}
        """Every unit that is described, by hash."""
        self._where: dict[str, str] = {}
        for one in self.all:
            for unit in one.units:
                self.known.setdefault(unit.hash, unit)
            for hash_ in one.held:
                self._where.setdefault(hash_, one.where)
        self._whole: dict[str, bool] = {}
        if circle := _circle(self.known):
            raise BadInput(
                f"units depend on each other in a circle: {', '.join(circle)}",
                where=", ".join(one.where for one in self.all),
                hint="Spack makes no such cache: was it changed?",
            )

    def where(self, hash_: str) -> str:
        """Return the cache that holds a unit; empty: none does."""
        return self._where.get(hash_, "")

    @cached_property
    def by_name(self) -> Mapping[str, tuple[NativeUnit, ...]]:
        """The units that are held and built, by name."""
        found: dict[str, list[NativeUnit]] = {}
        for unit in self.known.values():
            if unit.external is None and unit.hash in self._where:
                found.setdefault(unit.name, []).append(unit)
        return {name: tuple(units) for name, units in found.items()}

    def whole(self, hash_: str) -> bool:
        """Say whether a unit is held with all it needs where it is used; externals need not be."""
        waiting = [hash_]
        while waiting:
            at = waiting[-1]
            if at in self._whole:
                waiting.pop()
                continue
            unit = self.known.get(at)
            if unit is None or (unit.external is None and at not in self._where):
                self._whole[at] = False
                continue
            below = [one.hash for one in unit.depends if not SHIPPING.isdisjoint(one.types)]
            left = [one for one in below if one not in self._whole]
            if unit.external is None and left:
                waiting.extend(left)
                continue
            self._whole[at] = unit.external is not None or all(self._whole[one] for one in below)
        return self._whole[hash_]


def _circle(known: Mapping[str, NativeUnit]) -> tuple[str, ...]:
    """Return labels of units that can be put in no order; empty: there are none."""
    left = {
        hash_: {one.hash for one in unit.depends} & known.keys() for hash_, unit in known.items()
    }
    above: dict[str, list[str]] = {}
    for hash_, below in left.items():
        for one in below:
            above.setdefault(one, []).append(hash_)
    ready = [hash_ for hash_, below in left.items() if not below]
    while ready:
        done = ready.pop()
        del left[done]
        for hash_ in above.get(done, ()):
            left[hash_].discard(done)
            if not left[hash_]:
                ready.append(hash_)
    return tuple(known[hash_].label for hash_ in islice(left, 5))
