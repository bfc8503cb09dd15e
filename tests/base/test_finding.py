"""Unknown is never pass, and an unknown level reaches every threshold."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from peso.base.finding import Finding, Level, Outcome, Unknown, Verdict


@pytest.mark.parametrize("threshold", list(Level))
def test_an_unknown_level_reaches_every_threshold(threshold: Level) -> None:
    assert Level.UNKNOWN.reaches(threshold)


def test_levels_have_an_order() -> None:
    assert Level.CRITICAL.reaches(Level.HIGH)
    assert Level.HIGH.reaches(Level.HIGH)
    assert not Level.MEDIUM.reaches(Level.HIGH)
    assert not Level.NOTE.reaches(Level.LOW)


@pytest.mark.parametrize(
    ("outcome", "ok"),
    [
        (Outcome.PASS, True),
        (Outcome.NOT_APPLICABLE, True),
        (Outcome.FAIL, False),
        (Outcome.UNKNOWN, False),
    ],
)
def test_only_pass_and_not_applicable_are_a_yes(outcome: Outcome, ok: bool) -> None:  # noqa: FBT001
    assert Verdict(outcome=outcome, reason="because").ok is ok


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE])
@pytest.mark.parametrize("reason", [None, ""])
def test_no_answer_but_pass_without_a_reason(outcome: Outcome, reason: str | None) -> None:
    with pytest.raises(ValidationError, match="needs a reason"):
        Verdict(outcome=outcome, reason=reason)


def test_pass_needs_no_reason() -> None:
    assert Verdict(outcome=Outcome.PASS).ok


def test_they_come_back_from_their_canonical_form() -> None:
    finding = Finding(rule="R1", level=Level.HIGH, subject="numpy", message="m", aliases=("a",))
    assert Finding.parse(finding.canonical()) == finding
    unknown = Unknown(unknown="no source speaks of it")
    assert Unknown.parse(unknown.canonical()) == unknown
