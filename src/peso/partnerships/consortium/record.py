"""The consortium's nouns: organizations, people, seats, offices, working groups, liaisons.

1. A day nobody knows is `Unknown` with its reason, never nothing. The last day of what goes on is
   unknown too: no end is on record.
2. People are named as the consortium names them; a slug leads to their page.
3. No record here has an address to write to: those are private (`privacy.py`).
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from pydantic import Field

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.products.product import Link

Day = date | Unknown
UNDATED: Final = Unknown(unknown="no date is on record")
ONGOING: Final = Unknown(unknown="no end is on record")
UNSAID: Final = Unknown(unknown="no file says")
RETIRED: Final = "Retired"
"""The status of a working group that is no more."""
Kind = Literal["member", "affiliate", "former", "facility", "vendor", "other"]
Target = Literal["organization", "product-community", "product", "facility", "vendor"]


class Dated(Record, use_attribute_docstrings=True):
    """What holds from one day to another, both included."""

    since: Day = UNDATED
    """Its first day."""
    until: Day = ONGOING
    """Its last day."""

    def over(self, today: date) -> bool:
        """Say whether it is known to be over."""
        return isinstance(self.until, date) and self.until < today

    def holds(self, today: date) -> bool:
        """Say whether it holds on a day, for all that is known."""
        begun = not isinstance(self.since, date) or self.since <= today
        return begun and not self.over(today)


class Organization(Dated, use_attribute_docstrings=True):
    """A member, affiliate or former member, a facility or a vendor; dates are of its membership."""

    slug: str
    short_name: str
    name: str | Unknown = UNSAID
    kind: Kind
    level: str | Unknown = UNSAID
    """Its level of membership, as its file says."""
    website: str = ""
    focus: str = ""
    """What it is about, in a phrase."""
    leads: tuple[str, ...] = ()
    representatives: tuple[str, ...] = ()


class Affiliation(Dated, use_attribute_docstrings=True):
    """Whom a person works for."""

    organization: str | Unknown
    short: str = ""


class Person(Record, use_attribute_docstrings=True):
    """A person by public name, with public links."""

    slug: str
    name: str
    affiliations: tuple[Affiliation, ...] = ()
    homepage: str = ""
    linkedin: str = ""
    github: str = ""


class Seat(Record, use_attribute_docstrings=True):
    """A seat of a body, whose it is, and who sits there."""

    body: str
    number: int
    organizations: tuple[str, ...]
    """Whose it is: a member's slug, or those of all affiliates that share it."""
    holder: str | Unknown
    """Who sits there; unknown: vacant, and why."""


class Delegation(Dated, use_attribute_docstrings=True):
    """That somebody sits in for a representative, for a time."""

    schema_: Literal["peso.delegation/1"] = Field(default="peso.delegation/1", alias="schema")
    body: str
    organization: str
    """The slug of the organization whose seat it is."""
    giver: str
    """Who gives it."""
    to: str
    """Who sits in."""


class Term(Dated, use_attribute_docstrings=True):
    """That a person held an office, or an organization's seat."""

    schema_: Literal["peso.term/1"] = Field(default="peso.term/1", alias="schema")
    office: str = ""
    """The office; empty: a seat."""
    body: str = ""
    organization: str = ""
    """The slug of the organization whose seat it was."""
    person: str | Unknown


class Office(Record, use_attribute_docstrings=True):
    """An office of the consortium and who held it, the newest first."""

    slug: str
    name: str
    terms: tuple[Term, ...] = ()

    def current(self, today: date) -> Term | Unknown:
        """Return the term that holds; unknown: the office is vacant, and why."""
        held = [one for one in self.terms if one.holds(today)]
        return held[0] if held else Unknown(unknown="no term that holds is on record")


class Charter(Record, use_attribute_docstrings=True):
    """What a working group is for, and how it stands."""

    purpose: str | Unknown = UNSAID
    lifetime: str | Unknown = UNSAID
    membership: str | Unknown = UNSAID
    reporting: str | Unknown = UNSAID
    relationships: str = ""
    additional: str = ""
    status: str | Unknown = UNSAID
    """`Provisional`, `Active`, `Retired`, or what the catalog says."""
    reviewed: Day = UNDATED
    """When the status was given, or the group was last reviewed."""


class WorkingGroup(Record, use_attribute_docstrings=True):
    """A working group."""

    slug: str
    name: str
    description: str | Unknown = UNSAID
    chairs: tuple[str, ...] = ()
    meets: str = ""
    """When, as written."""
    charter: Charter = Charter()
    links: tuple[Link, ...] = ()


class Liaison(Dated, use_attribute_docstrings=True):
    """A person who stands between an organization and another, a community or a product."""

    schema_: Literal["peso.liaison/1"] = Field(default="peso.liaison/1", alias="schema")
    person: str
    organization: str
    """The slug of the organization that the person speaks for."""
    to: str
    """A slug, or the name of a product community."""
    target: Target = "organization"
    """What `to` is."""
    topic: str = ""
    funding: str = ""
    """Who pays, where that is said."""

    @property
    def organizations(self) -> tuple[str, ...]:
        """Return the slugs of the organizations that it names."""
        others = self.target in {"organization", "facility", "vendor"}
        return (self.organization, self.to) if others else (self.organization,)

    @property
    def products(self) -> tuple[str, ...]:
        """Return the slugs of the products that it names."""
        return (self.to,) if self.target == "product" else ()


class Stewardship(Dated, use_attribute_docstrings=True):
    """That an organization stewards a product."""

    schema_: Literal["peso.stewardship/1"] = Field(default="peso.stewardship/1", alias="schema")
    product: str
    """The product's slug."""
    organization: str
    """The organization's slug."""
    name: str = ""
    """The product's name, where it is known."""
