"""The table, as the scan reads it; and PESO's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.services.assurance.identity.made import SAID, table

from peso.base.finding import Unknown
from peso.errors import BadInput
from peso.services.assurance.identity.entry import Entry
from peso.services.assurance.identity.keys import SubjectKey
from peso.services.assurance.identity.table import load_identity


def test_an_entry_is_found_by_its_name_with_or_without_namespace(tmp_path: Path) -> None:
    identity = load_identity(table(tmp_path, {"heron": SAID, "stork": SAID}))

    found = identity.of("heron")
    assert isinstance(found, Entry)
    assert found is identity.of("builtin.heron")
    assert found.file == "birds.yaml"
    assert [one.name for one in identity] == ["heron", "stork"]
    assert len(identity) == 2


def test_a_name_nobody_reviewed_is_unknown(tmp_path: Path) -> None:
    found = load_identity(table(tmp_path, {"heron": SAID})).of("ibis")

    assert isinstance(found, Unknown)
    assert "ibis" in found.unknown


def test_entries_are_found_by_a_key(tmp_path: Path) -> None:
    identity = load_identity(table(tmp_path, {"heron": SAID, "stork": SAID}))

    several = identity.known_as(SubjectKey("CPE", "heron:heron"))
    assert [one.name for one in several] == ["heron", "stork"]
    assert identity.known_as(SubjectKey("npm", "heron")) == ()


def test_it_is_read_once_and_again_when_it_changes(tmp_path: Path) -> None:
    folder = table(tmp_path, {"heron": SAID})
    first = load_identity(folder)

    assert load_identity(folder) is first
    table(tmp_path, {"heron": SAID, "stork": SAID})
    assert len(load_identity(folder)) == 2


def test_a_version_stays_text(tmp_path: Path) -> None:
    folder = table(tmp_path, {"heron": {**SAID, "vendor": "1.10", "oss_fuzz": "yes"}})

    found = load_identity(folder).of("heron")
    assert isinstance(found, Entry)
    assert (found.vendor, found.oss_fuzz, found.reviewed) == ("1.10", "yes", "2026-11-26")


@pytest.mark.parametrize(
    "text",
    ["", "[1]", "a: b", "entries: [", "entries: {a: text}", "entries: {a: {osv: b}}", "\x00"],
)
def test_a_file_that_is_no_table_says_which_and_what_next(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken.yaml").write_text(text)

    with pytest.raises(BadInput, match="it is no table") as error:
        load_identity(tmp_path)
    assert "broken.yaml" in str(error.value)
    assert "peso identity check" in str(error.value)


def test_a_name_in_two_files_is_an_error(tmp_path: Path) -> None:
    table(tmp_path, {"heron": SAID}, "a.yaml")
    table(tmp_path, {"heron": SAID}, "b.yaml")

    with pytest.raises(BadInput, match=r"heron is in a\.yaml too"):
        load_identity(tmp_path)


def test_an_empty_folder_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no table of identities"):
        load_identity(tmp_path)
