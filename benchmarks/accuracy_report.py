"""The report of `accuracy.py`: its tables as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.accuracy_classes import Apart
from benchmarks.accuracy_counts import Counts, share
from benchmarks.accuracy_truths import Truth

from peso.services.assurance.advisories.source import Source

_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one source, or all together, say against the truth."""

    name: str
    counts: Counts | None
    """None where it has no record of the product."""
    others: int
    """CVEs it finds that the vendor's list does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """All sources against one vendor's list."""

    truth: Truth
    declared: int
    """Versions of the recipe."""
    moving: int
    """Branches among them: unknown by rule, not judged."""
    versions: int
    rows: tuple[Row, ...]
    recipe: Row
    """All together, of the versions of the recipe only."""
    apart: tuple[Apart, ...]
    whole: Counts
    """With the vendor's list switched on, against a plain second reading of it."""
    broken: tuple[tuple[str, str], ...]
    """(CVE, version) with a finding that the vendor calls not affected."""


def report(judged: Sequence[Judged], sources: Sequence[Source], skipped: Sequence[str]) -> str:
    """Return the whole report."""
    return "\n".join(_lines(judged, sources, skipped)) + "\n"


def _lines(
    judged: Sequence[Judged], sources: Sequence[Source], skipped: Sequence[str]
) -> Iterator[str]:
    yield _HEAD
    yield "| source | form | records | as of |"
    yield "|---|---|---|---|"
    for source in sources:
        as_of = f"{source.newest:%Y-%m-%d}" if source.newest else "not said"
        yield f"| {source.name} | {source.format} | {source.records:,} | {as_of} |"
    for one in judged:
        yield f"| **{one.truth.title}** (truth) | | {len(one.truth.judges)} | {one.truth.as_of} |"
    yield ""
    yield from (f"NOT MEASURED: {one}.\n" for one in skipped)
    for one in judged:
        yield from _truth(one)
    yield from _bars(judged)
    yield from _classes([apart for one in judged for apart in one.apart])


def _truth(one: Judged) -> Iterator[str]:
    yield f"## Against {one.truth.title}"
    yield ""
    yield (
        f"{len(one.truth.judges)} CVEs x {one.versions} versions ({one.declared} of the recipe,"
        f" the others named by the list). {one.moving} branches of the recipe are unknown by rule."
    )
    yield ""
    yield (
        "| source | CVEs it knows | n | TP | FP | FN | TN | unknown, is affected | unknown, is not"
        " | precision | recall | recall of the CVEs it knows | CVEs right for every version |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    for row in (*one.rows, one.recipe):
        yield _row(row, len(one.truth.judges))
    yield ""
    undecided = one.rows[-1].counts
    if undecided is not None and (left := sum(undecided.cells.values()) - undecided.n):
        yield f"{left:,} cases that the list itself leaves open are not judged."
        yield ""
    yield (
        f"All together they also find {one.rows[-1].others} CVEs that the vendor's list does not"
        " have: not judged."
    )
    yield ""


def _row(row: Row, cves: int) -> str:
    if row.counts is None:
        return f"| {row.name} | 0 of {cves}: *not covered* |{' - |' * 11}"
    counts = row.counts
    cells = [
        counts.cell("affected", "affected"),
        counts.cell("not affected", "affected"),
        counts.cell("affected", "not affected"),
        counts.cell("not affected", "not affected"),
        counts.cell("affected", "unknown"),
        counts.cell("not affected", "unknown"),
    ]
    return (
        f"| {row.name} | {counts.known} of {cves} | {counts.n:,} | "
        + " | ".join(f"{one:,}" for one in cells)
        + f" | {counts.precision} | {counts.recall} | {counts.recall_of_known}"
        + f" | {share(counts.right, counts.known)} |"
    )


def _bars(judged: Iterable[Judged]) -> Iterator[str]:
    yield "## Our own code"
    yield ""
    yield "With the vendor's list switched on beside all others, against the plain second reading:"
    yield ""
    yield "| list | n | agree | we say otherwise | findings for a version the vendor calls fixed |"
    yield "|---|---|---|---|---|"
    for one in judged:
        cells = one.whole.cells
        agree = sum(count for (truth, said), count in cells.items() if truth == said)
        n = sum(cells.values())
        yield (
            f"| {one.truth.title} | {n:,} | {share(agree, n)} | {n - agree} | {len(one.broken)} |"
        )
    yield ""
    yield (
        "The independent reference evaluation, and PyPA's lists against their ranges, are in"
        " [evaluation](evaluation.md); `make accuracy` measures them in the same run."
    )
    yield ""


def _classes(apart: Sequence[Apart]) -> Iterator[str]:
    yield "## Disagreements, and whose fault they are"
    yield ""
    yield "One CVE with one wrong answer is one disagreement, for however many versions."
    yield "All sources together:"
    yield ""
    counted = Counter((one.product, one.kind) for one in apart)
    yield "| vendor's list of | class | disagreements | cases |"
    yield "|---|---|---|---|"
    for (product, kind), count in sorted(counted.items()):
        cases = sum(
            len(one.versions) for one in apart if (one.product, one.kind) == (product, kind)
        )
        yield f"| {product} | {kind} | {count} | {cases:,} |"
    yield ""
    spoken = [one for one in apart if not one.kind.startswith("source silent")]
    if spoken:
        yield "Those where a source speaks, each looked up by hand:"
        yield ""
        yield "| CVE | vendor | sources | versions | class | why |"
        yield "|---|---|---|---|---|---|"
        for one in spoken:
            yield (
                f"| {one.cve} ({one.product}) | {one.truth} | {one.said} ({one.said_by})"
                f" | {_few(one.versions)} | {one.kind} | {one.why} |"
            )
        yield ""
    yield "Of the CVEs under none of the product's names, the first of each list, looked up in all"
    yield "records of all sources under whatever name:"
    yield ""
    yield "| CVE | cases | records of it are of |"
    yield "|---|---|---|"
    for product in dict.fromkeys(one.product for one in apart):
        silent = [one for one in apart if one.product == product and one not in spoken]
        for one in _spread(silent):
            yield f"| {one.cve} ({product}) | {len(one.versions)} | {one.why or 'nothing'} |"
    yield ""
    yield from _READ.splitlines()


def _spread(several: Sequence[Apart]) -> list[Apart]:
    """Return some of a list, at even steps."""
    step = max(1, len(several) // _SHOWN)
    return list(several[::step])[:_SHOWN]


def _few(versions: Sequence[str]) -> str:
    if len(versions) <= 4:
        return ", ".join(versions)
    return f"{versions[0]}, {versions[1]} … {versions[-1]} ({len(versions)})"


_READ = """\
Independently of how PESO reads records, all 427 CVEs of the lists of which no source has a record
under the product's names (91 of them of 2022 and later) were looked for as plain text in every
file of every source, on 2026-11-26: 415 stand in none. The records in which the other twelve stand
were opened one by one. Nine are of products that contain what the CVE is of, or have the same fault
(Node.js eight times, once with MySQL and MariaDB; CPython, for the ciphers of CVE-2016-2183). Three
name the CVE in the description of another (CVE-2009-0025 of BIND, CVE-2022-3996 of OpenSSL,
CVE-2026-47070 of hackney). So of the 427 none was lost by a name or by the reader: the sources at
hand have no record of them. Of other products and other sources this says nothing.
"""
"""What a search of that day and a look at what it found say; not made again with the report."""
_HEAD = """\
# Vulnerability matching: how right it is, judged by the vendors' own lists

Measured with `make accuracy` (`benchmarks/accuracy.py`). While a vendor's list is the truth it is
switched off as a source, and the others are judged: each alone, then all together. A case is a CVE
of the vendor and a version: every version that the recipe declares, and every one that the list
names. TP: affected, and said so; FP: said, and is not; FN: affected, and not said; TN: neither.
Unknown stands apart: it is a finding without a verdict, and counts as no hit in recall. Shares have
their 95 % interval (Wilson). Cases of one CVE stand or fall together, so the last column counts
CVEs. *Recall* is over all CVEs of the vendor: most of it is coverage. *Recall of the CVEs it knows*
is over those of which the source has a record under one of the product's names.

The only source at hand that speaks of these three products by CVE is `nvd-overrides`, of which most
records are of 2022 and later and are written from the projects' own advisories: it is judged how
they are matched, and how they were copied, more than who else knew. Bitnami, PSF and PyPA have no
record of these products; OSS-Fuzz has, and names no CVE in them.

What this says of PESO: with a vendor's list at hand, it decides, and these figures do not matter.
For every product without one they are what to expect: what is found is mostly right, and what is
not found is mostly not known to the sources at hand. So coverage is told beside every scan.
"""
