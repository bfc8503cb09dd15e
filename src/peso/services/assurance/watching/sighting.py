"""Sightings: the findings of a scan in short, with who in a release needs each component. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from peso.base.finding import Finding
from peso.services.assurance.inventory import Component, Inventory
from peso.services.assurance.matching.record import Scan, Vulnerability
from peso.services.assurance.vex.weigh import Scales
from peso.services.assurance.watching.record import Sighting

_SUMMARY = 200
_NEEDED_BY = 24
"""How many of those that need a component are kept; the first by name."""

Settle = Callable[[Finding], str]
"""The statement by which a finding does not count; empty where there is none."""


def unsettled(_finding: Finding) -> str:
    """Say of every finding that nobody has settled it."""
    return ""


def settled_by(scales: Scales) -> Settle:
    """Return what says of a finding by which statement it does not count."""

    def settle(finding: Finding) -> str:
        said = scales.of(finding)
        return str(said) if said.lifts else ""

    return settle


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a release a component is."""

    building: bool
    """Whether it is only needed to build."""
    needed_by: tuple[str, ...]


class Short:
    """Findings in short. What many releases have alike is one object, however many they are."""

    def __init__(self) -> None:
        # By the object itself, which is kept: to compare findings costs more than to make them.
        self._made: dict[tuple[int, str, str, Place], tuple[Finding, Sighting]] = {}
        self._places: dict[Place, Place] = {}

    def places(self, seen: Inventory) -> Mapping[str, Place]:
        """Return where each component of a release is, by purl."""
        needed = needed_by(seen.components)
        used = {one.purl for one in seen.components if one.state not in {"building", "missing"}}
        made = (
            (purl, Place(building=purl not in used, needed_by=by)) for purl, by in needed.items()
        )
        return {purl: self._places.setdefault(place, place) for purl, place in made}

    def of(self, one: Finding, name: str, settled: str, place: Place) -> Sighting:
        """Return a finding in short."""
        what = id(one), name, settled, place
        if what not in self._made:
            self._made[what] = one, _sighting(one, name, settled, place)
        return self._made[what][1]


def sightings_of(scan: Scan, seen: Inventory, settle: Settle, short: Short) -> tuple[Sighting, ...]:
    """Return all findings of a release's own scan in short."""
    names = {one.purl: one.name for one in scan.coverage}
    places = short.places(seen)
    return tuple(
        short.of(one, names.get(one.subject, ""), settle(one), places.get(one.subject, NOWHERE))
        for one in scan.findings
    )


NOWHERE = Place(building=False, needed_by=())


def _sighting(one: Finding, name: str, settled: str, place: Place) -> Sighting:
    full = one if isinstance(one, Vulnerability) else None
    return Sighting(
        vulnerability=one.rule,
        aliases=one.aliases,
        subject=one.subject,
        name=name or one.subject,
        level=one.level,
        summary=one.message.partition("; said by ")[0][:_SUMMARY],
        confidence=full.confidence if full else None,
        exploited=full.exploited if full else "not looked up",
        fixed=full.fixed if full else (),
        settled=settled,
        building=place.building,
        needed_by=place.needed_by,
    )


def needed_by(components: Iterable[Component]) -> Mapping[str, tuple[str, ...]]:
    """Return, by purl, what nothing else needs and needs this component, over however many steps.

    A circle that nothing outside needs is needed by nobody.
    """
    listed = {one.purl: one for one in components}
    above: dict[str, list[str]] = {purl: [] for purl in listed}
    for one in listed.values():
        for purl in one.depends:
            if purl in above and purl != one.purl:
                above[purl].append(one.purl)
    tops = sorted(purl for purl, those in above.items() if not those)
    marks = {purl: 1 << place for place, purl in enumerate(tops)}
    reached = dict.fromkeys(listed, 0)
    for purl in _downwards(listed, above):
        reached[purl] = marks.get(purl, 0)
        for other in above[purl]:
            reached[purl] |= reached[other]
    labels = [f"{listed[purl].name}@{listed[purl].version}" for purl in tops]
    return {purl: _named(mark, labels) for purl, mark in reached.items()}


def _named(mark: int, labels: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    while mark and len(found) < _NEEDED_BY:
        low = mark & -mark
        found.append(labels[low.bit_length() - 1])
        mark ^= low
    return tuple(found)


def _downwards(listed: Mapping[str, Component], above: Mapping[str, list[str]]) -> Iterable[str]:
    """Give components so that each comes after all that need it; those of circles last."""
    waiting = {purl: len(those) for purl, those in above.items()}
    ready = [purl for purl, count in waiting.items() if not count]
    while ready:
        purl = ready.pop()
        yield purl
        for below in dict.fromkeys(listed[purl].depends):
            if below in waiting and below != purl:
                waiting[below] -= 1
                if not waiting[below]:
                    ready.append(below)
    yield from (purl for purl, count in waiting.items() if count > 0)
