"""What happened: the events of which a register is made, each with its own digest.

1. An event is never changed. Its id comes of what it says, when and by whom, so the same event
   twice is one event; its digest covers all of it.
2. Events have an order that does not depend on the order they are read in: by time, then what must
   come first (a need is raised before it is endorsed), then id.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, ValidationError

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.record import Record
from peso.errors import BadInput, Fault
from peso.partnerships.needs.record import Need, Source, Speaker
from peso.partnerships.needs.vocabulary import Helped, Level, LinkKind, NeedId, Slug, Status

_Text = Annotated[str, Field(max_length=20_000)]


class Raised(Record):
    """Somebody raised a need."""

    did: Literal["raised"] = "raised"
    need: Need

    @property
    def about(self) -> str:
        """The need's id."""
        return self.need.id


class Revised(Record):
    """What a need says was corrected: it as a whole, as it is now."""

    did: Literal["revised"] = "revised"
    need: Need
    reason: _Text

    @property
    def about(self) -> str:
        """The need's id."""
        return self.need.id


class _About(Record):
    about: NeedId


class Endorsed(_About):
    """An organization endorsed a need."""

    did: Literal["endorsed"] = "endorsed"
    organization: Speaker
    level: Level
    note: _Text = ""


class EndorsementWithdrawn(_About):
    """An organization took its endorsement back; it may endorse anew."""

    did: Literal["endorsement-withdrawn"] = "endorsement-withdrawn"
    organization: Slug
    reason: _Text = ""


class Offered(_About):
    """An organization offered work, in person-days."""

    did: Literal["offered"] = "offered"
    organization: Speaker
    days: Annotated[int, Field(ge=1, le=100_000)]
    note: _Text = ""


class Followed(_About):
    """A person wants to hear of a need, or no more."""

    did: Literal["followed"] = "followed"
    person: Annotated[str, Field(min_length=1, max_length=200)]
    follows: bool = True


class Merged(_About):
    """A person says that a need is the same as another one."""

    did: Literal["merged"] = "merged"
    into: NeedId
    reason: _Text = ""


class Unmerged(_About):
    """A person took a merge back."""

    did: Literal["unmerged"] = "unmerged"
    reason: _Text = ""


class Decided(_About):
    """A need went to another status."""

    did: Literal["decided"] = "decided"
    status: Status
    reason: _Text = ""


class Linked(_About):
    """Work, or what carries it, was linked to a need."""

    did: Literal["linked"] = "linked"
    kind: LinkKind
    where: Annotated[str, Field(min_length=1, max_length=2000)]
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""


class Answered(_About):
    """Organizations were answered."""

    did: Literal["answered"] = "answered"
    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    to: tuple[Slug, ...] = ()


class Checked(_About):
    """An organization said whether it helped."""

    did: Literal["checked"] = "checked"
    organization: Speaker
    helped: Helped
    note: _Text = ""


class SetAside(Record):
    """Something came in of which no need could be made; it is kept as it came."""

    did: Literal["set-aside"] = "set-aside"
    source: Source
    faults: tuple[str, ...]

    @property
    def about(self) -> str:
        """Of no need."""
        return ""


Body = Annotated[
    Raised
    | Revised
    | Endorsed
    | EndorsementWithdrawn
    | Offered
    | Followed
    | Merged
    | Unmerged
    | Decided
    | Linked
    | Answered
    | Checked
    | SetAside,
    Field(discriminator="did"),
]
FIRST = (
    "set-aside",
    "raised",
    "revised",
    "unmerged",
    "merged",
    "endorsement-withdrawn",
    "endorsed",
    "offered",
    "followed",
    "linked",
    "decided",
    "answered",
    "checked",
)
"""Of events of the same moment, which come first."""


class Event(Record):
    """Something that happened to a register."""

    id: Annotated[str, Field(pattern=r"^e-[0-9a-f]{16}$")]
    time: AwareDatetime
    actor: Annotated[str, Field(min_length=1, max_length=200)]
    """A token; who is behind it is known elsewhere."""
    body: Body
    sha256: str

    @property
    def intact(self) -> bool:
        """Whether id and digest are those of what it says."""
        return (self.id, self.sha256) == _names(self.time, self.actor, self.body)

    @property
    def order(self) -> tuple[datetime, int, int, str]:
        """What events are ordered by."""
        status = list(Status).index(self.body.status) if isinstance(self.body, Decided) else 0
        return self.time, FIRST.index(self.body.did), status, self.id


def event(body: Body, *, time: datetime, actor: str) -> Event:
    """Make an event of what happened.

    Raises:
        BadInput: It could not be read again: a ledger with such a line would be damaged for good.
    """
    time = time.astimezone(UTC)
    identity, digest = _names(time, actor, body)
    made = Event(id=identity, time=time, actor=actor, body=body, sha256=digest)
    try:
        Event.model_validate_json(made.canonical())
    except ValidationError as error:
        faults = tuple(
            Fault(where=".".join(map(str, one["loc"])), message=one["msg"])
            for one in error.errors()
        )
        raise BadInput("this cannot be written into the register", faults=faults) from error
    return made


def need_id(statement: str, *, time: datetime, actor: str, source: Source) -> str:
    """Return the id of a new need: it tells nothing of how many there are."""
    said = [statement, time.astimezone(UTC).isoformat(), actor, source.plain()]
    return f"n-{sha256_bytes(canonical_json(said))[:10]}"


def _names(time: datetime, actor: str, body: Body) -> tuple[str, str]:
    said = {"time": time.isoformat(), "actor": actor, "body": body.plain()}
    digest = sha256_bytes(canonical_json(said))
    return f"e-{digest[:16]}", digest
