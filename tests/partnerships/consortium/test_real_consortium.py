"""The real files of a consortium: the counts, what is due, and export equal to import."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import peso
from peso.partnerships.consortium.due import due
from peso.partnerships.consortium.making import contacts_of
from peso.partnerships.consortium.reading import Read, read_consortium
from peso.products.catalogs.importing import import_catalog

pytestmark = pytest.mark.shared_data
AS_OF = date(2026, 11, 23)


@pytest.fixture
def house(shared_data: Path, tmp_path: Path) -> Path:
    house = tmp_path / "house"
    house.mkdir()
    import_catalog(house, "cass", shared_data / "cass")
    return house


@pytest.fixture
def read(house: Path) -> Read:
    return read_consortium(house)


def test_the_counts_are_those_that_were_measured(read: Read) -> None:
    consortium = read.consortium

    assert read.findings == ()
    assert [one.short_name for one in consortium.organizations] == [
        *("CORSA", "FASTMath", "LEADS", "PESO", "RAPIDS", "S4PST", "STEP")
    ]
    assert {one.kind for one in consortium.organizations} == {"member"}
    assert len(consortium.people) == len(read.facts.people) == 25
    assert len(contacts_of(read.facts)) == 25
    assert [len(one.terms) for one in consortium.offices] == [1, 1, 1]
    assert Counter(one.charter.status for one in consortium.groups) == {"Active": 6, "Retired": 1}
    assert len(consortium.seats) == 7
    assert all(isinstance(one.holder, str) for one in consortium.seats)
    assert Counter(one.organization for one in consortium.stewardships) == {
        "rapids": 23,
        "fastmath": 18,
        "s4pst": 13,
        "step": 5,
        "leads": 5,
        "peso": 2,
    }


def test_what_is_due_is_what_the_consortiums_calendar_says(read: Read) -> None:
    found = [
        (one.state, one.title, str(one.on))
        for one in due(read.consortium, AS_OF)
        if one.state != "unknown"
    ]

    assert found == [
        ("overdue", "Impact Framework", "2026-08-12"),
        ("overdue", "Integration", "2026-09-09"),
        ("overdue", "Workforce", "2026-09-09"),
        ("overdue", "Chair", "2026-10-14"),
        ("overdue", "Metrics", "2026-10-14"),
        ("overdue", "Secretary", "2026-10-14"),
        ("overdue", "Vice-Chair", "2026-10-14"),
        ("soon", "Software Ecosystem", "2026-12-09"),
        ("soon", "User-Developer Experience", "2026-12-19"),
    ]


def test_no_address_of_anybody_is_in_the_public_record(read: Read) -> None:
    text = read.consortium.canonical().decode()

    assert "@" not in text.replace("youtube.com/@", "")  # a handle
    assert [one for one in contacts_of(read.facts) if one.email.casefold() in text.casefold()] == []


def test_import_says_what_is_odd_and_export_is_equal_to_the_byte(
    shared_data: Path, tmp_path: Path
) -> None:
    house = tmp_path / "house"
    peso.init(house)
    done = peso.import_consortium(shared_data / "cass", folder=house)
    again = peso.import_consortium(shared_data / "cass", folder=house)
    out = peso.export_consortium(tmp_path / "out", folder=house)
    report = peso.check_consortium(folder=house, today=AS_OF)

    counts = {"members": 7, "officers": 3, "people": 25, "working-groups": 7, "events": 68}
    assert counts.items() <= done.entries.items()
    assert {"catalog.history-in-comments", "catalog.key-misspelt", "catalog.tab"} <= {
        one.rule for one in done.findings
    }
    assert (again.made, again.updated) == ((), ())
    assert out.changed == ()
    for file in (shared_data / "cass").rglob("*"):
        if file.is_file():
            written = tmp_path / "out" / file.relative_to(shared_data / "cass")
            assert written.read_bytes() == file.read_bytes()
    assert Counter(one.rule for one in report.findings) == {"consortium.overdue": 7}
    assert report.ok
