"""The rule `tests`: every test passed."""

from __future__ import annotations

from datetime import datetime

from peso.base.finding import Outcome
from peso.services.assurance.gate_rules.evidence import Evidence
from peso.services.assurance.gate_rules.objections import Heard, Objection, nothing, objection
from peso.services.assurance.policy import Rules


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
