"""What a portal says of a consortium, as records: frozen, the same words as its API.

A field that a newer portal adds is left out, so that an older client goes on.
"""

from __future__ import annotations

from datetime import date

from peso.client_records import Said


class NotKnown(Said):
    """A value nobody knows, and why."""

    unknown: str


Day = date | NotKnown
Text = str | NotKnown


class Dated(Said):
    """What holds from one day to another, both included."""

    since: Day
    until: Day


class Organization(Dated):
    """An organization of the consortium; the days are of its membership."""

    slug: str
    short_name: str
    name: Text
    kind: str
    """`member`, `affiliate`, `former`, `facility`, `vendor`, `other`."""
    level: Text
    website: str
    focus: str
    leads: tuple[str, ...]
    representatives: tuple[str, ...]


class Affiliation(Dated):
    """Whom a person works for."""

    organization: Text
    short: str


class Person(Said):
    """A person by public name."""

    slug: str
    name: str
    affiliations: tuple[Affiliation, ...]
    homepage: str
    linkedin: str
    github: str


class Role(Said):
    """What a person is, and where."""

    person: str
    slug: str
    role: str
    kind: str
    of: str
    title: str


class Seat(Said):
    """A seat of a body, whose it is, and who sits there."""

    body: str
    number: int
    organizations: tuple[str, ...]
    holder: Text


class Term(Dated):
    """That a person held an office, or an organization's seat."""

    office: str
    body: str
    organization: str
    person: Text


class Delegation(Dated):
    """That somebody sits in for a representative, for a time."""

    body: str
    organization: str
    giver: str
    to: str


class Liaison(Dated):
    """A person who stands between an organization and something else."""

    person: str
    organization: str
    to: str
    target: str
    topic: str
    funding: str


class Stewardship(Dated):
    """That an organization stewards a product."""

    product: str
    organization: str
    name: str


class Due(Said):
    """What the by-laws ask for."""

    rule: str
    kind: str
    subject: str
    title: str
    do: str
    on: Day
    state: str
    """`overdue`, `soon`, `open`, `unknown`, `later`."""
    days: int | NotKnown
    who: tuple[str, ...]
    organizations: tuple[str, ...]
    text: str


class Charter(Said):
    """What a working group is for, and how it stands."""

    purpose: Text
    lifetime: Text
    membership: Text
    reporting: Text
    relationships: str
    additional: str
    status: Text
    reviewed: Day


class GroupLink(Said):
    """A link of a working group."""

    label: Text
    url: Text
    note: str


class WorkingGroup(Said):
    """A working group with its charter."""

    slug: str
    name: str
    description: Text
    chairs: tuple[str, ...]
    meets: str
    charter: Charter
    links: tuple[GroupLink, ...]


class Consortium(Said):
    """A consortium in numbers."""

    organizations: dict[str, int]
    people: int
    seats: int
    vacant: int
    officers: tuple[Term, ...]
    groups: dict[str, int]
    liaisons: int
    stewardships: int
    due: dict[str, int]


class OrganizationWhole(Said):
    """An organization with all that is tied to it."""

    organization: Organization
    people: tuple[Role, ...]
    seats: tuple[Seat, ...]
    terms: tuple[Term, ...]
    delegations: tuple[Delegation, ...]
    liaisons: tuple[Liaison, ...]
    stewardships: tuple[Stewardship, ...]
    due: tuple[Due, ...]


class PersonWhole(Said):
    """A person with all that is tied to the name."""

    person: Person
    roles: tuple[Role, ...]
    delegations: tuple[Delegation, ...]
    liaisons: tuple[Liaison, ...]
    due: tuple[Due, ...]


class GroupWhole(Said):
    """A working group with its chairs and what is due."""

    group: WorkingGroup
    chairs: tuple[Role, ...]
    due: tuple[Due, ...]
