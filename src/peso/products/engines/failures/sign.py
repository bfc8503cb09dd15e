"""A sign: how a tool says that it stopped, and which kind of failure that is.

1. A sign is found by a `needle` first, plain lower-case bytes that are looked for in the whole log,
   then by its pattern on the lines that have one. So a long log costs a few searches, not a
   regular expression a line.
2. Patterns take time linear in the line: they begin with plain text or at the line's start, and
   never have two open repetitions of which one can stand for the other.
3. `sure`: a tool stops when it says this. `likely`: it mostly does. `late`: said by one who only
   noticed that something below had failed (make, collect2, Spack itself).
4. Of the signs that fit a line the first in the table counts: the specific before the generic.
5. Every sign has lines that it must and must not know; the tests go through all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from peso.products.engines.native import FailureKind

Weight = Literal["sure", "likely", "late"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One way in which a tool says that it failed."""

    kind: FailureKind
    weight: Weight = "sure"
    needles: tuple[bytes, ...]
    """Lower case; a line has one of them, or the sign does not fit it."""
    pattern: re.Pattern[str]
    """Looked for anywhere in a line without colours."""
    confirmed_by: tuple[bytes, ...] = ()
    """Lower case; one of them comes later in the log, or the line was no reason to stop."""
    told_below: bool = False
    """Whether the line only says where, and the next line with text says what."""
    yes: tuple[str, ...]
    no: tuple[str, ...] = ()


def sign(  # noqa: PLR0913 - a row of the table
    kind: FailureKind,
    *,
    needles: tuple[str, ...],
    patterns: tuple[str, ...],
    yes: tuple[str, ...],
    no: tuple[str, ...] = (),
    weight: Weight = "sure",
    confirmed_by: tuple[str, ...] = (),
    told_below: bool = False,
) -> Sign:
    """Write a row of the table: any of the patterns will do."""
    return Sign(
        kind=kind,
        weight=weight,
        needles=tuple(needle.encode() for needle in needles),
        pattern=re.compile("|".join(patterns)),
        confirmed_by=tuple(needle.encode() for needle in confirmed_by),
        told_below=told_below,
        yes=yes,
        no=no,
    )
