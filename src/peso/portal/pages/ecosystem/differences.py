"""Differences: what is not the same in two releases. Pure: it knows neither Django nor the store.

1. What only one of them has is said to be only there; nothing is left out because it has no twin.
2. A known vulnerability that the second scan does not name is gone only where a source of
   advisories still knows the component; else it is not known any more.
3. Units of one name are compared by their versions and licenses, however many there are of it.
4. A figure is compared with itself: same product, test, ranks and platform.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

NOT_TESTED: Final = "not tested"
UNKNOWN: Final = "not known"
_STILL: Final = 0.005
"""A figure that moved by less, as a part of what it was, stands still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A thing that is said in another way; empty: not in that release."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A cell whose state is another one."""

    product: str
    slug: str
    platform: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureKey:
    """What makes a figure the same one."""

    product: str
    test: str
    ranks: int
    platform: str
    figure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureMoved:
    """A figure that is another number."""

    key: FigureKey
    before: float
    after: float

    @property
    def change(self) -> str:
        """Say by how much, in percent of what it was."""
        if not self.before:
            return ""
        return f"{(self.after - self.before) / abs(self.before):+.1%}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDifference:
    """A known vulnerability that only one of the scans names."""

    rule: str
    level: str
    subject: str
    state: str
    """`new`, `gone`, or `not known`: nobody covers the component any more."""


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Changed, ...]:
    """Return what is not the same in both, by name."""
    return tuple(
        Changed(name=name, before=before.get(name, ""), after=after.get(name, ""))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )


def together(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what is said of each name, several things of one name together."""
    by: dict[str, set[str]] = {}
    for name, said in rows:
        by.setdefault(name, set()).add(said or UNKNOWN)
    return {name: ", ".join(sorted(several)) for name, several in by.items()}


Cells = Mapping[tuple[str, str, str], str]
"""Product, its slug, and platform, with the state."""


def moved(before: Cells, after: Cells) -> tuple[Moved, ...]:
    """Return the cells whose state changed."""
    return tuple(
        Moved(
            product=key[0],
            slug=key[1],
            platform=key[2],
            before=before.get(key, NOT_TESTED),
            after=after.get(key, NOT_TESTED),
        )
        for key in sorted(before.keys() | after.keys())
        if before.get(key, NOT_TESTED) != after.get(key, NOT_TESTED)
    )


def figures_moved(
    before: Mapping[FigureKey, float], after: Mapping[FigureKey, float]
) -> tuple[FigureMoved, ...]:
    """Return the figures that both have and that did not stand still, the furthest first."""
    several = [
        FigureMoved(key=key, before=before[key], after=after[key])
        for key in before.keys() & after.keys()
        if not math.isclose(before[key], after[key], rel_tol=_STILL)
    ]
    return tuple(sorted(several, key=lambda one: (-_part(one), *_place(one.key))))


def _place(key: FigureKey) -> tuple[str, str, str, int, str]:
    return key.product, key.figure, key.test, key.ranks, key.platform


def _part(one: FigureMoved) -> float:
    moved = abs(one.after - one.before) / abs(one.before) if one.before else math.inf
    return round(moved, 3)  # what is said alike is as far


Found = Mapping[tuple[str, str], str]
"""Rule and subject, with the level."""


def found(before: Found, after: Found, covered: frozenset[str]) -> tuple[FoundDifference, ...]:
    """Return what only one scan names; `covered`: the names of components the second one knows."""

    def state(key: tuple[str, str]) -> str:
        if key in after:
            return "new"
        return "gone" if plain(key[1]) in covered else UNKNOWN

    return tuple(
        FoundDifference(
            rule=key[0], level=after.get(key) or before[key], subject=key[1], state=state(key)
        )
        for key in sorted(before.keys() ^ after.keys())
    )


def plain(subject: str) -> str:
    """Return a component's name without its version: two releases have it in two."""
    return subject.partition("?")[0].rpartition("@")[0] or subject
