from __future__ import annotations

import pytest
from tests.native_locks import Piece, full, lock_of

from peso.errors import BadInput
from peso.services.integration.unit_reasons import UnitExplained, explain

LOCK = lock_of(
    Piece("app", "app", needs={"lib": "build,link", "tool": "build"}, root=True),
    Piece("far", "far", needs={"mid": "run"}, root=True),
    Piece("mid", "middle", needs={"lib": "link"}),
    Piece("lib", "library", "2.0", virtuals=("blas",)),
    Piece("old", "library", "1.0", variants={"shared": "false"}),
    Piece("tool", "tool", needs={"old": "link"}),
)


def explained(asked: str) -> UnitExplained:
    return explain(asked, (("native", LOCK),), where="spack.lock")


def test_why_a_unit_is_there_and_what_stands_on_it() -> None:
    one = explained("/lib").units[0]

    assert [[step.unit.name for step in way.chain] for way in one.ways] == [
        ["app", "library"],
        ["far", "middle", "library"],
    ]
    assert [step.types for step in one.ways[1].chain] == [("run",), ("link",), ()]
    assert [(asker.unit.name, asker.types) for asker in one.askers] == [
        ("app", ("build", "link")),
        ("middle", ("link",)),
    ]
    assert [each.name for each in one.standing] == ["app", "far", "middle"]
    assert [root.name for root in one.roots] == ["app", "far"]
    assert one.shipped


def test_a_unit_that_only_builds_says_by_which_chain() -> None:
    one = explained("library@1.0").units[0]

    assert not one.shipped
    assert [[step.unit.name for step in way.chain] for way in one.ways] == [
        ["app", "tool", "library"]
    ]
    assert ([root.name for root in one.roots], [each.name for each in one.building]) == (
        [],
        ["app"],
    )


def test_of_a_name_with_several_units_all_are_told_and_how_they_differ() -> None:
    found = explained("library")

    assert [one.unit.version for one in found.units] == ["2.0", "1.0"]
    [several] = found.repeated
    assert {(each.kind, each.name) for each in several.differences} == {
        ("version", ""),
        ("variant", "shared"),
    }
    assert several.meets == "building-only"


def test_one_of_several_still_says_that_there_are_others() -> None:
    found = explained("library/old")

    assert len(found.units) == 1
    assert len(found.repeated[0].units) == 2


@pytest.mark.parametrize("asked", ["tool", "/tool", "tool@1.0", "tool/tool", "tool@=1.0"])
def test_the_ways_to_ask(asked: str) -> None:
    assert [one.unit.hash for one in explained(asked).units] == [full("tool")]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("libary", r"did you mean library\?"),
        ("blas", "it is what others use library@2.0/libxxxx as"),
        ("library@3", "there is library@2.0/libxxxx, library@1.0/oldxxxx"),
        ("/qqq", "no unit is /qqq"),
        ("", "names no unit"),
        ("a b", "names no unit"),
    ],
)
def test_what_is_no_unit_is_an_error_that_helps(asked: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        explained(asked)


def test_a_hash_that_begins_several_units_must_be_longer() -> None:
    lock = lock_of(Piece("aa", "one"), Piece("ab", "two"))

    with pytest.raises(BadInput, match="begins the hashes of 2 units"):
        explain("/a", (("native", lock),), where="here")


def test_several_parts_are_looked_at() -> None:
    other = lock_of(Piece("tool", "tool", root=True), part="other")
    found = explain("tool", (("native", LOCK), ("other", other)), where="stack.yaml")

    assert [(one.part, one.shipped) for one in found.units] == [("other", True), ("native", False)]


def test_the_record_can_be_written_and_read() -> None:
    assert UnitExplained.parse(explained("library").canonical()) == explained("library")
