"""What a facility is told: the report of a yes, and the doubts of a no.

1. A yes says what was proven, under which root, as of when, and what was not looked at.
2. A no is `NotProven`: every doubt that was met, each with its reason and its place inside the
   publication. The first one gives the reason of the whole; people are shown up to twenty.

Proves nothing itself: `verify.py` and `install.py` do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from peso.base.record import Record
from peso.errors import Reason, Refused

SHOWN = 20
"""How many doubts are shown to people; `NotProven.doubts` has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One thing that is not as the signatures say."""

    reason: Reason
    where: str
    """The path inside the publication, as far as it can be printed."""
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        """Say the doubt on one line."""
        return f"{self.where}: {self.message} ({self.reason})"


class NotProven(Refused):
    """The publication is not what its signatures say, or it cannot be known."""

    def __init__(self, doubts: Sequence[Doubt]) -> None:
        first = doubts[0]
        super().__init__(first.message, where=first.where, hint=first.hint, reason=first.reason)
        self.doubts = tuple(doubts)

    def __str__(self) -> str:
        """Say the first doubt as every error is said, then the others, a line each."""
        others = [f"  also {doubt}" for doubt in self.doubts[1:SHOWN]]
        hidden = len(self.doubts) - SHOWN
        if hidden > 0:
            others.append(f"  and {hidden} more")
        return "\n".join([super().__str__(), *others])


def doubt(error: Refused, where: str) -> Doubt:
    """Turn a refusal into a doubt about the file at `where`."""
    return Doubt(
        reason=error.reason or Reason.CHANGED,
        where=where,
        message=error.message,
        hint=error.hint,
    )


def swapped(where: str, other: str) -> Doubt:
    """Say that a known file's content stands in another's place."""
    message = f"it has the content of {other}"
    return Doubt(reason=Reason.SWAPPED, where=where, message=message)


def freshness(as_of: datetime, until: datetime, *, fresh: bool) -> str:
    """Say for people how fresh the index is."""
    if fresh:
        return f"proven fresh; good until {until:%Y-%m-%d %H:%M} UTC"
    return f"freshness not proven since {as_of:%Y-%m-%d}"


def printable(name: str) -> str:
    """Return a file's name so that it can be shown whatever bytes it has."""
    shown = name.encode("utf-8", "backslashreplace").decode()
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in shown)


class ReleaseProven(Record):
    """One release whose manifest, files and evidence were proven."""

    channel: str
    stack: str
    version: str
    title: str
    manifest: str
    """The sha256 of the signed manifest."""
    files: int
    bytes: int


class VerifyReport(Record):
    """The answer yes; every no is an exception."""

    ok: Literal[True] = True
    where: str
    root_sha256: str
    """The pinned root that everything was proven from."""
    development: bool
    """Whether that root is marked as made for development; such keys are nobody's word."""
    as_of: datetime
    """The time the signatures were judged at."""
    fresh_until: datetime
    """When the signatures over the index expire (timestamp or snapshot, the earlier one)."""
    freshness: str
    """The same for people; says so when freshness was not proven."""
    releases: tuple[ReleaseProven, ...]
    files: int
    """Files proven, metadata included."""
    bytes: int
    not_looked_at: tuple[str, ...]
    """What the answer does not speak of; empty for a folder."""
    checked: tuple[str, ...]
    """What was checked, in order, for people."""
