"""The records of the register: a need, and what organizations and people say and do about it.

1. An organization speaks once on a need: `Endorsement`. Who spoke for it is a token, no name.
2. Effort is a range in person-days with who estimated it, or unknown with a reason; so are places
   (in how many the work must be done) and severity.
3. A need keeps the text it came as (`Source`), whatever was understood of it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from pydantic import Field, model_validator

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.partnerships.needs.vocabulary import (
    OPEN,
    Grade,
    Helped,
    Kind,
    Level,
    LinkKind,
    NeedId,
    OrganizationKind,
    Slug,
    Stakeholder,
    Status,
    Visibility,
)

NOT_SAID = Unknown(unknown="nobody said")
_TEXT = 20_000


class Speaker(Record):
    """An organization, and what it is to the consortium."""

    slug: Slug
    kind: OrganizationKind


class Raiser(Record):
    """Who raises a need."""

    stakeholder: Stakeholder = Stakeholder.UNSORTED
    organization: Speaker | None = None
    person: str = Field(default="", max_length=200)
    """A token; who is behind it is known elsewhere."""


class Evidence(Record):
    """Something that shows the need."""

    grade: Grade
    text: str = Field(max_length=_TEXT)
    link: str = Field(default="", max_length=2000)


class Effort(Record):
    """How much work it is: a range in person-days."""

    low: int = Field(ge=1, le=100_000)
    high: int = Field(ge=1, le=100_000)
    estimated_by: str = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _a_range(self) -> Self:
        if self.low > self.high:
            raise ValueError("the low end of an effort is above its high end")
        return self


class Source(Record):
    """Where a need came from, and the text it came as."""

    kind: str = Field(max_length=40)
    where: str = Field(default="", max_length=2000)
    """An address, or a file with a line; one such place is imported once."""
    text: str = Field(default="", max_length=200_000)


class Need(Record):
    """What a stakeholder asks of the ecosystem."""

    id: NeedId
    statement: str = Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")
    """As a …, I need …, so that …"""
    detail: str = Field(default="", max_length=_TEXT)
    kind: Kind = Kind.UNSORTED
    raised_by: Raiser = Raiser()
    facilities: tuple[Slug, ...] = ()
    """Facilities it concerns."""
    products: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    needed_by: date | None = None
    severity: Level | Unknown = NOT_SAID
    """What the raiser says."""
    visibility: Visibility
    effort: Effort | Unknown = NOT_SAID
    places: int | Unknown = NOT_SAID
    """In how many places the work must be done."""
    source: Source

    @model_validator(mode="after")
    def _places(self) -> Self:
        if isinstance(self.places, int) and self.places < 1:
            raise ValueError("work is done in one place at least")
        return self


class Endorsement(Record):
    """What one organization says of a need."""

    organization: Speaker
    level: Level
    note: str = Field(default="", max_length=_TEXT)
    by: str = Field(default="", max_length=200)
    on: datetime


class Offer(Record):
    """Work that an organization offers."""

    organization: Speaker
    days: int = Field(ge=1, le=100_000)
    note: str = Field(default="", max_length=_TEXT)
    by: str = Field(default="", max_length=200)
    on: datetime


class Decision(Record):
    """A step of a need from one status to another."""

    status: Status
    reason: str = Field(default="", max_length=_TEXT)
    by: str = Field(default="", max_length=200)
    on: datetime


class Link(Record):
    """Work that is done for a need, or what carries it."""

    kind: LinkKind
    where: str = Field(min_length=1, max_length=2000)
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    """Of a release: its manifest's, as `peso verify` proved it."""
    on: datetime

    @property
    def proven(self) -> bool:
        """Whether it is a release whose manifest is named by digest."""
        return self.kind is LinkKind.RELEASE and bool(self.sha256)


class Answer(Record):
    """What those who asked were told."""

    text: str = Field(min_length=1, max_length=_TEXT)
    to: tuple[Slug, ...] = ()
    by: str = Field(default="", max_length=200)
    on: datetime


class Check(Record):
    """Whether it helped, as an organization says later."""

    organization: Speaker
    helped: Helped
    note: str = Field(default="", max_length=_TEXT)
    by: str = Field(default="", max_length=200)
    on: datetime


class Held(Record):
    """A need with all that happened to it."""

    need: Need
    raised: datetime
    status: Status
    merged_into: NeedId | None = None
    endorsements: tuple[Endorsement, ...] = ()
    offers: tuple[Offer, ...] = ()
    followers: tuple[str, ...] = ()
    """Tokens of people; never shown to anybody but those who run the register."""
    decisions: tuple[Decision, ...] = ()
    links: tuple[Link, ...] = ()
    answers: tuple[Answer, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def id(self) -> str:
        """The need's id."""
        return self.need.id

    @property
    def ranked(self) -> bool:
        """Whether it is ranked by itself: open, and not merged into another."""
        return self.status in OPEN and not self.merged_into
