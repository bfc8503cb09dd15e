"""How right our evaluation of OSV records is, said by records and by a second evaluation.

    python benchmarks/accuracy_evaluation.py ADVISORIES [--report FILE]

ADVISORIES holds `pypa-osv.zip` and `bitnami-osv.zip`. Two things are counted:

1. Records of PyPA that list their versions and have ranges too say one thing in two ways. Each
   listed version is evaluated by the ranges alone; where that is not affected, or cannot be
   decided, the record is listed with what it says.
2. Cases (record, version) drawn from both sources, at bounds, beside them and away from them, are
   evaluated by us and by the independent reference evaluation of the tests.

Prints what was counted, and writes it as Markdown with `--report`. Exits with 1 where the reference
disagrees, or where a version that is listed is not affected and no event of the record's own ranges
excludes it: that would be our fault and not the record's.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the reference evaluation is the tests'

from packaging.version import InvalidVersion, Version
from tests.services.assurance.matching import test_reference as reference

from peso.services.assurance.advisories.osv import read_advisory
from peso.services.assurance.advisories.record import Advisory, Affected, Range
from peso.services.assurance.matching.evaluate import evaluate

CASES = 2000
Z = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A record whose list and ranges say different things."""

    id: str
    name: str
    ranges: str
    versions: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What the lists of PyPA's records say of our evaluation of their ranges."""

    records: int
    versions: int
    as_of: str
    apart: tuple[Apart, ...]
    ours: tuple[str, ...]
    """Disagreements that no event of the record explains."""
    others: int
    """How often a version of the package is not in a record's list."""
    prereleases: int
    """How many of those are pre-releases in the record's ranges."""
    beyond: tuple[Apart, ...]
    """The others in the record's ranges, one by one."""


def wilson(hits: int, n: int) -> str:
    """Return the 95 % interval of a share."""
    share, z2 = hits / n, Z * Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * ((share * (1 - share) + z2 / (4 * n)) / n) ** 0.5 / (1 + z2 / n)
    return f"{100 * (centre - half):.2f} to {100 * min(1.0, centre + half):.2f} %"


def records_of(archive: Path) -> Iterator[Advisory]:
    with zipfile.ZipFile(archive) as opened:
        for name in sorted(opened.namelist()):
            if name.endswith((".json", ".yaml")):
                yield read_advisory(name, opened.read(name))


def lists(archive: Path) -> Lists:
    """Compare every list with the ranges beside it, in both directions."""
    whole = [one for one in records_of(archive) if one.withdrawn is None]
    told = [(one, entry) for one in whole for entry in one.affected if _both(entry)]
    known: dict[str, set[str]] = {}
    for _, entry in told:
        known.setdefault(_name(entry), set()).update(entry.versions)
    apart = [found for record, entry in told for found in _outside(record, entry)]
    beyond = [
        Apart(id=record.id, name=_name(entry), ranges=_ranges(entry), versions=(version,), why="")
        for record, entry in told
        for version in _beyond(entry, known[_name(entry)])
    ]
    ends = [one for one in beyond if not Version(one.versions[0]).is_prerelease]
    return Lists(
        records=len({record.id for record, _ in told}),
        versions=sum(len(entry.versions) for _, entry in told),
        as_of=f"{max(one.modified for one in whole if one.modified):%Y-%m-%d}",
        apart=tuple(sorted((one for one in apart if one.why), key=lambda one: one.id)),
        ours=tuple(f"{one.id} {one.name} {one.versions}" for one in apart if not one.why),
        others=sum(len(known[_name(entry)] - set(entry.versions)) for _, entry in told),
        prereleases=len(beyond) - len(ends),
        beyond=tuple(sorted(ends, key=lambda one: (one.id, one.versions))),
    )


def _outside(record: Advisory, entry: Affected) -> Iterator[Apart]:
    """Give the versions that are listed and that the ranges do not have, by why."""
    bare = replace(entry, versions=())
    outside: dict[str, list[str]] = {}
    for version in entry.versions:
        if evaluate([bare], version).answer != "affected":
            outside.setdefault(_why(bare, version), []).append(version)
    for why, several in outside.items():
        yield Apart(
            id=record.id, name=_name(entry), ranges=_ranges(entry), versions=tuple(several), why=why
        )


def _beyond(entry: Affected, known: set[str]) -> Iterator[str]:
    """Give the versions that others list, that the ranges have and the list has not."""
    bare = replace(entry, versions=())
    listed = {_version(one) for one in entry.versions}
    for version in sorted(known - set(entry.versions)):
        if _version(version) not in listed and evaluate([bare], version).answer == "affected":
            yield version


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _name(entry: Affected) -> str:
    return next(name for space, name in entry.keys if space == "PyPI")


def _ranges(entry: Affected) -> str:
    return "; ".join(_said(one) for one in entry.ranges)


def _both(entry: Affected) -> bool:
    """Say whether an entry lists versions and has ranges of versions."""
    return bool(entry.versions) and any(one.type != "GIT" for one in entry.ranges)


def _why(entry: Affected, version: str) -> str:
    """Say why a record's own ranges exclude a version, by plain comparisons; empty: they do not.

    This is no second evaluation: it only looks for an event that stands between.
    """
    try:
        wanted = Version(Version(version).public)
    except InvalidVersion:
        return "the version is none of PEP 440, so no range can hold it"
    events = [event for span in entry.ranges if span.type != "GIT" for event in span.events]
    begun = [Version(at) for kind, at in events if kind == "introduced" and at != "0"]
    whole = any(event == ("introduced", "0") for event in events)
    if not whole and all(wanted < at for at in begun):
        return "it is below every introduction"
    below = [at for at in begun if at <= wanted]
    last = max(below) if below else None
    for kind, at in events:
        if kind in {"fixed", "last_affected"}:
            end = Version(at)
            ended = end <= wanted if kind == "fixed" else end < wanted
            if ended and (last is None or last <= end):
                return f"it is {'at or above the fix' if kind == 'fixed' else 'above the last one'}"
    return ""


def _said(span: Range) -> str:
    return ", ".join(f"{kind} {at}" for kind, at in span.events)


def cases(folder: Path) -> tuple[Counter[tuple[str, str]], tuple[str, ...]]:
    """Draw cases, and count (what the reference says, what we say)."""
    counted: Counter[tuple[str, str]] = Counter()
    apart = []
    for ecosystem, name in (("PyPI", "pypa-osv.zip"), ("Bitnami", "bitnami-osv.zip")):
        usable = [one for one in reference.raw(folder / name) if not one.get("withdrawn")]
        for case in reference.cases_of(usable, ecosystem, CASES // 2):
            said = reference.theirs(*case), reference.ours(*case)
            counted[said] += 1
            if said[0] != said[1]:
                apart.append(f"{case[0]['id']} {case[2]} {case[3]}: {said[0]}, {said[1]}")
    return counted, tuple(apart)


def report(said: Lists, counted: Counter[tuple[str, str]]) -> str:
    n = sum(counted.values())
    agreed = sum(count for (theirs, ours), count in counted.items() if theirs == ours)
    wrong = sum(len(one.versions) for one in said.apart) + len(said.ours)
    found = said.versions - wrong
    apart = [
        f"| {one.id} | {one.name} | {one.ranges} | {_few(one.versions)} | {one.why} |"
        for one in said.apart
    ]
    beyond = [
        f"| {one.id} | {one.name} | {one.ranges} | {one.versions[0]} |" for one in said.beyond
    ]
    cells = [
        f"| {theirs} | {' | '.join(str(counted[theirs, ours]) for ours in _ANSWERS)} |"
        for theirs in _ANSWERS
    ]
    return _TEXT.format(
        as_of=said.as_of,
        records=said.records,
        versions=said.versions,
        found=found,
        share=100 * found / said.versions,
        interval=wilson(found, said.versions),
        unexplained=len(said.ours),
        apart="\n".join(apart),
        others=said.others,
        prereleases=said.prereleases,
        several=len(beyond),
        beyond="\n".join(beyond),
        n=n,
        agreed=agreed,
        agreement=wilson(agreed, n),
        cells="\n".join(cells),
    )


_TEXT = """\
# Evaluation of OSV records: agreement with the records themselves, and with a reference

Measured with `benchmarks/accuracy_evaluation.py` on PyPA's advisories (newest record of {as_of})
and Bitnami's.

## Lists and ranges of one record

{records:,} records that are not withdrawn list versions and have ranges of versions beside them.
Of {versions:,} listed versions our evaluation of the ranges alone finds {found:,} ({share:.3f} %,
95 % interval {interval}). {unexplained} of the others are not explained by the record. The rest
are faults of records: what they list, their own ranges exclude, or it is no version at all. A scan
takes a listed version as affected, so nothing is lost by them.

| record | package | its ranges | listed | why the ranges exclude it |
|---|---|---|---|---|
{apart}

The other way round: {others:,} times a version that another record of the package lists is not in a
record's list. The ranges hold {prereleases:,} of them that are pre-releases, which lists leave out
by custom, and {several} more, which the lists lack:

| record | package | its ranges | not listed |
|---|---|---|---|
{beyond}

## An independent reference evaluation

{n:,} cases (record, version), half of each source: {agreed:,} agree (95 % interval {agreement}).

| the reference says | we say affected | not affected | unknown |
|---|---|---|---|
{cells}

The reference (`tests/services/assurance/matching/osv_reference.py`) is the pseudo code of the OSV
schema, branch by branch, over raw data, with versions compared by other libraries. The same
functions agree on made-up records too (hypothesis), events at one version and limits included.
OpenSSL's own records, read by a third, plain reading, agree as well (`test_vendors.py`).
"""
_ANSWERS = ("affected", "not affected", "unknown")


def _few(versions: tuple[str, ...]) -> str:
    shown = ", ".join(versions[:6])
    return shown if len(versions) <= 6 else f"{shown} and {len(versions) - 6} more"


def main() -> int:
    parser = argparse.ArgumentParser(description="How right our evaluation of OSV records is.")
    parser.add_argument("advisories", type=Path)
    parser.add_argument("--report", type=Path)
    given = parser.parse_args()
    said = lists(given.advisories / "pypa-osv.zip")
    counted, apart = cases(given.advisories)
    text = report(said, counted)
    print(text, *said.ours, *apart, sep="\n")
    if given.report:
        given.report.write_text(text, "utf-8")
    return 1 if apart or said.ours else 0


if __name__ == "__main__":
    sys.exit(main())
