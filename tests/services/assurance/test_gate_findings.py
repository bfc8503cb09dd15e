"""The rules on findings, sources and statements: what passes, what fails, and what fails closed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.services.assurance.releases import NOW, Piece, Release, release_of
from tests.services.assurance.test_gate import details, judged, only, policy, said, source, waiver
from tests.services.assurance.vex.making import stated

from peso.base.finding import Level, Unknown
from peso.base.ledger import Blobs
from peso.errors import Outside
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.gate import Evidence, GateVerdict, judge_scan
from peso.services.assurance.gate_rules.seen import SeenScan
from peso.services.assurance.matching.confidence import Confidence
from peso.services.assurance.matching.coverage import Coverage
from peso.services.assurance.matching.record import Vulnerability, Witness
from peso.services.assurance.matching.scan import match
from peso.services.assurance.matching.subjects import of_purl
from peso.services.assurance.policy import load_policy, own_policy
from peso.services.assurance.vex.record import Stated

DAY = timedelta(days=1)
A = "pkg:pypi/a@1.0"
KEV = Source(name="kev", records=1, newest=NOW, imported=NOW, sha256="1" * 64, format="kev")


def vulnerability(**changes: Any) -> Vulnerability:  # noqa: ANN401 - any field
    answer = changes.pop("answer", "affected")
    said: dict[str, Any] = {
        "rule": "CVE-1",
        "level": Level.HIGH,
        "subject": A,
        "message": "broken",
        "aliases": ("GHSA-1",),
        "confidence": Confidence.ECOSYSTEM,
        "exploited": "not known",
        "published": NOW - 10 * DAY,
        **changes,
    }
    said["witnesses"] = (
        Witness(
            source="ours",
            record="CVE-1",
            key="PyPI a",
            version="1.0",
            confidence=said["confidence"],
            answer=answer,
        ),
    )
    return Vulnerability.model_validate(said)


@pytest.fixture
def release(blobs: Blobs) -> Release:
    return release_of(blobs, Piece("a", root=True)).but(sources=(source(), KEV))


def stating(release: Release, *said: Stated) -> Evidence:
    seen = release.evidence()
    return seen.model_copy(update={"scan": seen.scan.model_copy(update={"vex": said})})


SURE = ["vendor exact", "ecosystem", "cpe"]


@pytest.mark.parametrize(
    ("unsure", "confidence", "level", "answer", "expected"),
    [
        ("fail", "git", "high", "affected", "fail"),
        ("fail", "git", "unknown", "unknown", "fail"),
        ("decided", "git", "high", "affected", "fail"),
        ("decided", "git", "low", "affected", "pass"),
        ("decided", "git", "unknown", "unknown", "pass"),
        ("report", "git", "critical", "affected", "pass"),
        ("report", "derived", "critical", "affected", "pass"),
        ("report", "cpe", "unknown", "unknown", "fail"),
        ("report", "ecosystem", "high", "affected", "fail"),
        ("decided", "vendor exact", "unknown", "unknown", "fail"),
    ],
)
def test_findings_by_confidence(
    release: Release,
    *,
    unsure: str,
    confidence: str,
    level: str,
    answer: str,
    expected: str,
) -> None:
    one = vulnerability(confidence=Confidence(confidence), level=Level(level), answer=answer)
    rule = only("findings", below="high", confidence=SURE, unsure=unsure)
    verdict = judged(rule, release.but(found=(one,)))
    assert said(verdict, "findings") == expected
    if expected == "pass" and level != "low":
        assert f"1 of the class {confidence}: not sure enough" in details(verdict, "findings")


def test_a_policy_that_says_nothing_of_confidence_counts_all(release: Release) -> None:
    one = vulnerability(confidence=Confidence.GIT, level=Level.UNKNOWN, answer="unknown")
    assert said(judged(only("findings"), release.but(found=(one,))), "findings") == "fail"


def test_what_a_statement_calls_affected_is_sure(release: Release) -> None:
    one = vulnerability(confidence=Confidence.GIT, level=Level.UNKNOWN, answer="unknown")
    rules = {"findings": {"below": "high", "confidence": SURE, "unsure": "report"}, "vex": {}}
    found = release.but(found=(one,))
    assert said(judged(policy(rules), found), "findings") == "pass"
    seen = stating(found, stated(status="affected", justification="", action="wait"))
    assert said(judged(policy(rules), seen), "findings") == "fail"


@pytest.mark.parametrize(
    ("exploited", "sources", "settings", "expected"),
    [
        ("not known", (KEV,), {}, "pass"),
        ("known", (KEV,), {}, "fail"),
        ("not looked up", (KEV,), {}, "unknown"),
        ("not looked up", (), {}, "unknown"),
        ("not looked up", (), {"without_catalog": "accept"}, "pass"),
        ("known", (KEV,), {"without_catalog": "accept"}, "fail"),
    ],
)
def test_exploited_whatever_the_level(
    release: Release,
    exploited: str,
    sources: tuple[Source, ...],
    settings: dict[str, str],
    expected: str,
) -> None:
    low = vulnerability(
        exploited=exploited, level=Level.LOW, confidence=Confidence.GIT, answer="unknown"
    )
    found = release.but(found=(low,), sources=(source(), *sources))
    assert said(judged(only("exploited", allowed="none", **settings), found), "exploited") == (
        expected
    )


def test_nothing_found_and_no_catalog_is_no_yes(release: Release) -> None:
    bare = release.but(sources=(source(),))
    assert said(judged(only("exploited", allowed="none"), bare), "exploited") == "unknown"


@pytest.mark.parametrize(
    ("published", "fixed", "expected"),
    [
        (NOW - 10 * DAY, ("1.1",), "pass"),
        (NOW - 30 * DAY, ("1.1",), "pass"),
        (NOW - 31 * DAY, ("1.1",), "fail"),
        (NOW - 999 * DAY, (), "pass"),
        (Unknown(unknown="nobody says"), ("1.1",), "unknown"),
        (Unknown(unknown="nobody says"), (), "pass"),
        ((NOW - DAY).replace(tzinfo=None), ("1.1",), "unknown"),
    ],
)
def test_fixed_within(
    release: Release, published: object, fixed: tuple[str, ...], expected: str
) -> None:
    low = vulnerability(published=published, fixed=fixed, level=Level.LOW)
    verdict = judged(only("fixed", within="30 d"), release.but(found=(low,)))
    assert said(verdict, "fixed") == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"of": ["a"]}, "pass"),
        ({"of": ["A"], "by": 2}, "pass"),
        ({"of": ["a"], "by": 3}, "unknown"),
        ({"of": ["b"]}, "unknown"),
        ({"of": ["missing"]}, "unknown"),
        ({"of": "all"}, "unknown"),
    ],
)
def test_coverage(release: Release, settings: dict[str, Any], expected: str) -> None:
    seen = release.evidence()
    listed = (
        Coverage(purl=A, name="a@1.0", sources=("ours", "kev")),
        Coverage(purl="pkg:pypi/b@1", name="b@1", sources=(), reason="nobody reviewed it"),
    )
    scan = seen.scan.model_copy(update={"coverage": listed})
    verdict = judged(only("coverage", **settings), seen.model_copy(update={"scan": scan}))
    assert said(verdict, "coverage") == expected


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        (NOW - 99 * DAY, "pass"),
        (NOW - 101 * DAY, "fail"),
        (None, "unknown"),
        (NOW + DAY, "unknown"),
        (NOW.replace(tzinfo=None), "unknown"),
    ],
)
def test_each_source_has_to_be_recent(release: Release, newest: Any, expected: str) -> None:  # noqa: ANN401
    found = release.but(sources=(source(), source("old", newest)))
    rule = only("advisories", sources=1, each_within="100 d")
    assert said(judged(rule, found), "advisories") == expected


# Statements

VEX = {"findings": {"below": "high"}, "vex": {"longest": "366 d"}}


def test_a_statement_lifts_a_finding_and_it_stays_listed(release: Release) -> None:
    found = stating(release.but(found=(vulnerability(),)), stated())
    verdict = judged(policy(VEX), found)
    assert verdict.verdict.ok
    assert verdict.stated == (stated(),)
    assert verdict.valid_until == stated().statement.expires
    told = details(verdict, "findings")
    assert "lifted (not affected (vulnerable code not present), says An organization" in told
    assert "CVE-1" in told
    assert found.scan.findings == (vulnerability(),)
    assert GateVerdict.parse(verdict.canonical()) == verdict


@pytest.mark.parametrize("rule", ["exploited", "fixed"])
def test_a_statement_lifts_what_other_rules_object_to(release: Release, rule: str) -> None:
    asked: dict[str, Any] = {"exploited": {"allowed": "none"}, "fixed": {"within": "1 d"}}
    one = vulnerability(exploited="known", fixed=("1.1",))
    found = release.but(found=(one,))
    rules = {rule: asked[rule], "vex": {}}
    assert said(judged(policy(rules), found), rule) == "fail"
    assert said(judged(policy(rules), stating(found, stated())), rule) == "pass"


@pytest.mark.parametrize(
    "changes",
    [
        {"expires": NOW},
        {"expires": None},
        {"expires": NOW + 400 * DAY},
        {"vulnerability": "CVE-2"},
        {"status": "under_investigation", "justification": ""},
        {"justification": "", "impact": "never mind"},
    ],
)
def test_what_lifts_nothing(release: Release, changes: dict[str, Any]) -> None:
    verdict = judged(policy(VEX), stating(release.but(found=(vulnerability(),)), stated(**changes)))
    assert said(verdict, "findings") == "fail"
    assert verdict.stated == ()


def test_why_a_statement_no_longer_lifts_is_in_the_reason(release: Release) -> None:
    found = stating(release.but(found=(vulnerability(),)), stated(expires=NOW - DAY))
    [rule] = [one for one in judged(policy(VEX), found).rules if one.rule == "findings"]
    assert "decides nothing: it expired on 2026-11-22" in str(rule.verdict.reason)


def test_without_the_rule_statements_decide_nothing(release: Release) -> None:
    """A policy of before goes on to mean what it meant."""
    verdict = judged(only("findings"), stating(release.but(found=(vulnerability(),)), stated()))
    assert said(verdict, "findings") == "fail"
    assert "statements decide nothing" in details(verdict, "vex")


def test_the_rule_vex_alone_checks_nothing(release: Release) -> None:
    verdict = judged(policy({"vex": {}}), release)
    assert "names no rule" in str(verdict.rules[0].verdict.reason)


def test_an_expired_statement_is_a_finding(release: Release) -> None:
    old = stated(expires=NOW - DAY)
    medium = {"findings": {"below": "medium"}, "vex": {}}
    assert said(judged(policy(medium), stating(release, old)), "findings") == "fail"
    high = judged(policy(VEX), stating(release, old))
    assert said(high, "findings") == "pass"
    assert "expired on 2026-11-22" in details(high, "vex")


def test_a_statement_lifts_nothing_but_findings_of_the_scan(release: Release) -> None:
    left = vulnerability(rule="CVE-1")
    found = stating(release.but(left=(left,)), stated())
    assert said(judged(policy(VEX), found), "findings") == "fail"


def test_a_waiver_lifts_what_no_statement_does(release: Release) -> None:
    found = stating(release.but(found=(vulnerability(),)), stated(expires=NOW))
    verdict = judged(policy(VEX, waivers=[waiver()]), found)
    assert verdict.verdict.ok
    assert (len(verdict.waived), verdict.stated) == (1, ())


# What it rests on


def test_a_verdict_names_what_it_rests_on_by_digest(release: Release) -> None:
    found = stating(release.but(found=(vulnerability(),)), stated())
    verdict = judged(policy({**VEX, "tests": {"passed": "all"}}), found)
    used = {one.name: one.sha256 for one in verdict.evidence}
    assert used["scan"] == found.scan.digest()
    assert used["tests"] == found.tests.digest()
    assert used["advisories kev"] == "1" * 64
    name = "statement CVE-1 by An organization (security team)"
    assert used[name] == stated().statement.digest()
    by = {one.rule: one.by for one in verdict.rules}
    assert by["tests"] == ("tests",)
    assert set(by["findings"]) == {
        "scan", "tests", "inventory", "advisories ours", "advisories kev", name
    }  # fmt: skip
    assert {name for names in by.values() for name in names} <= {*used, "policy"}


def test_a_scan_alone_is_judged_by_the_same_rules(release: Release) -> None:
    found = stating(release.but(found=(vulnerability(exploited="known"),)), stated())
    rules = {**VEX, "exploited": {"allowed": "none"}, "fixed": {"within": "30 d"}}
    asked = found.scan.coverage[0].model_copy(update={"asked": ("PyPI a",)})
    scan = found.scan.model_copy(update={"coverage": (asked,)})
    verdict = judge_scan(policy(rules), SeenScan(scan=scan), now=NOW)
    assert verdict.verdict.ok
    assert verdict.stated == (stated(),)
    aside = SeenScan(scan=scan.model_copy(update={"vex": ()}), aside=frozenset({A}))
    assert judge_scan(policy(rules), aside, now=NOW).verdict.ok
    bare = SeenScan(scan=scan.model_copy(update={"vex": ()}))
    assert not judge_scan(policy(rules), bare, now=NOW).verdict.ok


# What fails closed


def test_a_truncated_store_is_no_scan(tmp_path: Path) -> None:
    store = tmp_path / "advisories"
    store.mkdir()
    (store / "advisories.sqlite").write_bytes(b"SQLite format 3\0" + b"\0" * 80)
    with pytest.raises(Outside):
        match([of_purl(A, "a@1.0")], store, about="0" * 64, now=NOW)


def test_pesos_own_policy_says_no_where_nothing_is_known(release: Release) -> None:
    own = own_policy()
    undecided = vulnerability(confidence=Confidence.CPE, level=Level.UNKNOWN, answer="unknown")
    assert said(judged(own, release.but(found=(undecided,))), "findings") == "fail"
    assert said(judged(own, release.but(sources=())), "findings") == "unknown"
    assert said(judged(own, release.but(sources=(source(),))), "exploited") == "unknown"
    old = release.but(sources=(source(newest=NOW - 99 * DAY), KEV.model_copy(
        update={"newest": NOW - 99 * DAY})))  # fmt: skip
    assert said(judged(own, old), "advisories") == "fail"
    told = vulnerability(confidence=Confidence.GIT, level=Level.UNKNOWN, answer="unknown")
    assert said(judged(own, release.but(found=(told,))), "findings") == "pass"


def test_policies_of_before_keep_their_digest(tmp_path: Path) -> None:
    """Releases are published under the digest of their policy: it must not move with PESO."""
    file = tmp_path / "p.yaml"
    file.write_text(
        "schema: peso.policy/1\nname: ours\nexpires: 2027-03-31\nrules:\n"
        "  tests: {passed: all}\n  inventory: {complete: true}\n  artifacts: {hashed: all}\n"
        "  findings: {below: high, without_sources: accept}\n"
        "  advisories: {sources: 2, newest_within: 12 w}\n  evidence: {within: 36 h}\n"
        "  licenses:\n    allowed: [mit]\n"
    )
    digest = "c38781bee8694c754a839ad5dff9bbd367d4416b65107cfe8a787b0ae7ea75b3"
    assert load_policy(file).digest() == digest
