"""Suites: what a page says of tests that others wrote, run as they are.

1. A result names the unit it is a result of, by hash, and every stage that was run.
2. A test that is not run for now has an owner, a reason and a last day; past it, that is said.
3. A suite of which nothing was run says so: no result is not a pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from peso.base.finding import Outcome
from peso.products.stack import E4sSuite, Skip, Stack, Suite
from peso.services.integration.test import TestResult, TestRun

__all__ = ["WORST", "SkipView", "SuiteView", "suite_views"]

WORST = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE, Outcome.PASS)
"""The answers, the worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipView:
    """A test that is not run for now."""

    skip: Skip
    past: bool
    """Whether its last day had passed when the tests ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteView:
    """One suite, and what came of it."""

    name: str
    asked: Suite | None
    """As the stack file has it; None for results of a suite it does not name."""
    results: tuple[TestResult, ...]
    """Those that did not pass come first."""
    skips: tuple[SkipView, ...]

    @property
    def commit(self) -> str:
        """The commit that was run; empty where the suite has none."""
        return self.asked.commit if isinstance(self.asked, E4sSuite) else ""

    @property
    def what(self) -> str:
        """What kind of tests these are, in words."""
        if self.asked is None:
            return "A suite that the stack file does not name"
        if isinstance(self.asked, E4sSuite):
            return "Tests of the E4S testsuite, unmodified"
        return "Stand-alone tests of the recipes, run by Spack"

    @property
    def said(self) -> str:
        """What came of it, in words; a test that was skipped did not pass."""
        words = {
            Outcome.PASS: "passed",
            Outcome.FAIL: "failed",
            Outcome.UNKNOWN: "not known",
            Outcome.NOT_APPLICABLE: "not run",
        }
        counts = Counter(one.verdict.outcome for one in self.results)
        said = [f"{counts[outcome]} {word}" for outcome, word in words.items() if counts[outcome]]
        return ", ".join(said) or "nothing was run"


def suite_views(stack: Stack, run: TestRun) -> tuple[SuiteView, ...]:
    """Return what is to say of every suite, in the order of the stack file."""
    named = dict.fromkeys([*stack.suites, *(one.suite for one in run.results if one.suite)])
    return tuple(_suite(name, stack.suites.get(name), run) for name in named)


def _suite(name: str, asked: Suite | None, run: TestRun) -> SuiteView:
    skips: Iterable[Skip] = asked.skip if asked is not None else ()
    day: date = run.started.date()
    results = sorted(
        (one for one in run.results if one.suite == name),
        key=lambda one: (WORST.index(one.verdict.outcome), one.name),
    )
    return SuiteView(
        name=name,
        asked=asked,
        results=tuple(results),
        skips=tuple(SkipView(skip=one, past=one.until < day) for one in skips),
    )
