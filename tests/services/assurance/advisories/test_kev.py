from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from peso.services.assurance.advisories.kev import read_kev
from peso.services.assurance.advisories.record import Exploited, Unreadable


def test_each_entry_is_a_mark_on_its_cve() -> None:
    entry = {
        "cveID": "CVE-2024-1000",
        "vulnerabilityName": "Makers LibThing Something",
        "dateAdded": "2024-01-02",
        "dueDate": "2024-01-23",
        "knownRansomwareCampaignUse": "Known",
    }
    bare = {"cveID": "CVE-2024-2", "dateAdded": "2024-02-03"}
    catalog = {
        "catalogVersion": "2024.02.04",
        "dateReleased": "2024-02-04T10:00:00.5Z",
        "count": 4,
        "vulnerabilities": [entry, bare, {"cveID": "CVE-3"}],
    }
    found = read_kev("kev.json", json.dumps(catalog).encode())
    first, second = found.records
    assert first.keys == (("KEV", "CVE-2024-1000"),)
    assert first.exploited == Exploited(
        added=date(2024, 1, 2), due=date(2024, 1, 23), ransomware=True
    )
    assert first.modified == datetime(2024, 1, 2, tzinfo=UTC)
    assert second.exploited == Exploited(added=date(2024, 2, 3))
    assert found.as_of == datetime(2024, 2, 4, 10, 0, 0, 500_000, tzinfo=UTC)
    assert [(one.rule, one.subject) for one in found.findings] == [
        ("advisory-unreadable", "kev.json: vulnerabilities[2]"),
        ("advisory-incomplete", "kev.json"),
    ]
    assert found.findings[1].message == "it says it has 4 entries and has 3"


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"vulnerabilities": 3}'])
def test_what_is_no_catalog_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_kev("kev.json", data)


def test_a_list_of_which_a_thousand_entries_are_none_is_none() -> None:
    wrong = {"vulnerabilities": [{"cveID": "CVE-2024-1", "dateAdded": "2024-01-02"}, *([7] * 1001)]}
    with pytest.raises(Unreadable, match="more than 1000 of its records are none; the last: the"):
        read_kev("kev.json", json.dumps(wrong).encode())
    assert len(read_kev("kev.json", json.dumps(wrong).replace(", 7", "", 1).encode()).findings) == (
        1000
    )
