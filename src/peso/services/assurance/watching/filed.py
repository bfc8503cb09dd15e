"""Filed: the watches of before, and what a release's news are counted from.

1. The newest filed watch of a day before the bound that has the release, by its manifest, whatever
   the publication was called then.
2. Without one, the scan that the release was published with. Without one, nothing: all is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from pydantic import ValidationError

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.ledger import Ledger
from peso.errors import Outside
from peso.services.assurance.vex.weigh import Scales
from peso.services.assurance.watching.looking import MOST, Looking, Standing
from peso.services.assurance.watching.record import (
    Baseline,
    News,
    Sighting,
    Watch,
    Watched,
    WatchFiled,
    WatchNews,
)
from peso.services.assurance.watching.sighting import settled_by, sightings_of

WATCH = "watch"
"""The kind of a watch's record in the ledger."""


def file_watch(made: Watch, ledger: Ledger) -> None:
    """File a watch by its day, publication and state of the sources; a later one replaces it.

    One that says the same stays as it was, with the time it was first said.
    """
    state = {f"advisories {one.name}": one.sha256 for one in made.sources}
    state["publication"] = made.publication
    day = f"{made.made.astimezone(UTC):%Y-%m-%d}"
    news, _ = ledger.blobs.put(WatchNews(news=made.news).canonical())
    kept = WatchFiled(
        made=made.made,
        publication=made.publication,
        sources=made.sources,
        releases=made.releases,
        news=news,
        several=len(made.news),
    )
    key = f"{day}-{sha256_bytes(canonical_json(state))[:16]}"
    if _said(ledger.read(WATCH, key)) != kept.model_copy(update={"made": None}):
        ledger.append(WATCH, key, kept.canonical(), made=made.made)


def _said(data: bytes | None) -> WatchFiled | None:
    """Return what a filed watch says, whenever it said it; None where it cannot be read."""
    try:
        return WatchFiled.parse(data).model_copy(update={"made": None}) if data else None
    except ValidationError:
        return None


def filed(ledger: Ledger) -> Iterator[WatchFiled]:
    """Give the filed watches, the newest first.

    One that cannot be read is of another version of PESO, and left out.
    """
    for entry in reversed(ledger.list(WATCH)):
        data = ledger.read(WATCH, entry.key)
        if data is not None:
            try:
                yield WatchFiled.parse(data)
            except ValidationError:
                continue


def told(ledger: Ledger, publication: str) -> Iterator[tuple[datetime, News]]:
    """Give the news of all filed watches of a publication, the newest first, with their time."""
    for one in filed(ledger):
        if one.publication == publication and one.several:
            try:
                news = WatchNews.parse(ledger.blobs.read(one.news, limit=MOST)).news
            except (Outside, ValidationError):
                continue
            yield from ((one.made, piece) for piece in news)


class Before:
    """What was known of releases before a day."""

    def __init__(
        self, ledger: Ledger, releases: Iterable[Standing], bound: date, looking: Looking
    ) -> None:
        self._looking = looking
        self._found: dict[str, Watched] = {}
        self._made: dict[str, WatchFiled] = {}
        wanted = {one.manifest for one in releases}
        for watch in filed(ledger):
            if wanted <= self._found.keys():
                break
            if watch.made.astimezone(UTC).date() < bound:
                for one in watch.releases:
                    if self._found.setdefault(one.manifest, one) is one:
                        self._made[one.manifest] = watch

    def of(self, one: Standing, watched: Watched) -> tuple[Baseline, tuple[Sighting, ...] | None]:
        """Return since when and by what a release was known, and what was known of it.

        None: the very same as in `watched`, so that there is nothing to compare.
        """
        if one.manifest in self._found:
            made = self._made[one.manifest].made
            base = Baseline(release=one.release, made=made, of="watch")
            if self._found[one.manifest].sightings == watched.sightings:
                return base, None
            try:
                return base, self._looking.sightings(self._found[one.manifest])
            except (Outside, ValidationError):
                pass  # the file is gone: as if nobody had watched
        scan = one.scan()
        if scan is None:
            return Baseline(release=one.release, made=None, of="nothing"), ()
        settle = settled_by(Scales(scan.vex, now=scan.made))
        own = sightings_of(scan, one.inventory(), settle, self._looking.short)
        return Baseline(release=one.release, made=scan.made, of="scan"), own
