"""Objections: what stands against a release or a scan, and what a rule heard.

A rule gives these, `gate.py` judges them; nothing checked is an objection too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from peso.base.finding import Finding, Level, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One thing that stands against a release."""

    finding: Finding
    forces: Literal[Outcome.FAIL, Outcome.UNKNOWN] = Outcome.FAIL
    waivable: bool = True
    by_scan: bool = False
    """Whether it is a finding of the scan, on which people may have stated something."""
    stated: str = ""
    """What somebody states on it, and why that does not lift it."""

    def __str__(self) -> str:
        """Say it in one line."""
        seen = self.finding
        stated = f"; stated: {self.stated}" if self.stated else ""
        return f"{seen.subject}: {seen.message} ({seen.rule}, {seen.level}){stated}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one rule heard: objections, and what a reader should know besides."""

    objections: tuple[Objection, ...]
    details: tuple[str, ...] = ()


def objection(
    rule: str, subject: str, message: str, *, unknown: bool = False, fixed: bool = False
) -> Objection:
    """Make an objection; a `fixed` one cannot be waived."""
    level = Level.UNKNOWN if unknown else Level.HIGH
    return Objection(
        finding=Finding(rule=rule, level=level, subject=subject, message=message),
        forces=Outcome.UNKNOWN if unknown else Outcome.FAIL,
        waivable=not fixed,
    )


def nothing(subject: str, message: str) -> Objection:
    """Object that nothing was checked, which is unknown and cannot be waived."""
    return objection("not-checked", subject, message, unknown=True, fixed=True)
