"""Tracebacks of Python in a log: where each is, what it ends with, and whose it is.

The lines of source in a traceback are no errors; the exception is. One that passes through Spack
or a recipe ends the build; one of a program that the build runs mostly does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from peso.products.engines.failures.log import Log

_BEGIN = b"traceback (most recent call last)"
_CHAINED = ("During handling of the above", "The above exception was the direct cause")
_LINES = 400
"""Lines a traceback may have; a longer one is taken to end there, without an exception."""
_BETWEEN = 3
"""Lines between two that are chained."""
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]{0,200}(?::|$)")
_SPACK = re.compile(r'File "[^"\n]{0,1000}/(?:package\.py|lib/spack/spack/[^"\n]{1,200}\.py)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Traceback:
    """One traceback, or several that are chained."""

    start: int
    exception: int | None
    """Where the line of the exception starts; None where the log ends before."""
    end: int
    """Where the last line read ends."""
    spacks: bool
    """Whether it passes through Spack or a recipe."""


def tracebacks(log: Log, start: int, end: int) -> tuple[Traceback, ...]:
    """Return the tracebacks between two places, in order."""
    found: list[Traceback] = []
    place = log.flat.find(_BEGIN, start, end)
    while place >= 0:
        one = _read(log, log.start_of_line(place))
        if found and _joined(log, found[-1], one):
            one = _chain(found.pop(), one)
        found.append(one)
        place = log.flat.find(_BEGIN, max(one.end, place + 1), end)
    return tuple(found)


def _read(log: Log, start: int) -> Traceback:
    """Read one traceback: it ends with the first line that begins under its head, with a name."""
    head = log.line(start)
    indent = " " * (len(head) - len(head.lstrip(" ")))
    spacks = False
    place = line_start = log.end_of_line(start)
    for _ in range(_LINES):
        if place >= len(log.data):
            break
        line_start, place = place + 1, log.end_of_line(place + 1)
        line = log.line(line_start)
        if line.startswith(indent) and _EXCEPTION.match(line, len(indent)):
            return Traceback(start=start, exception=line_start, end=place, spacks=spacks)
        spacks = spacks or _SPACK.search(line) is not None
    return Traceback(start=start, exception=None, end=place, spacks=False)


def _joined(log: Log, before: Traceback, after: Traceback) -> bool:
    """Whether Python says between the two that the second came of the first."""
    place = after.start
    for _ in range(_BETWEEN):
        if place - 1 <= before.end:
            return False
        place = log.start_of_line(place - 1)
        if log.line(place).strip().startswith(_CHAINED):
            return True
    return False


def _chain(before: Traceback, after: Traceback) -> Traceback:
    return Traceback(
        start=before.start,
        exception=after.exception,
        end=after.end,
        spacks=before.spacks or after.spacks,
    )
