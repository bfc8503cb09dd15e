"""The rule `evidence`: every piece of evidence is of the time allowed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from peso.services.assurance.gate_rules.evidence import Evidence
from peso.services.assurance.gate_rules.objections import Heard, objection
from peso.services.assurance.gate_rules.sources import SKEW
from peso.services.assurance.policy import Rules, age


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


def _moments(seen: Evidence) -> Iterator[tuple[str, datetime]]:
    yield "build", seen.build.finished
    yield "tests", seen.tests.started
    yield "inventory", seen.inventory.made
    yield "scan", seen.scan.made
