"""The native parts of an inventory: every unit of a lock, by its hash, and what became of it.

1. A unit that the roots need where they are used is shipped if it was built or reused. An external
   is supplied by the machine's distribution, or by whoever put it there: never by Spack.
2. What only builds and tests is listed and not shown as shipped, whether it was needed this time
   or not. What failed or was not tried is listed as missing.
3. Nothing of the machine that built is said: no prefix, no module, no file found there.
4. What is not known of a unit is said with the unit. A finding speaks of all units of a part at
   once, each reason with how many and the first of them: a note where only building needed them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from peso.base.finding import Unknown
from peso.products.engines.native import (
    MISSING,
    DistributionPackage,
    NativeBuild,
    NativeLock,
    NativeUnit,
    SourceFile,
    UnitBuild,
)
from peso.products.engines.native_graph import NativeGraph
from peso.services.assurance.bill import Item, Need, Origin, State
from peso.services.assurance.native_doubts import Doubt, doubts, gathered
from peso.services.assurance.python_items import Listed
from peso.services.assurance.source_places import known_elsewhere, public
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan

_LANGUAGES = frozenset({"c", "cxx", "fortran"})
_PATH = re.compile(r"(?:^|[=,:\s]|-[ILB])/(?!/)")
"""An absolute path in a value, e.g. of a compiler flag."""
_UNPACKED = "unpacked-sha256:"
"""What precedes a patch's own digest, where its file is packed."""
_HIDDEN = "a path of the machine that built it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A lock, what became of its units, and what its roots need."""

    lock: NativeLock
    graph: NativeGraph
    shipped: frozenset[str]
    became: Mapping[str, UnitBuild]
    """By hash; empty where there is no build of the part."""

    def outcome(self, unit: NativeUnit) -> str:
        """Return what became of a unit."""
        built = self.became.get(unit.hash)
        return built.outcome if built else "not-known"

    def state(self, unit: NativeUnit) -> State:
        """Return what a unit is to the release."""
        outcome, used = self.outcome(unit), unit.hash in self.shipped
        if outcome in MISSING or (used and outcome == "not-needed"):
            return "missing"
        if not used:
            return "building"
        return "supplied" if unit.external else "shipped"

    def ref(self, hash_: str) -> str:
        """Return what a unit is called in the documents: unique, and for people too."""
        unit = self.graph.units[hash_]
        return f"{self.lock.part}:{unit.name}@{unit.version}/{unit.hash}"


def native_items(plan: Plan, build: Build) -> Listed:
    """List the units of the native parts."""
    builds = {part.part: part for part in build.native}
    parts = [_part(lock, builds.get(lock.part)) for lock in plan.native]
    return Listed(
        items=tuple(_item(unit, part) for part in parts for unit in part.lock.units),
        roots=tuple(
            part.ref(root.hash)
            for part in parts
            for root in part.graph.roots
            if part.state(root) != "missing"
        ),
        findings=tuple(
            finding for part in parts for finding in gathered(part.lock.part, _doubts(part))
        ),
    )


def _part(lock: NativeLock, build: NativeBuild | None) -> _Part:
    graph = NativeGraph(lock)
    return _Part(
        lock=lock,
        graph=graph,
        shipped=graph.shipped(),
        became={one.hash: one for one in build.units} if build else {},
    )


def _doubts(part: _Part) -> Iterator[Doubt]:
    for unit in part.lock.units:
        yield from doubts(unit, part.state(unit), part.outcome(unit))
        for edge in unit.depends:
            if edge.hash not in part.graph.units:
                reason = f"it needs {edge.name}/{edge.hash[:7]}, which is missing"
                yield Doubt(rule="dependency-not-locked", unit=unit.label, reason=reason)
    for one in part.became.values():
        if one.hash not in part.graph.units:
            reason = "it was built, and is not in the lock"
            label = f"{one.name}@{one.version}/{one.hash[:7]}"
            yield Doubt(rule="unit-not-locked", unit=label, reason=reason)


def _item(unit: NativeUnit, part: _Part) -> Item:
    package = unit.external.package if unit.external else None
    sources = () if isinstance(unit.sources, Unknown) else unit.sources
    among = {
        digest
        for one in sources
        if one.kind == "patch"
        for digest in (one.sha256, one.other.removeprefix(_UNPACKED))
    }
    return Item(
        ref=part.ref(unit.hash),
        name=unit.name,
        version=unit.version,
        purl=unit.purl,
        part=part.lock.part,
        license=_license(unit),
        path="",
        sha256=None,
        depends=tuple(_needs(unit, part)),
        state=part.state(unit),
        unit=unit.hash,
        origins=tuple(_origin(one) for one in sources),
        patches=tuple(one for one in unit.patches if one not in among),
        supplier=package.distribution if isinstance(package, DistributionPackage) else "",
        also=tuple(_also(unit, sources)),
        external=unit.external is not None,
        facts=tuple(_facts(unit, part)),
        unknown=tuple(_unknown(unit)),
    )


def _license(unit: NativeUnit) -> str | Unknown:
    if isinstance(unit.license, Unknown):
        return Unknown(unknown=_said(unit.license.unknown))
    return unit.license


def _needs(unit: NativeUnit, part: _Part) -> Iterator[Need]:
    for edge in unit.depends:
        if edge.hash in part.graph.units:
            tool = not _LANGUAGES.isdisjoint(edge.virtuals)
            yield Need(ref=part.ref(edge.hash), types=edge.types, tool=tool)


def _origin(source: SourceFile) -> Origin:
    return Origin(
        kind=source.kind, url=public(source.url), sha256=source.sha256, other=source.other
    )


def _also(unit: NativeUnit, sources: tuple[SourceFile, ...]) -> Iterator[str]:
    for source in sources:
        purl = known_elsewhere(source.url, unit.version) if source.kind == "archive" else None
        if purl:
            yield purl


def _facts(unit: NativeUnit, part: _Part) -> Iterator[tuple[str, str]]:
    """Give what is known of a unit beside what the formats have fields for."""
    outcome = part.outcome(unit)
    if outcome in {*MISSING, "not-needed"}:
        yield "outcome", outcome
    yield "unit:hash", unit.hash
    yield "unit:namespace", unit.namespace
    yield "unit:system", f"{unit.platform}-{unit.system}"
    yield "unit:target", unit.target
    if unit.package_hash:
        yield "unit:recipe", unit.package_hash
    for compiler in unit.compilers:
        yield "unit:compiler", compiler
    for variant in unit.variants:
        hidden = _PATH.search(variant.value)
        yield f"unit:variant:{variant.name}", _HIDDEN if hidden else variant.value
    package = unit.external.package if unit.external else None
    if isinstance(package, DistributionPackage):
        yield "supplied-by", f"{package.distribution} {package.name} {package.version}"


def _unknown(unit: NativeUnit) -> Iterator[tuple[str, str]]:
    """Give what is not known of a unit beside its license."""
    if unit.external and isinstance(unit.external.package, Unknown):
        yield "supplied-by", _said(unit.external.package.unknown)
    if isinstance(unit.sources, Unknown) and not unit.external:
        yield "source", _said(unit.sources.unknown)


def _said(reason: str) -> str:
    """Return a reason as a document may say it: one with a path names the machine."""
    return "the reason names files of the machine that built it" if _PATH.search(reason) else reason
