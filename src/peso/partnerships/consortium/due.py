"""Due: what the by-laws ask for, of whom and until when. Pure: the day is given.

1. Overdue: the day is past. Soon: fewer days are left than the rule names; today is soon.
2. Open: to be done, with no day. Unknown: nobody can say, and why. Later: the rest.
3. The most urgent comes first: overdue, the oldest first; then soon, open, unknown, later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.partnerships.consortium.bylaws import Rule
from peso.partnerships.consortium.consortium import Consortium
from peso.partnerships.consortium.record import RETIRED, Day, WorkingGroup

State = Literal["overdue", "soon", "open", "unknown", "later"]
Kind = Literal["office", "working-group", "organization", "record"]
_ORDER: Final[tuple[State, ...]] = ("overdue", "soon", "open", "unknown", "later")
_VACANT: Final = Unknown(unknown="since when is not on record")


class Due(Record, use_attribute_docstrings=True):
    """One thing that is to be done."""

    rule: str
    """The rule's id."""
    kind: Kind
    """What it is about."""
    subject: str
    """Its slug; empty for a record."""
    title: str
    """Its name."""
    do: str
    """What is to be done."""
    on: Day
    """Until when."""
    state: State
    days: int | Unknown
    """How many days are left; below zero: how long it is overdue."""
    who: tuple[str, ...] = ()
    """Whom it concerns."""
    organizations: tuple[str, ...] = ()
    """The slugs of the organizations it concerns."""
    text: str
    """The rule in words."""


def due(consortium: Consortium, today: date) -> tuple[Due, ...]:
    """Return everything that is due, and what will be, the most urgent first."""
    every = [
        one
        for rule in consortium.bylaws.rules
        for one in _FINDERS[rule.of](rule, consortium, today)
    ]
    return tuple(sorted(every, key=_urgency))


def pressing(several: tuple[Due, ...]) -> tuple[Due, ...]:
    """Return what asks for somebody now: overdue, soon, or open."""
    return tuple(one for one in several if one.state in {"overdue", "soon", "open"})


def _urgency(one: Due) -> tuple[int, date, str, str]:
    day = one.on if isinstance(one.on, date) else date.max
    return _ORDER.index(one.state), day, one.title, one.rule


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """What something is due of."""

    kind: Kind
    slug: str
    title: str
    who: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()


def _dated(rule: Rule, about: _About, on: Day, today: date) -> Due:
    state: State = "unknown"
    days: int | Unknown = Unknown(unknown="the day is not known")
    if isinstance(on, date):
        days = (on - today).days
        state = "overdue" if days < 0 else "soon" if days < rule.soon else "later"
    return Due(
        rule=rule.id,
        kind=about.kind,
        subject=about.slug,
        title=about.title,
        do=rule.do,
        on=on,
        state=state,
        days=days,
        who=about.who,
        organizations=about.organizations,
        text=rule.text,
    )


def _open(one: Due) -> Due:
    return one.model_copy(update={"state": "open"})


def _after(rule: Rule, day: Day) -> Day:
    if isinstance(day, Unknown) or isinstance(rule.after, Unknown):
        return day if isinstance(day, Unknown) else rule.after  # type: ignore[return-value]
    try:
        return rule.after.after(day)
    except OverflowError as error:
        return Unknown(unknown=str(error))


def _offices(rule: Rule, consortium: Consortium, today: date) -> Iterator[Due]:
    for office in consortium.offices:
        term = office.current(today)
        if isinstance(term, Unknown) or isinstance(term.person, Unknown):
            continue  # `office-vacant` says so
        on = term.until if isinstance(term.until, date) else _after(rule, term.since)
        about = _About(kind="office", slug=office.slug, title=office.name, who=(term.person,))
        yield _dated(rule, about, on, today)


def _vacant_offices(rule: Rule, consortium: Consortium, today: date) -> Iterator[Due]:
    for office in consortium.offices:
        term = office.current(today)
        if isinstance(term, Unknown) or isinstance(term.person, Unknown):
            about = _About(kind="office", slug=office.slug, title=office.name)
            yield _open(_dated(rule, about, _VACANT, today))


def _groups(rule: Rule, consortium: Consortium, today: date) -> Iterator[Due]:
    for group in consortium.groups:
        if group.charter.status == rule.status:
            yield _dated(rule, _group(group), _after(rule, group.charter.reviewed), today)


def _group(group: WorkingGroup) -> _About:
    return _About(kind="working-group", slug=group.slug, title=group.name, who=group.chairs)


def _statuses(rule: Rule, consortium: Consortium, today: date) -> Iterator[Due]:
    spoken = {one.status for one in consortium.bylaws.rules if one.of == "working-group"}
    for group in consortium.groups:
        status = group.charter.status
        if status not in {*spoken, RETIRED}:
            new = Unknown(unknown=f"no rule speaks of the status {status!r}")
            why = status if isinstance(status, Unknown) else new
            yield _dated(rule, _group(group), why, today)


def _chairs(rule: Rule, consortium: Consortium, today: date) -> Iterator[Due]:
    for group in consortium.groups:
        if not group.chairs and group.charter.status != RETIRED:
            yield _open(_dated(rule, _group(group), _VACANT, today))


def _seats(rule: Rule, consortium: Consortium, today: date) -> Iterator[Due]:
    names = {one.slug: one.short_name for one in consortium.organizations}
    for seat in consortium.seats:
        if isinstance(seat.holder, Unknown):
            whose = ", ".join(names.get(one, one) for one in seat.organizations)
            about = _About(
                kind="organization",
                slug=next(iter(seat.organizations), ""),
                title=f"{whose}: seat in the {seat.body}",
                organizations=seat.organizations,
            )
            yield _open(_dated(rule, about, _VACANT, today))


def _delegations(rule: Rule, consortium: Consortium, today: date) -> Iterator[Due]:
    for one in consortium.delegations:
        if one.over(today):
            continue  # the seat is the representative's again
        about = _About(
            kind="organization",
            slug=one.organization if consortium.organization(one.organization) else "",
            title=f"{one.giver}'s seat in the {one.body}, delegated to {one.to}",
            who=(one.giver, one.to),
            organizations=(one.organization,),
        )
        made = _dated(rule, about, one.until, today)
        # One that names no end is no delegation for a time.
        yield made if isinstance(one.until, date) else _open(made)


def _records(rule: Rule, _consortium: Consortium, _today: date) -> Iterator[Due]:
    why = Unknown(unknown=rule.missing or "it is not on record here")
    yield Due(
        rule=rule.id,
        kind="record",
        subject="",
        title=rule.text,
        do=rule.do,
        on=why,
        state="unknown",
        days=why,
        text=rule.text,
    )


_FINDERS: Final[dict[str, Callable[[Rule, Consortium, date], Iterator[Due]]]] = {
    "office": _offices,
    "vacant-office": _vacant_offices,
    "working-group": _groups,
    "group-status": _statuses,
    "chair": _chairs,
    "seat": _seats,
    "delegation": _delegations,
    "record": _records,
}
