"""The rules on sources: how many were read, how old they are, and whether they know a product."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from packaging.utils import canonicalize_name

from peso.services.assurance.advisories.source import Source
from peso.services.assurance.gate_rules.objections import Heard, Objection, objection
from peso.services.assurance.matching.coverage import Coverage
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.policy import AdvisoriesRule, CoverageRule, age

SKEW = timedelta(minutes=5)
"""How far apart the clocks of two machines may be before evidence is from the future."""


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
    old = tuple(_too_old(rule, scan, now))
    if recent >= wanted:
        return Heard(objections=old, details=tuple(details))
    read = len(scan.sources)
    lately = f"{recent} of them with a record of the last {within}; " if within and read else ""
    message = f"advisory sources read: {read}; {lately}wanted: {wanted}"
    unknown = recent + unsure >= wanted
    said = objection("advisories", "scan", message, unknown=unknown, fixed=True)
    return Heard(objections=(said, *old), details=tuple(details))


def _too_old(rule: AdvisoriesRule, scan: Scan, now: datetime) -> Iterator[Objection]:
    """Object to each source that speaks as of too long ago, or of when nobody knows."""
    if rule.each_within is None:
        return
    for source in scan.sources:
        when = _as_of(source)
        if when is None or when > now + SKEW:
            message, unknown = f"as of when {source.name} speaks is not known", True
        elif now - when > age(rule.each_within):
            message = f"{source.name} is as of {when:%Y-%m-%d}, older than {rule.each_within}"
            unknown = False
        else:
            continue
        yield objection("source-age", source.name, message, unknown=unknown, fixed=True)


def _as_of(source: Source) -> datetime | None:
    return source.newest if source.newest is not None and source.newest.tzinfo else None


def covered(rule: CoverageRule, scan: Scan) -> Heard:
    """So many sources know each product that the policy names, wherever it is used."""
    bare = [one for one in scan.coverage if not one.sources]
    details = (f"{len(bare)} of {len(scan.coverage)} components: no source knows them",)
    if rule.of == "all":
        few = tuple(_few(one, rule.by) for one in scan.coverage if len(one.sources) < rule.by)
        return Heard(objections=few, details=details)
    objections: list[Objection] = []
    for name in rule.of:
        found = [one for one in scan.coverage if _called(one, name)]
        objections.extend(_few(one, rule.by) for one in found if len(one.sources) < rule.by)
        if not found:
            message = "it is not among the components, so that nobody can say it is covered"
            objections.append(objection("not-covered", name, message, unknown=True))
    return Heard(objections=tuple(objections), details=details)


def _few(one: Coverage, wanted: int) -> Objection:
    why = one.reason or "no source knows it"
    if one.sources:
        why = f"known to {', '.join(one.sources)} only, {wanted} sources are asked for"
    return objection("not-covered", one.purl, f"{one.name}: {why}", unknown=True)


def _called(one: Coverage, name: str) -> bool:
    own = one.name.rpartition("@")[0] or one.name
    return canonicalize_name(own) == canonicalize_name(name)
