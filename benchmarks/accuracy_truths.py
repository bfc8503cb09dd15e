"""Vendors' own lists as the truth of `accuracy.py`: read a second time, plainly, without PESO.

Each list becomes a function of (CVE, version). Nothing of PESO reads or orders anything here, so
that our own reading of the same list can be held against it. OpenSSL's versions are compared by
univers, those of curl and HDF5 as tuples of numbers.

1. OpenSSL (CVE 5): affected from `version` to below `lessThan`, or up to `lessThanOrEqual`; what no
   line names is not affected, as each record's default says. Lines of `fips-…` are of another
   product, the module; a fix in `0.9.6-cvs` is in no release of its branch.
2. curl (`vuln.pm`): from the first to the last version of its line, both of them included.
3. HDF5: the list names releases with a fix and no first version. At or above the fix of its branch,
   or above all fixes, a version is not affected. Below it is called affected: the list cannot say
   since when. An entry that nobody could reproduce, and one whose fix is in a release "or before
   it", leave what is below unknown.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from univers.versions import OpensslVersion

AFFECTED, CLEAR, UNKNOWN = "affected", "not affected", "unknown"
_ROW = re.compile(r'^\s*"(?P<row>[^"]+\|[^"]*)"', re.MULTILINE)
_NO_RELEASE = re.compile(r"(\d+\.\d+\.\d+)-cvs")
_NUMBER = re.compile(r"\d+(?:\.\d+)+[a-z]{0,2}")
_REJECTED = frozenset({"not_applicable", "not_filed_against_hdf5"})
Judge = Callable[[str], str]
Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a vendor's own list says."""

    product: str
    """The Spack name."""
    title: str
    file: Path
    as_of: str
    """The date of its newest entry, as it says itself."""
    judges: Mapping[str, Judge]
    """By CVE: what a version is."""
    versions: frozenset[str]
    """Every version that the list names."""

    def of(self, cve: str, version: str) -> str:
        return self.judges[cve](version)


def openssl_truth(archive: Path) -> Truth:
    lines: dict[str, list[dict[str, str]]] = {}
    newest = ""
    with zipfile.ZipFile(archive) as opened:
        for name in sorted(opened.namelist()):
            if not name.endswith(".json"):
                continue
            record = json.loads(opened.read(name))
            if record.get("containers", {}).get("cna") is None:
                continue
            for entry in record["containers"]["cna"].get("affected", ()):
                found = [
                    one
                    for one in entry["versions"]
                    if one["status"] == AFFECTED and one["version"][0].isdigit()
                ]
                lines.setdefault(record["cveMetadata"]["cveId"], []).extend(found)
            newest = max(newest, _day(record))
    ends = ("version", "lessThan", "lessThanOrEqual")
    named = {
        one[end] for several in lines.values() for one in several for end in ends if end in one
    }
    return Truth(
        product="openssl",
        title="OpenSSL's own records",
        file=archive,
        as_of=newest,
        judges={cve: _of_lines(several) for cve, several in lines.items()},
        versions=frozenset(one for one in named if _NUMBER.fullmatch(one)),
    )


def _day(record: Mapping[str, Any]) -> str:
    said = [one.get("time", "") for one in record["containers"]["cna"].get("timeline", ())]
    public = record["containers"]["cna"].get("datePublic", "")
    return str(max([*said, public]))[:10]


def _of_lines(lines: list[dict[str, str]]) -> Judge:
    def judge(version: str) -> str:
        wanted = OpensslVersion(version)
        for one in lines:
            if wanted < OpensslVersion(one["version"]):
                continue
            below = _NO_RELEASE.sub(r"\1zz", one.get("lessThan", ""))
            if below and bool(wanted < OpensslVersion(below)):
                return AFFECTED
            last = one.get("lessThanOrEqual")
            if last and bool(wanted <= OpensslVersion(last)):
                return AFFECTED
        return CLEAR

    return judge


def curl_truth(table: Path) -> Truth:
    rows = [found["row"].split("|") for found in _ROW.finditer(table.read_text("utf-8"))]
    spans = {row[4]: (row[1], row[2]) for row in rows}
    days = [row[5] for row in rows]
    return Truth(
        product="curl",
        title="curl's own list",
        file=table,
        as_of=f"{date.fromisoformat(max(days))}",
        judges={cve: _of_span(*span) for cve, span in spans.items()},
        versions=frozenset(one for span in spans.values() for one in span if one[0].isdigit()),
    )


def _of_span(first: str, last: str) -> Judge:
    low, high = _numbers(first), _numbers(last)
    return lambda version: AFFECTED if low <= _numbers(version) <= high else CLEAR


def hdf_truth(file: Path) -> Truth:
    sections = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - texts
    issues = {one["id"]: one for section in sections for one in section["issues"]}
    named = {
        fix.strip("<= ").partition(" ")[0] for one in issues.values() for fix in _said_fixes(one)
    }
    return Truth(
        product="hdf5",
        title="the HDF Group's list",
        file=file,
        as_of="not said by the list",
        judges={cve: _of_fixes(one) for cve, one in issues.items()},
        versions=frozenset(named),
    )


def _of_fixes(issue: Mapping[str, Any]) -> Judge:
    fixes = list(_fixes(_said_fixes(issue)))
    if not fixes:
        return lambda _: CLEAR if issue.get("status") in _REJECTED else UNKNOWN

    def judge(version: str) -> str:
        wanted = _numbers(version)
        own = [fix for fix, _ in fixes if fix[:2] == wanted[:2]]
        if any(fix <= wanted for fix in own) or all(fix <= wanted for fix, _ in fixes):
            return CLEAR
        if own or any(fix > wanted for fix, _ in fixes):
            return UNKNOWN if any(vague for _, vague in fixes) else AFFECTED
        return CLEAR

    return judge


def _said_fixes(issue: Mapping[str, Any]) -> list[str]:
    said = issue.get("fix_releases") or []
    return said if isinstance(said, list) else []


def _fixes(said: list[str]) -> Iterator[tuple[Numbers, bool]]:
    for one in said:
        yield _numbers(one.strip("<= ").partition(" ")[0]), one.startswith("<")


def _numbers(version: str) -> Numbers:
    """Return a version as numbers, so that 1.14 and 1.14.0 are one; a letter counts after them."""
    found = [int(one) for one in re.findall(r"\d+", version)]
    while found and found[-1] == 0:
        found.pop()
    letter = ord(version[-1]) - ord("a") + 1 if version[-1].isalpha() else 0
    return (*found, *([0] * (4 - len(found))), letter)


TRUTHS: Mapping[str, Callable[[Path], Truth]] = {
    "openssl": openssl_truth,
    "curl": curl_truth,
    "hdf5": hdf_truth,
}
