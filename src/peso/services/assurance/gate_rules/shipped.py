"""The rules `inventory` and `artifacts`: what ships is listed whole, and is what was locked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from packaging.utils import canonicalize_name

from peso.base.finding import Level, Unknown
from peso.products.engines.native import MISSING, NativeBuild, NativeLock
from peso.services.assurance.gate_rules.evidence import USED, Evidence
from peso.services.assurance.gate_rules.licensed import conclusion
from peso.services.assurance.gate_rules.objections import Heard, Objection, nothing, objection
from peso.services.assurance.inventory import Component, Inventory
from peso.services.assurance.policy import LicensesRule, Rules

_SHA256 = re.compile(r"[0-9a-f]{64}")


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


def _open(seen: Inventory, rule: LicensesRule | None) -> frozenset[str]:
    """Return the purls, and the native parts, whose unknown licenses nobody concluded."""
    left = [one for one in seen.components if one.state in USED and not _concluded(one, rule)]
    doubted = {one.part for one in left if one.unit and isinstance(one.license, Unknown)}
    return frozenset({one.purl for one in left} | doubted)


def _concluded(component: Component, rule: LicensesRule | None) -> bool:
    return isinstance(component.license, Unknown) and conclusion(component, rule) is not None
