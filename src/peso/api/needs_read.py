"""The register of needs, read: listed, ranked, frozen, compared, chosen from, told.

Each takes a viewer: `public`, `federation`, `steward` (who runs the register), or an organization's
slug; and answers with what that viewer may see, as if nothing else were there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from peso.api.needs import Desk, bounded, made, word
from peso.api.needs_reach import reach_at_hand
from peso.base.files import write_atomic
from peso.base.record import Record
from peso.errors import BadInput
from peso.partnerships.needs import brief as texts
from peso.partnerships.needs.compare import Compared, compare
from peso.partnerships.needs.rank import rank
from peso.partnerships.needs.ranked import Ranking, Weights
from peso.partnerships.needs.record import Endorsement, Held
from peso.partnerships.needs.register import NotTaken, Register
from peso.partnerships.needs.shares import Chosen, choose
from peso.partnerships.needs.similar import Alike, Likeness
from peso.partnerships.needs.snapshot import (
    Export,
    Recomputed,
    Snapshot,
    check_snapshot,
    export,
    freeze,
    read_snapshot,
)
from peso.partnerships.needs.terms import NAMES
from peso.partnerships.needs.visibility import STEWARD, seen_by, viewer_of
from peso.partnerships.needs.vocabulary import OrganizationKind, Status
from peso.workspace import Where, this_machine

SNAPSHOT, EXPORT = "snapshot.json", "export.json"


class NeedsListed(Record):
    """Needs as a viewer sees them."""

    audience: str
    needs: tuple[Held, ...]
    alike: tuple[Alike, ...] = ()
    not_taken: tuple[NotTaken, ...] = ()
    """What of the ledger was refused; told to who runs the register."""
    aside: int = 0


class NeedShown(Record):
    """A need with all that is known of it."""

    audience: str
    held: Held
    merged: tuple[Held, ...]
    """The needs that were merged into it."""
    supporters: tuple[Endorsement, ...]
    alike: tuple[Alike, ...]


class NeedsFrozen(Record):
    """A snapshot that was written."""

    audience: str
    on: date
    snapshot: str
    snapshot_sha256: str
    export: str
    export_sha256: str
    needs: int


class NeedsText(Record):
    """A text for people, in Markdown."""

    text: str


def _view(folder: Where, viewer: str) -> Register:
    return seen_by(Desk(folder, "").journal.register(), viewer_of(viewer))


def list_needs(
    *,
    viewer: str = STEWARD.named,
    status: str = "",
    duplicates: bool = False,
    folder: Where = ".",
) -> NeedsListed:
    """Return the needs, newest last; with `duplicates` the pairs that may be the same."""
    view = _view(folder, viewer)
    wanted = word(Status, status) if status else None
    found = [one for one in view.needs if wanted in {None, one.status}]
    alone = (one.need for one in view.open())
    return NeedsListed(
        audience=viewer_of(viewer).named,
        needs=tuple(sorted(found, key=lambda it: (it.raised, it.id))),
        alike=Likeness(alone).pairs() if duplicates else (),
        not_taken=view.not_taken,
        aside=len(view.aside),
    )


def show_need(need: str, *, viewer: str = STEWARD.named, folder: Where = ".") -> NeedShown:
    """Return a need, what was merged into it, who endorses it, and what it is like."""
    view = _view(folder, viewer)
    held = view.get(need)
    likeness = Likeness(one.need for one in view.needs)
    return NeedShown(
        audience=viewer_of(viewer).named,
        held=held,
        merged=view.family(need)[1:],
        supporters=view.supporters(need),
        alike=likeness.to(held.need),
    )


def rank_needs(
    *,
    viewer: str = STEWARD.named,
    weights: Mapping[str, int] | None = None,
    on: date | None = None,
    repos: Iterable[Where] = (),
    folder: Where = ".",
) -> Ranking:
    """Rank the open needs that a viewer may see.

    Args:
        viewer: `public`, `federation`, `steward` or an organization's slug.
        weights: Whole numbers by term, where they are others than PESO's own.
        on: The day; else today.
        repos: Recipe repositories; else the workspace's, else those last indexed; else reach is
            unknown.
        folder: The workspace.
    """
    reach = reach_at_hand(tuple(repos), Path(folder))
    return rank(_view(folder, viewer), weights_of(weights), reach, on or _today())


def export_needs(
    *, viewer: str = "public", repos: Iterable[Where] = (), folder: Where = "."
) -> Export:
    """Return all that a viewer may have of the register: needs, and reach of their products."""
    register = Desk(folder, "").journal.register()
    return export(register, viewer_of(viewer), reach_at_hand(tuple(repos), Path(folder)))


def freeze_needs(  # noqa: PLR0913 - one argument for each option of the command
    to: Where,
    *,
    viewer: str = "public",
    weights: Mapping[str, int] | None = None,
    on: date | None = None,
    repos: Iterable[Where] = (),
    folder: Where = ".",
) -> NeedsFrozen:
    """Freeze a ranking: write `snapshot.json`, and `export.json` from which it can be made again.

    Raises:
        BadInput: There is a snapshot in the folder already.
    """
    target = Path(to)
    if (target / SNAPSHOT).exists():
        raise BadInput("there is a snapshot already", where=str(target), hint="name a new folder")
    data = export_needs(viewer=viewer, repos=repos, folder=folder)
    frozen = freeze(data, weights_of(weights), on or _today())
    write_atomic(target / EXPORT, data.canonical())
    write_atomic(target / SNAPSHOT, frozen.canonical())
    return NeedsFrozen(
        audience=data.audience,
        on=frozen.on,
        snapshot=str(target / SNAPSHOT),
        snapshot_sha256=frozen.digest(),
        export=str(target / EXPORT),
        export_sha256=frozen.export_sha256,
        needs=len(frozen.needs),
    )


def recompute_needs(snapshot: Where, export: Where) -> Recomputed:
    """Make a snapshot again from its export, and say whether it is the same, bit for bit."""
    return check_snapshot(bounded(Path(snapshot)), bounded(Path(export)))


def compare_needs(before: Where, now: Where) -> Compared:
    """Compare two snapshots: which needs moved, and by which terms."""
    return compare(_snapshot(before), _snapshot(now))


def choose_needs(
    budget: int,
    *,
    viewer: str = STEWARD.named,
    voices: Iterable[str] = ("member",),
    organizations: Iterable[str] = (),
    folder: Where = ".",
) -> Chosen:
    """Choose needs under a budget in person-days by equal shares; says who pays what.

    Args:
        budget: Person-days.
        viewer: `public`, `federation`, `steward` or an organization's slug.
        voices: The kinds of organizations that have a share: member, facility, other.
        organizations: Slugs that have a share though they endorsed nothing.
        folder: The workspace.
    """
    if budget < 1:
        raise BadInput("a budget is one person-day at least")
    kinds = frozenset(word(OrganizationKind, one) for one in voices)
    return choose(_view(folder, viewer), budget, kinds, organizations)


def needs_agenda(  # noqa: PLR0913 - one argument for each option of the command
    *,
    viewer: str = "federation",
    since: Where | None = None,
    weights: Mapping[str, int] | None = None,
    on: date | None = None,
    repos: Iterable[Where] = (),
    folder: Where = ".",
) -> NeedsText:
    """Return what those who decide are to look at, in Markdown, and what moved since."""
    day, register = on or _today(), Desk(folder, "").journal.register()
    who = viewer_of(viewer)
    data = export(register, who, reach_at_hand(tuple(repos), Path(folder)))
    frozen = freeze(data, weights_of(weights), day)
    changed = compare(_snapshot(since), frozen) if since else None
    ranking = Ranking(on=day, weights=frozen.weights, needs=frozen.needs)
    return NeedsText(text=texts.agenda(seen_by(register, who), ranking, changed))


def needs_brief(
    organization: str,
    *,
    on: date | None = None,
    repos: Iterable[Where] = (),
    folder: Where = ".",
) -> NeedsText:
    """Return what concerns a member or a facility, as it may see it, in Markdown."""
    ranking = rank_needs(viewer=organization, on=on, repos=repos, folder=folder)
    ranks = {one.id: one.rank for one in ranking.needs}
    view = _view(folder, organization)
    return NeedsText(text=texts.brief(view, ranks, ranking.on, organization))


def needs_done(*, viewer: str = "public", folder: Where = ".") -> NeedsText:
    """Return what was asked and what was done, in Markdown."""
    return NeedsText(text=texts.you_asked_we_did(_view(folder, viewer)))


def weights_of(said: Mapping[str, int] | None) -> Weights:
    """Return weights; raises `BadInput` for a term there is not, or no weight at all."""
    unknown = sorted(set(said or ()) - set(NAMES))
    if unknown:
        raise BadInput(f"there is no term {unknown[0]!r}", hint=f"there are {', '.join(NAMES)}")
    return made(Weights, **(said or {}))


def _today() -> date:
    return this_machine().clock().date()


def _snapshot(file: Where) -> Snapshot:
    return read_snapshot(bounded(Path(file)), str(file))
