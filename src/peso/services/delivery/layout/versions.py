"""Versions: which of a stack's versions is the newest; pages and `install` must say the same.

1. As PEP 440 orders them where all of them follow it, else number by number.
2. A version that PESO made of a lock (`0+` and 12 hex digits, for an environment without a stack
   file) says nothing of time: of several the one made last is the newest; any other is above them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from packaging.version import InvalidVersion, Version

_OF_A_LOCK = re.compile(r"0\+[0-9a-f]{12}")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_NUMBERS = re.compile(r"[0-9]+|[^0-9]+")


def newest(versions: Sequence[str], made: Sequence[datetime]) -> int:
    """Return the index of the highest version; the first one's where several are equal.

    Args:
        versions: The versions.
        made: When the release of each was made.
    """
    return max(range(len(versions)), key=_order(versions, made))


def ascending(versions: Sequence[str], made: Sequence[datetime]) -> list[int]:
    """Return the indices of versions in their order, the newest last; arguments as for `newest`.

    Of several that are equal the first one's is last, for `newest` takes it.
    """
    return sorted(range(len(versions) - 1, -1, -1), key=_order(versions, made))


def _order(versions: Sequence[str], made: Sequence[datetime]) -> Callable[[int], Any]:
    """Return the key by which an index is compared."""
    of_a_lock = [_OF_A_LOCK.fullmatch(version) is not None for version in versions]
    keys = _keys(["0" if own else one for one, own in zip(versions, of_a_lock, strict=True)])
    when = [at if own else _LONG_AGO for at, own in zip(made, of_a_lock, strict=True)]
    return lambda at: (keys[at], when[at])


def _keys(versions: Sequence[str]) -> list[Any]:
    try:
        return [Version(version) for version in versions]
    except InvalidVersion:
        return [_natural(version) for version in versions]


def _natural(version: str) -> list[tuple[int, int, str]]:
    """Return a key by which numbers in a version compare as numbers."""
    pieces = _NUMBERS.findall(version)
    return [(1, int(one), "") if one.isdecimal() else (0, 0, one) for one in pieces]
