from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.assurance.advisories.lines import said

from peso.services.assurance.advisories.cve5 import read_cve5
from peso.services.assurance.advisories.record import Advisory, Range, Unreadable

KEY = ("VENDOR", "libthing")


def line(version: str | None = None, status: str = "affected", **more: object) -> dict[str, Any]:
    return {"status": status, **({} if version is None else {"version": version}), **more}


def read(*versions: dict[str, Any], default: str | None = "unaffected", **more: object) -> Advisory:
    product = {"vendor": "Makers", "product": "LibThing", "versions": list(versions), **more}
    if default:
        product["defaultStatus"] = default
    return record({"affected": [product]})


def record(cna: dict[str, Any], **meta: str) -> Advisory:
    plain = {
        "dataType": "CVE_RECORD",
        "cveMetadata": {"cveId": "CVE-2024-1000", "state": "PUBLISHED", **meta},
        "containers": {"cna": {"providerMetadata": {"shortName": "makers"}, **cna}},
    }
    [found] = read_cve5("CVE-2024-1000.json", json.dumps(plain).encode()).records
    return found


def answers(found: Advisory, *versions: str) -> list[str]:
    return [said(found.affected, version) for version in versions]


def test_a_vendors_own_record_says_ranges_of_each_branch() -> None:
    found = read(
        line("3.1.0", lessThan="3.1.2", versionType="semver"),
        line("1.1.1", lessThan="1.1.1v", versionType="custom"),
        line("2.0.0", lessThanOrEqual="2.0.7", versionType="semver"),
    )
    assert found.keys == (KEY,)
    assert {span.scheme for one in found.affected for span in one.ranges} == {""}
    assert answers(found, "3.0.9", "3.1.0", "3.1.1", "3.1.2") == ["no", "yes", "yes", "no"]
    assert answers(found, "1.1.0", "1.1.1", "1.1.1u", "1.1.1v") == ["no", "yes", "yes", "no"]
    assert answers(found, "2.0.7", "2.0.8") == ["yes", "no"]


def test_only_the_vendor_speaks_for_its_product() -> None:
    other = {"vendor": "Distributor", "product": "LibThing", "defaultStatus": "unaffected"}
    cpes = ["cpe:2.3:a:makers:libthing:*:*:*:*:*:*:*:*", "nonsense"]
    found = record({"affected": [{**other, "cpes": cpes, "repo": "https://github.com/M/LibThing"}]})
    assert found.keys == (
        ("CPE", "makers:libthing"),
        ("CVE", "distributor:libthing"),
        ("GIT", "github.com/m/libthing"),
    )


@pytest.mark.parametrize(
    ("written", "versions", "expected"),
    [
        (line("1.2"), ("1.1", "1.2", "1.3"), "no yes no"),
        (line(lessThan="2.0"), ("0.1", "2.0"), "yes no"),
        (line("unspecified", lessThan="2.0"), ("0.1", "2.0"), "yes no"),
        (line("1.0", lessThan="*"), ("0.9", "1.0", "99"), "no yes yes"),
        (line("*"), ("0.1", "99"), "yes yes"),
        (line("< 1.4"), ("1.3", "1.4"), "yes no"),
        (line(">= 1.0, < 1.4"), ("0.9", "1.0", "1.4"), "no yes no"),
        (line("> 1.0, <= 1.4"), ("1.0", "1.1", "1.4", "1.5"), "no yes yes no"),
        (line("= 1.4"), ("1.3", "1.4", "1.5"), "no yes no"),
        (line("n/a"), ("1.0",), "perhaps"),
        (line("before the flood"), ("1.0",), "perhaps"),
        (line("1.0", "unknown", lessThan="2.0"), ("0.9", "1.5", "2.0"), "no perhaps no"),
        (line("1.0", "unaffected", lessThan="2.0"), ("0.9", "1.5", "2.0"), "no no no"),
    ],
)
def test_versions_are_written_in_many_ways(
    written: dict[str, Any], versions: tuple[str, ...], expected: str
) -> None:
    assert answers(read(written), *versions) == expected.split()


def test_changes_within_a_line_are_followed() -> None:
    changes = [{"at": "1.2", "status": "unaffected"}, {"at": "1.4", "status": "affected"}]
    found = read(line("1.0", lessThan="2.0", changes=changes))
    assert answers(found, "0.9", "1.1", "1.2", "1.3", "1.4", "2.0") == (
        ["no", "yes", "no", "no", "yes", "no"]
    )


def test_where_the_record_says_nothing_its_default_counts() -> None:
    for default, word in (("affected", "yes"), ("unknown", "perhaps"), (None, "perhaps")):
        found = read(
            line("1.0", "unaffected", lessThan="2.0"),
            line("3.0", "unaffected"),
            line("4.0", "unaffected", lessThanOrEqual="4.2"),
            default=default,
        )
        got = answers(found, "0.9", "1.0", "1.9", "2.0", "3.0", "3.1", "4.2", "4.3")
        assert got == [word, "no", "no", word, "no", word, "no", word]


def test_an_open_line_leaves_nothing_to_the_default() -> None:
    found = read(line("2.0", "unaffected", lessThan="*"), default="affected")
    assert answers(found, "1.9", "2.0", "99") == ["yes", "no", "no"]


def test_commits_and_python_versions_have_their_own_order() -> None:
    found = read(
        line("abc", lessThan="def", versionType="git"),
        line("1.0", lessThan="2.0", versionType="python"),
        repo="https://github.com/m/libthing",
    )
    assert found.affected[0].ranges == (
        Range(
            type="GIT",
            events=(("introduced", "abc"), ("fixed", "def")),
            scheme="git",
            repo="github.com/m/libthing",
        ),
        Range(type="ECOSYSTEM", events=(("introduced", "1.0"), ("fixed", "2.0")), scheme="pep440"),
    )


def test_titles_ratings_and_vectors_are_kept() -> None:
    metrics = [
        {"format": "other", "other": {"type": "x", "content": {"text": "Moderate"}}},
        {"cvssV3_1": {"vectorString": "CVSS:3.1/AV:N"}, "cvssV4_0": {"vectorString": "CVSS:4.0/A"}},
        {"other": "nonsense"},
    ]
    found = record({"title": "A thing\nand more", "metrics": metrics, "affected": []})
    assert (found.summary, found.rating) == ("A thing", "Moderate")
    assert [one.type for one in found.severity] == ["CVSS_V4", "CVSS_V3"]
    texts = [{"lang": "de", "value": "Ein Ding"}, {"lang": "en-US", "value": "A thing"}]
    assert record({"descriptions": texts}).summary == "A thing"


def test_dates_come_from_the_record_or_its_container() -> None:
    found = record({"datePublic": "2023-07-13T00:00:00.000Z"})
    assert found.modified == found.published == datetime(2023, 7, 13, tzinfo=UTC)
    assert record({}).modified is None
    found = record({}, dateUpdated="2024-01-02T00:00:00", datePublished="2024-01-01T00:00:00")
    assert (found.modified, found.published) == (
        datetime(2024, 1, 2, tzinfo=UTC),
        datetime(2024, 1, 1, tzinfo=UTC),
    )


def test_a_rejected_record_is_withdrawn() -> None:
    assert record({}, state="REJECTED").withdrawn == datetime(1970, 1, 1, tzinfo=UTC)
    found = record({}, state="REJECTED", dateRejected="2024-01-02T00:00:00Z")
    assert found.withdrawn == datetime(2024, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{}", "cveMetadata"),
        (b'{"cveMetadata": {"cveId": "CVE-1", "state": "P"}, "containers": {}}', "cna"),
        (
            b'{"cveMetadata": {"cveId": "CVE\\u0000", "state": "P"}, "containers": {"cna": {}}}',
            "cannot be an id",
        ),
    ],
)
def test_what_is_no_record_says_why(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_cve5("x.json", data)


SPANS = st.lists(
    st.tuples(st.integers(1, 30), st.integers(1, 9), st.booleans()), min_size=1, max_size=4
)


@given(SPANS, st.integers(0, 40), st.booleans())
def test_lines_that_do_not_overlap_mean_what_they_say(
    spans: list[tuple[int, int, bool]],
    version: int,
    affected_else: bool,  # noqa: FBT001
) -> None:
    lines, begin, expected = [], 0, affected_else
    for gap, length, affected in spans:
        begin += gap
        status = "affected" if affected else "unaffected"
        lines.append(line(str(begin), status, lessThan=str(begin + length)))
        if begin <= version < begin + length:
            expected = affected
        begin += length
    found = read(*lines, default="affected" if affected_else else "unaffected")
    assert answers(found, str(version)) == ["yes" if expected else "no"]
