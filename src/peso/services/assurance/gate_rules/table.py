"""Every rule that a policy can name, for a release and for a scan alone, and what each looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from peso.base.finding import Level
from peso.services.assurance.gate_rules.dated import evidence
from peso.services.assurance.gate_rules.evidence import USED, Evidence, Rule
from peso.services.assurance.gate_rules.found import below, exploited, fixed
from peso.services.assurance.gate_rules.licensed import licenses
from peso.services.assurance.gate_rules.movable import relocatable
from peso.services.assurance.gate_rules.objections import Heard, Objection, nothing
from peso.services.assurance.gate_rules.seen import SeenScan
from peso.services.assurance.gate_rules.seen import whole as read_whole
from peso.services.assurance.gate_rules.shipped import artifacts, inventory
from peso.services.assurance.gate_rules.sources import covered, fresh
from peso.services.assurance.gate_rules.tested import tests
from peso.services.assurance.policy import Rules
from peso.services.assurance.vex.weigh import Scales

LOOKS_AT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "whole": ("plan", "build"),
        "tests": ("tests",),
        "inventory": ("inventory", "build"),
        "artifacts": ("plan", "build"),
        "findings": ("scan", "tests", "inventory"),
        "exploited": ("scan", "inventory"),
        "fixed": ("scan", "inventory"),
        "advisories": ("scan",),
        "coverage": ("scan",),
        "licenses": ("inventory",),
        "evidence": ("build", "tests", "inventory", "scan"),
        "relocatable": ("build", "relocations"),
    }
)
"""The evidence that each rule rests on."""
ASKS_SOURCES = frozenset({"findings", "exploited", "fixed", "advisories", "coverage"})
"""The rules that rest on what advisory sources say."""


def release_rules(scales: Scales) -> Mapping[str, Rule]:
    """Return every rule a policy can name, in the order they are reported."""

    def of_findings(rules: Rules, seen: Evidence, _now: datetime) -> Heard | None:
        return None if rules.findings is None else _findings(rules, seen, scales)

    return MappingProxyType(
        {
            "tests": tests,
            "inventory": inventory,
            "artifacts": artifacts,
            "findings": of_findings,
            "exploited": _exploited,
            "fixed": _fixed,
            "advisories": _advisories,
            "coverage": _coverage,
            "licenses": licenses,
            "evidence": evidence,
            "relocatable": relocatable,
        }
    )


def scan_rules(
    rules: Rules, seen: SeenScan, scales: Scales, now: datetime
) -> dict[str, Heard | None]:
    """Return what the rules say that a policy can ask of a scan alone, and whether it is whole."""
    scan = seen.scan
    return {
        "whole": read_whole(seen),
        "findings": below(rules.findings, seen, scales) if rules.findings else None,
        "exploited": exploited(rules.exploited, seen) if rules.exploited else None,
        "fixed": fixed(rules.fixed, seen, now) if rules.fixed else None,
        "advisories": fresh(rules.advisories, scan, now) if rules.advisories else None,
        "coverage": covered(rules.coverage, scan) if rules.coverage else None,
    }


def _seen(evidence: Evidence) -> SeenScan:
    """Return the scan of a release; what is only needed to build is aside."""
    listed = evidence.inventory.components
    used = {one.purl for one in listed if one.state in USED}
    building = {one.purl for one in listed if one.state == "building"}
    return SeenScan(scan=evidence.scan, aside=frozenset(building - used))


def _findings(rules: Rules, evidence: Evidence, scales: Scales) -> Heard:
    """Every finding of the scan and of the tests is below the level, and all was asked about."""
    rule = rules.findings
    assert rule is not None  # noqa: S101 - its caller asked
    level, scan = Level(rule.below), evidence.scan
    heard = below(rule, _seen(evidence), scales)
    objections = [*heard.objections]
    left = evidence.tests.findings
    objections += [Objection(finding=one) for one in left if one.level.reaches(level)]
    if scan.inventory != evidence.inventory.cyclonedx.sha256:
        objections.append(nothing("scan", "it is a scan of another inventory"))
    asked = {one.purl for one in scan.coverage}
    objections += [
        nothing(one.purl, "the scan did not ask about it")
        for one in evidence.inventory.components
        if one.purl not in asked and one.state != "missing"
    ]
    bare = sum(not one.sources for one in scan.coverage)
    said = f"{bare} of {len(scan.coverage)} components: no source speaks of them"
    details = (*heard.details, said) if scan.sources else heard.details
    return replace(heard, objections=tuple(objections), details=details)


def _exploited(rules: Rules, evidence: Evidence, _now: datetime) -> Heard | None:
    return exploited(rules.exploited, _seen(evidence)) if rules.exploited else None


def _fixed(rules: Rules, evidence: Evidence, now: datetime) -> Heard | None:
    return fixed(rules.fixed, _seen(evidence), now) if rules.fixed else None


def _advisories(rules: Rules, evidence: Evidence, now: datetime) -> Heard | None:
    """So many sources were read whose newest record is recent."""
    return fresh(rules.advisories, evidence.scan, now) if rules.advisories else None


def _coverage(rules: Rules, evidence: Evidence, _now: datetime) -> Heard | None:
    """A source knows every product that has to be covered."""
    return covered(rules.coverage, evidence.scan) if rules.coverage else None
