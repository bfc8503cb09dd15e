"""Rebuild: why units of one lock are not those of another, and what that costs.

1. Every unit that only the newer lock holds is told once: with its counterpart, what differs in the
   two themselves, and all first causes; or that it is added, and who asks for it. What only the
   older one holds and nothing stands in for is removed.
2. A cause is told with all units it rebuilds (`rebuilds`), and with those that have no other
   (`alone`): these would be what they were, were it not for it. The first figures overlap; the
   second do not. The cause that rebuilds most comes first.
3. An external is not built, so it is counted nowhere; that another one is there may be a cause.
4. Time is the wall-clock time that builds of these units took by themselves, added up. Where a unit
   was never built here, its counterpart's time stands for it and is counted apart; where that is
   not known either, it is counted as not known. How many processors a build had is not recorded, so
   these are no core-hours.

A pure function of two locks and of what builds took.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from peso.base.record import Record
from peso.errors import BadInput
from peso.products.engines.native import NativeUnit
from peso.products.engines.native_graph import Units
from peso.services.integration.counterparts import Counterpart, How, counterparts
from peso.services.integration.first_causes import FirstCauses, Masks
from peso.services.integration.unit_changes import Compared, as_differences
from peso.services.integration.unit_differences import Difference, Kind, Named, Step, named

Timed = Literal["itself", "counterpart", "not-known", "not-built"]


class Cost(Record):
    """What building some units takes."""

    units: int
    seconds: float
    """Of those whose time is known, added up."""
    measured: int
    """Units whose own time is known."""
    as_before: int
    """Units whose counterpart's time is known, and not their own."""
    not_known: int


class Place(Record):
    """Two units where a cause is."""

    before: Named
    after: Named


class RebuildCause(Record):
    """A first cause, and what it rebuilds."""

    number: int
    """Its place in the answer, from 0; units name it by this."""
    kind: Kind
    """What it is above all."""
    package: str
    """Whose change it is; empty where it is one over all packages."""
    differences: tuple[Difference, ...]
    """What changes, before and after; the leading thing first. Not all of it in every place."""
    places: tuple[Place, ...]
    rebuilds: Cost
    """All units that it is a cause of."""
    alone: Cost
    """Those that it is the only cause of."""
    only_built: int
    """Of all, those where it only changed what built them."""


class Chain(Record):
    """How a unit comes to one of its causes."""

    cause: int
    steps: tuple[Step, ...]
    """Empty where the cause is in the unit itself."""


class FreshUnit(Record):
    """A unit that only the newer lock holds."""

    unit: Named
    external: bool
    how: How
    before: Named | None
    """What it stands in for; None for what is added."""
    own: tuple[Difference, ...]
    """In what the two differ by themselves, before and after."""
    causes: tuple[int, ...]
    """Numbers of all its first causes."""
    chains: tuple[Chain, ...] = ()
    """A shortest way down to each cause; only where the unit is asked about."""
    askers: tuple[Named, ...] = ()
    """Of what is added or asked about: the units that ask for it themselves."""
    root: bool
    seconds: float | None
    timed: Timed


class Rebuilt(Record):
    """Why units of one lock are not those of another."""

    before: str
    after: str
    asked: str = ""
    """What was asked about; empty: everything."""
    units: int
    """In the newer lock."""
    kept: int
    """Units that both hold."""
    fresh: tuple[FreshUnit, ...]
    """In the order of the newer lock; of what was asked about only."""
    causes: tuple[RebuildCause, ...]
    """Of what was asked about only; their figures are of the whole."""
    removed: tuple[Named, ...]
    cost: Cost
    """Of all units that are rebuilt or added."""
    added: Cost
    """Of those that are added, or came beside another of their name."""
    notes: tuple[str, ...] = ()


def rebuild(  # noqa: PLR0913 - a question, and what is known
    before: Units,
    after: Units,
    *,
    names: tuple[str, str] = ("", ""),
    seconds: Mapping[str, float] | None = None,
    asked: Iterable[str] | None = None,
    asked_as: str = "",
) -> Rebuilt:
    """Say why units of one lock are not those of another.

    Args:
        before: The older lock.
        after: The newer one.
        names: What people call them.
        seconds: How long a unit took to build, by hash.
        asked: Hashes of the units that are asked about; all by default.
        asked_as: What was asked, for people.

    Raises:
        BadInput: What is asked about is in both locks, so there is nothing to explain.
    """
    look = _Look(before, after, seconds or {})
    wanted = None if asked is None else frozenset(asked)
    if wanted is not None and not any(one.after.hash in wanted for one in look.found.fresh):
        raise BadInput(
            f"{asked_as or 'it'} is the same unit in both: it is not rebuilt",
            where=names[1],
            hint="`peso explain unit` says why it is there",
        )
    return look.told(wanted).model_copy(
        update={"before": names[0], "after": names[1], "asked": asked_as}
    )


class _Look:
    """A look at two locks."""

    def __init__(self, before: Units, after: Units, seconds: Mapping[str, float]) -> None:
        compared = Compared()
        self.found = counterparts(before, after, compared)
        self.built = [one for one in self.found.fresh if one.after.external is None]
        self._seconds = seconds
        self._units = len({unit.hash for unit in after.units})
        self._first = FirstCauses(
            {unit.hash: unit for unit in before.units},
            {unit.hash: unit for unit in after.units},
            compared,
        )
        self._masks = {
            one.after.hash: self._first.of(one.before, one.after) if one.before else Masks(0, 0)
            for one in self.found.fresh
        }
        self._askers: dict[str, dict[str, Named]] = {}
        for unit in after.units:
            for edge in unit.depends:
                self._askers.setdefault(edge.hash, {}).setdefault(unit.hash, named(unit))
        self._roots = {root.hash for root in after.roots}
        self._having = self._by_cause()
        self.causes = sorted(
            self._first.causes(),
            key=lambda one: (-len(self._having[one.bit]), one.key),
        )
        self._numbers = {one.bit: number for number, one in enumerate(self.causes)}

    def _by_cause(self) -> dict[int, list[Counterpart]]:
        having: dict[int, list[Counterpart]] = {one.bit: [] for one in self._first.causes()}
        for one in self.built:
            for bit in _bits(self._masks[one.after.hash].all):
                having[bit].append(one)
        return having

    def told(self, wanted: frozenset[str] | None) -> Rebuilt:
        """Return what is to say of everything, or of the units that are asked about."""
        fresh = tuple(
            self._fresh(one, asked=wanted is not None)
            for one in self.found.fresh
            if wanted is None or one.after.hash in wanted
        )
        met = {number for one in fresh for number in one.causes}
        return Rebuilt(
            before="",
            after="",
            units=self._units,
            kept=self.found.kept,
            fresh=fresh,
            causes=tuple(
                self._cause(number)
                for number in range(len(self.causes))
                if wanted is None or number in met
            ),
            removed=tuple(map(named, self.found.removed)) if wanted is None else (),
            cost=self._cost(self.built),
            added=self._cost([one for one in self.built if one.how in {"added", "beside"}]),
        )

    def _fresh(self, one: Counterpart, *, asked: bool) -> FreshUnit:
        masks = self._masks[one.after.hash]
        numbers = sorted(self._numbers[bit] for bit in _bits(masks.all))
        before, after = one.before, one.after
        chains: tuple[Chain, ...] = ()
        if asked and before is not None:
            chains = tuple(
                Chain(cause=at, steps=self._first.chain(before, after, self.causes[at].bit))
                for at in numbers
            )
        seconds, timed = self._time(one)
        askers = self._askers.get(after.hash, {}) if asked or before is None else {}
        return FreshUnit(
            unit=named(after),
            external=after.external is not None,
            how=one.how,
            before=named(before) if before else None,
            own=as_differences(self._first.changes(before, after)) if before else (),
            causes=tuple(numbers),
            chains=chains,
            askers=tuple(sorted(askers.values(), key=lambda each: (each.name, each.hash))),
            root=after.hash in self._roots,
            seconds=seconds,
            timed=timed,
        )

    def _cause(self, number: int) -> RebuildCause:
        cause = self.causes[number]
        having = self._having[cause.bit]
        alone = [one for one in having if self._masks[one.after.hash].all == cause.bit]
        used = sum(bool(self._masks[one.after.hash].used & cause.bit) for one in having)
        return RebuildCause(
            number=number,
            kind=cause.kind,
            package=cause.package,
            differences=as_differences(cause.changes()),
            places=tuple(
                Place(before=one, after=other)
                for one, other in map(self._first.named, sorted(cause.places))
            ),
            rebuilds=self._cost(having),
            alone=self._cost(alone),
            only_built=len(having) - used,
        )

    def _cost(self, units: Iterable[Counterpart]) -> Cost:
        times = [self._time(one) for one in units]
        kinds = [timed for _, timed in times]
        return Cost(
            units=len(times),
            seconds=round(sum(seconds or 0.0 for seconds, _ in times), 3),
            measured=kinds.count("itself"),
            as_before=kinds.count("counterpart"),
            not_known=kinds.count("not-known"),
        )

    def _time(self, one: Counterpart) -> tuple[float | None, Timed]:
        if one.after.external is not None:
            return None, "not-built"
        if (seconds := self._seconds.get(one.after.hash)) is not None:
            return seconds, "itself"
        before: NativeUnit | None = one.before
        if before is not None and (seconds := self._seconds.get(before.hash)) is not None:
            return seconds, "counterpart"
        return None, "not-known"


def _bits(mask: int) -> Iterable[int]:
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit
