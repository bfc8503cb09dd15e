"""Wording: numbers, sizes, times and platform tags as people read them on a page.

Pure functions from a value to text; they escape nothing, `page.py` does.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from peso.products.engines.port import Requires

_STEP = 1000
_MINUTES_FROM = 120
_EXACT = 2**53
"""Whole numbers below this have one float each."""
_IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy"}
_LEGACY_GLIBC = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_LIBC = {"manylinux": "glibc", "musllinux": "musl"}
_TAG = re.compile(r"(manylinux|musllinux)_(\d+)_(\d+)_(\w+)")
_LEGACY_TAG = re.compile(r"(manylinux1|manylinux2010|manylinux2014)_(\w+)")


def size(length: int) -> str:
    """Say a number of bytes in decimal units, to three digits."""
    if length < _STEP:
        return f"{length} B"
    value = float(length)
    for unit in ("kB", "MB", "GB"):
        value /= _STEP
        if round(value) < _STEP:
            return f"{value:.3g} {unit}"
    return f"{value / _STEP:.3g} TB"


def seconds(value: float) -> str:
    """Say a duration in seconds, or in minutes from two minutes on."""
    if value < _MINUTES_FROM:
        return f"{value:.3g} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"


def number(value: float) -> str:
    """Say a figure: whole numbers in full, others to six digits."""
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return f"{value:.6g}"


def moment(when: datetime) -> str:
    """Say a moment to the minute, in UTC."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def day(when: datetime) -> str:
    """Say a day, in UTC."""
    return when.astimezone(UTC).strftime("%Y-%m-%d")


def runs_on(requires: Requires) -> str:
    """Say what a part needs of the machine: Python, system, processor, C library."""
    minor = re.fullmatch(r"==(\d+\.\d+)\.\*", requires.python)
    named = _IMPLEMENTATIONS.get(requires.implementation, requires.implementation)
    python = f"{named} {minor.group(1) if minor else requires.python}"
    return f"{python} on {_machines(requires.platforms)}"


def _machines(tags: tuple[str, ...]) -> str:
    """Say platform tags in words; of tags of one family the one that asks most decides."""
    most: dict[tuple[str, str], tuple[int, int]] = {}
    others: list[str] = []
    for tag in tags:
        if found := _TAG.fullmatch(tag):
            family, asked = found.group(1), (int(found.group(2)), int(found.group(3)))
            machine = found.group(4)
        elif found := _LEGACY_TAG.fullmatch(tag):
            family, asked, machine = "manylinux", _LEGACY_GLIBC[found.group(1)], found.group(2)
        else:
            others.append(tag)
            continue
        most[family, machine] = max(most.get((family, machine), asked), asked)
    words = [
        f"Linux {machine} with {_LIBC[family]} {major}.{minor} or newer"
        for (family, machine), (major, minor) in sorted(most.items())
    ]
    return ", ".join([*words, *sorted(others)]) or "any platform"
