"""What a person reads of an audit: the answer first, what is wrong before what cannot be known."""

from __future__ import annotations

from tests.spack_cache_files import CACHES

import peso
from peso.cli.words import in_words
from peso.errors import Reason
from peso.services.delivery.audit.facts import Looked, Question, wrong
from peso.services.delivery.audit.report import CacheAudited, report


def many(units: int) -> CacheAudited:
    looked = [Looked(path=f"p{one}", hash="a" * 32, name="n", version="1") for one in range(units)]
    for one in looked:
        one.say(wrong(Question.MANIFEST, Reason.MISSING, "the file is missing"))
    return report(
        looked, [], where="c", folder=True, size=0, unsafe_unproven=False, not_looked_at=[]
    )


def test_a_no_comes_first_with_its_reason() -> None:
    lines = in_words(peso.audit_cache(CACHES / "swapped-pair")).splitlines()
    assert lines[0].startswith("no: 2 things are wrong with ")
    assert lines[0].endswith("[swapped]")
    assert lines.index("wrong") < lines.index("not provable, and why")
    assert any("the manifest of tiny-top@1.1/oox5yw2 lies there" in line for line in lines)


def test_a_key_that_nobody_verified_is_said_to_be_that() -> None:
    said = in_words(peso.audit_cache(CACHES / "whole"))
    assert "as the signature says, NOT VERIFIED: 2 units" in said


def test_what_was_taken_all_the_same_is_said() -> None:
    said = in_words(peso.audit_cache(CACHES / "whole", unsafe_unproven=True))
    assert "that proves nothing more" in said.splitlines()[1]


def test_many_findings_are_counted_not_listed() -> None:
    lines = in_words(many(100)).splitlines()
    assert "  and 60 more; --json has all" in lines
    assert len(lines) < 100


def test_nothing_is_no_pass() -> None:
    assert in_words(many(0)).startswith("unknown: nothing was found")
