"""Words of a scan's findings: what matters first, and of the rest how many and how to see them.

1. What is known to be exploited comes before all else.
2. Then by how sure it is that a record speaks of the component: the project's own list first.
   Within a class the gravest come first; units of one name and version are told once.
3. Ranges of commits are mostly fuzzers' reports: of more than a few, only how many there are and
   of whom, and what would decide those that are open.

`--all` lists every one, in the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peso.base.finding import Finding
    from peso.services.assurance.matching.record import Vulnerability
    from peso.services.assurance.scanning.report import Scanned

_LEVELS = ("critical", "high", "unknown", "medium", "low", "note")
_CLASSES = {
    "vendor exact": "the project's own list",
    "ecosystem": "a record for this very package",
    "cpe": "by vendor and product",
    "derived": "bounds computed from the releases that have a fix",
    "git": "by commits and tags of the repository, mostly fuzzers' reports without a CVE",
    "": "of an older scan, without witnesses",
}
_COMMITS = "git"
_GRAVE, _LIGHT, _COMMITTED = 20, 5, 5
"""How many of a class are listed: critical and high ones, others, those by commits."""
_NAMED = 8
_WITNESSES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A finding in all units of one name and version."""

    finding: Finding | Vulnerability
    name: str
    units: int
    aside: bool
    stated: tuple[str, ...]

    @property
    def level(self) -> str:
        return str(self.finding.level)

    @property
    def exploited(self) -> bool:
        return getattr(self.finding, "exploited", "") == "known"

    @property
    def confidence(self) -> str:
        return str(getattr(self.finding, "confidence", ""))

    @property
    def open(self) -> bool:
        """Whether nobody could decide it."""
        witnesses = getattr(self.finding, "witnesses", ())
        return bool(witnesses) and all(one.answer != "affected" for one in witnesses)


def finding_words(report: Scanned, *, everything: bool) -> Iterator[str]:
    """Give the lines on findings."""
    told = _told(report)
    yield f"findings: {_counts(told) or 'none where a source knows the component'}"
    exploited = [one for one in told if one.exploited]
    if exploited:
        yield f"known to be exploited: {len(exploited)}"
        yield from _listed(exploited, exploited, everything=everything)
    rest = [one for one in told if not one.exploited]
    for confidence, words in _CLASSES.items():
        several = [one for one in rest if one.confidence == confidence]
        if several:
            of = f"{confidence}, {words}" if confidence else words
            yield f"{of}: {_counts(several)}"
            yield from _of_class(several, confidence, everything=everything)
    if report.scan.overruled:
        count = len(report.scan.overruled)
        yield f"set aside: {count}, where the project's own list says not affected (--json)"


def _told(report: Scanned) -> list[_Told]:
    """Return the findings, the gravest first, each with what it is in and what people state."""
    names = {one.purl: one.name for one in report.scan.coverage}
    aside = frozenset(report.aside)
    found: dict[tuple[str, str, str, bool], list[Finding | Vulnerability]] = {}
    for one in report.scan.findings:
        name = names.get(one.subject) or one.subject
        found.setdefault((name, one.rule, one.message, one.subject in aside), []).append(one)
    told = [
        _Told(
            finding=several[0],
            name=name,
            units=len(several),
            aside=only,
            stated=_stated(report, several[0]),
        )
        for (name, _, _, only), several in found.items()
    ]
    return sorted(told, key=lambda one: (_LEVELS.index(one.level), one.aside, one.name))


def _stated(report: Scanned, one: Finding) -> tuple[str, ...]:
    """Return what people state on a finding: it stays listed, whatever they say."""
    names = {one.rule, *one.aliases}
    return tuple(
        said.statement.short
        for said in report.scan.vex
        if said.subject == one.subject and said.statement.names & names
    )


def _of_class(several: Sequence[_Told], confidence: str, *, everything: bool) -> Iterator[str]:
    if everything:
        yield from _listed(several, several, everything=True)
    elif confidence != _COMMITS or len(several) <= _COMMITTED:
        grave = [one for one in several if one.level in {"critical", "high"}][:_GRAVE]
        light = [one for one in several if one.level not in {"critical", "high"}][:_LIGHT]
        yield from _listed((*grave, *light), several, everything=False)
    else:
        open_ = sum(one.open for one in several)
        if open_:
            yield f"  {open_} cannot be decided so; a clone can: --clone REPOSITORY=DIR"
        yield f"  in {_names(several)} (--all lists each)"


def _listed(shown: Sequence[_Told], several: Sequence[_Told], *, everything: bool) -> Iterator[str]:
    for one in shown:
        yield from _finding(one, everything=everything)
    listed = {id(one) for one in shown}
    if left := [one for one in several if id(one) not in listed]:
        yield f"  and {_counts(left)} more, in {_names(left)} (--all)"


def _counts(several: Iterable[_Told]) -> str:
    counts = Counter(one.level for one in several)
    return ", ".join(f"{counts[one]} {one}" for one in _LEVELS if counts[one])


def _names(several: Iterable[_Told]) -> str:
    counts = Counter(one.name for one in several)
    first = [f"{name} ({count})" for name, count in counts.most_common(_NAMED)]
    more = f" and {len(counts) - _NAMED} others" if len(counts) > _NAMED else ""
    return f"{', '.join(first)}{more}"


def _finding(told: _Told, *, everything: bool) -> Iterator[str]:
    """Give the lines on one finding; a single witness says no more than the message does."""
    one = told.finding
    fixed = getattr(one, "fixed", ())
    marks = [told.confidence] if told.confidence else []
    marks += [f"fixed in {', '.join(fixed)}"] if fixed else []
    marks += ["known to be exploited"] if told.exploited else []
    marks += ["not decided"] if told.open else []
    marks += ["only to build"] if told.aside else []
    also = next((two for two in one.aliases if two.startswith("CVE-")), "")
    rule = f"{one.rule} ({also})" if also and also != one.rule else one.rule
    units = f" ({told.units} units)" if told.units > 1 else ""
    yield f"  {one.level:<9} {told.name}{units}: {rule}; {'; '.join(marks)}"
    yield f"            {one.message}"
    yield from (f"            stated: {said}" for said in told.stated)
    witnesses = getattr(one, "witnesses", ())
    for witness in witnesses[:_WITNESSES] if everything or len(witnesses) > 1 else ():
        reason = f": {witness.reason}" if witness.reason else ""
        said = f"{witness.source} {witness.record} by {witness.key}"
        yield f"            - {said}: {witness.answer} ({witness.confidence}){reason}"
