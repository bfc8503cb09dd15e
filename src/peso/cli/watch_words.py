"""Words of a watch: the sources, each release, and what became known, the gravest first.

By default news below the level, of what is only needed to build, and of what is settled or gone are
counted; `--all` lists everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peso.services.assurance.watching.record import News, Watch, Watched

_SHOWN = 30
_NEEDED = 4
_CHANGES = {
    "new": "new",
    "level": "level changed",
    "exploited": "now exploited",
    "settled": "settled",
    "gone": "no longer found",
}


def watch_words(seen: Watch, level: str, *, everything: bool = False) -> str:
    """Return a watch in words."""
    urgent = seen.urgent_at(level)
    listed = seen.news if everything else urgent
    return "\n".join(
        [
            *_sources(seen),
            "",
            *_releases(seen, everything=everything),
            "",
            *_news(seen, listed, level, everything=everything),
        ]
    )


def _sources(seen: Watch) -> Iterator[str]:
    if not seen.sources:
        yield "no advisories are imported: nothing is known of anything (`peso advisories import`)"
    for one in seen.sources:
        as_of = f"as of {one.as_of:%Y-%m-%d}" if one.as_of else "as of when, it does not say"
        yield f"asked: {one.name}, {as_of}"


def _releases(seen: Watch, *, everything: bool) -> Iterator[str]:
    yield (
        f"{seen.publication}: releases {len(seen.releases)}, {seen.matched} matched now,"
        f" {len(seen.releases) - seen.matched} as they were filed"
    )
    bases = {one.release: one for one in seen.baselines}
    shown = seen.releases if everything else seen.releases[:_SHOWN]
    for one in shown:
        base = bases[one.release]
        since = f"{base.made:%Y-%m-%d}" if base.made else "nothing older is known"
        by = {"watch": "watched", "scan": "scanned", "nothing": "never scanned"}[base.of]
        yield f"  {_release(one)}; before that {by} ({since})"
        if one.unsure:
            yield f"    not sure: {one.unsure}"
    if seen.releases[len(shown) :]:
        yield f"  and {len(seen.releases) - len(shown)} more (--all)"


def _release(one: Watched) -> str:
    return (
        f"{one.release}: {one.found} findings; {one.covered} of {one.components} components are"
        " known to any source"
    )


def _news(seen: Watch, listed: Sequence[News], level: str, *, everything: bool) -> Iterator[str]:
    urgent = len(seen.urgent_at(level))
    yield f"{len(seen.news)} things became known, {urgent} at or above {level}"
    shown = listed if everything else listed[:_SHOWN]
    for one in shown:
        yield from _one(one)
    if listed[len(shown) :]:
        yield f"  and {len(listed) - len(shown)} more at or above {level} (--all)"
    if rest := len(seen.news) - len(listed):
        yield f"  and {rest} below it, settled, gone, or only to build (--all)"


def _one(one: News) -> Iterator[str]:
    found = one.sighting
    was = f", was {one.before}" if one.before is not None else ""
    exploited = ", exploited" if found.exploited == "known" else ""
    fixed = f"; fixed in {', '.join(found.fixed)}" if found.fixed else ""
    yield (
        f"  {_CHANGES[one.change]}: {found.vulnerability} in {found.name}:"
        f" {found.level}{was}{exploited}{fixed}"
    )
    if found.summary:
        yield f"    {found.summary}"
    if found.settled:
        yield f"    {found.settled}"
    for concern in one.concerns:
        more = len(concern.needed_by) - _NEEDED
        needed = ", ".join(concern.needed_by[:_NEEDED]) + (f" and {more} more" if more > 0 else "")
        building = " (only to build)" if found.building else ""
        yield f"    in {concern.release}{building}{f', needed by {needed}' if needed else ''}"
