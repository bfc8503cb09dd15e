"""The consortium as one record, and how it is asked: who is this, and who sits where."""

from __future__ import annotations

from datetime import date

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.partnerships.consortium.bylaws import Bylaws
from peso.partnerships.consortium.record import (
    Delegation,
    Liaison,
    Office,
    Organization,
    Person,
    Seat,
    Stewardship,
    Term,
    WorkingGroup,
)


class Consortium(Record, use_attribute_docstrings=True):
    """Everything public that is known of a consortium. Nothing in it is an address."""

    bylaws: Bylaws
    organizations: tuple[Organization, ...] = ()
    people: tuple[Person, ...] = ()
    offices: tuple[Office, ...] = ()
    seats: tuple[Seat, ...] = ()
    seat_terms: tuple[Term, ...] = ()
    """Who held a seat before."""
    delegations: tuple[Delegation, ...] = ()
    groups: tuple[WorkingGroup, ...] = ()
    liaisons: tuple[Liaison, ...] = ()
    stewardships: tuple[Stewardship, ...] = ()

    def organization(self, slug: str) -> Organization | None:
        """Return an organization by its slug; None: there is none."""
        return next((one for one in self.organizations if one.slug == slug), None)

    def person(self, slug: str) -> Person | None:
        """Return a person by slug; None: there is none."""
        return next((one for one in self.people if one.slug == slug), None)

    def group(self, slug: str) -> WorkingGroup | None:
        """Return a working group by its slug; None: there is none."""
        return next((one for one in self.groups if one.slug == slug), None)

    def slugs(self) -> dict[str, str]:
        """Return the slug of each person, by name."""
        return {one.name: one.slug for one in self.people}

    def sits(self, seat: Seat, today: date) -> str | Unknown:
        """Return who sits in a seat on a day: its holder, or whom that one delegated it to."""
        return next(
            (
                one.to
                for one in self.delegations
                if one.body == seat.body
                and one.organization in seat.organizations
                and one.giver == seat.holder
                and one.holds(today)
            ),
            seat.holder,
        )
