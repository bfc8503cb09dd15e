"""Severity: how grave an advisory is, from its CVSS vectors (versions 2, 3 and 4).

The highest of all witnesses decides. Without a vector that can be read, a database's own word
counts, and the note says so; without that too, the level is unknown, which reaches every threshold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from cvss import CVSS2, CVSS3, CVSS4
from cvss.exceptions import CVSSError

from peso.base.finding import Level
from peso.services.assurance.advisories.record import Severity

_READERS: Mapping[str, Callable[[str], float]] = MappingProxyType(
    {
        "CVSS_V2": lambda vector: float(CVSS2(vector).base_score),
        "CVSS_V3": lambda vector: float(CVSS3(vector).base_score),
        "CVSS_V4": lambda vector: float(CVSS4(vector).base_score),
    }
)
_WORDS: Mapping[str, Level] = MappingProxyType(
    {
        "none": Level.NOTE,
        "low": Level.LOW,
        "moderate": Level.MEDIUM,
        "medium": Level.MEDIUM,
        "high": Level.HIGH,
        "important": Level.HIGH,
        "critical": Level.CRITICAL,
    }
)
_ORDER = tuple(Level)
_KEPT = 1 << 13
"""Ratings that are kept: a few hundred say what thousands of records say."""
_STEPS = ((9.0, Level.CRITICAL), (7.0, Level.HIGH), (4.0, Level.MEDIUM), (0.1, Level.LOW))
"""The qualitative scale of CVSS 3 and 4; version 2 has the same without critical."""


def rate(severities: Iterable[Severity], words: Iterable[str | None]) -> tuple[Level, str]:
    """Return (level, note) of the witnesses of one finding.

    Args:
        severities: Every rating any witness gives.
        words: What the databases call the severity, e.g. `MODERATE`.
    """
    return _rated(tuple(severities), tuple(words))


@lru_cache(maxsize=_KEPT)
def _rated(severities: tuple[Severity, ...], words: tuple[str | None, ...]) -> tuple[Level, str]:
    levels: list[Level] = []
    notes: list[str] = []
    for severity in dict.fromkeys(severities):
        if severity.type not in _READERS:
            continue
        try:
            levels.append(_level(_READERS[severity.type](severity.score), severity.type))
        except CVSSError:
            notes.append(f"the {severity.type} vector {severity.score[:80]!r} cannot be read")
    if not levels:
        told = [_WORDS[word.lower()] for word in words if word and word.lower() in _WORDS]
        notes.append("no CVSS vector; rated by the database's own word" if told else "not rated")
        levels = told or [Level.UNKNOWN]
    return max(levels, key=_ORDER.index), "; ".join(notes)


def _level(score: float, kind: str) -> Level:
    level = next((level for least, level in _STEPS if score >= least), Level.NOTE)
    return Level.HIGH if kind == "CVSS_V2" and level is Level.CRITICAL else level
