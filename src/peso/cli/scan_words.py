"""Words of a scan: what was read, what is wrong with it, findings by severity, coverage, licenses.

Coverage is said as loudly as findings: a component that no source knows has no findings, and that
says nothing of it. By default the graver findings are listed, some of each level; `--all` lists
everything, and every component that no source knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peso.base.finding import Finding
    from peso.services.assurance.matching.coverage import Coverage
    from peso.services.assurance.matching.record import Vulnerability
    from peso.services.assurance.scanning.report import RootLicenses, Scanned

_LEVELS = ("critical", "high", "unknown", "medium", "low", "note")
_GRAVE = 20
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
        *_findings(report, everything=everything),
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


def _findings(report: Scanned, *, everything: bool) -> Iterator[str]:
    found = report.scan.findings
    counts = Counter[str](one.level for one in found)
    said = ", ".join(f"{counts[one]} {one}" for one in _LEVELS if counts[one])
    yield f"findings: {said or 'none where a source knows the component'}"
    groups = _groups(report)
    for level in _LEVELS:
        several = [one for one in groups if one[0].level == level]
        most = _GRAVE if level in {"critical", "high"} else _SOME
        shown = several if everything else several[:most]
        for one, name, aside in shown:
            yield from _finding(one, name, aside=aside, stated=_stated(report, one))
        if several[len(shown) :]:
            yield f"  and {len(several) - len(shown)} more {level} (--all)"
    if report.scan.overruled:
        count = len(report.scan.overruled)
        yield f"  set aside: {count}, where the project's own list says not affected (--json)"


def _stated(report: Scanned, one: Finding) -> tuple[str, ...]:
    """Return what people state on a finding: it stays listed, whatever they say."""
    names = {one.rule, *one.aliases}
    return tuple(
        said.statement.short
        for said in report.scan.vex
        if said.subject == one.subject and said.statement.names & names
    )


def _groups(report: Scanned) -> list[tuple[Finding | Vulnerability, str, bool]]:
    """Return the findings, one for all units of one name and version, with what they are called."""
    names = {one.purl: one.name for one in report.scan.coverage}
    aside = frozenset(report.aside)
    found: dict[tuple[str, str, str, bool], list[Finding | Vulnerability]] = {}
    for one in report.scan.findings:
        name = names.get(one.subject) or one.subject
        key = name, one.rule, one.message, one.subject in aside
        found.setdefault(key, []).append(one)
    return [
        (several[0], f"{name} ({len(several)} units)" if len(several) > 1 else name, only)
        for (name, _, _, only), several in found.items()
    ]


def _finding(
    one: Finding | Vulnerability, name: str, *, aside: bool, stated: tuple[str, ...]
) -> Iterator[str]:
    confidence = getattr(one, "confidence", "")
    fixed = getattr(one, "fixed", ())
    marks = [str(confidence)] if confidence else []
    marks += [f"fixed in {', '.join(fixed)}"] if fixed else []
    marks += ["known to be exploited"] if getattr(one, "exploited", "") == "known" else []
    marks += ["only to build"] if aside else []
    also = next((two for two in one.aliases if two.startswith("CVE-")), "")
    rule = f"{one.rule} ({also})" if also and also != one.rule else one.rule
    yield f"  {one.level:<9} {name}: {rule}; {'; '.join(marks)}"
    yield f"            {one.message}"
    yield from (f"            stated: {said}" for said in stated)
    for witness in getattr(one, "witnesses", ())[:_SOME]:
        reason = f": {witness.reason}" if witness.reason else ""
        said = f"{witness.source} {witness.record} by {witness.key}"
        yield f"            - {said}: {witness.answer} ({witness.confidence}){reason}"


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
        named = ", ".join(one.name or one.purl for one in bare[:_SOME])
        more = " …" if len(bare) > _SOME else ""
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
