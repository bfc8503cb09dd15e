"""Versions: which of a stack's versions is the newest; pages and `install` must say the same.

As PEP 440 orders them where all of them follow it, else number by number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from packaging.version import InvalidVersion, Version


def newest(versions: Sequence[str]) -> int:
    """Return the index of the highest version; the first one's where several are equal."""
    try:
        standard = [Version(version) for version in versions]
    except InvalidVersion:
        natural = [_natural(version) for version in versions]
        return max(range(len(versions)), key=natural.__getitem__)
    return max(range(len(versions)), key=standard.__getitem__)


def _natural(version: str) -> list[tuple[int, int, str]]:
    """Return a key by which numbers in a version compare as numbers."""
    pieces = re.findall(r"[0-9]+|[^0-9]+", version)
    return [(1, int(one), "") if one.isdecimal() else (0, 0, one) for one in pieces]
