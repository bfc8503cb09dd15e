from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.assurance.advisories.lines import said

from peso.services.assurance.advisories.nvd import read_nvd
from peso.services.assurance.advisories.record import Advisory, Exploited, Unreadable

ANY = "cpe:2.3:a:makers:libthing:*:*:*:*:*:*:*:*"
WINDOWS = "cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*"
KEY = ("CPE", "makers:libthing")


def match(
    criteria: str = ANY, bounds: dict[str, str] | None = None, *, vulnerable: bool = True
) -> dict[str, Any]:
    named = {"criteria": criteria, "vulnerable": vulnerable, "matchCriteriaId": "x"}
    return {**named, **(bounds or {})}


def node(*matches: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"operator": "OR", "negate": False, "cpeMatch": list(matches), **more}


def page(*cves: object, **more: object) -> bytes:
    head = {"format": "NVD_CVE", "version": "2.0", "timestamp": "2026-11-01T00:00:00.000"}
    return json.dumps({**head, "vulnerabilities": list(cves), **more}).encode()


def read(*configurations: dict[str, Any], **more: object) -> Advisory:
    cve = {"id": "CVE-2024-1000", "configurations": list(configurations), **more}
    [found] = read_nvd("page.json", page({"cve": cve})).records
    return found


def answers(found: Advisory, *versions: str) -> list[str]:
    return [said(found.of(KEY), version) for version in versions]


def doubts(found: Advisory) -> set[str]:
    return {span.doubt for one in found.affected for span in one.ranges}


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({}, "yes yes yes yes"),
        ({"versionEndExcluding": "2.0"}, "yes yes no no"),
        ({"versionEndIncluding": "2.0"}, "yes yes yes no"),
        ({"versionStartIncluding": "1.0", "versionEndExcluding": "2.0"}, "no yes no no"),
        ({"versionStartExcluding": "1.0", "versionEndIncluding": "2.0"}, "no no yes no"),
        ({"versionStartIncluding": "2.0"}, "no no yes yes"),
    ],
)
def test_bounds_are_ranges(bounds: dict[str, str], expected: str) -> None:
    found = read({"nodes": [node(match(ANY, bounds))]})
    assert answers(found, "0.9", "1.0", "2.0", "2.1") == expected.split()


def test_single_versions_are_listed_with_their_update() -> None:
    versions = ("1.0:*", "1.1:rc1", "1.2:-")
    names = [f"cpe:2.3:a:makers:libthing:{one}:*:*:*:*:*:*" for one in versions]
    [entry] = read({"nodes": [node(*map(match, names))]}).affected
    assert (entry.keys, entry.versions, entry.ranges) == ((KEY,), ("1.0", "1.1rc1", "1.2"), ())


def test_nodes_without_an_operator_are_alternatives_and_products_stay_apart() -> None:
    other = "cpe:2.3:a:others:product:*:*:*:*:*:*:*:*"
    found = read(
        {
            "nodes": [
                node(match(ANY, {"versionEndExcluding": "1.0"})),
                node(match(other), match(ANY, {"versionStartIncluding": "3.0"})),
            ]
        }
    )
    assert found.keys == (KEY, ("CPE", "others:product"))
    assert answers(found, "0.9", "1.0", "3.0") == ["yes", "no", "yes"]


def test_what_holds_only_together_with_something_is_a_doubt() -> None:
    platform = node(match(WINDOWS, vulnerable=False))
    found = read(
        {"operator": "AND", "nodes": [node(match(ANY, {"versionEndExcluding": "1.0"})), platform]}
    )
    assert found.keys == (KEY,)
    assert answers(found, "0.9", "1.0") == ["perhaps", "no"]
    assert doubts(found) == {"it is said only together with microsoft:windows"}
    both = read({"nodes": [node(match(), match(WINDOWS), operator="AND")]})
    assert answers(both, "1.0") == ["perhaps"]


def test_that_it_needs_linux_is_no_doubt() -> None:
    linux = "cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*"
    several = node(match(WINDOWS, vulnerable=False), match(linux, vulnerable=False))
    assert answers(read({"operator": "AND", "nodes": [node(match()), several]}), "1.0") == ["yes"]
    old = node(match(linux.replace(":-:", ":2.6:"), vulnerable=False))
    assert answers(read({"operator": "AND", "nodes": [node(match()), old]}), "1.0") == ["perhaps"]


def test_a_negation_is_a_doubt() -> None:
    for found in (
        read({"nodes": [node(match(), negate=True)]}),
        read({"nodes": [node(match())], "negate": True}),
    ):
        assert answers(found, "1.0") == ["perhaps"]
        assert "negation" in str(doubts(found))


def test_another_languages_package_of_the_same_name_is_a_doubt() -> None:
    node_js = "cpe:2.3:a:makers:libthing:1.0:*:*:*:*:node.js:*:*"
    found = read({"nodes": [node(match(node_js), match(ANY.replace("*", "-", 1)))]})
    assert answers(found, "1.0") == ["perhaps"]
    assert doubts(found) == {
        "it is said only of the edition for node.js",
        "no version in particular is named",
    }


def test_a_record_nobody_analysed_names_no_product() -> None:
    cve = {"id": "CVE-2024-1000", "vulnStatus": "Awaiting Analysis"}
    [found] = read_nvd("p.json", page({"cve": cve})).records
    assert found.affected == ()


def test_a_rejected_record_is_withdrawn() -> None:
    when = "2024-05-06T07:08:09.100"
    assert read(vulnStatus="Rejected", lastModified=when).withdrawn == datetime(
        2024, 5, 6, 7, 8, 9, 100_000, tzinfo=UTC
    )
    read_none = read_nvd("p.json", page({"cve": {"id": "CVE-1", "vulnStatus": "Rejected"}}))
    assert "does not say when" in read_none.findings[0].message


def test_nvds_own_vectors_come_before_those_of_others() -> None:
    def metric(vector: str, kind: str) -> dict[str, Any]:
        return {"type": kind, "cvssData": {"vectorString": vector}}

    metrics = {
        "cvssMetricV31": [metric("theirs", "Secondary"), metric("ours", "Primary")],
        "cvssMetricV2": [metric("old", "Secondary")],
    }
    found = read(metrics=metrics).severity
    assert [(one.type, one.score) for one in found] == [("CVSS_V3", "ours"), ("CVSS_V2", "old")]


def test_a_mark_of_the_catalog_of_exploited_ones_is_kept() -> None:
    found = read(cisaExploitAdd="2024-01-02", cisaActionDue="2024-01-23")
    assert found.exploited == Exploited(added=date(2024, 1, 2), due=date(2024, 1, 23))


def test_an_override_says_its_id_and_dates_in_its_annotation() -> None:
    override = {
        "_annotation": {
            "cve_id": "CVE-2024-7",
            "description": "A thing",
            "modified": "2024-08-01T17:41:15.878000+00:00",
            "published": "2024-04-05T17:48:13.286000+00:00",
        },
        "cve": {"configurations": [{"nodes": [node(match())]}]},
    }
    [found] = read_nvd("CVE-2024-7.json", json.dumps(override).encode()).records
    assert (found.id, found.summary, found.keys) == ("CVE-2024-7", "A thing", (KEY,))
    assert found.modified is not None
    assert found.published is not None


def test_a_single_record_is_read_bare_too() -> None:
    bare = {"id": "CVE-2024-8", "configurations": [{"nodes": [node(match())]}]}
    [found] = read_nvd("CVE-2024-8.json", json.dumps(bare).encode()).records
    assert (found.id, found.keys) == ("CVE-2024-8", (KEY,))


def test_a_wrong_record_of_a_page_is_a_finding_and_the_others_are_read() -> None:
    wrong = {"id": "CVE-2", "configurations": [{"nodes": [node(match("cpe:/a:b"))]}]}
    found = read_nvd("p.json", page({"cve": {"id": "CVE-1"}}, {"cve": wrong}, {"cve": 3}, 7))
    assert [one.id for one in found.records] == ["CVE-1"]
    assert [(one.subject, one.message.partition(":")[0]) for one in found.findings] == [
        ("p.json: vulnerabilities[1]", "'cpe"),
        ("p.json: vulnerabilities[2]", "cve"),
        ("p.json: vulnerabilities[3]", "the whole"),
    ]
    assert found.as_of == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "data", [b"[]", b"{", b'{"cve": []}', b'{"id": 3}', b'{"id": "X-1"}', b"{}"]
)
def test_what_is_neither_page_nor_record_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_nvd("p.json", data)


BOUND = st.none() | st.integers(1, 20)


@given(BOUND, BOUND, st.tuples(st.booleans(), st.booleans()), st.integers(0, 21))
def test_bounds_agree_with_plain_intervals(
    low: int | None, high: int | None, excluding: tuple[bool, bool], version: int
) -> None:
    above, below = excluding
    bounds = {}
    if low is not None:
        bounds["versionStartExcluding" if above else "versionStartIncluding"] = str(low)
    if high is not None:
        bounds["versionEndExcluding" if below else "versionEndIncluding"] = str(high)
    from_low = low is None or (version > low if above else version >= low)
    to_high = high is None or (version < high if below else version <= high)
    found = read({"nodes": [node(match(ANY, bounds))]})
    if low is None or high is None or low < high:
        assert answers(found, str(version)) == ["yes" if from_low and to_high else "no"]
