"""A lint finding as the house's `Finding`: for those who put all kinds of findings together.

An error is `high`, a warning `medium`, a hint `note`. Kept apart because `base/finding.py` takes
pydantic, which a run of the linter does not need.
"""

from __future__ import annotations

from peso.base.finding import Finding, Level
from peso.products.lint.record import LintFinding, LintReport, Severity

LEVELS = {Severity.ERROR: Level.HIGH, Severity.WARNING: Level.MEDIUM, Severity.HINT: Level.NOTE}


def as_finding(one: LintFinding) -> Finding:
    """Return a lint finding as a finding."""
    return Finding(
        rule=one.rule,
        level=LEVELS[one.severity],
        subject=one.place.file,
        message=one.message,
        where=str(one.place),
        hint=one.hint or None,
    )


def as_findings(report: LintReport) -> tuple[Finding, ...]:
    """Return all findings of a report."""
    return tuple(as_finding(one) for one in report.findings)
