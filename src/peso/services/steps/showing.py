"""Showing: the pages that a new release brings, and those it changes; the others stay as they are.

What the list of all releases says of each is kept in the ledger (`Row`), under the digest of its
manifest. So neither evidence nor pages of the others are made again, however many there are. A
release whose row is not kept, or whose page was made for another place, under another root or by
another PESO, is read and shown anew.

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
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.manifest import Manifest
from peso.services.delivery.pages.page import (
    Page,
    Read,
    ReleaseView,
    Row,
    render,
    row_of,
    view,
)
from peso.services.delivery.pages.rows import touched
from peso.services.delivery.publication.shelf import Shelf, shelf
from peso.services.steps.port import Ports

KIND = "page"
"""What a row is filed under, by the digest of the release's manifest."""
_EVIDENCE_LIMIT = 256 << 20


class _Kept(Record):
    """A row, and how the page was made that lies there."""

    look: str
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The pages to publish, and what is to be kept of them once they are there."""

    pages: tuple[Page, ...]
    rows: Mapping[str, Row]
    """By the digest of the manifest."""
    look: str

    def keep(self, ledger: Ledger, now: datetime) -> None:
        """File the rows: their pages are published."""
        for sha256, row in self.rows.items():
            ledger.append(KIND, sha256, _Kept(look=self.look, row=row).canonical(), made=now)


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
    there = shelf(ports.publication)
    before = {
        target: sha256 for target, sha256 in there.listed().items() if target != manifest.target
    }
    known = {
        target: row
        for target, sha256 in before.items()
        if (row := _kept(sha256, look, ports.ledger)) is not None
    }
    mine = view(manifest, _from_store(ports.ledger))
    anew = _read(before.keys() - known.keys(), there)
    rows = {**known, **{one.manifest.target: row_of(one) for one in anew}}
    changed = {one.path for one in touched(row_of(mine), tuple(rows.values()))}
    due = [target for target, row in known.items() if row.path in changed]
    anew += _read(due, there)
    made = {one.manifest.target for one in anew}
    pages = render(
        (*anew, mine),
        beside=tuple(row for target, row in rows.items() if target not in made),
        root_sha256=root_sha256,
        development=development,
        made=now,
        publication=ports.publication.name,
        fresh_days=ports.freshness.timestamp,
        feed=FEED,
    )
    fresh = {before[one.manifest.target]: row_of(one) for one in anew}
    pages = (*pages, *_first_feed(there, root_sha256))
    return Shown(pages=pages, rows={**fresh, manifest.digest(): row_of(mine)}, look=look)


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
