"""Assuring: the steps inventory, scan and gate; what decides each and when it is stale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import cast

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.finding import Level
from peso.base.record import Record
from peso.services.assurance.advisories.store import sources
from peso.services.assurance.gate import Evidence, GateVerdict, judge
from peso.services.assurance.identity.table import table_digest
from peso.services.assurance.inventory import Inventory, inventory
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.matching.scan import scan
from peso.services.assurance.matching.stated import digests_of, with_statements
from peso.services.assurance.vex.shelf import Shelf, read_shelf
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.relocate import Relocations
from peso.services.integration.test import TestRun
from peso.services.steps.port import Life, Ports, Said, Seen, Step, past_its_age

_NOT_SHIPPED = (
    ("supplied", "supplied by the machine"),
    ("building", "only to build"),
    ("missing", "missing"),
)


def inventory_inputs(life: Life, _ports: Ports) -> Mapping[str, str]:
    """What decides an inventory: the plan and the build."""
    stack = life.stack
    return {
        "plan": life.of(Plan).digest(),
        "build": life.of(Build).digest(),
        "title": sha256_bytes(canonical_json([stack.name, stack.version, stack.title])),
    }


def do_inventory(life: Life, ports: Ports, _seen: Seen) -> Inventory:
    """Write down everything the release ships."""
    return inventory(
        life.stack, life.of(Plan), life.of(Build), ports.ledger.blobs, now=ports.clock()
    )


def stale_inventory(_life: Life, ports: Ports, record: Record) -> str | None:
    """An inventory grows old as the policy says."""
    return past_its_age(cast("Inventory", record).made, ports)


def scan_inputs(life: Life, ports: Ports) -> Mapping[str, str]:
    """What decides a scan: the inventory, whose code is whose, advisories, and statements."""
    return {
        "inventory": life.of(Inventory).digest(),
        "identity": table_digest(),
        **{f"advisories {source.name}": source.sha256 for source in sources(ports.advisories)},
        **{f"statements {name}": sha256 for name, sha256 in _shelf(ports).files.items()},
    }


def do_scan(life: Life, ports: Ports, _seen: Seen) -> Scan:
    """Ask every advisory source about every component; put beside what people state of it."""
    seen = life.of(Inventory)
    found = scan(seen, ports.advisories, now=ports.clock())
    return with_statements(found, _shelf(ports).statements, digests_of(seen))


def _shelf(ports: Ports) -> Shelf:
    """Return the statements of the workspace."""
    if ports.workspace is None:
        return Shelf(statements=(), files={})
    return read_shelf(ports.workspace)


def stale_scan(_life: Life, ports: Ports, record: Record) -> str | None:
    """A scan grows old as the policy says."""
    return past_its_age(cast("Scan", record).made, ports)


def gate_inputs(life: Life, ports: Ports) -> Mapping[str, str]:
    """What decides the gate: the policy and every piece of evidence."""
    return {
        "policy": ports.policy.digest(),
        **{
            kind.__name__.lower(): life.of(kind).digest()
            for kind in (Plan, Build, Relocations, TestRun, Inventory, Scan)
        },
    }


def do_gate(life: Life, ports: Ports, _seen: Seen) -> GateVerdict:
    """Judge the evidence."""
    return judge(ports.policy, evidence(life), now=ports.clock())


def evidence(life: Life) -> Evidence:
    """Return the evidence the gate judges."""
    return Evidence(
        plan=life.of(Plan),
        build=life.of(Build),
        relocations=life.of(Relocations),
        tests=life.of(TestRun),
        inventory=life.of(Inventory),
        scan=life.of(Scan),
    )


def stale_gate(_life: Life, ports: Ports, record: Record) -> str | None:
    """Only a yes is kept, and only while nothing it rests on has expired."""
    verdict = cast("GateVerdict", record)
    if not verdict.verdict.ok:
        return f"it said {verdict.verdict.outcome} the last time"
    if verdict.valid_until is not None and ports.clock() >= verdict.valid_until:
        return f"what it rests on expired on {verdict.valid_until:%Y-%m-%d}"
    return None


def said_inventory(record: Record) -> Said:
    """Say how many components there are, and what is not known of them."""
    found = cast("Inventory", record)
    grave = sum(one.level is not Level.NOTE for one in found.findings)
    doubts = f", {grave} things not known" if grave else ""
    states = Counter[str](one.state for one in found.components)
    others = [f"{states[one]} {word}" for one, word in _NOT_SHIPPED if states[one]]
    said = f" ({states['shipped']} shipped, {', '.join(others)})" if others else ""
    return Said(f"{len(found.components)} components{said}{doubts}")


def said_scan(record: Record) -> Said:
    """Say what was found, and of how much nothing is known."""
    found = cast("Scan", record)
    if not found.sources:
        return Said("not looked up: no advisory source was imported")
    covered = sum(bool(one.sources) for one in found.coverage)
    return Said(
        f"{len(found.findings)} findings; {covered} of {len(found.coverage)} components covered"
    )


def said_gate(record: Record) -> Said:
    """Say the verdict."""
    judged = cast("GateVerdict", record)
    met = sum(rule.verdict.ok for rule in judged.rules)
    words = f"{judged.verdict.outcome}: {met} of {len(judged.rules)} rules of {judged.policy} met"
    return Said(words, no=not judged.verdict.ok)


INVENTORY = Step(
    name="inventory",
    record=Inventory,
    inputs=inventory_inputs,
    do=do_inventory,
    stale=stale_inventory,
    said=said_inventory,
)
SCAN = Step(
    name="scan",
    record=Scan,
    inputs=scan_inputs,
    do=do_scan,
    stale=stale_scan,
    said=said_scan,
)
GATE = Step(
    name="gate",
    record=GateVerdict,
    inputs=gate_inputs,
    do=do_gate,
    stale=stale_gate,
    said=said_gate,
)
