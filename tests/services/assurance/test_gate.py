from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.services.assurance.releases import NOW, Piece, Release, release_of

from peso.base.finding import Finding, Level, Outcome, Unknown, Verdict
from peso.base.ledger import Blobs
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.gate import Evidence, GateVerdict, judge
from peso.services.assurance.policy import Policy

DAY = timedelta(days=1)
WHOLE: Mapping[str, Any] = {
    "tests": {"passed": "all"},
    "inventory": {"complete": True},
    "artifacts": {"hashed": "all"},
    "findings": {"below": "high"},
    "advisories": {"sources": 1, "newest_within": "90 d"},
    "licenses": {"allowed": ["MIT", "BSD-3-Clause"]},
    "evidence": {"within": "30 d"},
}


def source(name: str = "ours", newest: datetime | None = NOW - DAY) -> Source:
    return Source(name=name, records=3, newest=newest, imported=NOW, sha256="0" * 64)


@pytest.fixture
def release(blobs: Blobs) -> Release:
    return release_of(blobs, Piece("a", root=True), Piece("b", sdist=True)).but(sources=(source(),))


def policy(rules: Mapping[str, Any] = WHOLE, **more: Any) -> Policy:  # noqa: ANN401
    data = {"schema": "peso.policy/1", "name": "ours", "rules": rules, **more}
    return Policy.model_validate(data)


def only(rule: str, **settings: Any) -> Policy:  # noqa: ANN401
    return policy({rule: settings or WHOLE[rule]})


def finding(
    rule: str = "CVE-1", level: Level = Level.HIGH, purl: str = "pkg:pypi/a@1.0"
) -> Finding:
    return Finding(rule=rule, level=level, subject=purl, message="broken", aliases=("GHSA-1",))


def waiver(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "rule": "CVE-1",
        "subject": "pkg:pypi/a",
        "owner": "A. Person",
        "reason": "not reachable",
        "expires": NOW + DAY,
        **changes,
    }


def said(verdict: GateVerdict, rule: str) -> Outcome:
    return next(one.verdict.outcome for one in verdict.rules if one.rule == rule)


def details(verdict: GateVerdict, rule: str) -> str:
    return "\n".join(next(one.details for one in verdict.rules if one.rule == rule))


def judged(policy: Policy, release: Release | Evidence, now: datetime = NOW) -> GateVerdict:
    evidence = release if isinstance(release, Evidence) else release.evidence()
    return judge(policy, evidence, now=now)


# The whole


def test_a_good_release_passes_the_whole_policy(release: Release) -> None:
    verdict = judged(policy(), release)
    assert verdict.verdict == Verdict(outcome=Outcome.PASS)
    assert [one.rule for one in verdict.rules] == list(WHOLE)
    assert all(one.verdict.ok for one in verdict.rules)
    assert (verdict.policy, verdict.policy_sha256) == ("ours", policy().digest())
    assert (verdict.judged, verdict.waived, verdict.valid_until) == (NOW, (), None)
    assert GateVerdict.parse(verdict.canonical()) == verdict


def test_an_empty_policy_fails(release: Release) -> None:
    verdict = judged(policy({}), release)
    assert verdict.verdict.outcome is Outcome.FAIL
    assert "names no rule" in str(verdict.rules[0].verdict.reason)
    waived = judged(policy({}, waivers=[waiver()]), release)
    assert waived.verdict.outcome is Outcome.FAIL


def test_an_expired_policy_fails_from_its_moment_on(release: Release) -> None:
    assert judged(policy(expires=NOW), release).verdict.outcome is Outcome.FAIL
    verdict = judged(policy(expires=NOW + DAY), release)
    assert (verdict.verdict.outcome, verdict.valid_until) == (Outcome.PASS, NOW + DAY)


def test_one_fail_is_a_fail_and_one_unknown_is_unknown(release: Release) -> None:
    unsure = release.but(sources=())
    two = {"tests": WHOLE["tests"], "findings": WHOLE["findings"]}
    assert judged(policy(two), unsure).verdict.outcome is Outcome.UNKNOWN
    failed = unsure.but(outcomes=(Verdict(outcome=Outcome.FAIL, reason="no"),))
    verdict = judged(policy(two), failed)
    assert verdict.verdict == Verdict(outcome=Outcome.FAIL, reason="not met: tests")


# Rule by rule: pass, fail, unknown


def outcome(which: str) -> Verdict:
    return Verdict(outcome=Outcome(which), reason=None if which == "pass" else "because")


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (("pass",), "pass"),
        (("pass", "not-applicable"), "pass"),
        (("pass", "fail", "unknown"), "fail"),
        (("pass", "unknown"), "unknown"),
        (("not-applicable",), "unknown"),
        ((), "unknown"),
    ],
)
def test_tests(release: Release, outcomes: tuple[str, ...], expected: str) -> None:
    run = release.but(outcomes=tuple(outcome(one) for one in outcomes))
    assert said(judged(only("tests"), run), "tests") == expected


def test_a_test_of_a_suite_is_named_with_its_suite(release: Release) -> None:
    seen = release.but(outcomes=(outcome("fail"),)).evidence()
    of_suite = seen.tests.results[0].model_copy(update={"suite": "e4s", "name": "gmp"})
    tests = seen.tests.model_copy(update={"results": (of_suite,)})
    verdict = judged(only("tests"), seen.model_copy(update={"tests": tests}))
    assert "e4s/gmp: " in details(verdict, "tests")


def test_what_tests_left_behind_is_in_the_details(release: Release) -> None:
    left = finding("test-left-processes", Level.MEDIUM, "ring")
    verdict = judged(policy(), release.but(left=(left,)))
    assert "ring: broken (medium)" in details(verdict, "tests")
    assert verdict.verdict.ok
    grave = finding("test-left-processes", Level.HIGH, "ring")
    assert said(judged(policy(), release.but(left=(grave,))), "findings") is Outcome.FAIL


def unlicensed(blobs: Blobs) -> Release:
    return release_of(blobs, Piece("a", license=Unknown(unknown="not stated")))


CONCLUDED = {"allowed": ["MIT"], "concluded": {"A": {"license": "MIT", "reason": "read"}}}


def test_inventory(release: Release, blobs: Blobs) -> None:
    rule = only("inventory")
    assert said(judged(rule, release), "inventory") is Outcome.PASS
    assert said(judged(rule, unlicensed(blobs)), "inventory") is Outcome.FAIL
    empty = release_of(blobs, python=())
    assert said(judged(rule, empty), "inventory") is Outcome.UNKNOWN


def test_a_concluded_license_is_not_missing(blobs: Blobs) -> None:
    rules = {"inventory": {"complete": True}, "licenses": CONCLUDED}
    assert judged(policy(rules), unlicensed(blobs)).verdict.ok


def test_an_inventory_of_other_files_fails(release: Release, blobs: Blobs) -> None:
    seen = release.evidence()
    for pieces in ((Piece("a"),), (Piece("a"), Piece("b"), Piece("c"))):
        other = release_of(blobs, *pieces).quick_inventory()
        mixed = seen.model_copy(update={"inventory": other})
        assert said(judged(only("inventory"), mixed), "inventory") is Outcome.FAIL


def changed(evidence: Evidence, **changes: Any) -> Evidence:  # noqa: ANN401
    """Return evidence in which the first thing made is another one."""
    [part] = evidence.build.python
    first, *rest = part.made
    if "sha256" in changes:
        changes["artifact"] = first.artifact.model_copy(update={"sha256": changes.pop("sha256")})
    made = (first.model_copy(update=changes), *rest)
    parts = (part.model_copy(update={"made": made}),)
    build = evidence.build.model_copy(update={"parts": parts})
    return evidence.model_copy(update={"build": build})


def test_artifacts(release: Release, blobs: Blobs) -> None:
    rule, seen = only("artifacts"), release.evidence()
    assert said(judged(rule, seen), "artifacts") is Outcome.PASS
    for wrong in (
        {"sha256": ""},
        {"sha256": "0" * 64},
        {"source_sha256": "0" * 64},
        {"unit": "another"},
    ):
        assert said(judged(rule, changed(seen, **wrong)), "artifacts") is Outcome.FAIL
    assert said(judged(rule, release_of(blobs, python=())), "artifacts") is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("below", "level", "expected"),
    [
        ("high", "medium", "pass"),
        ("high", "high", "fail"),
        ("high", "critical", "fail"),
        ("critical", "high", "pass"),
        ("critical", "unknown", "fail"),
        ("low", "note", "pass"),
        ("low", "low", "fail"),
    ],
)
def test_findings(release: Release, below: str, level: str, expected: str) -> None:
    found = release.but(found=(finding(level=Level(level)),))
    assert said(judged(only("findings", below=below), found), "findings") == expected


def test_findings_without_any_source(release: Release) -> None:
    bare = release.but(sources=())
    assert said(judged(only("findings"), bare), "findings") is Outcome.UNKNOWN
    accepting = only("findings", below="high", without_sources="accept")
    verdict = judged(accepting, bare)
    assert said(verdict, "findings") is Outcome.PASS
    assert "no advisory source was read" in details(verdict, "findings")
    assert said(judged(accepting, bare.but(found=(finding(),))), "findings") is Outcome.FAIL


def test_a_scan_of_something_else_is_unknown(release: Release) -> None:
    seen = release.evidence()
    other = seen.scan.model_copy(update={"inventory": "0" * 64})
    for scan in (other, seen.scan.model_copy(update={"coverage": ()})):
        evidence = seen.model_copy(update={"scan": scan})
        assert said(judged(only("findings"), evidence), "findings") is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("wanted", "newest", "expected"),
    [
        (1, [NOW - DAY], "pass"),
        (1, [NOW - 90 * DAY], "pass"),
        (1, [NOW - 91 * DAY], "fail"),
        (1, [NOW - 91 * DAY, NOW], "pass"),
        (2, [NOW - 91 * DAY, NOW], "fail"),
        (1, [], "fail"),
        (1, [None], "unknown"),
        (1, [NOW + DAY], "unknown"),
        (1, [NOW.replace(tzinfo=None)], "unknown"),
        (2, [None, NOW], "unknown"),
        (3, [None, NOW], "fail"),
    ],
)
def test_advisories(
    release: Release, wanted: int, newest: list[datetime | None], expected: str
) -> None:
    read = tuple(source(str(number), when) for number, when in enumerate(newest))
    rule = only("advisories", sources=wanted, newest_within="90 d")
    assert said(judged(rule, release.but(sources=read)), "advisories") == expected


def test_advisories_of_any_age(release: Release) -> None:
    rule = only("advisories", sources=1)
    old = release.but(sources=(source(newest=None),))
    assert said(judged(rule, old), "advisories") is Outcome.PASS


@pytest.mark.parametrize(
    ("license_", "expected"),
    [
        ("MIT", "pass"),
        ("MIT OR GPL-2.0-only", "pass"),
        ("GPL-2.0-only", "fail"),
        ("LicenseRef-Own", "unknown"),
        (None, "unknown"),
    ],
)
def test_licenses(blobs: Blobs, license_: str | None, expected: str) -> None:
    stated = Unknown(unknown="not stated") if license_ is None else license_
    tiny = release_of(blobs, Piece("a", license=stated), Piece("b"))
    assert said(judged(only("licenses"), tiny), "licenses") == expected


def test_a_conclusion_counts_where_the_license_is_open_and_only_there(blobs: Blobs) -> None:
    def ask(stated: str | Unknown, concluded: str) -> GateVerdict:
        conclusion = {"license": concluded, "reason": "read in LICENSE"}
        rule = only("licenses", allowed=["MIT"], concluded={"Thing_x": conclusion})
        return judged(rule, release_of(blobs, Piece("thing-x", license=stated)))

    open_ = Unknown(unknown="not stated")
    assert said(ask(open_, "MIT"), "licenses") is Outcome.PASS
    assert "concluded MIT: read in LICENSE" in details(ask(open_, "MIT"), "licenses")
    assert said(ask("LicenseRef-Own", "MIT"), "licenses") is Outcome.PASS
    assert said(ask(open_, "GPL-2.0-only"), "licenses") is Outcome.FAIL
    assert said(ask(open_, "LicenseRef-Own"), "licenses") is Outcome.UNKNOWN
    assert said(ask("GPL-2.0-only", "MIT"), "licenses") is Outcome.FAIL
    assert "was not needed" in details(ask("GPL-2.0-only", "MIT"), "licenses")


def test_no_component_has_no_license(blobs: Blobs) -> None:
    verdict = judged(only("licenses"), release_of(blobs, python=()))
    assert said(verdict, "licenses") is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (NOW, "pass"),
        (NOW - 30 * DAY, "pass"),
        (NOW - 31 * DAY, "fail"),
        (NOW + timedelta(minutes=1), "pass"),
        (NOW + timedelta(hours=1), "fail"),
        (NOW.replace(tzinfo=None), "unknown"),
    ],
)
def test_evidence(release: Release, made: datetime, expected: str) -> None:
    verdict = judged(only("evidence"), release.but(made=made))
    assert said(verdict, "evidence") == expected


# Waivers


def test_a_waiver_lifts_a_finding_until_it_expires(release: Release) -> None:
    found = release.but(found=(finding(),))
    waived = policy(waivers=[waiver()], expires=NOW + 9 * DAY)
    verdict = judged(waived, found)
    assert verdict.verdict.ok
    assert (verdict.waived, verdict.valid_until) == (waived.waivers, NOW + DAY)
    assert "waived by A. Person" in details(verdict, "findings")
    late = judged(waived, found, now=NOW + DAY)
    assert late.verdict.outcome is Outcome.FAIL
    assert late.waived == ()
    assert said(late, "findings") is Outcome.FAIL
    [reason] = [str(one.verdict.reason) for one in late.rules if one.rule == "waivers"]
    assert "A. Person's waiver of CVE-1 for pkg:pypi/a expired on 2026-11-24" in reason
    assert "was needed for pkg:pypi/a@1.0: broken" in reason


@pytest.mark.parametrize(
    ("changes", "lifts"),
    [
        ({}, True),
        ({"rule": "GHSA-1"}, True),
        ({"subject": "pkg:pypi/a@1.0"}, True),
        ({"subject": "pkg:pypi/a@1.1"}, False),
        ({"subject": "pkg:pypi/ab"}, False),
        ({"subject": "pkg:pypi/"}, False),
        ({"rule": "CVE-2"}, False),
        ({"rule": "CVE"}, False),
    ],
)
def test_a_waiver_is_for_one_finding(
    release: Release,
    changes: dict[str, str],
    lifts: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    verdict = judged(policy(waivers=[waiver(**changes)]), release.but(found=(finding(),)))
    assert verdict.verdict.ok is lifts
    assert bool(verdict.waived) is lifts


def test_an_expired_waiver_fails_even_if_nothing_needs_it(release: Release) -> None:
    verdict = judged(policy(waivers=[waiver(expires=NOW - DAY)]), release)
    assert verdict.verdict.outcome is Outcome.FAIL
    assert "lifts nothing: remove it" in str(verdict.rules[-1].verdict.reason)


def test_an_unused_waiver_is_a_note(release: Release) -> None:
    verdict = judged(policy(waivers=[waiver()]), release)
    assert verdict.verdict.ok
    assert (verdict.waived, verdict.valid_until) == ((), None)
    assert "was not needed" in details(verdict, "waivers")


def test_licenses_and_gaps_can_be_waived_and_dates_and_digests_cannot(blobs: Blobs) -> None:
    tiny = release_of(blobs, Piece("a", license="GPL-2.0-only")).but(sources=(source(),))
    lifts = waiver(rule="license-not-allowed")
    assert judged(policy(waivers=[lifts]), tiny).verdict.ok
    old = tiny.but(made=NOW - 99 * DAY)
    never = [lifts, waiver(rule="stale-evidence", subject="scan"), waiver(rule="not-checked")]
    assert not judged(policy(waivers=never), old).verdict.ok


# Properties

LEVELS = st.sampled_from(list(Level))
FINDINGS = st.builds(
    finding, st.sampled_from(["CVE-1", "CVE-2", "license-unknown", "stale-evidence"]), LEVELS
)
WAIVERS = st.builds(
    lambda rule, days: waiver(rule=rule, expires=NOW + days * DAY),
    st.sampled_from(["CVE-1", "CVE-2", "GHSA-1"]),
    st.integers(-2, 2).filter(bool),
)
SOME_RULES = st.sets(st.sampled_from(sorted(WHOLE))).map(
    lambda names: {name: WHOLE[name] for name in sorted(names)}
)
ORDER = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(SOME_RULES, st.lists(FINDINGS, max_size=4), FINDINGS, st.lists(WAIVERS, max_size=3))
def test_another_finding_never_makes_the_answer_better(
    release: Release,
    rules: dict[str, Any],
    found: list[Finding],
    more: Finding,
    waivers: list[dict[str, Any]],
) -> None:
    asked = policy(rules, waivers=waivers)
    before = judged(asked, release.but(found=tuple(found))).verdict.outcome
    for place in ("found", "left"):
        worse = release.but(**{"found": tuple(found), place: (*found, more)})
        after = judged(asked, worse).verdict.outcome
        assert ORDER.index(after) <= ORDER.index(before)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(SOME_RULES, st.lists(FINDINGS, max_size=3), st.lists(WAIVERS, max_size=3))
def test_judging_is_pure_and_time_only_takes_away(
    release: Release, rules: dict[str, Any], found: list[Finding], waivers: list[dict[str, Any]]
) -> None:
    asked, seen = policy(rules, waivers=waivers), release.but(found=tuple(found)).evidence()
    first = judge(asked, seen, now=NOW)
    assert judge(asked, seen, now=NOW) == first
    if first.valid_until is not None and first.verdict.ok:
        assert not judge(asked, seen, now=first.valid_until).verdict.ok
    later = judge(asked, seen, now=NOW + 400 * DAY)
    assert ORDER.index(later.verdict.outcome) <= ORDER.index(first.verdict.outcome)
