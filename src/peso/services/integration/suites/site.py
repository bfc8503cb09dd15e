"""What every suite may use, and what a suite gives back; results of tests that were not run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from peso.base.finding import Finding, Level, Outcome, Verdict
from peso.base.ledger import Blobs
from peso.products.engines.port import Artifact, ToolCall
from peso.products.platforms.port import JobEnd, Platform
from peso.products.stack import Skip
from peso.services.integration.results import TestResult
from peso.services.integration.suites.units import Placed, Units

NOTHING = "*"
"""The name of the result of a suite of which nothing was selected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the tests of suites run, on what, and with what."""

    units: Units
    platform: Platform
    blobs: Blobs
    work: Path
    today: date
    self_test: Callable[[Placed], ToolCall | None]
    """Returns the command that tests a unit; None where its engine offers none."""
    seen: Callable[[str], None]
    """Is told what is tested now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suited:
    """What a suite gave."""

    results: tuple[TestResult, ...]
    findings: tuple[Finding, ...] = ()


def not_run(site: Site, suite: str, name: str, of: tuple[str, ...], verdict: Verdict) -> TestResult:
    """Return the result of a test that was not run, and why."""
    sha256, length = site.blobs.put(b"")
    path = f"logs/{suite}/{'none' if name == NOTHING else name}.log"
    log = Artifact(role="log", path=path, media_type="text/plain", length=length, sha256=sha256)
    end = JobEnd(
        ended="not-started",
        code=None,
        seconds=0.0,
        peak_memory=None,
        left_behind=(),
        message=verdict.reason or "",
    )
    return TestResult(
        name=name,
        ranks=None,
        of=of,
        verdict=verdict,
        end=end,
        figures=(),
        stdout=log,
        stderr=log,
        suite=suite,
    )


def unknown(reason: str) -> Verdict:
    """Return a verdict that nobody knows."""
    return Verdict(outcome=Outcome.UNKNOWN, reason=reason)


class Skips:
    """The skips of a suite: which hold today, which have expired, which name nothing."""

    def __init__(self, suite: str, skips: Iterable[Skip], today: date) -> None:
        self._suite, self._today = suite, today
        self._skips = tuple(skips)
        self._met: set[str] = set()

    def verdict(self, test: str) -> Verdict | None:
        """Return why a test is not run today; None where it is run."""
        mine = [one for one in self._skips if one.test == test]
        self._met |= {one.test for one in mine}
        for one in mine:
            if one.until >= self._today:
                reason = f"skipped until {one.until} by {one.owner}: {one.reason}"
                return Verdict(outcome=Outcome.NOT_APPLICABLE, reason=reason)
        return None

    def findings(self) -> tuple[Finding, ...]:
        """Say which skips expired, and which name no test that would be run."""
        found: list[Finding] = []
        for one in self._skips:
            if one.test not in self._met:
                message = f"{one.owner}'s skip names no test that would be run here"
                found.append(self._finding("skip-names-no-test", one, message))
            elif one.until < self._today:
                message = f"{one.owner}'s skip expired on {one.until}, so it was run: {one.reason}"
                found.append(self._finding("skip-expired", one, message))
        return tuple(found)

    def _finding(self, rule: str, skip: Skip, message: str) -> Finding:
        return Finding(
            rule=rule,
            level=Level.MEDIUM,
            subject=f"{self._suite}/{skip.test}",
            message=message,
            hint=f"remove it from suites.{self._suite}.skip, or renew it with a reason",
        )
