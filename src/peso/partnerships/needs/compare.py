"""Two snapshots: which needs moved, and by which terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from peso.base.record import Record
from peso.errors import BadInput
from peso.partnerships.needs.looking import Looked, LookedNeed, LookedPart
from peso.partnerships.needs.ranked import Part, Ranked, Weights
from peso.partnerships.needs.snapshot import Snapshot
from peso.partnerships.needs.terms import NAMES

Place = Ranked | LookedNeed
Shot = Snapshot | Looked


class Change(Record):
    """One reason why a need moved."""

    what: str
    """A term, `lane`, or `others`: it did not change; others went past it."""
    before: str
    now: str
    adds: int = 0
    """How much more it adds to the score, at the middle of its range, in millionths of a weight."""


class Moved(Record):
    """A need that stands elsewhere than before."""

    id: str
    statement: str
    before: int | None
    """None: it was not ranked."""
    now: int | None
    why: tuple[Change, ...]


class Compared(Record):
    """What differs between two snapshots."""

    before: date
    now: date
    weights: tuple[Change, ...]
    moved: tuple[Moved, ...]
    more: int = 0
    """How many moved besides those that are told."""
    came: tuple[Moved, ...]
    went: tuple[Moved, ...]
    """No more ranked: delivered, refused, merged, withdrawn, or not to be seen."""
    same: int
    """How many have the rank they had."""


def compare(before: Shot, now: Shot, *, most: int | None = None) -> Compared:
    """Compare two snapshots, an earlier and a later one.

    Args:
        before: The earlier one.
        now: The later one.
        most: Of how many that moved it is told why, the first at first; None: of all.

    Raises:
        BadInput: They were made by different methods, or for different audiences.
    """
    for what in ("method", "audience"):
        first, second = getattr(before, what), getattr(now, what)
        if first != second:
            raise BadInput(f"they cannot be compared: the {what} is {first!r} and {second!r}")
    old, new = ({one.id: one for one in it.needs} for it in (before, now))
    both = [name for name in new if name in old]
    moved = [name for name in both if old[name].rank != new[name].rank]
    told = moved[:most]
    return Compared(
        before=before.on,
        now=now.on,
        weights=tuple(_weights(before.weights, now.weights)),
        moved=tuple(_moved(old[name], new[name]) for name in told),
        more=len(moved) - len(told),
        came=tuple(_alone(one, came=True) for one in now.needs if one.id not in old),
        went=tuple(_alone(one, came=False) for one in before.needs if one.id not in new),
        same=len(both) - len(moved),
    )


def _moved(before: Place, now: Place) -> Moved:
    why = tuple(_why(before, now))
    if not why:
        why = (Change(what="others", before="", now="it is as it was; others went past it"),)
    return Moved(id=now.id, statement=now.statement, before=before.rank, now=now.rank, why=why)


def _why(before: Place, now: Place) -> Iterator[Change]:
    if before.lane is not now.lane:
        yield Change(
            what="lane", before=before.lane, now=f"{now.lane}: {now.why_lane}".rstrip(": ")
        )
    parts = [
        Change(
            what=new.term.name,
            before=old.term.raw,
            now=new.term.raw,
            adds=(new.low + new.high - old.low - old.high) // 2,
        )
        for old, new in zip(_parts(before), _parts(now), strict=True)
        if (old.term.raw, old.low, old.high) != (new.term.raw, new.low, new.high)
    ]
    yield from sorted(parts, key=lambda it: (-abs(it.adds), NAMES.index(it.what)))


def _parts(one: Place) -> Sequence[Part | LookedPart]:
    return one.parts


def _alone(one: Place, *, came: bool) -> Moved:
    at: dict[str, int | None] = {
        "before": None,
        "now": None,
        ("now" if came else "before"): one.rank,
    }
    return Moved(id=one.id, statement=one.statement, why=(), **at)


def _weights(before: Weights, now: Weights) -> Iterator[Change]:
    for name, old, new in zip(NAMES, before.values, now.values, strict=True):
        if old != new:
            yield Change(what=name, before=str(old), now=str(new))
