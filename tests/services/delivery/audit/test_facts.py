"""Facts: three answers, and what is wrong stays wrong."""

from __future__ import annotations

from peso.base.finding import Outcome
from peso.errors import Reason
from peso.services.delivery.audit.facts import (
    ASKED,
    OF_A_UNIT,
    TRUST,
    Looked,
    Question,
    proven,
    unknown,
    wrong,
)


def test_every_question_has_its_words() -> None:
    assert set(ASKED) == set(Question)
    assert TRUST.issubset(Question)
    assert len(OF_A_UNIT) == 11


def test_a_later_fact_does_not_make_a_wrong_one_better() -> None:
    looked = Looked(path="p", hash="h", name="n", version="1")
    looked.say(unknown(Question.PLACE, "not yet"), proven(Question.PLACE))
    assert looked.facts[Question.PLACE].outcome is Outcome.PASS
    looked.say(wrong(Question.PLACE, Reason.SWAPPED, "no"), proven(Question.PLACE))
    assert looked.facts[Question.PLACE] == wrong(Question.PLACE, Reason.SWAPPED, "no")
