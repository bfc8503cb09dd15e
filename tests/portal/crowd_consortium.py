"""A consortium with many in it, beside the small one that is in the store already."""

from __future__ import annotations

from datetime import date

from peso.partnerships.consortium.record import (
    Affiliation,
    Charter,
    Organization,
    Person,
    Seat,
    Stewardship,
    WorkingGroup,
)
from peso.portal.store.consortium import kept
from peso.portal.store.models import Consortium


def fill_consortium() -> None:
    """Add 120 organizations, 900 people, 60 working groups."""
    held = kept()
    assert held
    small = held.consortium
    organizations = tuple(
        Organization(
            slug=f"o{n}",
            short_name=f"ORGANIZATION-{n}",
            name=f"The organization with the number {n}, in full",
            kind="member" if n % 2 else "facility",
            focus="What it is about, in a phrase",
            leads=(f"Person Number {n}",),
            representatives=(f"Person Number {n}",),
        )
        for n in range(120)
    )
    works = Affiliation(organization="A laboratory with a long name")
    people = tuple(
        Person(slug=f"n{n}", name=f"Person Number {n}", affiliations=(works,)) for n in range(900)
    )
    charter = Charter(purpose="What it is for. " * 60, status="Active", reviewed=date(2020, 1, 1))
    groups = tuple(
        WorkingGroup(slug=f"g{n}", name=f"Group {n}", chairs=(people[n].name,), charter=charter)
        for n in range(60)
    )
    seats = tuple(
        Seat(body="SC", number=1, organizations=(one.slug,), holder=one.leads[0])
        for one in organizations
        if one.kind == "member"
    )
    stewards = tuple(Stewardship(product=f"p{n}", organization="o1") for n in range(40))
    made = small.model_copy(
        update={
            "organizations": (*small.organizations, *organizations),
            "people": (*small.people, *people),
            "groups": (*small.groups, *groups),
            "seats": (*small.seats, *seats),
            "stewardships": (*small.stewardships, *stewards),
        }
    )
    Consortium.objects.update(data=made.plain())
