"""Looking: what is known of published releases now, as it was filed, or matched anew.

1. A release is matched only if something that decides it changed: its manifest, a source of
   advisories, whose code is whose, or the statements on it.
2. Those that are matched are matched at once, each component once, however many releases have it.
   Components of one purl that are asked for under different names are matched apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.finding import Finding
from peso.base.ledger import Ledger
from peso.services.assurance.advisories.store import sources
from peso.services.assurance.identity.table import load_identity, table_digest
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.matching.scan import match
from peso.services.assurance.matching.subjects import Subject, of_component
from peso.services.assurance.watching.record import Sighting, Sightings, Watched
from peso.services.assurance.watching.sighting import Place, Settle, Short, unsettled

WATCHED = "watched"
"""The kind of a release's record in the ledger."""
MOST = 256 << 20
"""How long a file of sightings or news may be."""
Asked = Mapping[str, Subject]
"""What a release is asked about, by purl."""


def nobody(_seen: Inventory) -> Settle:
    """Say of a release that nobody states anything of it."""
    return unsettled


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A published release, and how its files are read when they are needed."""

    release: str
    channel: str
    manifest: str
    """Digest of its manifest."""
    inventory: Callable[[], Inventory]
    scan: Callable[[], Scan | None]
    """The scan it was published with; None where it has none."""
    unsure: str = ""
    """Why it is not proven; empty: it is."""
    settle: Callable[[Inventory], Settle] = nobody
    """What people state (VEX) of its components."""
    statements: str = ""
    """Digest of these statements, and of which of them hold now."""


class Looking:
    """The advisories as they are now, and what was filed with them."""

    def __init__(self, store: Path, ledger: Ledger, now: datetime) -> None:
        self.sources = sources(store)
        self.matched = 0
        self.short = Short()
        self._store, self._ledger, self._now = store, ledger, now
        self._identity = load_identity()
        self._state = {f"advisories {one.name}": one.sha256 for one in self.sources}
        self._state["identity"] = table_digest()
        self._known: dict[str, tuple[Sighting, ...]] = {}
        self._subjects: dict[Subject, Subject] = {}

    def all(self, releases: Sequence[Standing]) -> dict[str, Watched]:
        """Return every release as it is watched, by the digest of its manifest."""
        found = {one.manifest: known for one in releases if (known := self._filed(one))}
        anew = {one.manifest: one for one in releases if one.manifest not in found}
        self.matched = len(anew)
        return found | self._match(anew)

    def sightings(self, watched: Watched) -> tuple[Sighting, ...]:
        """Return what is known of a release; raises `Outside` where its file is gone."""
        if watched.sightings not in self._known:
            data = self._ledger.blobs.read(watched.sightings, limit=MOST)
            self._known[watched.sightings] = Sightings.parse(data).sightings
        return self._known[watched.sightings]

    def _key(self, one: Standing) -> str:
        decides = {"manifest": one.manifest, "statements": one.statements, "unsure": one.unsure}
        return sha256_bytes(canonical_json(self._state | decides))

    def _filed(self, one: Standing) -> Watched | None:
        data = self._ledger.read(WATCHED, self._key(one))
        if data is None:
            return None
        try:
            known = Watched.parse(data)
        except ValidationError:
            return None  # of another version of PESO: it is matched again
        return known if self._ledger.blobs.proves(known.sightings) else None

    def _match(self, releases: Mapping[str, Standing]) -> dict[str, Watched]:
        seen = {manifest: self._seen(one) for manifest, one in releases.items()}
        scanned: dict[str, _Scanned] = {}
        for batch in _batches({manifest: one.asked for manifest, one in seen.items()}):
            scan = _Scanned(self._scan(batch))
            scanned.update(dict.fromkeys(batch, scan))
        return {
            manifest: self._told(one, seen[manifest], scanned[manifest])
            for manifest, one in releases.items()
        }

    def _seen(self, one: Standing) -> _Seen:
        inventory = one.inventory()
        there = (part for part in inventory.components if part.state != "missing")
        asked = {part.purl: of_component(part, self._identity) for part in there}
        return _Seen(
            settle=one.settle(inventory),
            asked={purl: self._subjects.setdefault(it, it) for purl, it in asked.items()},
            places=self.short.places(inventory),
        )

    def _scan(self, batch: Mapping[str, Asked]) -> Scan:
        subjects = {purl: one for asked in batch.values() for purl, one in asked.items()}
        about = sha256_bytes(canonical_json(sorted(batch)))
        return match(subjects.values(), self._store, about=about, now=self._now)

    def _told(self, one: Standing, seen: _Seen, scan: _Scanned) -> Watched:
        short = tuple(
            self.short.of(finding, subject.name, seen.settle(finding), seen.places[purl])
            for purl, subject in seen.asked.items()
            for finding in scan.findings.get(purl, ())
        )
        sha256, _ = self._ledger.blobs.put(Sightings(sightings=short).canonical())
        self._known[sha256] = short
        made = Watched(
            release=one.release,
            channel=one.channel,
            manifest=one.manifest,
            made=self._now,
            sightings=sha256,
            found=len(short),
            components=len(seen.asked),
            covered=sum(purl in scan.covered for purl in seen.asked),
            unsure=one.unsure,
        )
        self._ledger.append(WATCHED, self._key(one), made.canonical(), made=self._now)
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What is kept of the inventory of a release."""

    settle: Settle
    asked: Asked
    places: Mapping[str, Place]


class _Scanned:
    """A scan over many releases, by component."""

    def __init__(self, scan: Scan) -> None:
        self.covered = frozenset(one.purl for one in scan.coverage if one.sources)
        self.findings: dict[str, list[Finding]] = {}
        for one in scan.findings:
            self.findings.setdefault(one.subject, []).append(one)


def _batches(asked: Mapping[str, Asked]) -> Iterable[Mapping[str, Asked]]:
    """Group releases so that in a group a purl is always the same subject."""
    groups: list[dict[str, Asked]] = []
    wholes: list[dict[str, Subject]] = []
    for manifest, subjects in asked.items():
        fits = (
            place
            for place, whole in enumerate(wholes)
            if all(whole.get(purl, one) == one for purl, one in subjects.items())
        )
        place = next(fits, len(groups))
        if place == len(groups):
            groups.append({})
            wholes.append({})
        groups[place][manifest] = subjects
        wholes[place].update(subjects)
    return groups
