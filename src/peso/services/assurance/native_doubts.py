"""What an inventory does not know of native units, gathered so that a person can read it.

E4S's stack has 900 units; 900 lines that say the same are read by nobody. A finding is of one rule
and level for a whole part, with each reason, how many units it is of, and the first of them. Every
unit by itself is in the documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from peso.base.finding import Finding, Level, Unknown
from peso.products.engines.native import NativeUnit, SourceFile
from peso.services.assurance.bill import State
from peso.services.assurance.source_places import public

_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"commit:[0-9a-f]{40,64}")
_UNITS = 5
_REASONS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One thing that is not known of a unit."""

    rule: str
    unit: str
    """Its label."""
    reason: str
    level: Level = Level.MEDIUM


def doubts(unit: NativeUnit, state: State, outcome: str) -> Iterator[Doubt]:
    """Give what is not known of a unit; of one that is not there, only that."""
    if state == "missing":
        yield Doubt(rule="unit-missing", unit=unit.label, reason=outcome)
        return
    level = Level.NOTE if state == "building" else Level.MEDIUM
    if isinstance(unit.license, Unknown):
        yield Doubt(
            rule="license-unknown", unit=unit.label, reason=unit.license.unknown, level=level
        )
    if unit.external:
        if isinstance(unit.external.package, Unknown):
            reason = unit.external.package.unknown
            yield Doubt(rule="supplier-unknown", unit=unit.label, reason=reason, level=level)
        return
    if isinstance(unit.sources, Unknown):
        reason = unit.sources.unknown
        yield Doubt(rule="source-unknown", unit=unit.label, reason=reason, level=level)
        return
    for source in unit.sources:
        if reason := _loose(source):
            yield Doubt(rule="hash-missing", unit=unit.label, reason=reason, level=level)
        if source.kind != "patch" and not public(source.url):
            yield _nowhere(source, unit.label, level)


def _nowhere(source: SourceFile, unit: str, level: Level) -> Doubt:
    """Say that nobody can tell where a source is; a note where its digest says which it is."""
    rule = "source-unknown"
    if source.url:
        reason = f"where its {source.kind} is to be had is known on the building machine only"
        return Doubt(rule=rule, unit=unit, reason=reason, level=level)
    reason = f"the recipe does not say as text where its {source.kind} is to be had"
    if _loose(source):
        return Doubt(rule=rule, unit=unit, reason=reason, level=level)
    return Doubt(rule=rule, unit=unit, reason=f"{reason}, and says its digest", level=Level.NOTE)


def _loose(source: SourceFile) -> str:
    """Say why a source may be another one tomorrow; empty where it is fixed."""
    if _SHA256.fullmatch(source.sha256) or _COMMIT.fullmatch(source.other):
        return ""
    if source.kind == "git":
        return "its git source has no commit"
    kind = source.other.partition(":")[0]
    return f"its {source.kind} has {kind} only" if kind else f"its {source.kind} has no sha256"


def gathered(part: str, found: Iterable[Doubt]) -> Iterator[Finding]:
    """Give one finding for each rule and level, in the order they first came up."""
    groups: dict[tuple[str, Level], dict[str, list[str]]] = {}
    for one in found:
        reasons = groups.setdefault((one.rule, one.level), {})
        reasons.setdefault(one.reason, []).append(one.unit)
    for (rule, level), reasons in groups.items():
        yield Finding(rule=rule, level=level, subject=part, message=_message(reasons))


def _message(reasons: dict[str, list[str]]) -> str:
    most = sorted(reasons.items(), key=lambda one: -len(one[1]))
    units = len({unit for several in reasons.values() for unit in several})
    said = [f"{reason} ({_units(several)})" for reason, several in most[:_REASONS]]
    if len(most) > _REASONS:
        said.append(f"and {len(most) - _REASONS} other reasons")
    return f"{units} unit{'s' if units > 1 else ''}: {'; '.join(said)}"


def _units(labels: list[str]) -> str:
    several = list(dict.fromkeys(labels))
    more = f" and {len(several) - _UNITS} more" if len(several) > _UNITS else ""
    return f"{', '.join(several[:_UNITS])}{more}"
