"""What a policy asks of a scan alone; unknown is never a yes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from peso.base.finding import Finding, Level, Outcome
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.gate import GateVerdict, judge_scan
from peso.services.assurance.gate_rules.seen import SeenScan
from peso.services.assurance.matching.coverage import Coverage
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.policy import (
    AdvisoriesRule,
    CoverageRule,
    FindingsRule,
    Policy,
    Rules,
    Waiver,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOURCE = Source(
    name="ours",
    format="osv",
    imported=NOW,
    newest=NOW - timedelta(days=1),
    records=1,
    withdrawn=0,
    products=1,
    sha256="0" * 64,
    findings=(),
)
KNOWN = Coverage(purl="pkg:pypi/a@1", name="a@1", sources=("ours",), asked=("PyPI a",))
BARE = Coverage(purl="pkg:pypi/b@1", name="b@1", sources=(), asked=("PyPI b",), reason="no record")
NAMELESS = Coverage(purl="c", name="c@1", sources=(), reason="it has no purl and no CPE")


def found(level: Level, subject: str = "pkg:pypi/a@1") -> Finding:
    return Finding(rule="CVE-1", level=level, subject=subject, message="said")


def judged(
    rules: Rules,
    *,
    findings: tuple[Finding, ...] = (),
    coverage: tuple[Coverage, ...] = (KNOWN,),
    sources: tuple[Source, ...] = (SOURCE,),
    aside: frozenset[str] = frozenset(),
    unsure: tuple[str, ...] = (),
    waivers: tuple[Waiver, ...] = (),
) -> GateVerdict:
    scan = Scan(made=NOW, inventory="0" * 64, sources=sources, findings=findings, coverage=coverage)
    policy = Policy(schema_="peso.policy/1", name="ours", rules=rules, waivers=waivers)
    return judge_scan(policy, SeenScan(scan=scan, aside=aside, unsure=unsure), now=NOW)


BELOW = Rules(findings=FindingsRule(below="high"))


@pytest.mark.parametrize(
    ("level", "outcome"),
    [
        (Level.MEDIUM, Outcome.PASS),
        (Level.HIGH, Outcome.FAIL),
        (Level.CRITICAL, Outcome.FAIL),
        (Level.UNKNOWN, Outcome.FAIL),
    ],
)
def test_findings_at_or_above_the_level_fail(level: Level, outcome: Outcome) -> None:
    assert judged(BELOW, findings=(found(level),)).verdict.outcome is outcome


def test_the_gravest_is_told_first_and_what_nobody_knows_last() -> None:
    several = (found(Level.UNKNOWN), found(Level.HIGH), found(Level.CRITICAL))
    reason = str(judged(BELOW, findings=several).rules[1].verdict.reason)
    levels = [part.rpartition(", ")[2] for part in reason.split("; ")]
    assert levels == ["critical)", "high)", "unknown)"]


def test_what_only_builds_is_told_and_decides_nothing() -> None:
    seen = judged(BELOW, findings=(found(Level.HIGH),), aside=frozenset({"pkg:pypi/a@1"}))
    assert seen.verdict.ok
    assert any("needed to build" in one for rule in seen.rules for one in rule.details)


def test_a_waiver_lifts_a_finding() -> None:
    waiver = Waiver(
        rule="CVE-1",
        subject="pkg:pypi/a",
        owner="the team",
        reason="not reachable",
        expires=NOW + timedelta(days=1),
    )
    assert judged(BELOW, findings=(found(Level.HIGH),), waivers=(waiver,)).verdict.ok


def test_a_policy_that_asks_nothing_of_scans_fails() -> None:
    assert judged(Rules()).verdict.outcome is Outcome.FAIL


def test_no_source_is_unknown() -> None:
    assert judged(BELOW, sources=()).verdict.outcome is Outcome.UNKNOWN


def test_no_component_is_unknown() -> None:
    assert judged(BELOW, coverage=()).verdict.outcome is Outcome.UNKNOWN


def test_nothing_with_a_name_is_unknown() -> None:
    assert judged(BELOW, coverage=(NAMELESS,)).verdict.outcome is Outcome.UNKNOWN


def test_what_was_not_read_whole_is_unknown_and_cannot_be_waived() -> None:
    seen = judged(BELOW, unsure=("it is CycloneDX 2.0",))
    assert seen.verdict.outcome is Outcome.UNKNOWN
    assert "CycloneDX 2.0" in str(seen.rules[0].verdict.reason)


def test_old_advisories_fail_where_the_policy_asks() -> None:
    rules = Rules(advisories=AdvisoriesRule(newest_within="12 h"))
    assert judged(rules).verdict.outcome is Outcome.FAIL
    rules = Rules(advisories=AdvisoriesRule(newest_within="2 d"))
    assert judged(rules).verdict.ok


def test_coverage_counts_where_the_policy_asks() -> None:
    coverage = (KNOWN, BARE, NAMELESS)
    assert judged(BELOW, coverage=coverage).verdict.ok
    every = Rules(coverage=CoverageRule(of="all"))
    assert judged(every, coverage=coverage).verdict.outcome is Outcome.UNKNOWN
    assert judged(every, coverage=(KNOWN,)).verdict.ok


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("A", Outcome.PASS), ("b", Outcome.UNKNOWN), ("not-there", Outcome.UNKNOWN)],
)
def test_coverage_of_named_products(name: str, outcome: Outcome) -> None:
    rules = Rules(coverage=CoverageRule(of=(name,)))
    assert judged(rules, coverage=(KNOWN, BARE)).verdict.outcome is outcome
