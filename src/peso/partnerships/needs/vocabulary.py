"""The closed lists of words a need is written with, and who may see one.

1. A `Visibility` is `public`, `federation`, or `member:SLUG`: one organization alone.
2. One visibility covers another if everybody who may see by the second may see by the first.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
"""The short name of an organization."""
NeedId = Annotated[str, Field(pattern=r"^n-[0-9a-f]{10}$")]
Visibility = Annotated[
    str, Field(pattern=r"^(public|federation|member:[a-z0-9][a-z0-9-]{0,62})$", max_length=80)
]
PUBLIC, FEDERATION, MEMBER = "public", "federation", "member:"


def covers(wide: str, narrow: str) -> bool:
    """Say whether everybody who may see the second may see the first too."""
    return wide in {PUBLIC, narrow} or (wide == FEDERATION and narrow.startswith(MEMBER))


class Kind(StrEnum):
    """What is asked for."""

    BUG = "bug"
    FEATURE = "feature"
    INTEGRATION = "integration"
    PACKAGING = "packaging"
    DOCS = "docs"
    TRAINING = "training"
    POLICY = "policy"
    SECURITY = "security"
    PLATFORM = "platform"
    UNSORTED = "unsorted"


WITHOUT_RELEASE = frozenset((Kind.DOCS, Kind.TRAINING, Kind.POLICY))
"""Kinds that may be delivered without a release that carries them."""


class Stakeholder(StrEnum):
    """The stakeholder classes of the consortium's charter, and who is in none of them."""

    USERS = "users"
    PRODUCERS = "producers"
    FACILITIES = "facilities"
    FUNDERS = "funders"
    VENDORS = "vendors"
    INDUSTRY = "industry"
    AGENCIES = "agencies"
    LEADERS = "leaders"
    UNSORTED = "unsorted"


class OrganizationKind(StrEnum):
    """What an organization is to the consortium."""

    MEMBER = "member"
    FACILITY = "facility"
    OTHER = "other"


class Level(StrEnum):
    """How much an organization needs it; the least first."""

    USEFUL = "useful"
    IMPORTANT = "important"
    BLOCKING = "blocking"

    @property
    def grade(self) -> int:
        """Return 1 to 3."""
        return _GRADES[self]


class Grade(StrEnum):
    """What a piece of evidence is worth; the least first."""

    SAID = "said"
    DOCUMENTED = "documented"
    MEASURED = "measured"

    @property
    def grade(self) -> int:
        """Return 1 to 3."""
        return _GRADES[self]


_GRADES = {one: at for words in (Level, Grade) for at, one in enumerate(words, 1)}


class Status(StrEnum):
    """Where a need stands. Merged is not among them: it is a relation, and can be undone."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    PLANNED = "planned"
    IN_PROGRESS = "in-progress"
    DELIVERED = "delivered"
    ANSWERED = "answered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"


OPEN = frozenset(
    (
        Status.NEW,
        Status.ACKNOWLEDGED,
        Status.ACCEPTED,
        Status.PLANNED,
        Status.IN_PROGRESS,
        Status.REOPENED,
    )
)
"""A need in one of these waits for something to be done; these are ranked."""


class LinkKind(StrEnum):
    """What a link leads to."""

    ISSUE = "issue"
    CHANGE = "change"
    STACK = "stack"
    RELEASE = "release"
    PAGE = "page"


class Helped(StrEnum):
    """Whether it helped, asked three months after."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNKNOWN = "unknown"
