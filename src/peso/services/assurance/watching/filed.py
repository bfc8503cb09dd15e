"""Filed: the watches of before, and what a release's news are counted from.

1. The newest filed watch of a day before the bound that has the release, by its manifest, whatever
   the publication was called then.
2. Without one, the scan that the release was published with. Without one, nothing: all is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date

from pydantic import ValidationError

from peso.base.ledger import Ledger
from peso.errors import Outside
from peso.services.assurance.watching.looking import Looking, Standing
from peso.services.assurance.watching.record import Baseline, Sighting, Watch, Watched
from peso.services.assurance.watching.sighting import sightings_of

WATCH = "watch"
"""The kind of a watch's record in the ledger."""


def filed(ledger: Ledger) -> Iterator[Watch]:
    """Give the filed watches, the newest first.

    One that cannot be read is of another version of PESO, and left out.
    """
    for entry in reversed(ledger.list(WATCH)):
        data = ledger.read(WATCH, entry.key)
        if data is not None:
            try:
                yield Watch.parse(data)
            except ValidationError:
                continue


class Before:
    """What was known of releases before a day."""

    def __init__(
        self, ledger: Ledger, releases: Iterable[Standing], bound: date, looking: Looking
    ) -> None:
        self._looking = looking
        self._found: dict[str, Watched] = {}
        self._made: dict[str, Watch] = {}
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
        own = sightings_of(scan, one.inventory(), one.settle, self._looking.short)
        return Baseline(release=one.release, made=scan.made, of="scan"), own
