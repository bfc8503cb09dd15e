from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.assurance.advisories.lines import said

from peso.services.assurance.advisories.curl import read_curl
from peso.services.assurance.advisories.record import Unreadable

TABLE = b"""\
# first version
@vuln = (
    "CVE-1.html|7.7|7.10.1|A \\"thing\\" in URLs|CVE-1|20240102|20231224|C: A|0|URL|-|both|high|",
    # a remark
    "CVE-2.html|6.0|7.57.0|Another|CVE-2|20180124|20180118|CWE-2: B|0|HTTP|-",
    "CVE-3.html|7.x|7.57.0|Wrong|CVE-3|20180124",
    "too|few",
    CVE-4
    "CVE-5.html|7.1|7.2|No day|CVE-5|soon|",
);
1;
"""


def test_a_line_of_the_table_says_the_first_and_the_last_version() -> None:
    found = read_curl("vuln.pm", TABLE)
    first, second = found.records
    assert (first.id, first.keys, first.rating) == ("CVE-1", (("VENDOR", "curl"),), "high")
    assert (first.summary, second.rating) == ('A "thing" in URLs', "")
    answers = [said(first.affected, one) for one in ("7.6", "7.7", "7.10.1", "7.10.2")]
    assert answers == ["no", "yes", "yes", "no"]
    assert first.published is not None
    assert f"{first.published:%Y-%m-%d}" == "2024-01-02"


def test_a_line_that_is_none_is_a_finding_with_its_number() -> None:
    assert [(one.subject, one.message) for one in read_curl("vuln.pm", TABLE).findings] == [
        ("vuln.pm:6", "'7.x' is no version of curl"),
        ("vuln.pm:7", "it is no line of the table: a text with its fields between bars"),
        ("vuln.pm:8", "it is no line of the table: a text with its fields between bars"),
        ("vuln.pm:9", "the day it was announced: 'soon' is no date"),
    ]


def test_the_records_made_of_the_table_are_filed_under_curl_too() -> None:
    record = {
        "id": "CURL-CVE-1",
        "aliases": ["CVE-1"],
        "modified": "2024-01-02T08:00:00.00Z",
        "database_specific": {"severity": "High"},
        "affected": [
            {
                "ranges": [
                    {"type": "SEMVER", "events": [{"introduced": "7.7"}, {"fixed": "7.11.0"}]},
                    {
                        "type": "GIT",
                        "repo": "https://github.com/curl/curl.git",
                        "events": [{"introduced": "a"}, {"fixed": "b"}],
                    },
                ],
                "versions": ["7.10.1", "7.7"],
            }
        ],
    }
    found = read_curl("vuln.json", json.dumps([record, {"id": 3}]).encode())
    [one] = found.records
    assert one.keys == (("GIT", "github.com/curl/curl"), ("VENDOR", "curl"))
    of_curl = one.of(("VENDOR", "curl"))
    assert {span.scheme for entry in of_curl for span in entry.ranges} == {""}
    assert [said(of_curl, version) for version in ("7.6", "7.10.1", "7.11.0")] == [
        "no",
        "yes",
        "no",
    ]
    [commits] = one.of(("GIT", "github.com/curl/curl"))
    assert (commits.versions, commits.ranges[0].scheme) == ((), "git")
    assert [finding.subject for finding in found.findings] == ["vuln.json: [1]"]
    [single] = read_curl("CURL-CVE-1.json", json.dumps(record).encode()).records
    assert single == one


def test_what_is_no_list_is_unreadable() -> None:
    for data in (b"\xff\xfe", b"[", b"", b"CVE-1|7.1", b"@vuln = (" + b"\n" * 100_001):
        with pytest.raises(Unreadable):
            read_curl("vuln.pm", data)


@given(st.binary(max_size=300) | st.text('"|\\#@vuln=();\n1.7', max_size=300).map(str.encode))
def test_whatever_comes_is_read_or_unreadable(data: bytes) -> None:
    try:
        found = read_curl("vuln.pm", data)
    except Unreadable:
        return
    assert all(one.keys == (("VENDOR", "curl"),) for one in found.records)
