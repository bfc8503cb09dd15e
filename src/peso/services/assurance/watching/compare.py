"""What became known: the sightings of a release then and now, and the news over all releases. Pure.

1. A sighting then and one now are the same if their component is, and they share an id.
2. One thing may be several news: a level that changed, and that it is exploited.
3. News that say the same of one component are one, with every release they concern.
4. The gravest come first, what is settled or gone last; then by change, component and id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from peso.base.finding import Level
from peso.services.assurance.watching.record import CHANGES, Change, Concern, News, Sighting

_GRAVE = {one: place for place, one in enumerate(reversed(Level))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """One difference of one release."""

    change: Change
    sighting: Sighting
    before: Level | None = None


def apart(before: Iterable[Sighting], after: Iterable[Sighting]) -> Iterator[Apart]:
    """Give what differs between what was known of a release and what is."""
    then = _by_name(before)
    now = tuple(after)
    for one in now:
        old = next((then[name] for name in _keys(one) if name in then), None)
        if old is None:
            yield Apart(change="new", sighting=one)
            continue
        if old.level != one.level:
            yield Apart(change="level", sighting=one, before=old.level)
        if one.exploited == "known" and old.exploited != "known":
            yield Apart(change="exploited", sighting=one)
        if one.settled and not old.settled:
            yield Apart(change="settled", sighting=one)
        if old.settled and not one.settled:
            yield Apart(change="new", sighting=one)
    still = _by_name(now)
    for old in {id(one): one for one in then.values()}.values():
        if not any(name in still for name in _keys(old)):
            yield Apart(change="gone", sighting=old)


def _by_name(sightings: Iterable[Sighting]) -> Mapping[tuple[str, str], Sighting]:
    return {name: one for one in sightings for name in _keys(one)}


def _keys(one: Sighting) -> Iterator[tuple[str, str]]:
    for name in (one.vulnerability, *one.aliases):
        yield one.subject, name


def news(
    differences: Mapping[tuple[str, str], Iterable[Apart]],
) -> tuple[News, ...]:
    """Return the news of releases, given by (release, channel) with what differs in each."""
    found: dict[tuple[Change, str, str, Level, Level | None], tuple[Apart, list[Concern]]] = {}
    for (release, channel), several in differences.items():
        for one in several:
            seen = one.sighting
            same = one.change, seen.subject, seen.vulnerability, seen.level, one.before
            concerned = Concern(release=release, channel=channel, needed_by=seen.needed_by)
            found.setdefault(same, (one, []))[1].append(concerned)
    made = (
        News(
            change=one.change,
            sighting=one.sighting,
            before=one.before,
            concerns=tuple(concerns),
        )
        for one, concerns in found.values()
    )
    return tuple(sorted(made, key=_place))


def _place(one: News) -> tuple[bool, int, int, str, str]:
    seen, change = one.sighting, CHANGES.index(one.change)
    over = one.change in {"settled", "gone"}
    return over, _GRAVE[seen.level], change, seen.subject, seen.vulnerability
