"""The rule `whole`: every unit of a native part is there. Always on, and nothing waives it.

A release that lacks a unit is not what its lock says. Each unit that failed is an objection that
names what it kept from being tried; so is each whose fate is not known, which is unknown, and each
that the build says nothing of. None where a release has no native part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from peso.base.finding import Finding, Level, Outcome
from peso.products.engines.native import NativeBuild, NativeLock, UnitBuild
from peso.services.assurance.gate_rules.evidence import Evidence
from peso.services.assurance.gate_rules.objections import Heard, Objection
from peso.services.assurance.policy import Rules

_NAMED = 5
"""How many units a failed one kept from being tried are named; the account has all."""
_ERROR = 300
"""Characters of a first error that an objection tells."""


def whole(_rules: Rules, evidence: Evidence, _now: datetime) -> Heard | None:
    """Every unit of every native part is there."""
    locks, builds = evidence.plan.native, {one.part: one for one in evidence.build.native}
    if not locks and not builds:
        return None
    objections = [one for lock in locks for one in _part(lock, builds.pop(lock.part, None))]
    objections += [_object("part-not-locked", part, "no lock of it was made") for part in builds]
    counts = Counter(one.outcome for part in evidence.build.native for one in part.units)
    details = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    return Heard(objections=tuple(objections), details=(details,) if details else ())


def _part(lock: NativeLock, build: NativeBuild | None) -> Iterator[Objection]:
    if build is None:
        yield _object("part-not-built", lock.part, "it was not built")
        return
    became = {one.hash: one for one in build.units}
    for unit in lock.units:
        if unit.hash not in became:
            yield _object("unit-missing", unit.label, "the build says nothing of it")
    named = {one.hash for one in build.missing if one.outcome == "failed"}
    for one in build.missing:
        label = f"{one.name}@{one.version}/{one.hash[:7]}"
        if one.outcome == "failed":
            yield _object("unit-failed", label, _failed(one, build))
        elif one.outcome == "not-known":
            message = one.because or "what became of it is not known"
            yield _object("unit-not-known", label, message, unknown=True)
        elif not named.intersection(one.blocked_by):
            yield _object("unit-not-tried", label, one.because or "it was not tried")


def _failed(failed: UnitBuild, build: NativeBuild) -> str:
    kept = [one.name for one in build.missing if failed.hash in one.blocked_by]
    error = f": {failed.error.text[:_ERROR]}" if failed.error else ""
    said = f"{failed.because or 'it failed'}{error}"
    if not kept:
        return said
    more = f" and {len(kept) - _NAMED} more" if len(kept) > _NAMED else ""
    return f"{said}; not tried for it: {', '.join(kept[:_NAMED])}{more}"


def _object(rule: str, subject: str, message: str, *, unknown: bool = False) -> Objection:
    level = Level.UNKNOWN if unknown else Level.HIGH
    return Objection(
        finding=Finding(rule=rule, level=level, subject=subject, message=message),
        forces=Outcome.UNKNOWN if unknown else Outcome.FAIL,
        waivable=False,
    )
