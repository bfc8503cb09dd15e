"""Scan: which known vulnerabilities speak of what a release ships.

1. OSV's normative algorithm, version order of the ecosystem (PEP 440 for PyPI).
2. Records that are aliases of each other are one finding with several witnesses. Where they differ,
   the worst answer counts, and the message says who says otherwise.
3. What cannot be decided is a finding of unknown level with the reason, never left out.
4. A component that no source speaks of is not covered, never clean. A native unit is asked for by
   its own purl, which no source of advisories knows yet, and by those under which other indexes
   have its source: a Python package that Spack builds is asked for as that package.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from packageurl import PackageURL

from peso.base.finding import Finding, Level
from peso.base.record import Record
from peso.services.assurance.advisories.record import Advisory, Key, Severity, package_key
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.advisories.store import records_for, sources
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.severity import rate
from peso.services.assurance.versions import Said, evaluate

ECOSYSTEMS: Mapping[str, str] = MappingProxyType({"pypi": "PyPI"})
"""OSV's name for the ecosystem of a purl type; more come with more engines."""
_FIRST = ("PYSEC", "GHSA", "CVE")
"""Whose id a finding gets, where several witnesses have one."""


class Coverage(Record):
    """Whether any source speaks of a component."""

    purl: str
    sources: tuple[str, ...]
    """Names of the sources with at least one record on this product; none: not covered."""


class Scan(Record):
    """What the advisories say of an inventory."""

    made: datetime
    inventory: str
    """Digest of the CycloneDX document that was scanned."""
    sources: tuple[Source, ...]
    findings: tuple[Finding, ...]
    """`rule` is the advisory's id, `subject` the purl, `level` from CVSS or unknown."""
    coverage: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Witness:
    """What one record of one source says of a component."""

    source: str
    record: Advisory
    said: Said

    def __str__(self) -> str:
        """Name it for people."""
        return f"{self.record.id} ({self.source})"


def scan(inventory: Inventory, store: Path, *, now: datetime) -> Scan:
    """Ask every advisory source about every component.

    Raises:
        Outside: The advisories cannot be read.
    """
    named: dict[str, tuple[PackageURL, ...]] = {}
    for one in inventory.components:
        if one.state != "missing":
            several = dict.fromkeys((one.purl, *one.also))
            named[one.purl] = tuple(PackageURL.from_string(purl) for purl in several)
    asked = {purl: _keys(several) for purl, several in named.items()}
    records = records_for(store, [key for keys in asked.values() for key in keys])
    findings: list[Finding] = []
    coverage: list[Coverage] = []
    for purl, keys in sorted(asked.items()):
        names = {source for key in keys for source, _ in records[key]}
        coverage.append(Coverage(purl=purl, sources=tuple(sorted(names))))
        for key, version in keys.items():
            findings.extend(_findings(purl, version, key, records[key]))
    return Scan(
        made=now,
        inventory=inventory.cyclonedx.sha256,
        sources=sources(store),
        findings=tuple(findings),
        coverage=tuple(coverage),
    )


def _keys(purls: Iterable[PackageURL]) -> dict[Key, str]:
    """Return what to ask the sources for, each with the version in question."""
    found: dict[Key, str] = {}
    for purl in purls:
        ecosystem = ECOSYSTEMS.get(purl.type)
        if ecosystem:
            found.setdefault(package_key(ecosystem, purl.name), purl.version or "")
    return found


def _findings(
    purl: str, version: str, key: Key, known: Iterable[tuple[str, Advisory]]
) -> list[Finding]:
    witnesses = [
        _Witness(source=source, record=record, said=evaluate(record.of(key), version))
        for source, record in known
    ]
    made = [_finding(purl, version, group) for group in fold(witnesses)]
    return sorted((one for one in made if one), key=lambda one: one.rule)


def fold(witnesses: Iterable[_Witness]) -> list[list[_Witness]]:
    """Group witnesses whose records share an id or an alias, over however many steps."""
    parent: dict[str, str] = {}

    def find(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    heard = list(witnesses)
    for witness in heard:
        for alias in witness.record.aliases:
            parent[find(alias)] = find(witness.record.id)
    groups: dict[str, list[_Witness]] = {}
    for witness in heard:
        groups.setdefault(find(witness.record.id), []).append(witness)
    return list(groups.values())


def _finding(purl: str, version: str, group: list[_Witness]) -> Finding | None:
    """Return what a group of witnesses says of a component; None if it is not affected."""
    against = [one for one in group if one.said.answer == "affected"]
    unsure = [one for one in group if one.said.answer == "unknown"]
    if not against and not unsure:
        return None
    ids = {one.record.id for one in group} | {id_ for one in group for id_ in one.record.aliases}
    rule = min((one.record.id for one in against or unsure), key=_rank)
    level, note = rate(
        (one for witness in group for one in _ratings(witness)),
        (one.record.rating for one in group),
    )
    fixed = next((one.said.fixed for one in against if one.said.fixed), None)
    return Finding(
        rule=rule,
        level=level if against else Level.UNKNOWN,
        subject=purl,
        message=_message(version, group, against, note),
        hint=f"fixed in {fixed}" if fixed else None,
        aliases=tuple(sorted(ids - {rule})),
    )


def _rank(id_: str) -> tuple[int, str]:
    prefix = id_.partition("-")[0]
    return (_FIRST.index(prefix) if prefix in _FIRST else len(_FIRST)), id_


def _ratings(witness: _Witness) -> tuple[Severity, ...]:
    own = tuple(one for entry in witness.record.affected for one in entry.severity)
    return own or witness.record.severity


def _message(version: str, group: list[_Witness], against: list[_Witness], note: str) -> str:
    summary = next((one.record.summary for one in group if one.record.summary), "no summary")
    said = [summary.rstrip("."), f"said by {_names(against)}" if against else ""]
    said.extend(
        f"{one} cannot be decided for {version}: {one.said.reason}"
        for one in group
        if one.said.answer == "unknown"
    )
    others = [one for one in group if one.said.answer == "not affected"]
    said.append(f"{_names(others)} says that {version} is not affected" if others else "")
    return "; ".join(part for part in [*said, note] if part)


def _names(witnesses: Iterable[_Witness]) -> str:
    return ", ".join(str(one) for one in witnesses)
