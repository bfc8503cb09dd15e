"""A check says what the files leave open, each finding at its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.partnerships.consortium.conftest import TODAY
from tests.products.catalogs.conftest import write

from peso.partnerships.consortium.checking import RULES, check_consortium
from peso.partnerships.consortium.reading import read_consortium


def _found(workspace: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in check_consortium(workspace, read_consortium(workspace), TODAY):
        found.setdefault(one.rule, set()).add((one.where or "").removeprefix("consortium/"))
        assert one.hint
    return found


def test_what_the_federation_leaves_open(federation: Path) -> None:
    found = _found(federation)

    assert found["consortium.overdue"] == {"officers/chair.yaml:1"}
    assert found["consortium.open"] == {
        "members/reed.yaml:1",
        "officers/secretary.yaml:1",
        "officers/vice-chair.yaml:1",
        "working-groups/roots.yaml:1",
    }
    assert found["consortium.charter"] == {"working-groups/roots.yaml:1"}
    assert set(found) == {"consortium.overdue", "consortium.open", "consortium.charter"}


@pytest.mark.parametrize(
    ("rule", "file", "text"),
    [
        ("not-read", "frogs.yaml", "a: 1\n"),
        ("not-read", "liaison/bo.yaml", "a: 1\n"),
        (
            "unknown-person",
            "liaisons/x.yaml",
            "schema: peso.liaison/1\nperson: Eve\norganization: pond\nto: reed\n",
        ),
        (
            "unknown-person",
            "affiliations/x.yaml",
            "schema: peso.affiliation/1\nperson: Eve\norganization: Marsh\n",
        ),
        (
            "ends-before-it-begins",
            "affiliations/x.yaml",
            (
                "schema: peso.affiliation/1\nperson: Bo Newt\norganization: Marsh\n"
                "since: '2024-02-29'\nuntil: '2024-02-28'\n"
            ),
        ),
        (
            "unknown-organization",
            "liaisons/x.yaml",
            "schema: peso.liaison/1\nperson: Bo Newt\norganization: pond\nto: sea\n",
        ),
        (
            "unknown-product",
            "stewardships/x.yaml",
            "schema: peso.stewardship/1\nproduct: ibis\norganization: pond\n",
        ),
        (
            "same-organization",
            "organizations/pond.yaml",
            "schema: peso.organization/1\nshort_name: POND\nkind: vendor\n",
        ),
        (
            "more-representatives",
            "members/pond.yaml",
            (
                "schema: peso.member/1\nshort_name: POND\nname: P\nlevel: core\n"
                "representatives: [Ada Frog, Bo Newt]\n"
            ),
        ),
        (
            "two-at-once",
            "terms/x.yaml",
            "schema: peso.term/1\noffice: Chair\nperson: Bo Newt\nsince: '2026-01-01'\n",
        ),
        (
            "ends-before-it-begins",
            "terms/x.yaml",
            (
                "schema: peso.term/1\noffice: Chair\nperson: Bo Newt\nsince: '2020-01-02'\n"
                "until: '2020-01-01'\n"
            ),
        ),
        (
            "date",
            "members/pond.yaml",
            "schema: peso.member/1\nshort_name: POND\nname: P\nlevel: core\njoined: long ago\n",
        ),
    ],
)
def test_each_fault_is_found_at_its_file(federation: Path, rule: str, file: str, text: str) -> None:
    write(federation / "consortium", {file: text})
    found = _found(federation)

    where = "officers/chair.yaml" if rule == "two-at-once" else file
    assert f"{where}:1" in found[f"consortium.{rule}"]


def test_where_there_is_no_consortium_nothing_is_due(tmp_path: Path) -> None:
    assert _found(tmp_path) == {}
    write(tmp_path / "consortium", {"frogs.yaml": "a: 1\n"})
    assert _found(tmp_path) == {"consortium.not-read": {"frogs.yaml:1"}}


def test_every_rule_is_tried() -> None:
    tried = {
        *("overdue", "open", "charter", "not-read", "unknown-person", "unknown-organization"),
        *("unknown-product", "same-organization", "more-representatives", "two-at-once"),
        *("ends-before-it-begins", "date"),
    }

    assert set(RULES) == tried
