"""An export is the import, but for the keys that a person changed."""

from __future__ import annotations

import difflib
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.products.catalogs.conftest import write

from peso.errors import BadInput
from peso.products.catalogs.cass.software import COLUMNS
from peso.products.catalogs.exporting import Exported, export_catalog
from peso.products.catalogs.importing import import_catalog


def _replace(file: Path, was: str, now: str) -> None:
    text = file.read_text()
    assert was in text
    file.write_text(text.replace(was, now))


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _changes(before: Path, after: Path) -> list[str]:
    lines = difflib.unified_diff(
        before.read_text().splitlines(), after.read_text().splitlines(), lineterm="", n=0
    )
    return [line for line in lines if line[:1] in "+-" and line[:3] not in {"+++", "---"}]


@pytest.fixture
def imported(ponds: Path, workspace: Path) -> Path:
    import_catalog(workspace, "cass", ponds)
    return workspace


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def _rules(done: Exported) -> list[str]:
    return [one.rule for one in done.findings]


def test_what_nobody_changed_is_as_it_came(imported: Path, ponds: Path, out: Path) -> None:
    done = export_catalog(imported, "cass", out)

    assert _files(out) == _files(ponds)
    assert done.changed == ()
    assert done.ok


def test_another_catalog_changes_nothing(imported: Path, ponds: Path, e4s: Path, out: Path) -> None:
    import_catalog(imported, "e4s", e4s)
    export_catalog(imported, "cass", out)

    assert _files(out) == _files(ponds)


@pytest.mark.parametrize(
    ("was", "now", "changes"),
    [
        (
            "license: BSD-3-Clause",
            "license: MIT OR Apache-2.0",
            ['-license_spdx: "BSD-3-Clause"', "+license_spdx: MIT OR Apache-2.0"],
        ),
        ("spack: [heron]", "spack: []", ["-spack_name: heron", "+spack_name:"]),
        (
            "spack: [heron]",
            "spack: [heron, heron-tools]",
            ["-spack_name: heron", "+spack_name:", "+  - heron", "+  - heron-tools"],
        ),
        ("members: [POND]", "members: [POND, REED]", ["+  - REED"]),
        ("project: 77", "project: 78", ["-openssf_bestpractices_id: 77"]),
        (
            "https://example.org/chat",
            "https://example.org/talk",
            ["-    url: https://example.org/chat", "+    url: https://example.org/talk"],
        ),
        ("\nareas:", "\npublished: false\nareas:", ["+published: false"]),
    ],
)
def test_only_the_changed_key_differs(  # noqa: PLR0917 - fixtures and a table
    imported: Path, ponds: Path, out: Path, was: str, now: str, changes: list[str]
) -> None:
    _replace(imported / "products" / "heron.yaml", was, now)
    done = export_catalog(imported, "cass", out)
    changed = _changes(ponds / "_software" / "heron.md", out / "_software" / "heron.md")

    assert done.changed == ("_software/heron.md",)
    assert set(changes) <= set(changed)
    assert len(changed) <= len(changes) + 2
    assert {p: d for p, d in _files(out).items() if p != "_software/heron.md"} == {
        p: d for p, d in _files(ponds).items() if p != "_software/heron.md"
    }


def test_an_export_that_is_imported_again_changes_nothing(imported: Path, ponds: Path) -> None:
    _replace(imported / "products" / "heron.yaml", "license: BSD-3-Clause", "license: MIT")
    before = (imported / "products" / "heron.yaml").read_text()
    export_catalog(imported, "cass", ponds)
    done = import_catalog(imported, "cass", ponds)

    assert (imported / "products" / "heron.yaml").read_text() == before
    assert done.updated == ()
    assert export_catalog(imported, "cass", ponds).changed == ()


def test_what_was_kept_can_be_edited_too(imported: Path, ponds: Path, out: Path) -> None:
    _replace(imported / "products" / "stork.yaml", "nest: chimney", "nest: church")
    export_catalog(imported, "cass", out)

    assert _changes(ponds / "_software/stork.md", out / "_software/stork.md") == [
        "-nest: chimney",
        "+nest: church",
    ]


def test_an_event_and_a_story_can_be_edited_too(imported: Path, ponds: Path, out: Path) -> None:
    _replace(imported / "consortium/events/evenings/croak.yaml", "2026-05-06", "2026-05-07")
    export_catalog(imported, "cass", out)

    assert _changes(ponds / "_events/evenings/croak.md", out / "_events/evenings/croak.md") == [
        '-startdate: "2026-05-06"',
        '+startdate: "2026-05-07"',
    ]


def test_an_edit_the_format_has_no_way_for_is_said(imported: Path, ponds: Path, out: Path) -> None:
    _replace(imported / "consortium/people/ada-frog.yaml", "affiliation: Pond", "affiliation: Lake")
    done = export_catalog(imported, "cass", out)

    assert _rules(done) == ["catalog.not-exported"]
    assert not done.ok
    assert _files(out) == _files(ponds)


def test_a_product_made_in_peso_gets_a_page(imported: Path, out: Path) -> None:
    new = imported / "products" / "ibis.yaml"
    new.write_text(
        "schema: peso.product/1\nname: Ibis\ncass: ibis\nareas: [Fishing]\nmembers: [POND]\n"
        "license: MIT\nlinks:\n  - {label: Repository, url: 'https://example.org/ibis'}\n"
    )
    done = export_catalog(imported, "cass", out)
    import_catalog(imported, "cass", out)

    assert done.changed == ("_software/ibis.md",)
    assert (out / "_software" / "ibis.md").read_text().startswith("---\nname: Ibis\nareas:\n")


def test_a_name_that_is_taken_is_not_written_over(imported: Path, ponds: Path, out: Path) -> None:
    (imported / "products" / "ibis.yaml").write_text(
        "schema: peso.product/1\nname: Ibis\ncass: heron\n"
    )
    done = export_catalog(imported, "cass", out)

    assert _rules(done) == ["catalog.not-exported"]
    assert _files(out) == _files(ponds)


def test_a_catalog_that_moved_on_is_not_written_over(imported: Path, ponds: Path) -> None:
    page = ponds / "_software" / "heron.md"
    _replace(imported / "products" / "heron.yaml", "license: BSD-3-Clause", "license: MIT")
    _replace(page, "Stands still", "Moves")
    before = page.read_bytes()
    done = export_catalog(imported, "cass", ponds)

    assert page.read_bytes() == before
    assert _rules(done) == ["catalog.not-exported"]


def test_a_product_removed_here_stays_in_the_catalog(
    imported: Path, ponds: Path, out: Path
) -> None:
    (imported / "products" / "stork.yaml").unlink()
    done = export_catalog(imported, "cass", out)

    assert _rules(done) == ["catalog.removed-here"]
    assert _files(out) == _files(ponds)


def test_a_page_in_braces_cannot_be_changed_and_says_so(
    ponds: Path, workspace: Path, out: Path
) -> None:
    page = ponds / "_software" / "stork.md"
    page.write_text("---\n{name: Stork, license_spdx: MIT}\n---\n")
    import_catalog(workspace, "cass", ponds)
    _replace(workspace / "products" / "stork.yaml", "license: MIT", "license: 0BSD")
    done = export_catalog(workspace, "cass", out)

    assert _rules(done) == ["catalog.not-exported"]
    assert (out / "_software" / "stork.md").read_bytes() == page.read_bytes()


def test_only_what_was_imported_can_be_exported(workspace: Path, imported: Path, out: Path) -> None:
    with pytest.raises(BadInput, match="does not write"):
        export_catalog(imported, "e4s", out)
    with pytest.raises(BadInput, match="never imported"):
        export_catalog(workspace / "products", "cass", out)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below),
    max_leaves=6,
)
_KEYS = st.sampled_from([*(column.key for column in COLUMNS), "whatever"])


@given(said=st.dictionaries(_KEYS, _VALUES, max_size=8))
@settings(max_examples=25, deadline=None)
def test_any_page_is_imported_without_an_error_and_exported_as_it_was(
    said: dict[str, object],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, workspace = Path(folder, "in"), Path(folder, "workspace")
        write(source, {"_software/any.md": f"---\n{json.dumps(said)}\n---\n"})
        workspace.mkdir()
        import_catalog(workspace, "cass", source)
        again = import_catalog(workspace, "cass", source)
        export_catalog(workspace, "cass", Path(folder, "out"))

        assert (again.made, again.updated) == ((), ())
        assert "catalog.not-a-record" not in [one.rule for one in again.findings]
        assert _files(Path(folder, "out")) == _files(source)
