"""Figures: the numbers a test printed, read from its standard output and compared. Pure.

1. A figure is a line that is exactly `name=number`; every other line is for people.
2. A figure that `expect` names must be printed once, be finite, and be as `expect` says. Whatever
   is wrong is said, for every figure at once.
3. A figure that no `expect` names is kept as printed, each time it was.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import PlainSerializer

from peso.base.record import Record
from peso.products.figures import NAME, Comparison, parse_comparison

KEPT = 1000
"""How many figures that no `expect` names are kept."""

__all__ = ["Comparison", "Figure", "FiguresRead", "parse_comparison", "read_figures"]


def _plain(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


Number = Annotated[float, PlainSerializer(_plain, when_used="json")]
"""A float; JSON has no word for one that is not finite, so there it is `nan`, `inf` or `-inf`."""


class Figure(Record):
    """One number a test printed."""

    name: str
    value: Number
    expect: str | None
    """The comparison the stack file asks for; None for a figure that is only kept."""
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresRead:
    """What was read."""

    figures: tuple[Figure, ...]
    """In the order they were printed."""
    faults: tuple[str, ...]
    """What is wrong, one sentence each; empty: every expected figure is met."""


def read_figures(stdout: str, expect: Mapping[str, str]) -> FiguresRead:
    """Read the figures a test printed and compare them with what the stack file expects.

    Raises:
        ValueError: `expect` holds what is not a comparison.
    """
    wanted = {name: parse_comparison(text) for name, text in expect.items()}
    figures: list[Figure] = []
    values: dict[str, list[float]] = {name: [] for name in wanted}
    more = 0
    for name, value in printed(stdout):
        asked = wanted.get(name)
        if asked:
            values[name].append(value)
            if len(values[name]) > KEPT:
                continue
        else:
            more += 1
            if more > KEPT:
                continue
        met = asked.met(value) if asked else None
        text = asked.text if asked else None
        figures.append(Figure(name=name, value=value, expect=text, met=met))
    faults = [_fault(name, values[name], asked) for name, asked in wanted.items()]
    if more > KEPT:
        faults.append(f"{more} figures that nothing expects were printed, {KEPT} are allowed")
    return FiguresRead(figures=tuple(figures), faults=tuple(said for said in faults if said))


def printed(stdout: str) -> Iterator[tuple[str, float]]:
    """Return every figure in the order it was printed."""
    for line in stdout.split("\n"):
        name, equals, number = line.removesuffix("\r").partition("=")
        if not equals or not NAME.fullmatch(name) or number != number.strip():
            continue
        try:
            yield name, float(number)
        except ValueError:
            continue


def _fault(name: str, values: list[float], asked: Comparison) -> str:
    """Say what is wrong with an expected figure, or nothing."""
    if not values:
        return f"{name} was not printed"
    if len(values) > 1:
        return f"{name} was printed {len(values)} times"
    if not math.isfinite(values[0]):
        return f"{name} is {values[0]}, which is not finite"
    return "" if asked.met(values[0]) else f"{name} is {values[0]!r}, expected {asked.text.strip()}"
