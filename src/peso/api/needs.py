"""The register of needs, written: raised, taken in, endorsed, merged, decided, linked, answered.

It is a ledger in the workspace's folder `needs/`. Each function adds events, or raises `Refused`
with the rule that forbids it; nothing is ever removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from peso.base.files import disk
from peso.base.record import Record
from peso.errors import BadInput, Fault, Reason, Refused
from peso.partnerships.needs import events
from peso.partnerships.needs.events import Body, need_id
from peso.partnerships.needs.importing import News, news, read_needs, taken
from peso.partnerships.needs.intake import NotUnderstood
from peso.partnerships.needs.journal import Journal
from peso.partnerships.needs.record import Effort, Held, Need, Raiser, Source, Speaker
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.states import unanswered
from peso.partnerships.needs.vocabulary import (
    FEDERATION,
    Helped,
    Kind,
    Level,
    LinkKind,
    OrganizationKind,
    Stakeholder,
    Status,
)
from peso.workspace import Where, this_machine, workspace_in

FOLDER = "needs"
_LIMIT = 64 << 20
_PENDING = "n-0000000000"
Made = TypeVar("Made", bound=Record)


class NeedsImported(Record):
    """What came of an import."""

    source: str
    added: tuple[str, ...]
    """The ids of the new needs."""
    known: tuple[str, ...]
    """Where of the input something stands that is in the register already."""
    aside: int
    """How many entries no need could be made of; the register keeps them as they came."""
    not_understood: tuple[NotUnderstood, ...]
    skipped: tuple[NotUnderstood, ...]


def add_need(  # noqa: PLR0913 - one argument for each field of a need
    statement: str,
    *,
    kind: str = "unsorted",
    organization: str = "",
    stakeholder: str = "unsorted",
    visibility: str = FEDERATION,
    detail: str = "",
    facilities: Iterable[str] = (),
    products: Iterable[str] = (),
    needed_by: date | None = None,
    severity: str = "",
    folder: Where = ".",
    by: str = "",
) -> Held:
    """Raise a need.

    Args:
        statement: "As a …, I need …, so that …".
        kind: bug, feature, integration, packaging, docs, training, policy, security, platform.
        organization: Who raises it: `SLUG:KIND`, the kind member, facility or other.
        stakeholder: Their class in the charter: users, producers, facilities and so on.
        visibility: `public`, `federation`, or `member:SLUG` for one organization alone.
        detail: All that does not fit in the statement.
        facilities: Slugs of facilities it concerns.
        products: Names of products it concerns.
        needed_by: The day after which it is of no use, or of less.
        severity: useful, important or blocking, to who raises it.
        folder: The workspace.
        by: A token for whoever raises it; else this user's name.

    Raises:
        BadInput: With everything that is wrong with it.
    """
    said: dict[str, Any] = {"severity": severity} if severity else {}
    raiser = made(
        Raiser, stakeholder=stakeholder, organization=organization_of(organization), person=by
    )
    need = made(
        Need,
        id=_PENDING,
        statement=statement,
        kind=kind,
        raised_by=raiser,
        visibility=visibility,
        detail=detail,
        facilities=tuple(facilities),
        products=tuple(products),
        needed_by=needed_by,
        source=Source(kind="command"),
        **said,
    )
    desk = Desk(folder, by)
    [held] = desk.add(lambda _: (events.Raised(need=desk.named(need)),))
    return held


def import_needs(
    file: Where,
    *,
    visibility: str = FEDERATION,
    products: Iterable[str] = (),
    folder: Where = ".",
    by: str = "",
) -> NeedsImported:
    """Take in needs from a CSV file, or from issues that GitHub or GitLab exported as JSON.

    What is in the register already, by its address or line and text, is not taken twice.

    Args:
        file: `*.csv`; else JSON, or JSON lines.
        visibility: Who may see needs that do not say so themselves.
        products: What exported issues are about.
        folder: The workspace.
        by: A token for whoever imports; else this user's name.

    Raises:
        BadInput: It cannot be read at all.
    """
    path = Path(file)
    data = bounded(path)
    intake = read_needs(data, path.name, visibility=visibility, products=products)
    desk, found = Desk(folder, by), list[News]()

    def new(register: Register) -> Iterator[Body]:
        found.append(news(intake, register))
        return taken(found[0], desk.named)

    added = desk.add(new)
    return NeedsImported(
        source=str(file),
        added=tuple(one.id for one in added),
        known=tuple(one.where for one in found[0].known),
        aside=len(intake.aside),
        not_understood=intake.not_understood,
        skipped=intake.skipped,
    )


def bounded(path: Path) -> bytes:
    """Return a file's bytes; raises `Refused` for one that is too long."""
    with disk(path, "read"), path.open("rb") as stream:
        data = stream.read(_LIMIT + 1)
    if len(data) > _LIMIT:
        raise Refused(
            f"the file is longer than {_LIMIT} bytes", where=str(path), reason=Reason.TOO_LARGE
        )
    return data


def revise_need(  # noqa: PLR0913 - one argument for each option of the command
    need: str,
    *,
    reason: str,
    statement: str = "",
    kind: str = "",
    visibility: str = "",
    products: Iterable[str] = (),
    effort: tuple[int, int] | None = None,
    estimated_by: str = "",
    places: int | None = None,
    needed_by: date | None = None,
    folder: Where = ".",
    by: str = "",
) -> Held:
    """Correct what a need says; what is not named stays. The register keeps what it said before."""
    changes: dict[str, Any] = {
        "statement": statement or None,
        "kind": kind or None,
        "visibility": visibility or None,
        "products": tuple(products) or None,
        "places": places,
        "needed_by": needed_by,
    }
    if effort is not None:
        changes["effort"] = made(Effort, low=effort[0], high=effort[1], estimated_by=estimated_by)

    def revised(register: Register) -> Iterator[Body]:
        now = dict(register.get(need).need)
        kept = {name: value for name, value in changes.items() if value is not None}
        yield events.Revised(need=made(Need, **(now | kept)), reason=reason)

    return Desk(folder, by).one(need, revised)


def endorse_need(  # noqa: PLR0913 - one argument for each option of the command
    need: str,
    organization: str,
    *,
    level: str = "important",
    note: str = "",
    offers: int = 0,
    withdraw: bool = False,
    folder: Where = ".",
    by: str = "",
) -> Held:
    """Endorse a need for an organization, once; or take that back; or offer person-days of work.

    Args:
        need: Its id.
        organization: `SLUG:KIND`, the kind member, facility or other.
        level: useful, important or blocking.
        note: What it is needed for.
        offers: Person-days the organization offers.
        withdraw: Take its endorsement back instead.
        folder: The workspace.
        by: A token for whoever speaks for it; else this user's name.
    """
    who = organization_of(organization)
    if who is None:
        raise BadInput("no organization is named", hint="name it SLUG:KIND, as olcf:facility")
    said: list[Body] = []
    if withdraw:
        said = [events.EndorsementWithdrawn(about=need, organization=who.slug, reason=note)]
    else:
        said = [events.Endorsed(about=need, organization=who, level=word(Level, level), note=note)]
    if offers:
        said.append(made(events.Offered, about=need, organization=who, days=offers, note=note))
    return Desk(folder, by).one(need, lambda _: said)


def merge_needs(
    need: str, into: str, *, reason: str = "", folder: Where = ".", by: str = ""
) -> Held:
    """Say that a need is the same as another; both keep all that is theirs."""

    def merged(register: Register) -> Iterator[Body]:
        yield events.Merged(about=need, into=register.get(into).id, reason=reason)

    return Desk(folder, by).one(need, merged)


def unmerge_need(need: str, *, reason: str = "", folder: Where = ".", by: str = "") -> Held:
    """Take a merge back; everything is as it was."""
    return Desk(folder, by).one(need, lambda _: (events.Unmerged(about=need, reason=reason),))


def decide_need(
    need: str, status: str, *, reason: str = "", folder: Where = ".", by: str = ""
) -> Held:
    """Bring a need to another status; a refusal needs a reason."""
    said = events.Decided(about=need, status=word(Status, status), reason=reason)
    return Desk(folder, by).one(need, lambda _: (said,))


def link_need(  # noqa: PLR0913 - one argument for each option of the command
    need: str, kind: str, where: str, *, sha256: str = "", folder: Where = ".", by: str = ""
) -> Held:
    """Link work to a need, or the release that carries it (with its manifest's sha256)."""
    said = made(events.Linked, about=need, kind=word(LinkKind, kind), where=where, sha256=sha256)
    return Desk(folder, by).one(need, lambda _: (said,))


def answer_need(need: str, text: str, *, folder: Where = ".", by: str = "") -> Held:
    """Answer everybody who raised or endorsed a need, or one merged into it.

    Each need of the family gets its own answer, to those who asked there: so the answer tells
    nobody of organizations they may not know of.
    """

    def answered(register: Register) -> Iterator[Body]:
        register.get(need)
        for held in register.family(need):
            if (to := unanswered(held)) or held.id == need:
                yield made(events.Answered, about=held.id, text=text, to=to)

    return Desk(folder, by).one(need, answered)


def check_need(  # noqa: PLR0913 - one argument for each option of the command
    need: str,
    organization: str,
    helped: str,
    *,
    note: str = "",
    folder: Where = ".",
    by: str = "",
) -> Held:
    """Say for an organization whether what was delivered helped: yes, partly, no or unknown."""
    who = organization_of(organization)
    said = made(
        events.Checked, about=need, organization=who, helped=word(Helped, helped), note=note
    )
    return Desk(folder, by).one(need, lambda _: (said,))


class Desk:
    """The register of a workspace, and who writes in it."""

    def __init__(self, folder: Where, by: str) -> None:
        machine = this_machine()
        self.journal = Journal(workspace_in(Path(folder), machine).root / FOLDER)
        self._by = by or machine.environment.get("USER") or "somebody"
        self._now = machine.clock()

    def named(self, need: Need) -> Need:
        """Return a new need under its id."""
        identity = need_id(need.statement, time=self._now, actor=self._by, source=need.source)
        return need.model_copy(update={"id": identity})

    def add(self, make: Callable[[Register], Iterable[Body]]) -> tuple[Held, ...]:
        """Add events; returns the needs they are about, as they stand now."""
        written = self.journal.add(self._by, self._now, make)
        register = self.journal.register() if written else Register(())
        names = dict.fromkeys(one.body.about for one in written if one.body.about)
        return tuple(register.get(one) for one in names)

    def one(self, need: str, make: Callable[[Register], Iterable[Body]]) -> Held:
        """Add events about a need there is; returns it as it stands now."""

        def checked(register: Register) -> Iterable[Body]:
            register.get(need)
            return make(register)

        self.add(checked)
        return self.journal.register().get(need)


def organization_of(name: str) -> Speaker | None:
    """Return the organization that `SLUG:KIND` names; None for nothing."""
    if not name:
        return None
    slug, _, kind = name.partition(":")
    return made(Speaker, slug=slug, kind=word(OrganizationKind, kind))


_Words = TypeVar("_Words", Kind, Level, LinkKind, Status, Helped, OrganizationKind, Stakeholder)


def word(words: type[_Words], said: str) -> _Words:
    """Return one of a closed list of words; raises `BadInput` that names them all."""
    try:
        return words(said)
    except ValueError:
        known = ", ".join(one.value for one in words)
        raise BadInput(f"{said!r} is none of {known}") from None


def made(model: type[Made], **said: Any) -> Made:  # noqa: ANN401 - the fields of any record
    """Make a record of what a person said; raises `BadInput` with all that is wrong."""
    try:
        return model(**said)
    except ValidationError as error:
        faults = tuple(
            Fault(where=".".join(map(str, one["loc"])) or model.__name__, message=one["msg"])
            for one in error.errors()
        )
        raise BadInput("this cannot be written into the register", faults=faults) from error
