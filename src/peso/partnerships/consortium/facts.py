"""Facts: what the files of a workspace say of the consortium, before anything is made of it.

What the consortium's own catalog has a place for is read by the catalogs (`products/catalogs`).
What it has none for has files here, one for each fact: organizations that are no members, whom
people worked for since when, liaisons, delegations, terms of before, stewardship with its days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import Field

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.partnerships.consortium.bylaws import Bylaws
from peso.partnerships.consortium.record import (
    UNSAID,
    Dated,
    Delegation,
    Kind,
    Liaison,
    Stewardship,
    Term,
)
from peso.products.catalogs.consortium import Member, Officer, Person, Terms, WorkingGroup


class OrganizationFile(Dated, use_attribute_docstrings=True):
    """An organization that the consortium's catalog does not list among its members."""

    schema_: Literal["peso.organization/1"] = Field(default="peso.organization/1", alias="schema")
    short_name: str = Field(min_length=1)
    name: str | Unknown = UNSAID
    kind: Kind
    website: str = ""
    focus: str = ""
    leads: tuple[str, ...] = ()
    representatives: tuple[str, ...] = ()


class AffiliationFile(Dated, use_attribute_docstrings=True):
    """That a person worked for somebody, from when to when."""

    schema_: Literal["peso.affiliation/1"] = Field(default="peso.affiliation/1", alias="schema")
    person: str = Field(min_length=1)
    """As the list of people has the name."""
    organization: str = Field(min_length=1)
    """The employer's name; it need not be of the consortium."""
    short: str = ""


OWN: Final[dict[str, type[Record]]] = {
    "organizations": OrganizationFile,
    "affiliations": AffiliationFile,
    "liaisons": Liaison,
    "delegations": Delegation,
    "terms": Term,
    "stewardships": Stewardship,
}
"""The folders below `consortium/` that no catalog fills, and what a file in each is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFact:
    """A product and the members that steward it, by short name."""

    slug: str
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the files say; each thing with the name of its file."""

    bylaws: Bylaws
    members: dict[str, Member]
    people: dict[str, Person]
    officers: dict[str, Officer]
    groups: dict[str, WorkingGroup]
    days: Terms
    organizations: dict[str, OrganizationFile]
    affiliations: dict[str, AffiliationFile]
    liaisons: dict[str, Liaison]
    delegations: dict[str, Delegation]
    terms: dict[str, Term]
    stewardships: dict[str, Stewardship]
    products: tuple[ProductFact, ...]
