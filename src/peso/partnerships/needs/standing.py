"""Where needs stand: what each is ranked by, and its rank among those that somebody sees.

1. Columns hold needs that are seen by the same people; who sees several columns sees one ranking of
   all their needs. So a need that is in a column is worked out once, whoever looks.
2. A rank is one more than how many are before, in all columns: it is asked, not kept. A record with
   all terms and spans is made of a need that is shown.
3. Nothing here changes: a column where few needs moved is made of the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import chain
from typing import Final, Self, overload

from peso.partnerships.needs.boards import Boards
from peso.partnerships.needs.ranked import Lane, Part, Ranked, Ranking, Span, Weights
from peso.partnerships.needs.reach import Reach
from peso.partnerships.needs.record import Held
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.sensitivity import HALF, HIGH, LOW, OWN, THIRDS, keys_of
from peso.partnerships.needs.terms import RankTerm, terms_of
from peso.partnerships.needs.vocabulary import Kind, Status

SOON: Final = timedelta(days=90)
_LANES: Final = tuple(Lane)
_MANY: Final = 8
"""A column of which more than one in so many moved is put in order anew."""
_BATCH: Final = 250
"""So many are worked out at once: their keys at all settings fit into a processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What a need is ranked by."""

    family: tuple[Held, ...]
    """The need, and those merged into it."""
    lane: Lane
    why: str
    terms: tuple[RankTerm, ...]

    @property
    def id(self) -> str:
        """The need's id."""
        return self.family[0].id

    def keys(self, weights: tuple[int, ...]) -> list[int]:
        """Return its key at each setting."""
        lows, highs = [one.low for one in self.terms], [one.high for one in self.terms]
        return keys_of(_LANES.index(self.lane), lows, highs, weights)


def entry_of(
    register: Register, held: Held, reach: Reach, on: date, before: Entry | None = None
) -> Entry:
    """Return what a need is ranked by as of a day; the one of before where that holds still.

    `before` is by the same reach.
    """
    family, (lane, why) = register.family(held.id), _lane(held, on)
    if before is None or not _same(family, before.family):
        return Entry(family, lane, why, terms_of(register, held, reach))
    same = (before.lane, before.why) == (lane, why)
    return before if same else Entry(family, lane, why, before.terms)


def _same(one: tuple[Held, ...], other: tuple[Held, ...]) -> bool:
    return len(one) == len(other) and all(map(lambda a, b: a is b, one, other))


def _lane(held: Held, on: date) -> tuple[Lane, str]:
    """Return the lane of a need, and why it is, or is not yet, before others."""
    lane, why = Lane.ORDINARY, ""
    if held.need.kind is Kind.SECURITY:
        lane, why = Lane.SECURITY, "it is about security"
    elif held.need.needed_by and held.need.needed_by <= on + SOON:
        lane, why = Lane.TIME, f"it is needed by {held.need.needed_by}"
    if lane is not Lane.ORDINARY and held.status is Status.NEW:
        return Lane.ORDINARY, f"{why}; it goes first once somebody has acknowledged it"
    return lane, why


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Needs that are ranked by the same weights and seen by the same people."""

    entries: Mapping[str, Entry]
    boards: Boards
    order: tuple[tuple[int, str], ...]
    """Key and id of each, the first at first."""

    @classmethod
    def of(cls, entries: Mapping[str, Entry], weights: tuple[int, ...]) -> Self:
        """Return a column of some needs."""
        keys = {name: one.keys(weights) for name, one in entries.items()}
        order = tuple(sorted((key[OWN], name) for name, key in keys.items()))
        return cls(entries, Boards.of(list(keys.values())), order)

    def now(self, entries: Mapping[str, Entry], weights: tuple[int, ...]) -> Self:
        """Return the column as it is with these entries, by the same weights."""
        went = [one for name, one in self.entries.items() if entries.get(name) is not one]
        came = [one for name, one in entries.items() if self.entries.get(name) is not one]
        if not went and not came:
            return self
        if not self.entries or _MANY * (len(went) + len(came)) > len(entries):
            return type(self).of(entries, weights)
        out = [(one.id, one.keys(weights)) for one in went]
        in_ = [(one.id, one.keys(weights)) for one in came]
        gone = {name for name, _ in out}
        order = [one for one in self.order if one[1] not in gone]
        order += ((keys[OWN], name) for name, keys in in_)
        boards = self.boards.moved([keys for _, keys in out], [keys for _, keys in in_])
        return type(self)(entries, boards, tuple(sorted(order)))


@dataclass(frozen=True, eq=False)
class Standing(Sequence[Ranked]):
    """The ranking of what somebody sees: each need where it stands, the first at first."""

    weights: Weights
    on: date
    columns: tuple[Column, ...]

    def __len__(self) -> int:
        """Return how many needs are ranked."""
        return sum(len(one.entries) for one in self.columns)

    @overload
    def __getitem__(self, which: int) -> Ranked: ...
    @overload
    def __getitem__(self, which: slice) -> tuple[Ranked, ...]: ...
    def __getitem__(self, which: int | slice) -> Ranked | tuple[Ranked, ...]:
        """Return one need, or some: only these are worked out."""
        names = list(self.ranks)
        if isinstance(which, int):
            return self._shown([self._entries[names[which]]])[0]
        found = [self._entries[one] for one in names[which]]
        batches = (found[at : at + _BATCH] for at in range(0, len(found), _BATCH))
        return tuple(one for batch in batches for one in self._shown(batch))

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The rank of each need, in their order; by id where ranks are equal."""
        several = sorted(chain.from_iterable(one.order for one in self.columns))
        first: dict[int, int] = {}
        return {
            name: first.setdefault(key, before + 1) for before, (key, name) in enumerate(several)
        }

    def find(self, need: str) -> Ranked | None:
        """Return a need where it stands; None where it is not ranked."""
        entry = self._entries.get(need)
        return self._shown([entry])[0] if entry else None

    def ranking(self, most: int | None = None) -> Ranking:
        """Return the ranking as a record; the first of it where `most` says how many."""
        return Ranking(on=self.on, weights=self.weights, needs=self[:most])

    @cached_property
    def _entries(self) -> Mapping[str, Entry]:
        return {name: one for column in self.columns for name, one in column.entries.items()}

    @cached_property
    def _weights(self) -> tuple[int, ...]:
        return self.weights.values

    def _before(self, setting: int, keys: Sequence[int]) -> list[int]:
        """Return for each of some keys how many needs are before one that has it."""
        several = [one.boards.before(setting, keys) for one in self.columns if one.entries]
        return [sum(one) for one in zip(*several, strict=True)] if several[1:] else [*several[0]]

    def _spans(self, keys: Sequence[Sequence[int]], settings: Iterable[int]) -> list[Span]:
        """Return the ranks over some settings, of needs by their keys at each setting."""
        fewest = most = self._before(OWN, keys[OWN])
        for one in settings:
            before = self._before(one, keys[one])
            fewest, most = list(map(min, fewest, before)), list(map(max, most, before))
        return [Span(best=1 + a, worst=1 + b) for a, b in zip(fewest, most, strict=True)]

    def _unknowns(self, keys: Sequence[Sequence[int]]) -> Iterator[Span]:
        fewest, most = self._before(LOW, keys[HIGH]), self._before(HIGH, keys[LOW])
        for a, b, low, high in zip(fewest, most, keys[LOW], keys[HIGH], strict=True):
            # With its high end a need of a range is before its own low end.
            yield Span(best=1 + a, worst=1 + b - (high < low))

    def _shown(self, several: Sequence[Entry]) -> list[Ranked]:
        if not several:
            return []
        keys = list(zip(*(one.keys(self._weights) for one in several), strict=True))
        rows = zip(
            several,
            keys[OWN],
            self._before(OWN, keys[OWN]),
            self._unknowns(keys),
            self._spans(keys, HALF),
            self._spans(keys, THIRDS),
            strict=True,
        )
        return [self._ranked(*one) for one in rows]

    def _ranked(  # noqa: PLR0913, PLR0917 - all that is known of a place
        self, entry: Entry, key: int, before: int, unknowns: Span, half: Span, thirds: Span
    ) -> Ranked:
        parts = tuple(
            Part(term=one, weight=weight, low=one.low * weight, high=one.high * weight)
            for one, weight in zip(entry.terms, self._weights, strict=True)
        )
        return Ranked(
            id=entry.id,
            statement=entry.family[0].need.statement,
            lane=entry.lane,
            why_lane=entry.why,
            rank=1 + before,
            tied=sum(one.boards.alike(key, OWN) for one in self.columns if one.entries),
            by_unknowns=unknowns,
            by_half=half,
            by_any=thirds,
            low=sum(one.low for one in parts),
            high=sum(one.high for one in parts),
            parts=parts,
        )
