"""The rules of the gate: one rule, one pure function of policy, evidence and time.

Each gives what stands against a release as objections, or None where the policy does not name the
rule. Whether a waiver lifts one is for `gate.py`; what is asked of a scan alone, `scan_rules.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from packaging.utils import canonicalize_name

from peso.base.finding import Level, Outcome, Unknown
from peso.base.record import Record
from peso.products.engines.native import MISSING, NativeBuild, NativeLock
from peso.services.assurance.inventory import Component, Inventory
from peso.services.assurance.licenses import allowed
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.objections import Heard, Objection, nothing, objection
from peso.services.assurance.policy import Conclusion, LicensesRule, Rules, age
from peso.services.assurance.scan_rules import SKEW, covered, fresh
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.test import TestRun

_SHA256 = re.compile(r"[0-9a-f]{64}")
_USED = frozenset({"shipped", "supplied"})
"""The states of components that are needed where a release is used."""
_NOT_JUDGED = (
    ("supplied", "supplied by the machine and not shipped, so their licenses are not judged"),
    ("building", "needed only to build and not shipped, so their licenses are not judged"),
    ("missing", "not there, so their licenses are not judged"),
)


class Evidence(Record):
    """All that a release's gate looks at."""

    plan: Plan
    build: Build
    tests: TestRun
    inventory: Inventory
    scan: Scan


Rule = Callable[[Rules, Evidence, datetime], Heard | None]


def tests(rules: Rules, evidence: Evidence, _now: datetime) -> Heard | None:
    """Every test passed; one that was not applicable says why in its own verdict."""
    if rules.tests is None:
        return None
    run = evidence.tests
    objections: list[Objection] = []
    for result in run.results:
        if not result.verdict.ok:
            failed = result.verdict.outcome is Outcome.FAIL
            ranks = "" if result.ranks is None else f"on {result.ranks} ranks: "
            rule = "test-failed" if failed else "test-unknown"
            message = f"{ranks}{result.verdict.reason}"
            objections.append(objection(rule, result.title, message, unknown=not failed))
    if not any(result.verdict.outcome is not Outcome.NOT_APPLICABLE for result in run.results):
        objections.append(nothing("tests", "no test was run"))
    details = (f"{one.subject}: {one.message} ({one.level})" for one in run.findings)
    return Heard(objections=tuple(objections), details=tuple(details))


def inventory(rules: Rules, evidence: Evidence, _now: datetime) -> Heard | None:
    """Nothing is missing from the inventory; a license that was concluded is not missing."""
    if rules.inventory is None:
        return None
    seen = evidence.inventory
    open_ = _open(seen, rules.licenses)
    objections = [
        Objection(finding=finding)
        for finding in seen.findings
        if finding.level is not Level.NOTE
        and (finding.rule != "license-unknown" or finding.subject in open_)
    ]
    if not seen.components:
        objections.append(nothing("inventory", "it names no component"))
    listed = {
        (one.part, one.unit or one.sha256): one.purl
        for one in seen.components
        if one.state != "missing"
    }
    shipped = {
        (part.part, one.artifact.sha256): one.artifact.path
        for part in evidence.build.python
        for one in part.made
    }
    shipped |= {
        (part.part, one.hash): f"{one.name}@{one.version}/{one.hash[:7]}"
        for part in evidence.build.native
        for one in part.units
        if one.outcome not in MISSING
    }
    objections.extend(
        objection("not-in-inventory", shipped[key], "no component is this file or unit")
        for key in sorted(shipped.keys() - listed.keys())
    )
    objections.extend(
        objection("not-shipped", listed[key], "nothing that was built is this component")
        for key in sorted(listed.keys() - shipped.keys())
    )
    notes = tuple(
        f"{one.subject}: {one.message} ({one.rule}, {one.level})"
        for one in seen.findings
        if one.level is Level.NOTE
    )
    return Heard(objections=tuple(objections), details=notes)


def artifacts(rules: Rules, evidence: Evidence, _now: datetime) -> Heard | None:
    """Every file has its digest, and is the one that was locked, or was built from it."""
    if rules.artifacts is None:
        return None
    locked = {
        (lock.part, canonicalize_name(unit.name)): unit.sha256
        for lock in evidence.plan.python
        for unit in lock.units
    }
    objections: list[Objection] = []
    for part in evidence.build.python:
        for made in part.made:
            source = locked.get((part.part, canonicalize_name(made.unit)))
            shipped = made.artifact.sha256
            if not (_SHA256.fullmatch(shipped) and _SHA256.fullmatch(made.source_sha256)):
                message = "it has no sha256, or its source has none"
            elif made.source_sha256 != source:
                message = f"its source is not the file that was locked ({source or 'none'})"
            elif not made.built_here and shipped != source:
                message = "it is not the file that was locked, and was not built here"
            else:
                continue
            objections.append(objection("artifact-digest", made.artifact.path, message, fixed=True))
    objections.extend(_native_artifacts(evidence))
    if not evidence.build.native and not any(part.made for part in evidence.build.python):
        objections.append(nothing("artifacts", "nothing was made"))
    return Heard(objections=tuple(objections))


def _native_artifacts(evidence: Evidence) -> Iterator[Objection]:
    """Object to a native part whose lock is not the one planned, or that leaves out a unit."""
    planned = {lock.part: lock for lock in evidence.plan.native}
    for part in evidence.build.native:
        lock, path = planned.get(part.part), part.document.path
        if not _SHA256.fullmatch(part.document.sha256):
            yield objection("artifact-digest", path, "it has no sha256", fixed=True)
        elif lock is None or lock.document.sha256 != part.document.sha256:
            yield objection("artifact-digest", path, "it is not the lock that was made", fixed=True)
        elif message := _other_units(lock, part):
            yield objection("artifact-account", path, message, fixed=True)
    for name in sorted(planned.keys() - {part.part for part in evidence.build.native}):
        yield objection("artifact-account", name, "no build gives account of its units", fixed=True)


def _other_units(lock: NativeLock, part: NativeBuild) -> str:
    """Say how the units of an account are not those of the lock; empty where they are."""
    locked, told = {one.hash for one in lock.units}, [one.hash for one in part.units]
    more, less = len(set(told) - locked), len(locked - set(told))
    if more or less:
        return f"{more} units were built that are not locked, {less} that are locked were not"
    return "a unit is in the account more than once" if len(told) != len(locked) else ""


def findings(rules: Rules, evidence: Evidence, _now: datetime) -> Heard | None:
    """Every finding of the scan and of the tests is below the level."""
    if rules.findings is None:
        return None
    below, seen = Level(rules.findings.below), evidence.scan
    building = {one.purl for one in evidence.inventory.components if one.state == "building"}
    building -= {one.purl for one in evidence.inventory.components if one.state in _USED}
    only = [one for one in seen.findings if one.subject in building]
    all_ = (*(one for one in seen.findings if one not in only), *evidence.tests.findings)
    objections = [Objection(finding=one) for one in all_ if one.level.reaches(below)]
    lower = len(all_) - len(objections)
    details = [f"{lower} below {below}"] if lower else []
    details += [f"not shipped, needed to build: {Objection(finding=one)}" for one in only]
    if seen.inventory != evidence.inventory.cyclonedx.sha256:
        objections.append(nothing("scan", "it is a scan of another inventory"))
    asked = {one.purl for one in seen.coverage}
    objections.extend(
        nothing(one.purl, "the scan did not ask about it")
        for one in evidence.inventory.components
        if one.purl not in asked and one.state != "missing"
    )
    if not seen.sources and rules.findings.without_sources != "accept":
        objections.append(nothing("scan", "no advisory source was read"))
    elif not seen.sources:
        details.append("no advisory source was read, which the policy accepts")
    else:
        bare = sum(not one.sources for one in seen.coverage)
        details.append(f"{bare} of {len(seen.coverage)} components: no source speaks of them")
    return Heard(objections=tuple(objections), details=tuple(details))


def advisories(rules: Rules, evidence: Evidence, now: datetime) -> Heard | None:
    """So many sources were read whose newest record is recent."""
    return None if rules.advisories is None else fresh(rules.advisories, evidence.scan, now)


def coverage(rules: Rules, evidence: Evidence, _now: datetime) -> Heard | None:
    """A source knows every product that has to be covered."""
    return None if rules.coverage is None else covered(rules.coverage, evidence.scan)


def licenses(rules: Rules, evidence: Evidence, _now: datetime) -> Heard | None:
    """Every license expression is met by allowed licenses."""
    rule = rules.licenses
    if rule is None:
        return None
    objections: list[Objection] = []
    used: dict[str, str] = {}
    states = Counter[str](one.state for one in evidence.inventory.components)
    for component in evidence.inventory.components:
        if component.state != "shipped":
            continue
        said, unknown = component.license, True
        if isinstance(said, str):
            verdict = allowed(said, rule.allowed)
            unknown, reason = verdict.outcome is Outcome.UNKNOWN, verdict.reason
        else:
            reason = said.unknown
        conclusion = _conclusion(component, rule) if unknown else None
        if conclusion is not None:
            verdict = allowed(conclusion.license, rule.allowed)
            unknown, reason = verdict.outcome is Outcome.UNKNOWN, verdict.reason
            used[canonicalize_name(component.name)] = (
                f"{component.name}: concluded {conclusion.license}: {conclusion.reason}"
            )
        if unknown or reason:
            kind = "license-unknown" if unknown else "license-not-allowed"
            objections.append(objection(kind, component.purl, reason or "", unknown=unknown))
    if not evidence.inventory.components:
        objections.append(nothing("inventory", "it names no component"))
    idle = [name for name in rule.concluded if canonicalize_name(name) not in used]
    details = [
        *(f"{states[state]} components: {why}" for state, why in _NOT_JUDGED if states[state]),
        *used.values(),
        *(f"{name}: the conclusion was not needed" for name in idle),
    ]
    return Heard(objections=tuple(objections), details=tuple(details))


def evidence(rules: Rules, seen: Evidence, now: datetime) -> Heard | None:
    """Every piece of evidence is of the time allowed, and none is of the future."""
    if rules.evidence is None:
        return None
    within = rules.evidence.within
    objections = []
    for name, made in _moments(seen):
        if made.tzinfo is None:
            message, unknown = "it does not say of which time zone its date is", True
        elif made > now + SKEW:
            message, unknown = f"it is from the future ({made:%Y-%m-%d %H:%M} UTC)", False
        elif now - made > age(within):
            message, unknown = f"it is of {made:%Y-%m-%d}, older than {within}", False
        else:
            continue
        objections.append(objection("stale-evidence", name, message, unknown=unknown, fixed=True))
    return Heard(objections=tuple(objections))


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "tests": tests,
        "inventory": inventory,
        "artifacts": artifacts,
        "findings": findings,
        "advisories": advisories,
        "coverage": coverage,
        "licenses": licenses,
        "evidence": evidence,
    }
)
"""Every rule a policy can name, in the order they are reported."""


def _moments(seen: Evidence) -> Iterator[tuple[str, datetime]]:
    yield "build", seen.build.finished
    yield "tests", seen.tests.started
    yield "inventory", seen.inventory.made
    yield "scan", seen.scan.made


def _conclusion(component: Component, rule: LicensesRule | None) -> Conclusion | None:
    named = rule.concluded if rule else {}
    wanted = canonicalize_name(component.name)
    return next((one for name, one in named.items() if canonicalize_name(name) == wanted), None)


def _open(seen: Inventory, rule: LicensesRule | None) -> frozenset[str]:
    """Return the purls, and the native parts, whose unknown licenses nobody concluded."""
    left = [one for one in seen.components if one.state in _USED and not _concluded(one, rule)]
    doubted = {one.part for one in left if one.unit and isinstance(one.license, Unknown)}
    return frozenset({one.purl for one in left} | doubted)


def _concluded(component: Component, rule: LicensesRule | None) -> bool:
    return isinstance(component.license, Unknown) and _conclusion(component, rule) is not None
