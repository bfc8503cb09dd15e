from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import yaml
from tests.services.assurance.advisories.own_records import GOOD, spoilt, with_events

from peso.services.assurance.advisories.osv import read_advisory
from peso.services.assurance.advisories.own import faults, read_own

TODAY = date(2026, 11, 26)
ZERO = {"introduced": "0"}


def told(record: dict[str, Any], name: str = "PESO-2026-1.json", **more: Any) -> list[str]:  # noqa: ANN401
    data = json.dumps(record).encode()
    read = read_advisory(name, data)
    asked = {"today": TODAY, "knows": {"libthing"}.__contains__, **more}
    return [one.message for one in faults(name, data, read, **asked)]


def test_a_good_record_has_no_faults_in_json_and_in_yaml() -> None:
    assert told(GOOD) == []
    data = yaml.safe_dump(GOOD).encode()
    read = read_own("PESO-2026-1.yaml", data)
    assert read.findings == ()
    [record] = read.records
    assert record.keys == (("PESO", "libthing"),)
    assert {span.scheme for one in record.affected for span in one.ranges} == {"spack"}


def test_what_is_wrong_with_its_form_is_kept_when_it_is_imported() -> None:
    data = json.dumps(spoilt("references")).encode()
    [found] = read_own("PESO-2026-1.json", data).findings
    assert (found.rule, found.level, found.subject) == ("advisory-own", "high", "PESO-2026-1.json")


PLACE = "affected[0].ranges[0]: "


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (spoilt("id", to="CVE-2026-1"), "the id 'CVE-2026-1' is not of the form PESO-2026-1"),
        (spoilt("id", to="PESO-2026-2"), "the file is not called as its record: PESO-2026-2.json"),
        (spoilt("sumary", to="x"), "the key 'sumary' is none of OSV's"),
        (spoilt("affected", 0, "range", to=[]), "the key 'affected.range' is none of OSV's"),
        (spoilt("summary"), "it has neither a summary nor details"),
        (spoilt("references"), "it has no reference: where can a reader see for themselves?"),
        (spoilt("references", 0, "url", to="ftp://x"), "it has no reference"),
        (spoilt("affected"), "it says of no product that it is affected"),
        (spoilt("affected", 0, "package"), "affected[0]: it names no package"),
        (
            spoilt("affected", 0, "package", "ecosystem", to="PyPI"),
            "affected[0]: the ecosystem is 'PyPI' and not PESO",
        ),
        (
            spoilt("affected", 0, "package", "name", to="LibThing"),
            "affected[0]: 'LibThing' is no Spack name",
        ),
        (
            spoilt("affected", 0, "package", "name", to="libthin"),
            "no recipe at hand is called 'libthin'",
        ),
        (
            spoilt("affected", 0, to={"package": GOOD["affected"][0]["package"]}),
            "affected[0]: it says of no version that it is affected",
        ),
        (
            spoilt("affected", 0, "versions", to=["1.0", "main"]),
            "affected[0].versions: 'main' cannot be ordered: it is a branch or a commit",
        ),
        (with_events({"fixed": "2"}), f"{PLACE}it has no event `introduced`"),
        (with_events(ZERO, {"mended": "2"}), f"{PLACE}the event 'mended' is none of OSV's"),
        (
            with_events(ZERO, {"fixed": "2"}, {"last_affected": "3"}),
            f"{PLACE}it has both `fixed` and `last_affected`",
        ),
        (with_events(ZERO, {"fixed": "develop"}), f"{PLACE}'develop' cannot be ordered"),
        (with_events(ZERO, {"fixed": "a" * 40}), f"{PLACE}'{'a' * 40}' cannot be ordered"),
        (with_events(ZERO, {"fixed": ">=2"}), f"{PLACE}'>=2' cannot be ordered"),
        (with_events(ZERO, {"fixed": "git.x=2"}), f"{PLACE}'git.x=2' cannot be ordered"),
        (with_events(ZERO, {"fixed": "2 or so"}), f"{PLACE}'2 or so' is no version"),
        (
            with_events({"introduced": "3"}, {"fixed": "2"}),
            f"{PLACE}fixed 2 does not come after introduced 3",
        ),
        (
            with_events({"introduced": "2"}, {"fixed": "2"}),
            f"{PLACE}fixed 2 does not come after introduced 2",
        ),
        (
            with_events({"introduced": "1"}, {"introduced": "2"}),
            f"{PLACE}introduced 2 follows introduced 1 without an end between",
        ),
        (with_events(ZERO, kind="SEMVER"), f"{PLACE}its type is 'SEMVER'"),
        (
            spoilt("severity", 0, "score", to="CVSS:3.1/AV:Q"),
            "severity: ",
        ),
        (spoilt("severity", 0, "type", to="HOT"), "the severity 'HOT' is none of CVSS_V2"),
        (spoilt("database_specific"), "it does not say when it is looked at again"),
        (spoilt("database_specific", "review_by", to="soon"), "it does not say when"),
        (
            spoilt("database_specific", "review_by", to="2026-11-25"),
            "it was to be looked at again by 2026-11-25: look, and set a new date",
        ),
        (
            spoilt("modified", to="2026-12-01T00:00:00Z"),
            "it was modified in the future, on 2026-12-01",
        ),
    ],
)
def test_each_fault_is_told(record: dict[str, Any], why: str) -> None:
    assert any(one.startswith(why) for one in told(record)), told(record)
    assert len(told(record)) == 1


def test_without_recipes_names_are_not_looked_up() -> None:
    assert told(spoilt("affected", 0, "package", "name", to="unheard-of"), knows=None) == []


def test_a_last_affected_version_may_be_where_the_next_range_begins() -> None:
    events = ({"introduced": "1"}, {"last_affected": "2"}, {"introduced": "3"}, {"limit": "*"})
    assert told(with_events(*events)) == []


def test_a_range_of_commits_names_its_repository() -> None:
    commits = {"type": "GIT", "events": [ZERO, {"fixed": "abc"}]}
    repo = {**commits, "repo": "https://github.com/m/libthing"}
    assert told(spoilt("affected", 0, "ranges", to=[repo])) == []
    assert told(spoilt("affected", 0, "ranges", to=[commits])) == [
        "affected[0].ranges[0]: a range of commits names no repository"
    ]


def test_a_withdrawn_record_needs_no_product() -> None:
    record = {**spoilt("affected"), "withdrawn": "2026-10-01T00:00:00Z"}
    assert told(record) == []
