"""Cache misses: for each unit of a lock that no cache holds, the nearest one, and what differs.

1. A hit is a unit that a cache holds by its hash. An external is no artifact and is neither hit nor
   miss.
2. A miss is told with the nearest unit of its name that is held (`distance.py`; of equals the one
   with fewest first causes, then by hash), what differs in the two themselves, and the first causes
   (`first_causes.py`). Where the two differ in nothing themselves, it is missing only because of
   what stands below it.
3. A miss that only builds what is held anyway is not needed; it is told, and counted apart.
4. Causes are told with how many misses they are in, and of how many they are the only one.
5. What a change of configuration would bring is in `gains.py`, what could run on a machine in
   `host_fit.py`. What cannot run there is no gain; that the nearest cannot is said.

A pure function of a lock and of what caches hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from peso.base.record import Record
from peso.products.engines.native import Edge, NativeUnit
from peso.products.engines.native_graph import SHIPPING, NativeGraph, Units
from peso.services.integration.cached import Caches
from peso.services.integration.choices import Choices
from peso.services.integration.first_causes import FirstCauses
from peso.services.integration.gains import Gains, gains
from peso.services.integration.host_fit import HostFacts, HostFit, HostLook, Runs
from peso.services.integration.nearest import Near, nearest
from peso.services.integration.unit_changes import Compared, as_differences
from peso.services.integration.unit_differences import Difference, Kind, Named, named

ESTIMATE = (
    "what a change of configuration gains is an estimate: each unit is looked at by itself, with "
    "all it runs with; a new solve has to find one answer for the whole stack"
)


class CacheLooked(Record):
    """One cache that was looked into."""

    where: str
    held: int
    """Units that it holds."""
    of_these_names: int
    """Of these, of a name that the stack needs."""
    hits: int
    """Units of the stack that it holds, and no cache before it."""
    unread: tuple[str, ...] = ()


class Nearest(Record):
    """The nearest unit that a cache holds."""

    unit: Named
    where: str
    """The cache."""
    distance: int
    own: tuple[Difference, ...]
    """In what the two differ by themselves: as it is held, and as it is wanted."""
    causes: tuple[int, ...]
    """Numbers of all the first causes."""
    runs: Runs | None
    """Whether it could run on the machine that is asked about; None: on none."""


class Miss(Record):
    """A unit that no cache holds."""

    unit: Named
    root: bool
    needed: bool
    """Whether it is needed where it is used, or to build a miss; else it only builds hits."""
    held: int
    """How many units of its name the caches hold."""
    nearest: Nearest | None
    """None: they hold none of its name."""


class MissCause(Record):
    """Why hashes are others than those that are held."""

    number: int
    kind: Kind
    package: str
    """Empty where it is one over all packages."""
    differences: tuple[Difference, ...]
    """As it is held, and as it is wanted."""
    misses: int
    """That have it, among other causes maybe."""
    alone: int
    """That have no other: with this changed they would be hits."""


class CacheExplained(Record):
    """What of a stack caches hold, and why they do not hold the rest."""

    stack: str
    caches: tuple[CacheLooked, ...]
    units: int
    externals: int
    hits: int
    only_below: int
    """Misses whose nearest differs in nothing itself, only below."""
    none_of_the_name: int
    not_needed: int
    misses: tuple[Miss, ...]
    """In the order of the lock."""
    causes: tuple[MissCause, ...]
    """Those of most misses come first."""
    gains: Gains
    host: HostFit | None = None
    notes: tuple[str, ...] = ()


def explain_misses(
    wanted: Units, caches: Caches, *, stack: str = "", host: HostFacts | None = None
) -> CacheExplained:
    """Say which units of a lock no cache holds, and why.

    Args:
        wanted: The lock.
        caches: What is held.
        stack: What people call the lock.
        host: A machine, to say what could run there.
    """
    look = _Look(wanted, caches, HostLook(caches, host) if host is not None else None)
    misses = tuple(look.misses())
    built = [unit for unit in look.units.values() if unit.external is None]
    nearest_ = [one.nearest for one in misses if one.nearest is not None]
    return CacheExplained(
        stack=stack,
        caches=tuple(look.looked()),
        units=len(look.units),
        externals=len(look.units) - len(built),
        hits=len(built) - len(misses),
        only_below=sum(not one.own for one in nearest_),
        none_of_the_name=len(misses) - len(nearest_),
        not_needed=sum(not one.needed for one in misses),
        misses=misses,
        causes=tuple(look.causes()),
        gains=look.gains(),
        host=look.host.fit(frozenset(one.name for one in built)) if look.host else None,
        notes=(ESTIMATE,),
    )


class _Look:
    """A look at a lock and what is held of it."""

    def __init__(self, wanted: Units, caches: Caches, host: HostLook | None) -> None:
        self.host = host
        self.units = {unit.hash: unit for unit in wanted.units}
        self._caches = caches
        self._graph = NativeGraph(wanted)
        compared = Compared()
        self._first = FirstCauses(caches.known, self.units, compared)
        self._choices = Choices(caches.known, self.units, compared)
        self._roots = frozenset(root.hash for root in self._graph.roots)
        self._near: dict[str, tuple[Near, ...]] = {}
        self._masks: dict[str, int] = {}
        for unit in self.units.values():
            if unit.external is None and not caches.where(unit.hash):
                held = caches.by_name.get(unit.name, ())
                self._near[unit.hash] = nearest(unit, held, compared)
        for hash_, near in self._near.items():
            self._near[hash_], self._masks[hash_] = self._best(near, self.units[hash_])
        self._having = self._count()
        order = sorted(
            self._first.causes(), key=lambda one: (-self._having.get(one.bit, 0), one.key)
        )
        self._order = [one for one in order if one.bit in self._having]
        self._numbers = {one.bit: number for number, one in enumerate(self._order)}

    def _best(self, near: tuple[Near, ...], wanted: NativeUnit) -> tuple[tuple[Near, ...], int]:
        """Return the near units, of the nearest that with fewest causes first, and its causes."""
        level = [one for one in near if one.distance == near[0].distance]
        masks = {one.unit.hash: self._first.of(one.unit, wanted).all for one in level}
        level.sort(key=lambda one: (masks[one.unit.hash].bit_count(), one.unit.hash))
        mask = masks[level[0].unit.hash] if level else 0
        return (*level, *near[len(level) :]), mask

    def _count(self) -> dict[int, int]:
        having: dict[int, int] = {}
        for mask in self._masks.values():
            for bit in _bits(mask):
                having[bit] = having.get(bit, 0) + 1
        return having

    def misses(self) -> Iterator[Miss]:
        """Give what is to say of each miss."""
        needed = self._needed()
        for hash_, near in self._near.items():
            unit = self.units[hash_]
            yield Miss(
                unit=named(unit),
                root=hash_ in self._roots,
                needed=hash_ in needed,
                held=len(self._caches.by_name.get(unit.name, ())),
                nearest=self._nearest(hash_, near[0]) if near else None,
            )

    def causes(self) -> Iterator[MissCause]:
        """Give the first causes."""
        for number, cause in enumerate(self._order):
            yield MissCause(
                number=number,
                kind=cause.kind,
                package=cause.package,
                differences=as_differences(cause.changes()),
                misses=self._having[cause.bit],
                alone=sum(mask == cause.bit for mask in self._masks.values()),
            )

    def gains(self) -> Gains:
        """Return what changes of configuration would bring."""
        needs = {
            hash_: frozenset(
                self._choices.of(one.unit, self.units[hash_])
                for one in near
                if self._caches.whole(one.unit.hash) and self._runs(one) != "no"
            )
            for hash_, near in self._near.items()
            if near
        }
        return gains(needs, self._choices, self._roots)

    def looked(self) -> Iterator[CacheLooked]:
        """Give the caches, each with what it holds."""
        names = {unit.name for unit in self.units.values() if unit.external is None}
        seen: set[str] = set()
        for one in self._caches.all:
            hits = (one.held & self.units.keys()) - seen
            seen |= hits
            yield CacheLooked(
                where=one.where,
                held=len(one.held),
                of_these_names=sum(
                    unit.name in names and unit.hash in one.held for unit in one.units
                ),
                hits=sum(self.units[hash_].external is None for hash_ in hits),
                unread=one.unread,
            )

    def _nearest(self, hash_: str, near: Near) -> Nearest:
        return Nearest(
            unit=named(near.unit),
            where=self._caches.where(near.unit.hash),
            distance=near.distance,
            own=as_differences(near.changes),
            runs=self._runs(near),
            causes=tuple(sorted(self._numbers[bit] for bit in _bits(self._masks[hash_]))),
        )

    def _runs(self, near: Near) -> Runs | None:
        return self.host.runs(near.unit) if self.host else None

    def _needed(self) -> frozenset[str]:
        """Return what has to be there: of a hit what it runs with, of a miss all it needs."""
        seen = set(self._roots)
        waiting = list(seen)
        while waiting:
            unit = self.units[waiting.pop()]
            new = {edge.hash for edge in _asked(unit, miss=unit.hash in self._near)}
            new &= self.units.keys()
            waiting.extend(new - seen)
            seen |= new
        return frozenset(seen)


def _asked(unit: NativeUnit, *, miss: bool) -> Iterator[Edge]:
    for edge in unit.depends:
        if miss or not SHIPPING.isdisjoint(edge.types):
            yield edge


def _bits(mask: int) -> Iterable[int]:
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit
