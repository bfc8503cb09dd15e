"""A frozen ranking as it is looked at: its file as structs, read many times as fast as records.

What is read so was written by us and is only shown, or compared; who is given a file, or makes a
ranking again, reads records, which check it (`snapshot.py`).
"""

from __future__ import annotations

from datetime import date

import msgspec

from peso.partnerships.needs.ranked import Lane, Weights


class LookedTerm(msgspec.Struct, frozen=True, gc=False):
    """`RankTerm`, read."""

    name: str
    raw: str
    low: int
    high: int
    unknown: str


class LookedPart(msgspec.Struct, frozen=True, gc=False):
    """`Part`, read."""

    term: LookedTerm
    weight: int
    low: int
    high: int


class LookedSpan(msgspec.Struct, frozen=True, gc=False):
    """`Span`, read."""

    best: int
    worst: int


class LookedNeed(msgspec.Struct, frozen=True):
    """`Ranked`, read."""

    id: str
    statement: str
    lane: Lane
    why_lane: str
    rank: int
    tied: int
    by_unknowns: LookedSpan
    by_half: LookedSpan
    by_any: LookedSpan
    low: int
    high: int
    parts: tuple[LookedPart, ...]


class Looked(msgspec.Struct, frozen=True):
    """`Snapshot`, read."""

    method: str
    audience: str
    on: date
    said: dict[str, int] = msgspec.field(name="weights")
    export_sha256: str
    needs: tuple[LookedNeed, ...]

    @property
    def weights(self) -> Weights:
        """How much each term counts."""
        return Weights(**self.said)


def look(snapshot: str) -> Looked:
    """Read a snapshot that was written by `freeze`."""
    return msgspec.json.decode(snapshot, type=Looked)
