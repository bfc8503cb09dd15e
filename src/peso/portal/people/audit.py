"""The audit's one way in, and how a change is read.

1. Whoever changes something calls `record` inside the transaction that changes it.
2. `before` and `after` hold plain values; a name or an address goes through `personal`, so that it
   can be blanked without touching the audit.
3. Whom a change concerns: who made it, whom it is about, and who has a say over its thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from peso.portal.people.models import Account, Change, Personal
from peso.portal.people.roles import PORTAL, Person, Thing

Value = str | int | bool | None | list[str] | dict[str, int]
_BLANK: Final = "(forgotten)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One value that changed, as people read it."""

    name: str
    before: str
    after: str


def record(  # noqa: PLR0913 - who, whom, what, from what to what
    what: str,
    *,
    by: Account | None,
    about: Account | None = None,
    thing: Thing = PORTAL,
    before: Mapping[str, Value] | None = None,
    after: Mapping[str, Value] | None = None,
) -> Change:
    """Write down one change.

    Args:
        what: What was done, in words that stay.
        by: Who did it; None: the runner that `after` names, or whoever runs the portal, from its
            own machine.
        about: Whom it is about.
        thing: What it concerns.
        before: What was so before.
        after: What is so now.
    """
    return Change.objects.create(
        what=what,
        by=by,
        about=about,
        kind=thing.kind.value,
        slug=thing.slug,
        before=dict(before or {}),
        after=dict(after or {}),
    )


def personal(account: Account, value: str) -> dict[str, int]:
    """Return what the audit says in place of a name or an address."""
    return {"personal": Personal.objects.create(account=account, value=value).pk}


def concerning(person: Person) -> QuerySet[Change]:
    """Return every change that somebody made, or that is about them."""
    rows: QuerySet[Change] = Change.objects.select_related("by", "about")
    return rows.filter(Q(by__key=person.key) | Q(about__key=person.key))


def of(thing: Thing) -> QuerySet[Change]:
    """Return every change of a thing."""
    rows: QuerySet[Change] = Change.objects.select_related("by", "about")
    return rows.filter(kind=thing.kind.value, slug=thing.slug)


def lines(changes: Iterable[Change]) -> list[tuple[Change, list[Line]]]:
    """Return changes with what they say, personal values in their place; one question."""
    several = list(changes)
    numbers = {
        value["personal"]
        for one in several
        for said in (one.before, one.after)
        for value in said.values()
        if isinstance(value, dict) and "personal" in value
    }
    known = dict(Personal.objects.filter(pk__in=numbers).values_list("pk", "value"))
    return [(one, _lines(one, known)) for one in several]


def _lines(one: Change, known: Mapping[int, str]) -> list[Line]:
    names = dict.fromkeys((*one.before, *one.after))
    return [
        Line(
            name=name,
            before=_text(one.before.get(name, ""), known),
            after=_text(one.after.get(name, ""), known),
        )
        for name in names
    ]


def _text(value: object, known: Mapping[int, str]) -> str:
    if isinstance(value, dict) and "personal" in value:
        return known.get(value["personal"], "") or _BLANK
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)
