"""Records of a watch: what is known of published releases today, and what became known since.

They go to the ledger: a `Watched` for each release and everything that decides it, a `WatchFiled`
for each day, publication and state of the advisories. Sightings and news are files of the store by
their digest: days on which nothing changed cost next to nothing, and are looked through quickly.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from peso.base.finding import Level
from peso.base.record import Record
from peso.services.assurance.matching.confidence import Confidence
from peso.services.assurance.matching.record import Exploited

Change = Literal["new", "level", "exploited", "settled", "gone"]
CHANGES: tuple[Change, ...] = ("new", "exploited", "level", "settled", "gone")
_URGENT = frozenset({"new", "level", "exploited"})


class Sighting(Record):
    """A vulnerability in a component of a release, in short."""

    vulnerability: str
    aliases: tuple[str, ...] = ()
    subject: str
    """The component's purl."""
    name: str
    """The component, for people."""
    level: Level
    summary: str = ""
    confidence: Confidence | None = None
    """None in a scan by an older PESO."""
    exploited: Exploited = "not looked up"
    fixed: tuple[str, ...] = ()
    """Versions with a fix."""
    settled: str = ""
    """The statement (VEX) by which it does not count; empty: there is none."""
    building: bool = False
    """Whether the component is only needed to build: told, and never urgent."""
    needed_by: tuple[str, ...] = ()
    """What of the release nothing else needs, and needs it."""

    @property
    def names(self) -> frozenset[str]:
        """Every id it is known by."""
        return frozenset((self.vulnerability, *self.aliases))


class Sightings(Record):
    """All that is known of one release."""

    sightings: tuple[Sighting, ...]


class Watched(Record):
    """A release as it was watched: with these advisories, these statements, this identity."""

    release: str
    """e.g. `stable/hpc-ai-26.11`."""
    channel: str
    manifest: str
    """Digest of its manifest."""
    made: datetime
    """When it was matched; older than the watch where nothing changed since."""
    sightings: str
    """Digest of the file with what is known of it."""
    found: int
    components: int
    covered: int
    """Of how many components any source knows anything."""
    unsure: str = ""
    """Why the release is not proven; empty: it is."""


class Concern(Record):
    """Whom something concerns."""

    release: str
    channel: str
    needed_by: tuple[str, ...]


class News(Record):
    """One thing that became known of one component, for every release that has it."""

    change: Change
    sighting: Sighting
    """As it is now; of what is gone, as it was."""
    before: Level | None = None
    """Of a changed level: what it was."""
    concerns: tuple[Concern, ...]

    def urgent(self, threshold: Level) -> bool:
        """Say whether it is at or above a level, and nobody has settled it."""
        one = self.sighting
        if self.change not in _URGENT or one.settled or one.building:
            return False
        risen = self.before is None or not self.before.reaches(one.level)
        return risen and one.level.reaches(threshold)


class SourceState(Record):
    """A source of advisories, as it was asked."""

    name: str
    sha256: str
    as_of: datetime | None


class Baseline(Record):
    """What a release's news are counted from."""

    release: str
    made: datetime | None
    """None: nothing older is known, so that everything is new."""
    of: Literal["watch", "scan", "nothing"]
    """An earlier watch, or the scan that was published with it."""


class Watch(Record):
    """What is known of the releases of a publication today, and what became known since."""

    made: datetime
    publication: str
    since: date | None = None
    """The day that was asked for; None: since the last watch of an earlier day."""
    sources: tuple[SourceState, ...]
    releases: tuple[Watched, ...]
    matched: int
    """How many of them were matched now; nothing had changed for the others."""
    baselines: tuple[Baseline, ...]
    news: tuple[News, ...]

    def urgent_at(self, threshold: Level | str) -> tuple[News, ...]:
        """Return what became known at or above a level."""
        level = Level(threshold)
        return tuple(one for one in self.news if one.urgent(level))


class WatchNews(Record):
    """The news of a watch, as a file of the store."""

    news: tuple[News, ...]


class WatchFiled(Record):
    """A watch as it is filed: without its news, which are a file."""

    made: datetime
    publication: str
    sources: tuple[SourceState, ...]
    releases: tuple[Watched, ...]
    news: str
    """Digest of the file with them."""
    several: int
    """How many there are."""
