"""Findings and verdicts: the words for what was seen and what follows from it.

1. A `Finding` is one thing seen: rule, level, subject, where, message, hint. One word for lint,
   scan, tests and checks.
2. A `Verdict` is pass, fail, unknown or not applicable, the last two always with a reason.
3. Unknown is never pass: `Verdict.ok` is true for pass and for not applicable only.
4. A level that nobody knows (`Level.UNKNOWN`) counts as at or above every threshold.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from peso.base.record import Record


class Level(StrEnum):
    """How grave a finding is."""

    NOTE = "note"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    UNKNOWN = "unknown"

    def reaches(self, threshold: Level) -> bool:
        """Say whether this level is at or above the threshold; an unknown level always is."""
        order = list(Level)
        return order.index(self) >= order.index(threshold)


class Finding(Record):
    """One thing seen."""

    rule: str
    level: Level
    subject: str
    message: str
    where: str | None = None
    hint: str | None = None
    aliases: tuple[str, ...] = ()


class Outcome(StrEnum):
    """The four answers."""

    PASS = "pass"  # noqa: S105 - an answer, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


class Verdict(Record):
    """An answer, with its reason where it is not a plain yes."""

    outcome: Outcome
    reason: str | None = None

    @model_validator(mode="after")
    def _a_reason_where_needed(self) -> Self:
        if self.outcome is not Outcome.PASS and not self.reason:
            raise ValueError(f"a verdict of {self.outcome} needs a reason")
        return self

    @property
    def ok(self) -> bool:
        """Whether this is a yes: pass or not applicable, never unknown."""
        return self.outcome in {Outcome.PASS, Outcome.NOT_APPLICABLE}


class Unknown(Record):
    """A value nobody knows, and why; kept where the value would be."""

    unknown: str
