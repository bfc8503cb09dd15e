"""A check says what is wrong, where, and what was edited."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.products.catalogs.checking import check_products
from peso.products.catalogs.importing import import_catalog


@pytest.fixture
def imported(ponds: Path, workspace: Path) -> Path:
    import_catalog(workspace, "cass", ponds)
    return workspace


def _said(workspace: Path) -> dict[str, str]:
    """Return rule and place of what was seen in the workspace's own files."""
    _, findings = check_products(workspace)
    return {
        one.rule: one.where or ""
        for one in findings
        if not (one.where or "").startswith("consortium/upstream/")
    }


def _replace(file: Path, was: str, now: str) -> None:
    text = file.read_text()
    assert was in text
    file.write_text(text.replace(was, now))


def test_what_is_wrong_in_the_catalog_is_said_at_the_mirrors_line(imported: Path) -> None:
    files, findings = check_products(imported)
    said = [f"{one.where} {one.rule}" for one in findings]

    assert len(files) == 13
    assert said == [
        "consortium/upstream/cass/_data/organization.yml:3 catalog.history-in-comments",
        "consortium/upstream/cass/_data/people.yml:7 catalog.key-misspelt",
        "consortium/upstream/cass/_data/people.yml:7 catalog.missing",
        "consortium/upstream/cass/_events/evenings/croak.md:13 catalog.tab",
        "consortium/upstream/cass/_events/evenings/croak.md:14 catalog.key-misspelt",
        "consortium/upstream/cass/_software/stork.md:9 catalog.blank-optional",
        "consortium/upstream/cass/_software/stork.md:10 catalog.blank-optional",
        "consortium/upstream/cass/_software/stork.md:14 catalog.key-unknown",
    ]


def test_an_edit_is_a_note_that_names_the_catalogs_place(imported: Path) -> None:
    _replace(imported / "products/heron.yaml", "license: BSD-3-Clause", "license: MIT")
    _, findings = check_products(imported)
    (edit,) = [one for one in findings if one.rule == "catalog.edited-here"]

    assert edit.level == "note"
    assert "consortium/upstream/cass/_software/heron.md:18" in edit.message


@pytest.mark.parametrize(
    ("was", "now", "rule"),
    [
        ("license: BSD-3-Clause", "license: BSD 3", "catalog.license"),
        ("members: [POND]", "members: [LAKE]", "catalog.unknown-member"),
        ("areas: [Wading birds,", "areas: [Birds,", "catalog.unknown-area"),
        ("foundation: Marsh Foundation", "foundation: Bog", "catalog.unknown-foundation"),
        ("name: Heron", "nane: Heron", "catalog.not-a-record"),
        ("url: 'https://example.org/chat'", "url: {unknown: lost}", "catalog.link-without-url"),
    ],
)
def test_an_edit_is_looked_at_by_the_catalogs_rules(
    imported: Path, was: str, now: str, rule: str
) -> None:
    file = imported / "products" / "heron.yaml"
    _replace(file, was, now)
    line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if now in text)
    found = _said(imported)[rule]
    at = {"catalog.link-without-url": file.read_text().splitlines().index("links:") + 1}

    assert found == f"products/heron.yaml:{at.get(rule, line)}"


def test_removed_files_are_said(imported: Path) -> None:
    (imported / "products/stork.yaml").unlink()

    assert _said(imported)["catalog.removed-here"] == "products/stork.yaml:1"


def test_a_product_no_catalog_has_any_more_is_said(imported: Path, ponds: Path) -> None:
    (ponds / "_software/stork.md").unlink()
    import_catalog(imported, "cass", ponds)

    assert _said(imported)["catalog.gone-upstream"] == "products/stork.yaml:1"


def test_an_open_conflict_is_high_and_a_broken_list_of_them_too(
    imported: Path, ponds: Path
) -> None:
    _replace(imported / "products/heron.yaml", "license: BSD-3-Clause", "license: MIT")
    _replace(ponds / "_software/heron.md", '"BSD-3-Clause"', "0BSD")
    import_catalog(imported, "cass", ponds)
    assert "catalog.conflict" in _said(imported)

    (imported / "consortium/conflicts.yaml").write_text("conflicts: 1\n")
    assert _said(imported)["catalog.not-a-record"].startswith("consortium/conflicts.yaml:")


def test_a_product_of_our_own_is_no_finding(workspace: Path) -> None:
    (workspace / "products").mkdir()
    (workspace / "products/ibis.yaml").write_text("schema: peso.product/1\nname: Ibis\n")

    assert check_products(workspace) == (("products/ibis.yaml",), ())
