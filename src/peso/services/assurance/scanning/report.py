"""The report of a scan: findings, coverage and licenses of anything, and the gate's answer.

Pure over what was read; it asks the store of advisories and nothing else. How long reading and
matching took is told apart.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from peso.base.finding import Finding
from peso.base.record import Record
from peso.services.assurance.gate import GateVerdict, judge_scan
from peso.services.assurance.gate_rules.seen import SeenScan
from peso.services.assurance.license_closure import Closure, How, closures, conflicts
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.matching.scan import match
from peso.services.assurance.matching.stated import with_statements
from peso.services.assurance.matching.tags import History
from peso.services.assurance.policy import Policy
from peso.services.assurance.scanning.thing import Kind, Thing
from peso.services.assurance.vex.record import Statement

_WAYS: tuple[How, ...] = ("linked", "unsaid", "run", "build")


class RootLicenses(Record):
    """The licenses of what one root needs, each way with its licenses and how many have each."""

    root: str
    linked: tuple[tuple[str, int], ...]
    """Over link dependencies, the root itself among them."""
    unsaid: tuple[tuple[str, int], ...]
    """Where nobody says how it is needed."""
    run: tuple[tuple[str, int], ...]
    build: tuple[tuple[str, int], ...]


class Scanned(Record, use_attribute_docstrings=True):
    """What is known of the vulnerabilities and licenses of a thing."""

    target: str
    """As it was named."""
    kind: Kind
    """What it is."""
    form: str
    """How it is written, and by what."""
    about: str
    """What it is an inventory of."""
    sha256: str
    """Of what was read."""
    components: int
    """How many components it lists."""
    missing: int
    """How many of them are not there, and were not asked about."""
    unidentified: int
    """How many subjects have no name that advisories know."""
    covered: int
    """How many subjects at least one source knows."""
    aside: tuple[str, ...]
    """Subjects that are only needed to build."""
    document: tuple[Finding, ...]
    """What is wrong with it, and what was mended in memory."""
    scan: Scan
    """Findings with their witnesses, and coverage of each subject."""
    licenses: tuple[RootLicenses, ...]
    """The licenses of each root's closure."""
    conflicts: tuple[Finding, ...]
    """Licenses that the policy does not allow, along their paths, and places that disagree; told,
    and not judged here: the gate of a release judges licenses."""
    verdict: GateVerdict
    """What the policy says of findings, sources and coverage."""
    reading: float
    """Seconds that reading and checking it took."""
    matching: float
    """Seconds that asking the advisories took."""


def scanned(  # noqa: PLR0913 - everything a scan depends on
    thing: Thing,
    store: Path,
    policy: Policy,
    *,
    target: str,
    now: datetime,
    reading: float,
    clones: Sequence[History] = (),
    differing: tuple[Finding, ...] = (),
    statements: tuple[Statement, ...] = (),
) -> Scanned:
    """Scan a thing, and judge what was found.

    Args:
        thing: What is scanned.
        store: The folder of advisories.
        policy: The gate policy.
        target: What people call the thing.
        now: When this is.
        reading: Seconds that reading it took.
        clones: Repositories at hand, to decide ranges of commits.
        differing: Where places that name a license disagree.
        statements: What people of the workspace state.

    Raises:
        Outside: The advisories cannot be read.
    """
    began = time.perf_counter()
    seen = match(thing.subjects, store, about=thing.sha256, now=now, clones=clones)
    seen = with_statements(seen, statements, thing.digests)
    matching = time.perf_counter() - began
    judged = SeenScan(scan=seen, aside=thing.aside, unsure=thing.unsure)
    found = closures(thing.roots, thing.units)
    rule = policy.rules.licenses
    return Scanned(
        target=target,
        kind=thing.kind,
        form=thing.form,
        about=thing.about,
        sha256=thing.sha256,
        components=thing.components,
        missing=thing.missing,
        unidentified=sum(not one.asked for one in seen.coverage),
        covered=sum(bool(one.sources) for one in seen.coverage),
        aside=tuple(sorted(thing.aside)),
        document=thing.findings,
        scan=seen,
        licenses=tuple(_counted(one) for one in found),
        conflicts=(*(conflicts(found, rule) if rule else ()), *differing),
        verdict=judge_scan(policy, judged, now=now),
        reading=reading,
        matching=matching,
    )


def _counted(closure: Closure) -> RootLicenses:
    ways: dict[How, tuple[tuple[str, int], ...]] = {}
    for how in _WAYS:
        said = Counter(
            one.unit.license if isinstance(one.unit.license, str) else "not known"
            for one in closure.of(how)
        )
        ways[how] = tuple(sorted(said.items()))
    return RootLicenses(root=closure.root, **ways)
