"""Charts: a figure over time as lines and dots with their places; a template draws them.

1. Nothing here knows Django or the browser: places are numbers, and looks are classes in a style
   sheet, for the portal allows no inline style.
2. A chart has a twin, the table of the same points; a template shows both.
3. Time goes to the right in equal steps, one for each run: releases come at any time, and what
   matters is which one moved a figure.
4. The axis begins at zero where that does not flatten what moves; its ends are round numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

WIDTH: Final = 420
HEIGHT: Final = 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 12, 12, 30
_TICKS: Final = 4
_HALF: Final = 4
_LABELS: Final = 4
_FLAT: Final = 0.5
"""Where the smallest value is above this part of the largest, the axis does not begin at zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A figure of one run."""

    label: str
    """The release."""
    link: str
    at: datetime
    value: float
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of one test, with its figures."""

    test: str
    ranks: int
    platform: str
    figures: Mapping[str, object]
    label: str
    link: str
    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One figure of one test on one platform, from the oldest run on."""

    figure: str
    test: str
    ranks: int
    platform: str
    points: tuple[Point, ...]

    @property
    def still(self) -> bool:
        """Whether all its runs have one value."""
        return len({one.value for one in self.points}) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A point with its place."""

    x: float
    y: float
    point: Point

    @property
    def left(self) -> float:
        """Where a square around it begins."""
        return round(self.x - _HALF, 1)

    @property
    def top(self) -> float:
        """Where a square around it begins."""
        return round(self.y - _HALF, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A number or a name at an axis, with its place."""

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What a template draws."""

    series: Series
    dots: tuple[Dot, ...]
    line: str
    """The dots as `polyline` has them."""
    rows: tuple[Tick, ...]
    """Values, from below."""
    columns: tuple[Tick, ...]
    """Releases."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    foot: int = HEIGHT - _BOTTOM


def series_of(runs: Iterable[Run]) -> tuple[Series, ...]:
    """Return each figure over the runs that have it; those with most runs come first."""
    found: dict[tuple[str, str, int, str], list[Point]] = {}
    for run in runs:
        for name, value in run.figures.items():
            if isinstance(value, int | float) and math.isfinite(value):
                key = (name, run.test, run.ranks, run.platform)
                found.setdefault(key, []).append(
                    Point(
                        label=run.label,
                        link=run.link,
                        at=run.at,
                        value=float(value),
                        outcome=run.outcome,
                    )
                )
    several = (
        Series(
            figure=figure,
            test=test,
            ranks=ranks,
            platform=platform,
            points=tuple(sorted(points, key=lambda one: one.at)),
        )
        for (figure, test, ranks, platform), points in found.items()
    )
    return tuple(
        sorted(several, key=lambda one: (-len(one.points), one.test, one.ranks, one.figure))
    )


def chart_of(series: Series) -> Chart:
    """Return where everything of a series is drawn; it has at least one point."""
    ticks = ticks_for([one.value for one in series.points])
    low, high = ticks[0], ticks[-1]
    wide, tall = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    step = wide / max(1, len(series.points) - 1)

    def place(value: float) -> float:
        return round(_TOP + tall * (high - value) / (high - low), 1)

    dots = tuple(
        Dot(x=round(_LEFT + step * number, 1), y=place(point.value), point=point)
        for number, point in enumerate(series.points)
    )
    every = max(1, math.ceil(len(dots) / _LABELS))
    return Chart(
        series=series,
        dots=dots,
        line=" ".join(f"{one.x},{one.y}" for one in dots),
        rows=tuple(Tick(at=place(one), label=said(one)) for one in ticks),
        columns=tuple(Tick(at=one.x, label=one.point.label) for one in dots[::every]),
    )


def ticks_for(values: Sequence[float]) -> tuple[float, ...]:
    """Return round numbers that reach around all values, from below; two at least."""
    low, high = min(values), max(values)
    if low > 0 and low < high * _FLAT:
        low = 0.0
    if low == high:
        room = abs(low) / 2 or 1.0
        low, high = (0.0, high) if low > 0 else (low - room, high + room)
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * one for one in (1, 2, 2.5, 5, 10) if power * one >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return tuple(number * step for number in range(first, last + 1))


def said(value: float) -> str:
    """Return a number for people: as many digits as tell it apart, no more."""
    return f"{value:.4g}"
