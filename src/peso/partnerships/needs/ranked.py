"""The records of a ranking: lanes, weights, and a need where it stands with what put it there."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from peso.base.record import Record
from peso.partnerships.needs.terms import NAMES, RankTerm

METHOD = "peso.needs-ranking/1"


class Lane(StrEnum):
    """What goes before what."""

    SECURITY = "security"
    TIME = "time"
    ORDINARY = "ordinary"


class Weights(Record):
    """How much each term counts, in whole numbers."""

    members: int = Field(default=5, ge=0, le=1000)
    facilities: int = Field(default=4, ge=0, le=1000)
    others: int = Field(default=1, ge=0, le=1000)
    severity: int = Field(default=4, ge=0, le=1000)
    reach: int = Field(default=3, ge=0, le=1000)
    leverage: int = Field(default=4, ge=0, le=1000)
    evidence: int = Field(default=2, ge=0, le=1000)
    effort: int = Field(default=2, ge=0, le=1000)

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not any(self.values):
            raise ValueError("all weights are zero")
        return self

    @property
    def values(self) -> tuple[int, ...]:
        """The weights in the order of the terms."""
        return tuple(getattr(self, name) for name in NAMES)


class Part(Record):
    """What a term adds to the score of a need."""

    term: RankTerm
    weight: int
    low: int
    high: int
    """Weight times value, in millionths."""


class Span(Record):
    """From the best rank to the worst."""

    best: int
    worst: int


class Ranked(Record):
    """A need in a ranking, and why it is where it is."""

    id: str
    statement: str
    lane: Lane
    why_lane: str = ""
    rank: int
    tied: int
    """How many share the rank, itself included."""
    by_unknowns: Span
    """The ranks that what is unknown allows."""
    by_half: Span
    """The ranks when each weight by itself is a half less, or a half more."""
    by_any: Span
    """The ranks over all weights that are thirds of the whole."""
    low: int
    high: int
    """The score in millionths of the sum of weights: its ends."""
    parts: tuple[Part, ...]


class Ranking(Record):
    """All open needs, the first at first."""

    on: date
    weights: Weights
    needs: tuple[Ranked, ...]
