"""What a portal says of public needs, as records: frozen, the same words as its API.

A field that a newer portal adds is left out, so that an older client goes on.
"""

from __future__ import annotations

from datetime import datetime

from peso.client_records import Said


class AskedFor(Said):
    """What is asked for."""

    id: str
    statement: str
    detail: str
    kind: str
    products: tuple[str, ...]
    facilities: tuple[str, ...]
    visibility: str


class Speaker(Said):
    """An organization, and what it is to the consortium: `member`, `facility`, `other`."""

    slug: str
    kind: str


class NeedEndorsement(Said):
    """What one organization says of a need: `useful`, `important`, `blocking`."""

    organization: Speaker
    level: str
    note: str


class NeedHeld(Said):
    """A need, and what became of it."""

    need: AskedFor
    raised: datetime
    status: str
    merged_into: str | None
    endorsements: tuple[NeedEndorsement, ...]


class NeedRanked(Said):
    """A need in the ranking; the score is a range, in millionths of the sum of weights."""

    id: str
    statement: str
    lane: str
    rank: int
    tied: int
    low: int
    high: int
