"""What the rules of a release's gate look at, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from peso.base.record import Record
from peso.services.assurance.gate_rules.objections import Heard
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.policy import Rules
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.relocate import Relocations
from peso.services.integration.test import TestRun

USED = frozenset({"shipped", "supplied"})
"""The states of components that are needed where a release is used."""


class Evidence(Record):
    """All that a release's gate looks at."""

    plan: Plan
    build: Build
    relocations: Relocations
    tests: TestRun
    inventory: Inventory
    scan: Scan


Rule = Callable[[Rules, Evidence, datetime], Heard | None]
"""Says what stands against a release by one rule; None where the policy does not name it."""
