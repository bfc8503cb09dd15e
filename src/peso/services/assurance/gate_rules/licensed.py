"""The rule `licenses`: every license expression is met by allowed licenses."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from packaging.utils import canonicalize_name

from peso.base.finding import Outcome
from peso.services.assurance.gate_rules.evidence import Evidence
from peso.services.assurance.gate_rules.objections import Heard, Objection, nothing, objection
from peso.services.assurance.inventory import Component
from peso.services.assurance.license_closure import native_conflicts
from peso.services.assurance.licenses import allowed
from peso.services.assurance.policy import Conclusion, LicensesRule, Rules

_NOT_JUDGED = (
    ("supplied", "supplied by the machine and not shipped, so their licenses are not judged"),
    ("building", "needed only to build and not shipped, so their licenses are not judged"),
    ("missing", "not there, so their licenses are not judged"),
)


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
        found = conclusion(component, rule) if unknown else None
        if found is not None:
            verdict = allowed(found.license, rule.allowed)
            unknown, reason = verdict.outcome is Outcome.UNKNOWN, verdict.reason
            used[canonicalize_name(component.name)] = (
                f"{component.name}: concluded {found.license}: {found.reason}"
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
        *(
            one.message
            for lock in evidence.plan.native
            for one in native_conflicts(lock, rule)
            if one.rule == "license-conflict"
        ),
    ]
    return Heard(objections=tuple(objections), details=tuple(details))


def conclusion(component: Component, rule: LicensesRule | None) -> Conclusion | None:
    """Return what a person concluded of a component's license, if anybody did."""
    named = rule.concluded if rule else {}
    wanted = canonicalize_name(component.name)
    return next((one for name, one in named.items() if canonicalize_name(name) == wanted), None)
