"""What is asked of a scan alone: its findings, its sources, its coverage, and that it saw all.

The gate of a release asks these beside its other rules; `peso scan` asks nothing else, of whatever
is scanned. Nothing that was read whole and nothing that could be asked about is no yes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from packaging.utils import canonicalize_name

from peso.base.finding import Level
from peso.services.assurance.matching.coverage import Coverage
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.objections import Heard, Objection, nothing, objection
from peso.services.assurance.policy import AdvisoriesRule, CoverageRule, FindingsRule, age

SKEW = timedelta(minutes=5)
"""How far apart the clocks of two machines may be before evidence is from the future."""
_ORDER = (Level.CRITICAL, Level.HIGH, Level.MEDIUM, Level.LOW, Level.NOTE, Level.UNKNOWN)
"""What is told first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenScan:
    """A scan of anything, and what its gate needs to know of the thing."""

    scan: Scan
    aside: frozenset[str] = frozenset()
    """Subjects that are only needed to build: what is found there is told, and decides nothing."""
    unsure: tuple[str, ...] = ()
    """Why the thing was perhaps not read whole, or is perhaps not what it says."""


def whole(seen: SeenScan) -> Heard:
    """Everything was read, and at least one component has a name to ask for."""
    objections = [nothing("scan", one) for one in seen.unsure]
    listed = seen.scan.coverage
    asked = sum(bool(one.asked) for one in listed)
    if not listed:
        objections.append(nothing("scan", "it lists no component"))
    elif not asked:
        objections.append(nothing("scan", "no component has a name that advisories know"))
    details = (f"{asked} of {len(listed)} components have a name that could be asked for",)
    return Heard(objections=tuple(objections), details=details)


def below(rule: FindingsRule, seen: SeenScan) -> Heard:
    """Every finding is below the level; what only builds is told, and decides nothing."""
    level = Level(rule.below)
    counted = [one for one in seen.scan.findings if one.subject not in seen.aside]
    counted.sort(key=lambda one: _ORDER.index(one.level))
    aside = [one for one in seen.scan.findings if one.subject in seen.aside]
    objections = [Objection(finding=one) for one in counted if one.level.reaches(level)]
    lower = len(counted) - len(objections)
    details = [f"{lower} below {level}"] if lower else []
    details += [f"needed only to build: {Objection(finding=one)}" for one in aside]
    if not seen.scan.sources and rule.without_sources != "accept":
        objections.append(nothing("scan", "no advisory source was read"))
    elif not seen.scan.sources:
        details.append("no advisory source was read, which the policy accepts")
    return Heard(objections=tuple(objections), details=tuple(details))


def fresh(rule: AdvisoriesRule, scan: Scan, now: datetime) -> Heard:
    """So many sources were read whose newest record is recent."""
    wanted, within = rule.sources, rule.newest_within
    recent, unsure = 0, 0
    details: list[str] = []
    for source in scan.sources:
        details.extend(f"{source.name}: {one.subject}: {one.message}" for one in source.findings)
        if within is None:
            recent += 1
        elif source.newest is None or source.newest.tzinfo is None or source.newest > now + SKEW:
            unsure += 1
            details.append(f"{source.name}: when its newest record was changed is not known")
        elif now - source.newest <= age(within):
            recent += 1
        else:
            details.append(f"{source.name}: its newest record is of {source.newest:%Y-%m-%d}")
    if recent >= wanted:
        return Heard(objections=(), details=tuple(details))
    lately = f" with a record of the last {within}" if within else ""
    message = f"{recent} of {wanted} advisory sources{lately}"
    unknown = recent + unsure >= wanted
    said = objection("advisories", "scan", message, unknown=unknown, fixed=True)
    return Heard(objections=(said,), details=tuple(details))


def covered(rule: CoverageRule, scan: Scan) -> Heard:
    """At least one source knows each product that the policy names, wherever it is used."""
    bare = [one for one in scan.coverage if not one.sources]
    details = (f"{len(bare)} of {len(scan.coverage)} components: no source knows them",)
    if rule.products == "all":
        return Heard(objections=tuple(_bare(one) for one in bare), details=details)
    objections: list[Objection] = []
    for name in rule.products:
        found = [one for one in scan.coverage if _called(one, name)]
        objections.extend(_bare(one) for one in found if not one.sources)
        if not found:
            message = "it is not among the components, so that nobody can say it is covered"
            objections.append(objection("not-covered", name, message, unknown=True))
    return Heard(objections=tuple(objections), details=details)


def _bare(one: Coverage) -> Objection:
    return objection("not-covered", one.purl, f"{one.name}: {one.reason}", unknown=True)


def _called(one: Coverage, name: str) -> bool:
    own = one.name.rpartition("@")[0] or one.name
    return canonicalize_name(own) == canonicalize_name(name)
