"""Views: one organization, person or group with all that is tied to it; and everything in numbers.

What the pages, the API and the command show, so that all three say the same.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Literal

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.errors import BadInput
from peso.partnerships.consortium.consortium import Consortium
from peso.partnerships.consortium.due import Due, due
from peso.partnerships.consortium.record import (
    RETIRED,
    Delegation,
    Liaison,
    Organization,
    Person,
    Seat,
    Stewardship,
    Term,
    WorkingGroup,
)

Where = Literal["organization", "office", "working-group"]


class Role(Record, use_attribute_docstrings=True):
    """What a person is, and where."""

    person: str
    """The name."""
    slug: str
    """The person's slug."""
    role: str
    """`lead`, `representative`, `chair`, an office, `former Chair` …"""
    kind: Where
    of: str
    """The slug of what it is a role in."""
    title: str
    """The name of that."""


class OrganizationView(Record, use_attribute_docstrings=True):
    """An organization, and all that is tied to it."""

    organization: Organization
    people: tuple[Role, ...]
    seats: tuple[Seat, ...]
    terms: tuple[Term, ...]
    """Who held its seats before."""
    delegations: tuple[Delegation, ...]
    liaisons: tuple[Liaison, ...]
    """Those it sends, and those who are sent to it."""
    stewardships: tuple[Stewardship, ...]
    due: tuple[Due, ...]


class PersonView(Record, use_attribute_docstrings=True):
    """A person, and all that is tied to the name."""

    person: Person
    roles: tuple[Role, ...]
    delegations: tuple[Delegation, ...]
    liaisons: tuple[Liaison, ...]
    due: tuple[Due, ...]


class GroupView(Record, use_attribute_docstrings=True):
    """A working group, its chairs, and what is due."""

    group: WorkingGroup
    chairs: tuple[Role, ...]
    due: tuple[Due, ...]


class Summary(Record, use_attribute_docstrings=True):
    """A consortium in numbers, and what asks for somebody now."""

    organizations: dict[str, int]
    """How many of each kind."""
    people: int
    seats: int
    vacant: int
    officers: tuple[Term, ...]
    """Who holds an office."""
    groups: dict[str, int]
    """How many of each status."""
    liaisons: int
    stewardships: int
    due: dict[str, int]
    """How many things in each state."""


def summary(consortium: Consortium, today: date) -> Summary:
    """Return a consortium in numbers."""
    held = [one.current(today) for one in consortium.offices]
    return Summary(
        organizations=_tally(one.kind for one in consortium.organizations),
        people=len(consortium.people),
        seats=len(consortium.seats),
        vacant=sum(isinstance(one.holder, Unknown) for one in consortium.seats),
        officers=tuple(one for one in held if isinstance(one, Term)),
        groups=_tally(_word(one.charter.status) for one in consortium.groups),
        liaisons=sum(one.holds(today) for one in consortium.liaisons),
        stewardships=sum(one.holds(today) for one in consortium.stewardships),
        due=_tally(one.state for one in due(consortium, today)),
    )


def organization_view(consortium: Consortium, one: Organization, today: date) -> OrganizationView:
    """Return an organization with all that is tied to it."""
    mine = [role for role in roles(consortium, today) if role.kind == "organization"]
    tied = [
        liaison for liaison in consortium.liaisons if one.slug in {liaison.organization, liaison.to}
    ]
    return OrganizationView(
        organization=one,
        people=tuple(role for role in mine if role.of == one.slug),
        seats=tuple(seat for seat in consortium.seats if one.slug in seat.organizations),
        terms=tuple(term for term in consortium.seat_terms if term.organization == one.slug),
        delegations=tuple(d for d in consortium.delegations if d.organization == one.slug),
        liaisons=tuple(tied),
        stewardships=tuple(s for s in consortium.stewardships if s.organization == one.slug),
        due=tuple(d for d in due(consortium, today) if one.slug in d.organizations),
    )


def person_view(consortium: Consortium, one: Person, today: date) -> PersonView:
    """Return a person with all that is tied to the name."""
    return PersonView(
        person=one,
        roles=tuple(role for role in roles(consortium, today) if role.slug == one.slug),
        delegations=tuple(d for d in consortium.delegations if one.name in {d.giver, d.to}),
        liaisons=tuple(liaison for liaison in consortium.liaisons if liaison.person == one.name),
        due=tuple(d for d in due(consortium, today) if one.name in d.who),
    )


def group_view(consortium: Consortium, one: WorkingGroup, today: date) -> GroupView:
    """Return a working group with its chairs and what is due."""
    return GroupView(
        group=one,
        chairs=tuple(
            role
            for role in roles(consortium, today)
            if role.kind == "working-group" and role.of == one.slug
        ),
        due=tuple(
            d for d in due(consortium, today) if d.kind == "working-group" and d.subject == one.slug
        ),
    )


def found(
    consortium: Consortium, name: str, today: date
) -> OrganizationView | PersonView | GroupView:
    """Return the organization, person or group with a name or slug.

    Raises:
        BadInput: There is none; the hint names what is near.
    """
    wanted = name.casefold()
    for organization in consortium.organizations:
        if wanted in {organization.slug, organization.short_name.casefold()}:
            return organization_view(consortium, organization, today)
    for group in consortium.groups:
        if wanted in {group.slug, group.name.casefold()}:
            return group_view(consortium, group, today)
    for person in consortium.people:
        if wanted in {person.slug, person.name.casefold()}:
            return person_view(consortium, person, today)
    names = [
        *(one.short_name for one in consortium.organizations),
        *(one.name for one in consortium.groups),
        *(one.name for one in consortium.people),
    ]
    near = difflib.get_close_matches(name, names, n=3)
    hint = (
        f"did you mean {' or '.join(near)}?"
        if near
        else "`peso consortium show` says what there is"
    )
    raise BadInput(f"the consortium has nothing named {name!r}", hint=hint)


def roles(consortium: Consortium, today: date) -> tuple[Role, ...]:
    """Return what everybody is: officers, now and before; leads, representatives, chairs."""
    slugs = consortium.slugs()
    made: list[Role] = []

    def add(name: str | Unknown, role: str, kind: Where, of: str, title: str) -> None:
        if isinstance(name, str) and name in slugs:
            made.append(
                Role(person=name, slug=slugs[name], role=role, kind=kind, of=of, title=title)
            )

    for office in consortium.offices:
        for term in office.terms:
            word = office.name if term.holds(today) else f"former {office.name}"
            add(term.person, word, "office", office.slug, office.name)
    for one in consortium.organizations:
        for name in one.leads:
            add(name, "lead", "organization", one.slug, one.short_name)
        for name in one.representatives:
            add(name, "representative", "organization", one.slug, one.short_name)
    for group in consortium.groups:
        word = "former chair" if group.charter.status == RETIRED else "chair"
        for name in group.chairs:
            add(name, word, "working-group", group.slug, group.name)
    return tuple(made)


def _tally(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words))


def _word(value: str | Unknown) -> str:
    return value if isinstance(value, str) else "unknown"
