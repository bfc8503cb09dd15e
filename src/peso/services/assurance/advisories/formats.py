"""The forms that sources have: how each is told by its content, and read.

A file is taken for the first format that knows it; a source is taken for what most of the first
files that any format knows are taken for, and read as that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from peso.services.assurance.advisories.osv import read_osv
from peso.services.assurance.advisories.record import Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One form of a source."""

    name: str
    """What `--format` calls it."""
    title: str
    """What people call it."""
    suffixes: frozenset[str]
    """What the names of its files end with."""
    known_by: re.Pattern[bytes]
    """What is found in the first bytes of its files, and in no other format's before it."""
    read: Callable[[str, bytes], Read]
    """Reads a file, by its name and content; raises Unreadable."""
    limit: int = 8 << 20
    """How many bytes a file may have."""


HEAD: Final = 64 << 10
"""How much of a file is looked at to tell its format."""
FORMATS: Final = (
    Format(
        name="osv",
        title="OSV records",
        suffixes=frozenset({".json", ".yaml", ".yml"}),
        known_by=re.compile(rb'(?m)(?:^|[{,])\s*"?id"?\s*:'),
        read=read_osv,
    ),
)
SUFFIXES: Final = frozenset(suffix for one in FORMATS for suffix in one.suffixes)


def named(name: str) -> Format | None:
    """Return the format of a name; None where there is none."""
    return next((one for one in FORMATS if one.name == name), None)


def told(suffix: str, head: bytes) -> Format | None:
    """Return what a file is taken for, by the end of its name and its first bytes."""
    return next(
        (one for one in FORMATS if suffix in one.suffixes and one.known_by.search(head)), None
    )


def most(found: Iterable[Format | None]) -> Format | None:
    """Return what most files are taken for; None where no format knows any."""
    counted = Counter(one for one in found if one is not None)
    return counted.most_common(1)[0][0] if counted else None
