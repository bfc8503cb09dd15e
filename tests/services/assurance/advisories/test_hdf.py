from __future__ import annotations

import pytest
from tests.services.assurance.advisories.lines import said

from peso.services.assurance.advisories.hdf import read_hdf
from peso.services.assurance.advisories.record import Advisory, Unreadable


def read(fixes: str, status: str = "") -> Advisory:
    text = f"- title: all\n  issues:\n  - id: CVE-2020-1\n    fix_releases: {fixes}\n"
    text += "    description: >-\n      Something in\n      a function.\n"
    text += f"    status: {status}\n" if status else ""
    [found] = read_hdf("list.yml", text.encode()).records
    return found


def answers(found: Advisory, *versions: str) -> list[str]:
    return [said(found.affected, version) for version in versions]


def test_a_version_is_affected_below_the_fix_of_its_own_branch() -> None:
    found = read("[1.14.0, 1.12.3, 1.10.11]")
    assert found.keys == (("VENDOR", "hdf5"),)
    assert found.summary == "Something in a function."
    assert answers(found, "1.10.10", "1.10.11", "1.10.12") == ["yes", "no", "no"]
    assert answers(found, "1.12.0", "1.12.2", "1.12.3", "1.12.4") == ["yes", "yes", "no", "no"]
    assert answers(found, "1.14.0", "1.14.6", "2.0.0") == ["no", "no", "no"]


def test_a_branch_without_a_fix_of_its_own_is_affected_below_the_next_fix() -> None:
    found = read("[1.14.0, 1.12.3, 1.10.11]")
    assert answers(found, "1.8.23", "1.11.0", "1.13.1") == ["yes", "yes", "yes"]
    assert answers(read("[1.14.4]"), "1.8.23", "1.14.3", "1.14.4", "2.0.0") == (
        ["yes", "yes", "no", "no"]
    )


def test_a_remark_behind_a_release_does_not_count() -> None:
    assert answers(read("['2.0.0 (tool removed)']"), "1.14.6", "2.0.0") == ["yes", "no"]


def test_a_fix_in_a_release_or_before_it_is_a_doubt_below() -> None:
    found = read("['<=1.10.3']")
    assert answers(found, "1.10.2", "1.10.3", "1.12.0") == ["perhaps", "no", "no"]


def test_an_entry_without_a_fix_is_told_by_its_status() -> None:
    for status in ("not_applicable", "not_filed_against_hdf5"):
        assert answers(read("null", status), "0.1", "1.14.0") == ["no", "no"]
    for status in ("cannot_reproduce", ""):
        assert answers(read("null", status), "0.1", "1.14.0") == ["perhaps", "perhaps"]


def test_a_wrong_entry_is_a_finding_and_the_others_are_read() -> None:
    text = (
        b"- issues:\n  - {id: CVE-1, fix_releases: [soon]}\n  - {id: CVE-2, fix_releases: [1.2]}\n"
        b"  - [not, one]\n  - {id: CVE 3}\n"
    )
    found = read_hdf("list.yml", text)
    assert [one.id for one in found.records] == ["CVE-2"]
    assert [(one.subject, one.message) for one in found.findings[:1]] == [
        ("list.yml: [0].issues[0]", "'soon' is no release")
    ]
    assert len(found.findings) == 3


@pytest.mark.parametrize("data", [b"", b"a: b", b"- title: x", b"- issues: 3", b"[[["])
def test_what_is_no_list_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_hdf("list.yml", data)
