"""Words of a scan: what was read, what is wrong with it, findings, coverage, licenses, the gate.

Coverage is said as loudly as findings: a component that no source knows has no findings, and that
says nothing of it. By default some of each are listed; `--all` lists everything, and every
component that no source knows. What is said of findings is in `scan_finding_words.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from peso.cli.scan_finding_words import finding_words

if TYPE_CHECKING:
    from peso.services.assurance.matching.coverage import Coverage
    from peso.services.assurance.scanning.report import RootLicenses, Scanned

_SOME = 5
_KINDS = {
    "sbom": "SBOM",
    "lock": "lock",
    "pylock": "lock",
    "stack": "stack",
    "release": "release",
}
_LONG = 300
"""Characters of a rule's reason; what it rests on is listed above."""
_OTHER_COVERAGE = 6
"""Reasons of missing coverage that are shown."""


def scanned_words(report: Scanned, *, everything: bool = False) -> str:
    """Return a scan in words; `everything` lists every finding and component."""
    lines = [
        f"{report.target}: {_KINDS[report.kind]}, {report.form}, about {report.about}",
        *_document(report, everything=everything),
        *_sources(report),
        "",
        *finding_words(report, everything=everything),
        "",
        *_coverage(report, everything=everything),
        *_licenses(report, everything=everything),
        "",
        *_verdict(report),
    ]
    return "\n".join(lines)


def _document(report: Scanned, *, everything: bool) -> Iterator[str]:
    missing = f", {report.missing} of them not there" if report.missing else ""
    aside = f"; {len(report.aside)} are only needed to build" if report.aside else ""
    yield f"  {_number(report.components, 'component')}{missing}{aside}"
    shown = report.document if everything else report.document[: 2 * _SOME]
    yield from (f"  {one.level}: {one.subject}: {one.message}" for one in shown)
    if report.document[len(shown) :]:
        yield f"  and {len(report.document) - len(shown)} more about the document (--all)"
    hints = dict.fromkeys(one.hint for one in shown if one.hint)
    yield from (f"  hint: {one}" for one in hints)


def _sources(report: Scanned) -> Iterator[str]:
    if not report.scan.sources:
        yield "  no advisories are imported: nothing was asked (say: peso advisories update)"
        return
    named = ", ".join(
        f"{one.name} ({one.newest:%Y-%m-%d})" if one.newest else f"{one.name} (no date)"
        for one in report.scan.sources
    )
    yield f"  asked: {named}"


def _coverage(report: Scanned, *, everything: bool) -> Iterator[str]:
    listed = report.scan.coverage
    bare = [one for one in listed if not one.sources]
    if not bare:
        yield f"coverage: every component is known to a source ({len(listed)})"
        return
    yield (
        f"NOT COVERED: {len(bare)} of {len(listed)} components: no source knows them, so that"
        " nothing is known of them"
    )
    reasons = Counter(_reason(one) for one in bare)
    several = reasons.most_common(None if everything else _OTHER_COVERAGE)
    yield from (f"  {count:>5}  {reason}" for reason, count in several)
    if len(reasons) > len(several):
        rest = sum(reasons.values()) - sum(count for _, count in several)
        yield f"  {rest:>5}  for other reasons (--all)"
    if everything:
        yield from (f"  not covered: {_named(one)}" for one in bare)
    else:
        names = tuple(dict.fromkeys(one.name or one.purl for one in bare))
        named = ", ".join(names[:_SOME])
        more = " …" if len(names) > _SOME else ""
        yield f"  among them {named}{more} (--all names them)"


def _reason(one: Coverage) -> str:
    """Return why a component is not covered, without its own name: many have the same reason."""
    own = one.name.rpartition("@")[0]
    return one.reason.replace(f" {own} ", " it ") if own else one.reason


def _named(one: Coverage) -> str:
    return f"{one.name or one.purl}: {one.reason}"


def _licenses(report: Scanned, *, everything: bool) -> Iterator[str]:
    if report.conflicts:
        yield ""
        yield f"licenses: {_number(len(report.conflicts), 'finding')} (told, not judged here)"
        shown = report.conflicts if everything else report.conflicts[: 2 * _SOME]
        yield from (f"  {one.level}: {one.rule}: {one.message}" for one in shown)
        if report.conflicts[len(shown) :]:
            yield f"  and {len(report.conflicts) - len(shown)} more (--all)"
    if everything:
        for root in report.licenses:
            yield from _root(root)


def _root(root: RootLicenses) -> Iterator[str]:
    yield f"  licenses of {root.root}"
    for word, several in (
        ("linked", root.linked),
        ("needed, how is not said", root.unsaid),
        ("run with", root.run),
        ("built with", root.build),
    ):
        if several:
            yield f"    {word}: {', '.join(f'{name} ({count})' for name, count in several)}"


def _verdict(report: Scanned) -> Iterator[str]:
    verdict = report.verdict
    reason = f": {verdict.verdict.reason}" if verdict.verdict.reason else ""
    yield f"gate policy {verdict.policy}: {verdict.verdict.outcome}{reason}"
    for rule in verdict.rules:
        if not rule.verdict.ok:
            why = rule.verdict.reason or ""
            cut = why if len(why) <= _LONG else f"{why[:_LONG].rstrip()}…"
            yield f"  {rule.rule}: {rule.verdict.outcome}: {cut}"
    yield f"read in {report.reading:.2f} s, matched in {report.matching:.2f} s"


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
