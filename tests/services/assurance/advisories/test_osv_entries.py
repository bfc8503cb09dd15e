"""What an entry of an OSV record is filed under, and in which order of versions."""

from __future__ import annotations

import json
from typing import Any

from peso.services.assurance.advisories.osv import read_advisory
from peso.services.assurance.advisories.record import Advisory, Affected, Range, Severity

COMMITS = {
    "type": "GIT",
    "repo": "https://github.com/Some/Thing.git",
    "events": [{"introduced": "0"}, {"fixed": "abc"}],
}
NUMBERS = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}
GIT = ("GIT", "github.com/some/thing")
OF_COMMITS = Range(
    type="GIT",
    events=(("introduced", "0"), ("fixed", "abc")),
    scheme="git",
    repo="github.com/some/thing",
)


def read(*affected: dict[str, Any], **more: object) -> Advisory:
    record = {"id": "X-1", "modified": "2024-01-01T00:00:00Z", "affected": affected, **more}
    return read_advisory("X-1.json", json.dumps(record).encode())


def package(ecosystem: str, name: str = "thing") -> dict[str, str]:
    return {"ecosystem": ecosystem, "name": name}


def numbers(scheme: str) -> Range:
    return Range(type="ECOSYSTEM", events=(("introduced", "0"), ("fixed", "2.0")), scheme=scheme)


def test_a_package_has_the_order_of_its_ecosystem() -> None:
    for ecosystem, scheme in (("PyPI", "pep440"), ("Debian:12", "deb"), ("Maven", "")):
        [entry] = read({"package": package(ecosystem), "ranges": [NUMBERS]}).affected
        assert entry == Affected(
            keys=((ecosystem, "thing"),), ranges=(numbers(scheme),), scheme=scheme
        )


def test_semantic_ranges_have_their_own_order_and_a_type_of_tomorrow_none() -> None:
    for kind, scheme in (("SEMVER", "semver"), ("LUNAR", "LUNAR")):
        [entry] = read({"package": package("PyPI"), "ranges": [{**NUMBERS, "type": kind}]}).affected
        assert entry.ranges[0].scheme == scheme


def test_a_packages_versions_are_not_the_repositorys_tags() -> None:
    record = read(
        {"package": package("PyPI"), "ranges": [NUMBERS, COMMITS], "versions": ["1.0", "1.1"]}
    )
    assert record.affected == (
        Affected(
            keys=(("PyPI", "thing"),),
            ranges=(numbers("pep440"),),
            versions=("1.0", "1.1"),
            scheme="pep440",
        ),
        Affected(keys=(GIT,), ranges=(OF_COMMITS,)),
    )


def test_a_package_with_ranges_of_commits_alone_keeps_them_so_that_it_is_not_clear() -> None:
    record = read({"package": package("PyPI"), "ranges": [COMMITS]})
    of_package, of_repository = record.affected
    assert (of_package.keys, of_repository.keys) == ((("PyPI", "thing"),), (GIT,))
    assert of_package.ranges == of_repository.ranges == (OF_COMMITS,)


def test_a_fuzzed_project_is_its_repository_and_its_versions_are_tags() -> None:
    record = read({"package": package("OSS-Fuzz"), "ranges": [COMMITS], "versions": ["v1"]})
    assert record.affected == (
        Affected(keys=(("OSS-Fuzz", "thing"), GIT), ranges=(OF_COMMITS,), versions=("v1",)),
    )


def test_a_record_without_a_package_is_about_its_repositories_each_apart() -> None:
    other = {**COMMITS, "repo": "https://gitlab.com/x/y"}
    record = read({"ranges": [COMMITS, other, COMMITS], "versions": ["v1"]})
    assert [one.keys for one in record.affected] == [(GIT,), (("GIT", "gitlab.com/x/y"),)]
    assert [len(one.ranges) for one in record.affected] == [2, 1]


def test_commits_of_no_repository_stay_in_the_entry() -> None:
    nowhere = {"type": "GIT", "events": [{"introduced": "0"}]}
    record = read({"package": package("OSS-Fuzz"), "ranges": [nowhere]}, {"ranges": [nowhere]})
    assert [one.keys for one in record.affected] == [(("OSS-Fuzz", "thing"),), ()]


def test_the_databases_own_word_is_looked_for_in_the_record_and_then_its_entries() -> None:
    entry = {"package": package("OSS-Fuzz"), "ecosystem_specific": {"severity": "HIGH"}}
    assert read(entry).rating == "HIGH"
    assert read(entry, database_specific={"severity": "LOW"}).rating == "LOW"
    assert read(entry, database_specific={"severity": ["of", "another", "kind"]}).rating == "HIGH"
    assert read({"package": package("PyPI")}).rating == ""


def test_vectors_dates_and_ids_are_kept() -> None:
    vector = {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}
    record = read(
        {"package": package("PyPI"), "severity": [vector]},
        severity=[vector],
        aliases=["CVE-1", "CVE-1"],
        upstream=["CVE-2"],
        published="2023-01-01T00:00:00Z",
    )
    rated = (Severity(type="CVSS_V3", score="CVSS:3.1/AV:N"),)
    assert record.severity == record.affected[0].severity == rated
    assert (record.aliases, record.upstream) == (("CVE-1",), ("CVE-2",))
    assert record.published is not None
    assert record.published.year == 2023
