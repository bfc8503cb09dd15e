"""A slow, plain reading of entries for versions of numbers: what importers' events mean."""

from __future__ import annotations

import re
from collections.abc import Iterable

from peso.services.assurance.advisories.record import Affected, Range


def place(version: str) -> tuple[int, ...]:
    """Return the numbers of a version; a letter counts as a number after it (`1.0.2k`)."""
    runs = re.findall(r"\d+|[a-z]", version)
    numbers = [int(run) if run.isdigit() else ord(run) for run in runs]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def inside(span: Range, version: str) -> bool:
    """Say whether a version is in a range, by the last event at or below it."""
    here, best, answer = place(version), None, False
    for number, (kind, at) in enumerate(span.events):
        there = () if (kind, at) == ("introduced", "0") else place(at)
        above = kind in {"last_affected", "after"}
        if there < here or (there == here and not above):
            rank = (there, above, number)
            if best is None or rank > best:
                best, answer = rank, kind in {"introduced", "after"}
    return answer


def said(entries: Iterable[Affected], version: str) -> str:
    """Return `yes`, `perhaps` or `no`."""
    several = list(entries)
    spans = [span for one in several for span in one.ranges if span.type != "GIT"]
    if any(version in one.versions for one in several):
        return "yes"
    if any(inside(span, version) and not span.doubt for span in spans):
        return "yes"
    return "perhaps" if any(inside(span, version) for span in spans) else "no"
