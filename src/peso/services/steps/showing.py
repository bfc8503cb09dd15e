"""Showing: the pages that a new release brings, and those it changes; the others stay as they are.

1. What the list of all releases says of each is kept in the ledger (`Row`), under the digest of its
   manifest. So neither evidence nor pages of the others are made again, however many there are. A
   release whose row is not kept, or whose page was made for another place, under another root or
   by another PESO, is read and shown anew.
2. That the pages of all releases stand is kept, too, under the digest of their list. While it is,
   only rows on pages that are made now are read: as many with thousands of releases as with a
   hundred. Where it is not, the row of each is asked for.

Every page links the feed of findings, so the first release brings an empty one: what becomes known
later (`peso scan --published`) is told where people who read the pages look already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

import peso
from peso.base.digest import canonical_json, sha256_bytes
from peso.base.ledger import Ledger
from peso.base.record import Record
from peso.products.engines.port import Artifact
from peso.services.assurance.watching.atom import PATH as FEED
from peso.services.assurance.watching.atom import atom
from peso.services.delivery.layout.labels import Label
from peso.services.delivery.layout.places import blob_path, page_path
from peso.services.delivery.manifest import Manifest
from peso.services.delivery.pages.page import (
    Listed,
    Page,
    Read,
    ReleaseView,
    Row,
    render,
    row_of,
    view,
)
from peso.services.delivery.pages.rows import touched
from peso.services.delivery.pages.volumes import begun, divided
from peso.services.delivery.publication.enter import label_of
from peso.services.delivery.publication.shelf import Shelf, Standing, shelf
from peso.services.steps.port import Ports

KIND = "page"
"""What a row is filed under, by the digest of the release's manifest."""
LIST = "page-list"
"""What it is filed under that the pages of all releases stand, by the digest of their list."""
_EVIDENCE_LIMIT = 256 << 20


class _Kept(Record):
    """A row, and how the page was made that lies there."""

    look: str
    row: Row


class _Stands(Record):
    """That the pages of so many releases lie there."""

    releases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The pages to publish, and what is to be kept of them once they are there."""

    pages: tuple[Page, ...]
    rows: Mapping[str, Row]
    """By the digest of the manifest."""
    look: str
    standing: Mapping[str, str]
    """The sha256 of the manifest of each release there will be, by target path."""

    beside: Mapping[str, str]
    """The same, of the releases that are there already."""

    def keep(self, ledger: Ledger, now: datetime) -> None:
        """File the rows, and that all pages stand: they are published."""
        for sha256, row in self.rows.items():
            ledger.append(KIND, sha256, _Kept(look=self.look, row=row).canonical(), made=now)
        stands = _Stands(releases=len(self.standing))
        ledger.append(LIST, _key(self.look, self.standing), stands.canonical(), made=now)


def show(
    manifest: Manifest, ports: Ports, *, root_sha256: str, development: bool, now: datetime
) -> Shown:
    """Make the list of all releases, the page of this one, and those that it changes.

    Raises:
        Refused, BadInput: Evidence of a release that has to be read again is not there.
    """
    look = sha256_bytes(
        canonical_json(
            [
                str(ports.publication.absolute()),
                root_sha256,
                development,
                ports.freshness.timestamp,
                peso.__version__,
                FEED,
            ]
        )
    )
    there, mine = shelf(ports.publication), view(manifest, _from_store(ports.ledger))
    me, target = row_of(mine), manifest.target
    before = {path: one for path, one in there.listed().items() if path != target}
    digests = {path: one.sha256 for path, one in before.items()}
    listed = _listed(before, there)
    stands = ports.ledger.read(LIST, _key(look, digests)) is not None
    was, will = divided(listed.values()), divided((*listed.values(), me))
    volumes = begun(was, will) if stands else will.volumes
    made = {one.path for one in (*will.front, *(one for of in volumes for one in of.releases))}
    rows = {
        path: _kept(digests[path], look, ports.ledger)
        for path, one in listed.items()
        if not stands or one.path in made
    }
    changed = {one.path for one in touched(me, tuple(listed.values()))}
    due = {path for path, one in listed.items() if one.path in changed}
    due |= {path for path, row in rows.items() if row is None}
    anew = _read(due, there)
    pages = render(
        (*anew, mine),
        beside=tuple(rows.get(path) or one for path, one in listed.items() if path not in due),
        volumes=volumes,
        root_sha256=root_sha256,
        development=development,
        made=now,
        publication=ports.publication.name,
        fresh_days=ports.freshness.timestamp,
        feed=FEED,
    )
    fresh = {digests[one.manifest.target]: row_of(one) for one in anew}
    return Shown(
        pages=(*pages, *_first_feed(there, root_sha256)),
        rows={**fresh, manifest.digest(): me},
        look=look,
        standing={**digests, target: manifest.digest()},
        beside=digests,
    )


def _key(look: str, standing: Mapping[str, str]) -> str:
    """Return what it is filed under that the pages of these releases stand."""
    return sha256_bytes(canonical_json([look, sorted(standing.items())]))


def _listed(before: Mapping[str, Standing], there: Shelf) -> dict[str, Listed]:
    """Return releases by what their channels say of them; only one without a label is opened."""
    labels = {path: one.label for path, one in before.items() if one.label is not None}
    bare = there.opened(before.keys() - labels.keys())
    labels |= {one.target: label_of(one) for one in bare}
    return {path: _of(label) for path, label in labels.items()}


def _of(label: Label) -> Listed:
    return Listed(
        channel=label.channel,
        stack=label.stack,
        version=label.version,
        created=label.created,
        path=page_path(label.channel, f"{label.stack}-{label.version}"),
    )


def _first_feed(there: Shelf, root_sha256: str) -> tuple[Page, ...]:
    """Return a feed without news, where none is published yet."""
    if FEED in there.paged():
        return ()
    return (Page(path=FEED, data=atom((), name=there.folder.name, identity=root_sha256)),)


def _kept(sha256: str, look: str, ledger: Ledger) -> Row | None:
    data = ledger.read(KIND, sha256)
    try:
        kept = _Kept.parse(data) if data is not None else None
    except ValidationError:
        return None  # written by another version of PESO
    return kept.row if kept is not None and kept.look == look else None


def _read(targets: Iterable[str], there: Shelf) -> list[ReleaseView]:
    """Return the views of published releases."""
    read = _from_publication(there.folder)
    return [view(one, read) for one in there.opened(targets)]


def _from_store(ledger: Ledger) -> Read:
    def read(file: Artifact) -> bytes:
        return ledger.blobs.read(file.sha256, limit=_EVIDENCE_LIMIT)

    return read


def _from_publication(publication: Path) -> Read:
    def read(file: Artifact) -> bytes:
        return (publication / blob_path(file.sha256)).read_bytes()

    return read
