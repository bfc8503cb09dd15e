"""Wording: numbers, sizes, times and platforms as people read them on a page; text of others.

Pure functions from a value to text; they escape nothing, `page.py` does. What others wrote (names,
variants, logs) may be of any length and hold any character: `shown` makes it fit to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from peso.products.engines.native import NativeRequires, Variant
from peso.products.engines.port import AnyRequires

_STEP = 1000
_MINUTES_FROM = 120
_HOURS_FROM = 120
_SLACK = 4
"""How many times its limit of a text is looked at: white space and the like is left out."""
_LONGEST_NEED = 300
_SIGNS = {"true": "+", "false": "~"}
_OFF = frozenset({"false", "none"})
_HOW = frozenset({"build_system", "build_type", "generator", "ipo"})
"""Variants that say how a unit is built, not what it can do."""
_COMMIT = re.compile(r"^([0-9a-f]{10})[0-9a-f]{30}$")
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
    """Say a duration in seconds; in minutes from two minutes on, in hours from two hours on."""
    if value < _MINUTES_FROM:
        return f"{value:.3g} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < _HOURS_FROM:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def count(value: int) -> str:
    """Say how many, with a mark between thousands."""
    return f"{value:,}"


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


def shown(text: str, limit: int) -> str:
    """Return text on one line, without characters that cannot be seen, cut to a length.

    Marks of writing direction and the like are among those: they let text pretend to be other text.
    """
    # Most of a very long text will not be shown, so most of it is not looked at.
    line = " ".join(text[: limit * _SLACK].split())
    plain = "".join(one if one.isprintable() else "\ufffd" for one in line)
    if len(plain) <= limit and len(text) <= limit * _SLACK:
        return plain
    return f"{plain[:limit]} … (of {len(text)} characters)"


def variants(several: Iterable[Variant], limit: int) -> str:
    """Say all variants of a unit as Spack writes them, bounded."""
    said = " ".join(variant(one.name, one.value) for one in several)
    return shown(said, limit)


def variants_on(several: Iterable[Variant], limit: int) -> str:
    """Say the variants that are on, or have a value, commits in short; not how it was built."""
    matter = [
        one for one in several if one.value not in _OFF and one.name not in _HOW and one.value
    ]
    said = (variant(one.name, _COMMIT.sub(r"\1…", one.value)) for one in matter)
    return shown(" ".join(said), limit)


def variant(name: str, value: str) -> str:
    """Say one variant as Spack writes it."""
    if value in _SIGNS:
        return f"{_SIGNS[value]}{name}"
    return f"{name}={value}"


def runs_on(requires: AnyRequires) -> str:
    """Say what a part needs of the machine: system, processor; Python and C library, or Spack's."""
    if isinstance(requires, NativeRequires):
        targets = ", ".join(requires.targets) or "any processor"
        return shown(f"{requires.platform} ({requires.system}) on {targets}", _LONGEST_NEED)
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
