"""What a form says of a new file: its lines, its name, names that lead nowhere, and twins."""

from __future__ import annotations

from typing import Any

import pytest

from peso.partnerships.consortium.record import Target
from peso.portal.people.addable import (
    ADDABLE,
    Known,
    file_name,
    remarks_on,
    said_of,
    twins,
    wrong_with,
)
from peso.portal.people.editable import EDITABLE, Form

KNOWN = Known(
    people=frozenset({"Ann Ambler"}),
    organizations=frozenset({"pond", "lake"}),
    products=frozenset({"hypre"}),
)
FORM = {"person": "Ann Ambler", "target": "organization", "to": "lake", "topic": "Data"}


def _said(what: str = "liaison", **form: str) -> dict[str, Any]:
    return said_of(what, "pond", FORM | form)


def _wrong(what: str = "liaison", **form: str) -> dict[str, str]:
    return {one.key: one.message for one in wrong_with(what, _said(what, **form), KNOWN)}


def test_every_key_is_one_of_its_record_and_its_organization_is_not_asked_for() -> None:
    for what, one in ADDABLE.items():
        asked = {key.name for key in one.keys}
        fields = set(EDITABLE[what].model.model_fields)
        assert asked | {EDITABLE[what].scope} == set(one.order), what
        assert set(one.order) <= fields, what
        assert EDITABLE[what].scope not in asked, what
        assert set(one.called) <= set(one.order), what


def test_the_choices_are_those_of_the_record() -> None:
    (target,) = [key for key in ADDABLE["liaison"].keys if key.form is Form.CHOICE]
    assert {word for word, _ in target.choices} == set(Target.__args__)  # type: ignore[attr-defined]


def test_what_was_left_empty_is_not_said_and_the_organization_is_the_doors() -> None:
    said = _said(organization="lake", since="2026-01-01", until="  ")
    assert [*said] == ["schema", "person", "organization", "to", "target", "topic", "since"]
    assert said["organization"] == "pond"


def test_names_that_lead_nowhere_are_said_with_those_that_are_near() -> None:
    assert _wrong() == {}
    assert _wrong(to="Lak") == {"to": "no organization has the slug “Lak”: is it lake?"}
    assert _wrong(to="zzz") == {"to": "no organization has the slug “zzz”"}
    assert _wrong(to="hypr", target="product") == {
        "to": "no product has the slug “hypr”: is it hypre?"
    }
    assert _wrong(to="lake", target="vendor") == {}
    assert _wrong(to="Those who mesh", target="product-community") == {}
    assert _wrong(to="pond") == {"to": "it is the organization itself"}
    assert _wrong("stewardship", product="alpha") == {"product": "no product has the slug “alpha”"}
    assert _wrong("stewardship", product="hypre") == {}


def test_it_ends_no_earlier_than_it_begins() -> None:
    assert _wrong(since="2028-02-29", until="2028-02-29") == {}
    assert _wrong(since="2028-03-01", until="2028-02-29") == {"until": "it ends before it begins"}


def test_a_person_nobody_knows_is_a_remark() -> None:
    assert remarks_on("liaison", _said(), KNOWN) == ()
    assert remarks_on("liaison", _said(person="Ann Ambler (Pond)"), KNOWN) == ()
    (said,) = remarks_on("liaison", _said(person="ann amble"), KNOWN)
    assert "is not among the consortium's people" in said
    assert said.endswith("Is it Ann Ambler?")
    assert remarks_on("stewardship", _said("stewardship", product="hypre"), KNOWN) == ()


@pytest.mark.parametrize(
    ("person", "taken", "name"),
    [
        ("Ann Ambler", (), "ann-ambler-lake"),
        ("Ann Ambler", ("ann-ambler-lake", "ann-ambler-lake-2"), "ann-ambler-lake-3"),
        ("../../etc/passwd", (), "etc-passwd-lake"),
        ("Åsa Öberg", (), "asa-oberg-lake"),
        ("王", (), "unnamed-lake"),
        ("a" * 400, (), "a" * 100),
    ],
)
def test_what_a_file_is_called(person: str, taken: tuple[str, ...], name: str) -> None:
    assert file_name("liaison", _said(person=person), taken) == name


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({}, True),
        ({"person": "ann  ambler"}, True),
        ({"person": "Ann Ambler (Pond)"}, True),
        ({"topic": "DATA", "funding": "Somebody"}, True),
        ({"topic": "Meshes"}, False),
        ({"to": "hypre", "target": "product"}, False),
        ({"since": "2027-01-01"}, False),
        ({"since": "2026-12-31"}, True),
        ({"until": "2025-12-31"}, False),
        ({"until": "no day"}, False),
    ],
)
def test_twins_say_the_same_of_a_time_that_both_cover(
    changed: dict[str, str],
    *,
    same: bool,
) -> None:
    one = _said(since="2026-01-01", until="2026-12-31")
    other = _said(**changed)
    assert twins("liaison", one, other) is same
    assert twins("liaison", other, one) is same
