"""Roles, and a person as rules see one: a frozen record, whatever database it came from.

1. A visitor is nobody in particular; a user is whoever is signed in. Both are held without a grant.
2. Every other role is granted, for a while, and most of them for one thing: a product, an
   organization, a working group.
3. Some roles count only with a second factor: without it their holder is a user, and is told so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is to the consortium."""

    VISITOR = "visitor"
    USER = "user"
    MAINTAINER = "product maintainer"
    LIAISON = "member liaison"
    FACILITY = "facility"
    CHAIR = "working-group chair"
    STEERING = "steering committee"
    ADMINISTRATOR = "administrator"


class Kind(StrEnum):
    """Kinds of things that a role can be for."""

    PORTAL = "portal"
    PRODUCT = "product"
    ORGANIZATION = "organization"
    GROUP = "working group"


SCOPES: Final[Mapping[Role, Kind]] = {
    Role.MAINTAINER: Kind.PRODUCT,
    Role.LIAISON: Kind.ORGANIZATION,
    Role.FACILITY: Kind.ORGANIZATION,
    Role.CHAIR: Kind.GROUP,
    Role.STEERING: Kind.PORTAL,
    Role.ADMINISTRATOR: Kind.PORTAL,
}
"""Roles that are granted, and the kind of thing each is for."""
TWO_FACTORS: Final = frozenset({Role.STEERING, Role.ADMINISTRATOR})
"""Roles that count only with a second factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What something is done to."""

    kind: Kind = Kind.PORTAL
    slug: str = ""


PORTAL: Final = Thing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A role that somebody holds now."""

    role: Role
    scope: str = ""
    """The slug of what it is for; empty: the whole portal."""

    @property
    def thing(self) -> Thing:
        """Return what it is for."""
        return Thing(kind=SCOPES[self.role], slug=self.scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever asks."""

    key: str = ""
    """Names their account everywhere; empty: nobody is signed in."""
    name: str = ""
    granted: frozenset[Held] = frozenset()
    """Every role that was granted and has not ended."""
    two_factors: bool = False
    """Whether signing in takes a second factor."""

    @property
    def signed_in(self) -> bool:
        """Whether this is somebody."""
        return bool(self.key)

    @property
    def held(self) -> frozenset[Held]:
        """Return the roles that count now."""
        if self.two_factors:
            return self.granted
        return frozenset(one for one in self.granted if one.role not in TWO_FACTORS)

    @property
    def waiting(self) -> frozenset[Held]:
        """Return the roles that were granted, and count only once there is a second factor."""
        return self.granted - self.held


NOBODY: Final = Person()
"""A visitor."""
