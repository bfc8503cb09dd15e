"""Watch: every published release again with today's advisories, and what became known since.

1. What is known of each release now is looked up, or matched anew where anything changed
   (`looking.py`).
2. News are counted from the last watch of an earlier day; of a release that none has seen, from the
   scan it was published with; without one everything is new. With `since` from the last watch
   before that day. A second watch of a day tells the day's news again.
3. A watch is filed by day, publication and state of the sources. One that was asked for another
   beginning is an answer, and not filed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from peso.base.ledger import Ledger
from peso.services.assurance.watching.compare import apart, news
from peso.services.assurance.watching.filed import Before, file_watch
from peso.services.assurance.watching.looking import Looking, Standing
from peso.services.assurance.watching.record import SourceState, Watch


def watch(  # noqa: PLR0913 - everything a watch depends on
    releases: Iterable[Standing],
    store: Path,
    ledger: Ledger,
    *,
    publication: str,
    now: datetime,
    since: date | None = None,
) -> Watch:
    """Ask today's advisories about every release, and say what became known.

    Args:
        releases: The published releases.
        store: The folder of advisories.
        ledger: Where earlier watches are, and this one goes.
        publication: What people call it.
        now: When this is.
        since: The day from which on news are told; None: since the last watch of an earlier day.

    Raises:
        Outside: The advisories or a release cannot be read, or the disk failed.
        Refused, BadInput: A file of a release is not what was signed.
    """
    asked = tuple(releases)
    looking = Looking(store, ledger, now)
    watched = looking.all(asked)
    before = Before(ledger, asked, since or now.astimezone(UTC).date(), looking)
    baselines, differences = [], {}
    for one in asked:
        now_known = watched[one.manifest]
        baseline, then = before.of(one, now_known)
        baselines.append(baseline)
        if then is not None:
            found = tuple(apart(then, looking.sightings(now_known)))
            differences[one.release, one.channel] = found
    made = Watch(
        made=now,
        publication=publication,
        since=since,
        sources=tuple(
            SourceState(name=one.name, sha256=one.sha256, as_of=one.newest)
            for one in looking.sources
        ),
        releases=tuple(watched[one.manifest] for one in asked),
        matched=looking.matched,
        baselines=tuple(baselines),
        news=news(differences),
    )
    if since is None:
        file_watch(made, ledger)
    return made
