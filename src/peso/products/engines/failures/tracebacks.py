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
"""Lines a traceback may have; a longer one is taken to end there."""
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]{0,200}(?::|$)")
_SPACK = re.compile(r'File "[^"\n]{0,1000}/(?:package\.py|lib/spack/spack/[^"\n]{1,200}\.py)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Traceback:
    """One traceback, or several that are chained."""

    start: int
    exception: int
    """Where the line of the exception starts."""
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
            one = Traceback(
                start=found[-1].start,
                exception=one.exception,
                end=one.end,
                spacks=one.spacks or found.pop().spacks,
            )
        found.append(one)
        place = log.flat.find(_BEGIN, max(one.end, place + 1), end)
    return tuple(found)


def _read(log: Log, start: int) -> Traceback:
    """Read one traceback: it ends with the first line that is not indented more than its head."""
    head = log.line(start)
    indent = " " * (len(head) - len(head.lstrip(" ")))
    spacks = False
    place = exception = log.end_of_line(start)
    for _ in range(_LINES):
        if place >= len(log.data):
            break
        exception, place = place + 1, log.end_of_line(place + 1)
        line = log.line(exception)
        if line.startswith(indent) and _EXCEPTION.match(line, len(indent)):
            break
        spacks = spacks or _SPACK.search(line) is not None
    return Traceback(start=start, exception=exception, end=place, spacks=spacks)


def _joined(log: Log, before: Traceback, after: Traceback) -> bool:
    """Whether Python says between the two that the second came of the first."""
    place = before.end
    for _ in range(_LINES):
        if place + 1 >= after.start:
            return False
        if log.line(place + 1).strip().startswith(_CHAINED):
            return True
        place = log.end_of_line(place + 1)
    return False
