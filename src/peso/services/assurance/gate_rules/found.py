"""The rules on findings of a scan: their level, whether they are exploited, since when known.

1. What is only needed to build is told, and decides nothing.
2. A finding of a class that the policy does not name is unsure; the policy says what it counts as.
   Where a statement of the workspace says that the product is affected, it is sure.
3. A level that nobody knows is below none, and a date that nobody knows is not recent.
4. Each objection is a finding of the scan, so that a statement or a waiver may lift it; whether one
   does is for `gate.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from peso.base.finding import Finding, Level, Outcome, Unknown
from peso.services.assurance.gate_rules.objections import Heard, Objection, nothing
from peso.services.assurance.gate_rules.seen import SeenScan
from peso.services.assurance.matching.record import Vulnerability
from peso.services.assurance.policy import ExploitedRule, FindingsRule, FixedRule, age
from peso.services.assurance.vex.weigh import Scales

_KEV = "kev"
"""The form of a catalog of vulnerabilities that are exploited."""

_ORDER = (Level.CRITICAL, Level.HIGH, Level.MEDIUM, Level.LOW, Level.NOTE, Level.UNKNOWN)
"""What is told first."""


def below(rule: FindingsRule, seen: SeenScan, scales: Scales) -> Heard:
    """Every finding is below the level, or not sure enough to decide."""
    level = Level(rule.below)
    objections: list[Objection] = []
    told, lower = Counter[str](), 0
    for one in sorted(_counted(seen), key=lambda one: _ORDER.index(one.level)):
        if not one.level.reaches(level):
            lower += 1
        elif isinstance(one, Vulnerability) and not _decides(one, rule, scales):
            told[one.confidence] += 1
        else:
            objections.append(_of_scan(one))
    details = [f"{lower} below {level}"] if lower else []
    details += [
        f"{count} of the class {kind}: not sure enough to decide, told in the scan and not counted"
        for kind, count in sorted(told.items())
    ]
    details += [f"not shipped, needed to build: {_of_scan(one)}" for one in _aside(seen)]
    if not seen.scan.sources and rule.without_sources != "accept":
        objections.append(nothing("scan", "no advisory source was read"))
    elif not seen.scan.sources:
        details.append("no advisory source was read, which the policy accepts")
    objections += [Objection(finding=one) for one in scales.findings() if one.level.reaches(level)]
    return Heard(objections=tuple(objections), details=tuple(details))


def exploited(rule: ExploitedRule, seen: SeenScan) -> Heard:
    """No finding is known to be exploited; where nobody looked, nothing is known."""
    catalogs = [one.name for one in seen.scan.sources if one.format == _KEV]
    known = [one for one in _counted(seen) if _exploited(one) == "known"]
    objections = [_of_scan(one) for one in known]
    details = [f"as the catalog says: {', '.join(catalogs)}"] if catalogs else []
    not_looked = sum(_exploited(one) == "not looked up" for one in _counted(seen))
    if catalogs and not_looked:
        said = f"{not_looked} findings were not looked up in the catalog"
        objections.append(nothing("scan", said))
    elif not catalogs and rule.without_catalog != "accept":
        objections.append(nothing("scan", "no catalog of exploited vulnerabilities was read"))
    elif not catalogs:
        details.append("no catalog of exploited vulnerabilities was read, which is accepted")
    details += [
        f"not shipped, needed to build: {_of_scan(one)}"
        for one in _aside(seen)
        if _exploited(one) == "known"
    ]
    return Heard(objections=tuple(objections), details=tuple(details))


def fixed(rule: FixedRule, seen: SeenScan, now: datetime) -> Heard:
    """No finding with a fix is older than the policy allows."""
    objections = []
    waiting = 0
    for one in _counted(seen):
        versions = one.fixed if isinstance(one, Vulnerability) else ()
        if not (versions or one.hint):
            continue
        published = _published(one)
        if published is None:
            message = f"there is a fix, and nobody says since when it is known: {one.message}"
            objections.append(_dated(one, message, unknown=True))
        elif now - published > age(rule.within):
            days = (now - published).days
            fixed_in = f" fixed in {', '.join(versions)}," if versions else ""
            message = f"known for {days} days,{fixed_in} allowed are {rule.within}: {one.message}"
            objections.append(_dated(one, message))
        else:
            waiting += 1
    details = (f"{waiting} with a fix, known for less than {rule.within}",) if waiting else ()
    return Heard(objections=tuple(objections), details=details)


def _counted(seen: SeenScan) -> Iterator[Finding]:
    return (one for one in seen.scan.findings if one.subject not in seen.aside)


def _aside(seen: SeenScan) -> Iterator[Finding]:
    return (one for one in seen.scan.findings if one.subject in seen.aside)


def _decides(one: Vulnerability, rule: FindingsRule, scales: Scales) -> bool:
    """Say whether a finding is sure enough; a plain one, of an older scan, always is."""
    if one.confidence in rule.confidence or rule.unsure == "fail" or scales.of(one).sure:
        return True
    affected = any(witness.answer == "affected" for witness in one.witnesses)
    return rule.unsure == "decided" and affected


def _exploited(one: Finding) -> str:
    return one.exploited if isinstance(one, Vulnerability) else "not looked up"


def _published(one: Finding) -> datetime | None:
    """Return since when it is public; None where nobody says so with a time zone."""
    said = one.published if isinstance(one, Vulnerability) else None
    return None if said is None or isinstance(said, Unknown) or said.tzinfo is None else said


def _of_scan(one: Finding) -> Objection:
    return Objection(finding=one, by_scan=True)


def _dated(one: Finding, message: str, *, unknown: bool = False) -> Objection:
    said = one.model_copy(update={"message": message})
    return Objection(
        finding=said, forces=Outcome.UNKNOWN if unknown else Outcome.FAIL, by_scan=True
    )
