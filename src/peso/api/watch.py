"""Published releases, again with today's advisories: what became known since, and a feed of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from tuf.api.metadata import Root

from peso.api.named_units import Trusted, asked_of, is_publication
from peso.base.digest import canonical_json, sha256_bytes
from peso.base.files import write_atomic
from peso.base.ledger import Ledger
from peso.base.record import Record
from peso.ecosystem import workspace_root
from peso.errors import BadInput, Refused
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.vex.naming import about
from peso.services.assurance.vex.openvex import read_document, statements_of
from peso.services.assurance.vex.record import Statement
from peso.services.assurance.vex.shelf import read_shelf
from peso.services.assurance.vex.weigh import Scales
from peso.services.assurance.watching.atom import PATH, atom
from peso.services.assurance.watching.filed import told
from peso.services.assurance.watching.looking import Standing
from peso.services.assurance.watching.record import Watch
from peso.services.assurance.watching.sighting import Settle, settled_by
from peso.services.assurance.watching.watch import watch as watch_releases
from peso.services.delivery.facility.published import Published, open_published
from peso.services.delivery.facility.releases import Release
from peso.services.delivery.pages.page import Page
from peso.services.delivery.publication import publish
from peso.services.delivery.signing.serialize import metadata_limit
from peso.services.delivery.statements.statement import SPEAKS_OF, VEX
from peso.workspace import AskPassphrase, Where, Workspace, this_machine, workspace_in

__all__ = ["Watch", "watch"]

R = TypeVar("R", bound=Record)
_INVENTORY, _SCAN = "evidence/inventory.json", "evidence/scan.json"
_VEX = SPEAKS_OF[VEX]
_FIRST_ROOT = "metadata/1.root.json"


def watch(  # noqa: PLR0913 - one argument for each option of the command
    publication: Where = "public",
    *,
    since: date | str | None = None,
    root: Where | None = None,
    unsafe_development_keys: bool = False,
    feed: Where | None = None,
    publish_feed: bool = False,
    folder: Where | None = None,
    ask_passphrase: AskPassphrase | None = None,
) -> Watch:
    """Ask today's advisories about every release of a publication; say what became known since.

    A release is matched again only if it, an advisory source, an identity or a statement on it
    changed. The answer is filed in the workspace's ledger, by day and state of the sources.
    Statements (VEX) are those of the workspace, and those that a release ships.

    Args:
        publication: A folder or a URL.
        since: The day from which on news are told; None: since the last watch of an earlier day,
            or, of a release that none has seen, since the scan it was published with.
        root: The pinned root, as for `verify`. A folder without trust is watched all the same, and
            every release of it is told to be unsure.
        unsafe_development_keys: As for `verify`.
        feed: A file that gets the news of all filed watches, as an Atom feed.
        publish_feed: Put that feed among the pages of the publication, signed with the keys of the
            workspace; the publication is a folder then.
        folder: The workspace with the advisories; else that of the publication, or this folder's.
        ask_passphrase: Called where keys need a passphrase and `PESO_PASSPHRASE_FILE` is not set.

    Raises:
        BadInput: There is no publication, or `since` is no date.
        Refused: The publication is not what its signatures say.
        Outside: The store of advisories or the ledger cannot be read.
    """
    place = str(publication)
    _refuse(place, publish_feed=publish_feed)
    machine = this_machine(ask_passphrase)
    workspace = workspace_in(_home(place, folder), machine)
    workspace.prepare()
    ledger, said = Ledger(workspace.home / "ledger"), read_shelf(workspace.root).statements
    trusted = Trusted.by(root, unsafe_development_keys=unsafe_development_keys)
    with ExitStack() as open_:
        there = open_published(place, lambda: open_.enter_context(asked_of(place, trusted)))
        seen = watch_releases(
            [_standing(there, one, said, machine.clock()) for one in there.releases],
            workspace.advisories,
            ledger,
            publication=_called(place),
            now=machine.clock(),
            since=_day(since),
        )
        data = _feed(there, ledger, _called(place)) if feed is not None or publish_feed else b""
    if feed is not None:
        write_atomic(Path(feed), data)
    if publish_feed:
        _publish(workspace, Path(place), data)
    return seen


def _refuse(place: str, *, publish_feed: bool) -> None:
    if not is_publication(place):
        raise BadInput("no publication here", where=place, hint="name its folder, or its URL")
    if publish_feed and "://" in place:
        hint = "name the folder it is published from, or write the feed to a file with `--feed`"
        raise BadInput("a feed cannot be signed into a URL", where=place, hint=hint)


def _called(place: str) -> str:
    """Return what a publication is called in records: a URL as it is, a folder by its name."""
    return place.rstrip("/") if "://" in place else Path(place).absolute().name


def _home(place: str, folder: Where | None) -> Path:
    if folder is not None:
        return Path(folder)
    near = Path(place).absolute()
    return Path() if "://" in place or workspace_root(near) is None else near


def _day(since: date | str | None) -> date | None:
    if not isinstance(since, str):
        return since
    try:
        return date.fromisoformat(since)
    except ValueError:
        raise BadInput(f"{since!r} is no date", hint="write it as YYYY-MM-DD") from None


def _standing(
    there: Published, release: Release, ours: tuple[Statement, ...], now: datetime
) -> Standing:
    files = _Files(there, release)
    statements = (*ours, *files.statements())

    def settle(seen: Inventory) -> Settle:
        components = {one.purl: one.sha256 for one in seen.components}
        return settled_by(Scales(about(statements, components), now=now))

    return Standing(
        release=release.name,
        channel=release.manifest.channel,
        manifest=release.sha256,
        inventory=files.inventory,
        scan=files.scan,
        unsure=there.unproven,
        settle=settle,
        statements=_state(statements, now),
    )


def _state(statements: tuple[Statement, ...], now: datetime) -> str:
    """Return the digest of statements, and of which of them have an end that has not come."""
    holding = [[one.plain(), one.expires is not None and one.expires > now] for one in statements]
    return sha256_bytes(canonical_json(holding)) if holding else ""


@dataclass(frozen=True, slots=True)
class _Files:
    """What a watch reads of a release, when it does."""

    there: Published
    release: Release

    def inventory(self) -> Inventory:
        return self._read(_INVENTORY, Inventory.parse)

    def statements(self) -> tuple[Statement, ...]:
        """Return what the release ships of statements; they went with it, and hold like others."""
        if self.release.named(_VEX) is None:
            return ()
        data = self.there.file(self.release, _VEX)
        return statements_of(read_document(data, _VEX), _VEX)

    def scan(self) -> Scan | None:
        return self._read(_SCAN, Scan.parse) if self.release.named(_SCAN) else None

    def _read(self, path: str, parse: Callable[[bytes], R]) -> R:
        try:
            return parse(self.there.file(self.release, path))
        except ValidationError as error:
            raise BadInput(
                f"its {path} cannot be read: {error.errors()[0]['msg']}",
                where=f"{self.there.source.where}: {self.release.name}",
                hint="it may be of a later PESO: upgrade this one",
            ) from error


def _feed(there: Published, ledger: Ledger, called: str) -> bytes:
    """Return the feed of all filed watches of a publication, known by its first root."""
    try:
        first = sha256_bytes(there.source.read(_FIRST_ROOT, limit=metadata_limit(Root)))
    except Refused:
        first = called
    return atom(told(ledger, called), name=called, identity=first)


def _publish(workspace: Workspace, publication: Path, data: bytes) -> None:
    publish.refresh(
        publication,
        workspace.keys(),
        freshness=workspace.settings.freshness,
        now=workspace.machine.clock(),
        pages=(Page(path=PATH, data=data),),
    )
