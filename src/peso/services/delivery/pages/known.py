"""Known: what a page says of findings, statements, coverage and licenses of a release.

1. Everyone is shown: each finding with its witnesses, how sure it is, whether it is exploited, and
   the statement or waiver beside it. Nothing that lifts a finding takes it off the page.
2. One finding of many units of one name and version is one row. Exploited ones come first, then the
   graver ones; an unknown level is among the grave.
3. A component that no source knows is not covered, with the reason, and never called clean.
4. What a statement did is what the gate's verdict says it did.

Nothing here is cut or escaped: `page.py` does both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from peso.base.finding import Finding, Unknown
from peso.services.assurance.gate import GateVerdict, Waiver
from peso.services.assurance.inventory import Component, Inventory
from peso.services.assurance.matching.coverage import Coverage
from peso.services.assurance.matching.record import Scan, Vulnerability, Witness
from peso.services.assurance.vex.record import Stated, Statement
from peso.services.assurance.vex.weigh import Scales
from peso.services.integration.test import TestRun

_ORDER = ("critical", "high", "unknown", "medium", "low", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedView:
    """A statement beside a finding."""

    statement: Statement
    lifts: bool
    """Whether the gate took it, so that the finding did not count."""
    reason: str
    """Why it decides nothing, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding, with everything that was said of it."""

    seen_by: str
    finding: Finding
    waiver: Waiver | None
    units: int = 1
    """How many units of this name and version have it."""
    called: str = ""
    """What it is in, by name and version; empty where only its subject is known."""
    stated: StatedView | None = None

    @property
    def confidence(self) -> str:
        """How sure the match is; empty for what is no finding of a scan."""
        return str(self.finding.confidence) if isinstance(self.finding, Vulnerability) else ""

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """Everyone who was heard."""
        return self.finding.witnesses if isinstance(self.finding, Vulnerability) else ()

    @property
    def exploited(self) -> str:
        """Whether it is known to be exploited; empty for what is no finding of a scan."""
        return self.finding.exploited if isinstance(self.finding, Vulnerability) else ""

    @property
    def published(self) -> object:
        """When it was published, or None."""
        if not isinstance(self.finding, Vulnerability):
            return None
        return None if isinstance(self.finding.published, Unknown) else self.finding.published


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseView:
    """A license, and what ships under it."""

    license: str
    """Empty: not known."""
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownView:
    """All that is known of a release's vulnerabilities and licenses."""

    findings: tuple[FindingView, ...]
    covered: tuple[Coverage, ...]
    """Components that a source knows, by name."""
    reasons: tuple[tuple[str, int], ...]
    """Why components are not covered, and how many for each reason."""
    licenses: tuple[LicenseView, ...]
    unlicensed: tuple[Component, ...]
    """What ships without a license that is known."""
    exploited: int
    """How many findings are known to be exploited."""
    looked_up: bool
    """Whether a catalog of exploited vulnerabilities was read."""
    levels: tuple[tuple[str, int], ...]
    """How many findings of the scan there are of each level, the gravest first."""
    stated: tuple[Stated, ...]
    """Every statement on a component, also where no source found anything."""


def known_view(
    seen: Mapping[str, Scan | TestRun | Inventory], gate: GateVerdict, components: Inventory
) -> KnownView:
    """Return what a page says of what is known.

    Args:
        seen: What the steps saw, by the step's name; `scan` is among them.
        gate: The gate's verdict.
        components: The inventory.
    """
    scan = seen["scan"]
    assert isinstance(scan, Scan)  # noqa: S101 - its caller put it there
    names = {one.purl: one.name for one in scan.coverage}
    rows = _folded(_rows(seen, gate, scan), names)
    of_scan = [one for one in rows if one.seen_by == "scan"]
    counts = Counter[str]()
    for one in of_scan:
        counts[one.finding.level.value] += one.units
    listed = {one.purl: one for one in components.components}
    bare = (one for one in scan.coverage if not one.sources and one.purl in listed)
    return KnownView(
        findings=rows,
        covered=tuple(
            sorted((one for one in scan.coverage if one.known), key=lambda one: one.name)
        ),
        reasons=tuple(Counter(_reason(one) for one in bare).most_common()),
        licenses=_licenses(components),
        unlicensed=tuple(
            one
            for one in components.components
            if one.state == "shipped" and isinstance(one.license, Unknown)
        ),
        exploited=sum(one.units for one in of_scan if one.exploited == "known"),
        looked_up=any(one.format == "kev" for one in scan.sources),
        levels=tuple((level, counts[level]) for level in _ORDER if counts[level]),
        stated=scan.vex,
    )


def _rows(
    seen: Mapping[str, Scan | TestRun | Inventory], gate: GateVerdict, scan: Scan
) -> Iterable[FindingView]:
    scales = Scales(scan.vex, now=gate.judged)
    lifting = {(one.subject, one.statement) for one in gate.stated}
    for step, evidence in seen.items():
        for finding in evidence.findings:
            yield FindingView(
                seen_by=step,
                finding=finding,
                waiver=_waiver(finding, gate.waived),
                stated=_stated(finding, scales, lifting) if step == "scan" else None,
            )
    for finding in scales.findings():
        yield FindingView(seen_by="statements", finding=finding, waiver=None)


def _stated(
    finding: Finding, scales: Scales, lifting: set[tuple[str, Statement]]
) -> StatedView | None:
    standing = scales.of(finding)
    if standing.statement is None:
        return None
    lifts = (finding.subject, standing.statement) in lifting
    return StatedView(statement=standing.statement, lifts=lifts, reason=standing.reason)


def _folded(rows: Iterable[FindingView], names: Mapping[str, str]) -> tuple[FindingView, ...]:
    """Put findings of units of one name and version together, and the grave ones first."""
    groups: dict[tuple[object, ...], list[FindingView]] = {}
    for one in rows:
        called = names.get(one.finding.subject, "")
        stated = one.stated.statement.digest() if one.stated else ""
        key = (one.seen_by, called or one.finding.subject, one.finding.rule, one.finding.message)
        groups.setdefault((*key, stated, one.waiver), []).append(one)
    folded = [
        FindingView(
            seen_by=several[0].seen_by,
            finding=several[0].finding,
            waiver=several[0].waiver,
            units=len(several),
            called=names.get(several[0].finding.subject, ""),
            stated=several[0].stated,
        )
        for several in groups.values()
    ]
    return tuple(sorted(folded, key=_grave))


def _grave(one: FindingView) -> tuple[bool, bool, int]:
    return one.exploited != "known", one.seen_by != "scan", _ORDER.index(one.finding.level.value)


def _waiver(finding: Finding, waived: tuple[Waiver, ...]) -> Waiver | None:
    for waiver in waived:
        rule = waiver.rule in {finding.rule, *finding.aliases}
        if rule and waiver.subject in {finding.subject, finding.subject.partition("@")[0]}:
            return waiver
    return None


def _reason(one: Coverage) -> str:
    """Return why a component is not covered, without its own name: many have the same reason."""
    own = one.name.rpartition("@")[0]
    reason = one.reason or "no source has a record of it"
    return reason.replace(f" {own} ", " it ") if own else reason


def _licenses(inventory: Inventory) -> tuple[LicenseView, ...]:
    """Return the licenses of what ships, the commonest first."""
    found: dict[str, dict[str, None]] = {}
    for one in inventory.components:
        if one.state == "shipped" and isinstance(one.license, str):
            found.setdefault(one.license, {})[one.name] = None
    listed = [LicenseView(license=name, names=tuple(sorted(of))) for name, of in found.items()]
    return tuple(sorted(listed, key=lambda one: (-len(one.names), one.license)))
