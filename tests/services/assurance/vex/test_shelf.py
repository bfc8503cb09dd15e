from __future__ import annotations

from pathlib import Path

import pytest
from tests.services.assurance.vex.making import DAY, NOW, A, statement

from peso.errors import BadInput
from peso.services.assurance.vex.record import Product, Statement
from peso.services.assurance.vex.shelf import add_statement, documents, read_shelf


def add(one: Statement, root: Path) -> Path:
    return add_statement(one, root, lock=root / "lock", now=NOW, tooling="peso 1")


def test_a_workspace_without_the_folder_states_nothing(tmp_path: Path) -> None:
    assert read_shelf(tmp_path).statements == ()


def test_a_statement_is_added_and_read_back(tmp_path: Path) -> None:
    file = add(statement(), tmp_path)
    assert file == tmp_path / "vex" / "CVE-1.security-team.openvex.json"
    shelf = read_shelf(tmp_path)
    [one] = shelf.statements
    assert (one.vulnerability, one.expires) == ("CVE-1", NOW + 30 * DAY)
    assert (one.where, list(shelf.files)) == (
        "vex/CVE-1.security-team.openvex.json",
        ["vex/CVE-1.security-team.openvex.json"],
    )


def test_another_statement_raises_the_version_and_changes_none(tmp_path: Path) -> None:
    first = add(statement(), tmp_path)
    assert first == add(statement(products=(Product(purl="pkg:pypi/b@2"),)), tmp_path)
    assert '"version": 2' in first.read_text()
    one, other = read_shelf(tmp_path).statements
    assert (one.products[0].purl, other.products[0].purl) == (A, "pkg:pypi/b@2")
    assert one.expires == NOW + 30 * DAY


def test_a_document_of_another_author_is_not_written_to(tmp_path: Path) -> None:
    add(statement(), tmp_path)
    with pytest.raises(BadInput, match="this document is by An organization"):
        add(statement(author="Others"), tmp_path)


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    wrong = statement(
        vulnerability=" ",
        products=(Product(purl="pkg:pypi/a"),),
        reason="",
        role="",
        expires=None,
        justification="",
    )
    with pytest.raises(BadInput) as caught:
        add(wrong, tmp_path)
    assert [one.where for one in caught.value.faults] == [
        "vulnerability",
        "product",
        "reason",
        "role",
        "expires",
        "justification",
    ]
    assert documents(tmp_path) == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"expires": NOW}, "expired on"),
        ({"expires": NOW + 4000 * DAY}, "more than three years"),
        ({"status": "fixed"}, "has no justification"),
        ({"status": "affected", "justification": ""}, "needs an action"),
        ({"products": ()}, "no product is named"),
    ],
)
def test_what_cannot_be_kept(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        add(statement(**changes), tmp_path)


def test_all_faults_of_all_documents(tmp_path: Path) -> None:
    folder = tmp_path / "vex" / "deep"
    folder.mkdir(parents=True)
    (folder / "one.openvex.json").write_text("{")
    (folder.parent / "two.openvex.json").write_text('{"@context": 1}')
    (folder.parent / "notes.json").write_text("not ours")
    with pytest.raises(BadInput) as caught:
        read_shelf(tmp_path)
    said = "\n".join(map(str, caught.value.faults))
    assert "vex/deep/one.openvex.json:1:2" in said
    assert "vex/two.openvex.json:1" in said
