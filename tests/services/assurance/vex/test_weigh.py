from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.assurance.vex.making import DAY, NOW, A, stated

from peso.base.finding import Finding, Level
from peso.services.assurance.vex.record import STATUSES, Stated
from peso.services.assurance.vex.weigh import Scales


def finding(rule: str = "CVE-1", subject: str = A) -> Finding:
    return Finding(
        rule=rule, level=Level.HIGH, subject=subject, message="broken", aliases=("GHSA-1",)
    )


@pytest.mark.parametrize(
    ("changes", "lifts", "reason"),
    [
        ({}, True, ""),
        ({"vulnerability": "X-1", "aliases": ("GHSA-1",)}, True, ""),
        ({"status": "fixed", "justification": ""}, True, ""),
        ({"status": "affected", "justification": "", "action": "move on"}, False, ""),
        ({"status": "under_investigation", "justification": ""}, False, ""),
        ({"expires": NOW}, False, "it expired on 2026-11-23"),
        ({"expires": None}, False, "no expiry"),
        ({"made": NOW + DAY}, False, "from the future"),
        ({"expires": NOW + 400 * DAY}, False, "longer than the policy allows"),
        ({"justification": "", "impact": "it cannot be reached"}, False, "no justification"),
        ({"justification": "inline_mitigations_already_exist"}, False, "does not take"),
    ],
)
def test_what_a_statement_does(
    changes: dict[str, Any],
    lifts: bool,  # noqa: FBT001 - a parameter of the test
    reason: str,
) -> None:
    scales = Scales(
        [stated(**changes)],
        now=NOW,
        longest=366 * DAY,
        justified_by=("vulnerable_code_not_present",),
    )
    standing = scales.of(finding())
    assert standing.lifts is lifts
    assert reason in standing.reason
    assert standing.statement is not None
    assert "says An organization (security team)" in str(standing)


def test_a_statement_on_something_else_says_nothing() -> None:
    scales = Scales([stated()], now=NOW)
    assert scales.of(finding("CVE-2").model_copy(update={"aliases": ()})).statement is None
    assert scales.of(finding(subject="pkg:pypi/a@1.1")).statement is None
    assert str(scales.of(finding(subject="pkg:pypi/b@1"))) == ""


def test_the_latest_stands_and_the_gravest_of_equally_late_ones() -> None:
    before, after = NOW - 3 * DAY, NOW - 2 * DAY
    bad: dict[str, Any] = {"status": "affected", "justification": "", "action": "wait"}
    assert Scales([stated(made=after), stated(made=before, **bad)], now=NOW).of(finding()).lifts
    later = Scales([stated(made=before), stated(made=after, **bad)], now=NOW).of(finding())
    assert (later.lifts, later.sure) == (False, True)
    both = Scales([stated(made=after), stated(made=after, **bad)], now=NOW)
    assert both.of(finding()).sure


def test_what_was_replaced_does_not_come_back_when_the_later_one_expires() -> None:
    worse = stated(made=NOW - DAY, expires=NOW, status="affected", justification="", action="wait")
    scales = Scales([stated(made=NOW - 2 * DAY, expires=NOW + 99 * DAY), worse], now=NOW)
    assert not scales.of(finding()).lifts


def test_what_has_expired_or_never_can_is_a_finding() -> None:
    old = stated(expires=NOW - DAY)
    endless = stated("pkg:pypi/b@1.0", expires=None)
    found = Scales([old, endless, stated("pkg:pypi/c@1.0")], now=NOW).findings()
    assert [(one.rule, one.subject, one.level) for one in found] == [
        ("vex-expired", A, Level.MEDIUM),
        ("vex-without-expiry", "pkg:pypi/b@1.0", Level.LOW),
    ]
    assert "CVE-1 by An organization (security team) expired on 2026-11-22" in found[0].message
    renewed = stated(made=NOW, expires=NOW + DAY)
    assert Scales([old, renewed], now=NOW).findings() == ()


SAID = st.builds(
    lambda status, made, left: stated(
        status=status,
        justification="vulnerable_code_not_present" if status == "not_affected" else "",
        made=NOW - timedelta(days=made),
        expires=NOW + timedelta(days=left),
    ),
    st.sampled_from(STATUSES),
    st.integers(0, 5),
    st.integers(-3, 3),
)


@given(st.lists(SAID, max_size=5), st.randoms())
def test_the_order_of_statements_does_not_matter(said: list[Stated], random: Any) -> None:  # noqa: ANN401
    shuffled = said[:]
    random.shuffle(shuffled)
    one, other = Scales(said, now=NOW).of(finding()), Scales(shuffled, now=NOW).of(finding())
    assert one.lifts <= (not other.sure)
    if len({(each.statement.made, each.statement.status) for each in said}) == len(said):
        assert (one.lifts, one.sure) == (other.lifts, other.sure)


@given(st.lists(SAID, min_size=1, max_size=5))
def test_nothing_that_expired_lifts(said: list[Stated]) -> None:
    standing = Scales(said, now=NOW).of(finding())
    if standing.lifts:
        assert standing.statement is not None
        assert standing.statement.expires is not None
        assert standing.statement.expires > NOW
