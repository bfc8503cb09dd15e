"""Moved: what a page says of binaries that were tried in other folders than they were built in.

1. Every archive of the part is in it; one of which no proof is shipped is not known.
2. Where a part has many, those come first of which a reader has to know, and the rest is counted.
3. The instruction sets stand beside the target that is claimed, and are no verdict on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from peso.base.finding import Level, Outcome
from peso.products.engines.native import NativeBuild
from peso.products.engines.relocation import DIRECTIONS, Instructions, Leak, Relocation

_MOST = 60
_SHOWN_LEAKS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedView:
    """What a page says of a part's binaries in other folders."""

    proofs: tuple[Relocation, ...]
    """What a reader has to know of comes first."""
    without: tuple[str, ...]
    """Labels of units whose archives have no proof."""

    @property
    def shown(self) -> tuple[Relocation, ...]:
        """The proofs that a page lists."""
        return self.proofs[:_MOST]

    @property
    def counts(self) -> tuple[tuple[str, str, int], ...]:
        """How many archives came to which end, in each of the two folders."""
        found = Counter(
            (into, str(one.landing(into).verdict.outcome))
            for one in self.proofs
            for into in DIRECTIONS
        )
        return tuple((into, outcome, number) for (into, outcome), number in sorted(found.items()))

    @property
    def levels(self) -> tuple[tuple[Level, int], ...]:
        """How many build paths were left, by level, the gravest first."""
        found = Counter(leak.level for one in self.proofs for leak in one.leaks)
        return tuple((level, found[level]) for level in reversed(Level) if found[level])


def moved_view(build: NativeBuild, proofs: Mapping[str, Relocation]) -> MovedView:
    """Return what a page says of a part.

    Args:
        build: The part, with its archives.
        proofs: Proofs by the archive's digest, as the release ships them.
    """
    found = [one for entry in build.cache if (one := proofs.get(entry.archive.sha256))]
    without = [
        f"{one.name}@{one.version}/{one.hash[:7]}"
        for one in build.cache
        if one.archive.sha256 not in proofs
    ]
    return MovedView(proofs=tuple(sorted(found, key=_first)), without=tuple(without))


def _first(one: Relocation) -> tuple[int, int, str]:
    bad = sum(one.landing(into).verdict.outcome is not Outcome.PASS for into in DIRECTIONS)
    worst = max((list(Level).index(leak.level) for leak in one.leaks), default=-1)
    return -bad, -worst, one.name


def grave_leaks(one: Relocation) -> tuple[Leak, ...]:
    """Return the leaks that a page shows: those above a note, a few."""
    return tuple(leak for leak in one.leaks if leak.level is not Level.NOTE)[:_SHOWN_LEAKS]


def leaks_said(one: Relocation) -> str:
    """Say how many build paths were left, by level."""
    counts = Counter(leak.level for leak in one.leaks)
    said = ", ".join(f"{counts[level]} {level}" for level in reversed(Level) if counts[level])
    more = f", {one.more} more" if one.more else ""
    return f"{said or 'none'}{more}"


def beyond(one: Instructions) -> str:
    """Say which level the instructions that were seen are of."""
    return one.level or "no general target has them all"


def features_said(features: Iterable[str]) -> str:
    """Say which features were seen in use."""
    return " ".join(features) or "none beyond every machine's"
