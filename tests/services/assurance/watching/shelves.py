"""Made-up published releases, and a workspace that watches them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.services.assurance.advisory_files import advisory, folder_of
from tests.services.assurance.releases import Piece, release_of

from peso.base.digest import sha256_bytes
from peso.base.ledger import Blobs, Ledger
from peso.services.assurance.advisories.importing import import_advisories
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.matching.scan import scan
from peso.services.assurance.watching.looking import Standing
from peso.services.assurance.watching.record import Watch
from peso.services.assurance.watching.sighting import Settle, unsettled
from peso.services.assurance.watching.watch import watch


def day(number: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, number, hour, tzinfo=UTC)


class Shelf:
    """Releases, the advisories of a workspace, and its ledger."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder, folder / "advisories"
        self.ledger = Ledger(folder / "ledger")
        self.blobs = Blobs(folder / "blobs")
        self.read: list[str] = []
        """Releases whose inventory was read."""

    def add(self, source: str, *records: dict[str, Any]) -> Shelf:
        folder = self.folder / "sources" / source / sha256_bytes(repr(records).encode())[:8]
        import_advisories(folder_of(folder, *records), self.store, name=source, now=day(1))
        return self

    def inventory(self, *pieces: Piece) -> Inventory:
        return release_of(self.blobs, *pieces).quick_inventory()

    def scanned(self, *pieces: Piece) -> Scan:
        """Scan as the release's own delivery did."""
        return scan(self.inventory(*pieces), self.store, now=day(1))

    def release(
        self,
        name: str,
        *pieces: Piece,
        scan: Scan | None = None,
        settle: Settle = unsettled,
        statements: str = "",
    ) -> Standing:
        seen = self.inventory(*(pieces or [Piece("a")]))

        def inventory() -> Inventory:
            self.read.append(name)
            return seen

        return Standing(
            release=name,
            channel=name.partition("/")[0],
            manifest=sha256_bytes(name.encode()),
            inventory=inventory,
            scan=lambda: scan,
            settle=lambda _seen: settle,
            statements=statements,
        )

    def watch(self, *releases: Standing, on: datetime, since: date | None = None) -> Watch:
        return watch(releases, self.store, self.ledger, publication="public", now=on, since=since)


def told(seen: Watch) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the news: what changed, of which vulnerability, in which releases."""
    return [
        (one.change, one.sighting.vulnerability, tuple(where.release for where in one.concerns))
        for one in seen.news
    ]


__all__ = ["Piece", "Shelf", "advisory", "day", "told"]
