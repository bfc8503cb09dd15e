"""The measure is measured: counts against hand-made ones, vendors' lists against their words."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from benchmarks.accuracy_classes import Apart, classed
from benchmarks.accuracy_counts import counted, share, wilson
from benchmarks.accuracy_truths import Truth, curl_truth, hdf_truth, openssl_truth


def test_the_interval_of_a_share() -> None:
    """Against Wilson's formula worked by hand: 8 of 10, and the ends."""
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=5e-5)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=5e-5)
    assert wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)
    assert share(0, 0) == "- (n = 0)"


def test_right_and_wrong_answers_are_counted_apart_from_unknown() -> None:
    truth = {
        ("A", "1"): "affected",
        ("A", "2"): "not affected",
        ("B", "1"): "affected",
        ("B", "2"): "affected",
        ("C", "1"): "unknown",
    }
    said = {("A", "1"): "affected", ("A", "2"): "affected", ("B", "1"): "unknown"}
    seen = counted(truth, said, frozenset({"A", "B", "other"}))
    assert (seen.n, seen.known, seen.cves, seen.right) == (4, 2, 3, 0)
    assert seen.cell("affected", "affected") == 1
    assert seen.cell("not affected", "affected") == 1
    assert seen.cell("affected", "unknown") == 1
    assert seen.cell("affected", "not affected") == 1
    assert seen.precision.startswith("50.0 %")
    assert seen.recall.startswith("33.3 %")


def openssl(folder: Path, *lines: dict[str, str]) -> Truth:
    record = {
        "cveMetadata": {"cveId": "CVE-1"},
        "containers": {
            "cna": {
                "datePublic": "2026-01-02T00:00:00Z",
                "affected": [{"versions": [{"status": "affected", **one} for one in lines]}],
            }
        },
    }
    with zipfile.ZipFile(folder / "openssl.zip", "w") as archive:
        archive.writestr("a.json", json.dumps(record))
        archive.writestr("rejected.json", json.dumps({"cveMetadata": {"cveId": "CVE-2"}}))
    return openssl_truth(folder / "openssl.zip")


def test_openssl_s_lines(tmp_path: Path) -> None:
    truth = openssl(
        tmp_path,
        {"version": "1.0.2", "lessThan": "1.0.2zb"},
        {"version": "3.0.0", "lessThanOrEqual": "3.0.7"},
        {"version": "0.9.6", "lessThan": "0.9.6-cvs"},
        {"version": "fips-1.0", "lessThan": "fips-1.2"},
    )
    affected = ["1.0.2", "1.0.2z", "1.0.2za", "3.0.7", "0.9.6m"]
    clear = ["1.0.1u", "1.0.2zb", "1.1.0", "3.0.8", "0.9.7", "0.9.5a"]
    assert {truth.of("CVE-1", one) for one in affected} == {"affected"}
    assert {truth.of("CVE-1", one) for one in clear} == {"not affected"}
    assert (truth.as_of, set(truth.judges)) == ("2026-01-02", {"CVE-1"})


def test_curl_s_first_and_last_are_both_affected(tmp_path: Path) -> None:
    table = tmp_path / "vuln.pm"
    table.write_text('@vuln = (\n    "x|7.7|7.10.3|t|CVE-1|20260624|20260601|CWE",\n);\n')
    truth = curl_truth(table)
    said = {one: truth.of("CVE-1", one) for one in ("7.6.1", "7.7", "7.7.0", "7.10.3", "7.10.4")}
    assert [one for one, is_ in said.items() if is_ == "affected"] == ["7.7", "7.7.0", "7.10.3"]
    assert (truth.as_of, set(truth.versions)) == ("2026-06-24", {"7.7", "7.10.3"})


LISTED = """\
- issues:
    - {id: BRANCHES, fix_releases: [1.12.3, 1.14.4]}
    - {id: BEFORE, fix_releases: ["<=1.10.3"]}
    - {id: REMOVED, fix_releases: ["2.0.0 (tool removed)"]}
    - {id: NOBODY, fix_releases: null, status: not_applicable}
    - {id: AGAIN, status: cannot_reproduce}
"""


@pytest.mark.parametrize(
    ("cve", "version", "expected"),
    [
        ("BRANCHES", "1.12.2", "affected"),
        ("BRANCHES", "1.12.3", "not affected"),
        ("BRANCHES", "1.14.0", "affected"),
        ("BRANCHES", "1.14.4-3", "not affected"),
        ("BRANCHES", "2.0.0", "not affected"),
        ("BEFORE", "1.8.0", "unknown"),
        ("BEFORE", "1.10.3", "not affected"),
        ("REMOVED", "1.14.6", "affected"),
        ("NOBODY", "1.0.0", "not affected"),
        ("AGAIN", "1.0.0", "unknown"),
    ],
)
def test_the_hdf_group_s_fixes(tmp_path: Path, cve: str, version: str, expected: str) -> None:
    (tmp_path / "list.yml").write_text(LISTED)
    assert hdf_truth(tmp_path / "list.yml").of(cve, version) == expected


def test_what_was_not_looked_up_is_said() -> None:
    one = Apart(
        product="x", cve="CVE-0", truth="affected", said="not affected", versions=(), said_by=""
    )
    assert [found.kind for found in classed([one], {})] == ["not looked up"]
    assert [found.kind for found in classed([one], {"CVE-0": ""})] == ["source silent"]
    named = classed([one], {"CVE-0": "PyPI x"})
    assert [found.kind for found in named] == ["source silent; names other products"]
