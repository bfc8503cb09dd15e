"""The report: no audit says yes; a script's yes has to be asked for."""

from __future__ import annotations

from peso.base.finding import Level, Outcome
from peso.errors import Reason
from peso.services.delivery.audit.facts import (
    OF_A_UNIT,
    Fact,
    Looked,
    Question,
    proven,
    unknown,
    wrong,
)
from peso.services.delivery.audit.report import CacheAudited, report


def unit(*facts: Fact) -> Looked:
    one = Looked(path="p", hash="a" * 32, name="n", version="1", archive="x")
    one.say(*(proven(question) for question in OF_A_UNIT))
    one.say(*facts)
    return one


def told(*units: Looked, whole: tuple[Fact, ...] = (), unproven: bool = False) -> CacheAudited:
    facts = [("the cache", one) for one in whole]
    return report(
        units,
        facts,
        where="c",
        folder=True,
        size=3,
        unsafe_unproven=unproven,
        not_looked_at=["the moon"],
    )


FRESH = unknown(Question.FRESH, "no time")


def test_a_cache_that_agrees_with_itself_is_consistent_and_not_trusted() -> None:
    found = told(unit(), whole=(FRESH,))
    assert found.consistent.outcome is Outcome.PASS
    assert (found.trusted.outcome, found.trusted.reason) == (Outcome.UNKNOWN, "no time")
    assert not found.ok
    assert told(unit(), whole=(FRESH,), unproven=True).ok


def test_one_wrong_thing_is_a_no_whatever_is_asked() -> None:
    found = told(unit(wrong(Question.PLACE, Reason.SWAPPED, "x")), unproven=True)
    assert (found.ok, found.reason) == (False, Reason.SWAPPED)
    assert found.consistent.outcome is found.trusted.outcome is Outcome.FAIL


def test_what_is_wrong_with_a_signature_is_a_no_too() -> None:
    found = told(unit(wrong(Question.SIGNED, Reason.UNKNOWN_SIGNER, "x")), unproven=True)
    assert not found.ok
    assert found.consistent.outcome is Outcome.FAIL


def test_nothing_looked_at_is_unknown_and_never_a_yes() -> None:
    found = told(unproven=True)
    assert (found.ok, found.consistent.outcome) == (False, Outcome.UNKNOWN)


def test_what_cannot_be_known_is_one_finding_for_each_reason() -> None:
    bound = unknown(Question.BOUND, "unbound")
    found = told(unit(bound), unit(bound), unit(), whole=(FRESH,))
    assert [(one.rule, one.level, one.subject) for one in found.findings] == [
        ("cache/fresh", Level.UNKNOWN, "the cache"),
        ("cache/bound", Level.UNKNOWN, "2 units"),
    ]
    (asked,) = (one for one in found.asked if one.question is Question.BOUND)
    assert (asked.proven, asked.not_provable, asked.wrong) == (1, 2, 0)


def test_every_unit_is_in_it_with_each_answer() -> None:
    found = told(unit(wrong(Question.PLACE, Reason.SWAPPED, "x"), unknown(Question.BOUND, "y")))
    (one,) = found.audited
    assert (one.wrong, one.not_provable) == ((Question.PLACE,), (Question.BOUND,))
    assert len(one.proven) == len(OF_A_UNIT) - 2
    assert CacheAudited.parse(found.canonical()) == found
