"""Closure: which licenses a product of a release brings with it, and which of them the gate named.

1. What a product links, runs with and is built with is told apart, as `license_closure.py` does; a
   thing that is reached in several ways, or from several roots of one name, counts by the first.
2. A license nobody knows is counted as `not known`, never left out.
3. What is named of a component is what the gate's own rule on licenses said of it, word for word.
   Nothing here judges: without a gate there is no conflict and no yes.

Pure: it reads records and nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from peso.base.finding import Unknown
from peso.services.assurance.bill import Need
from peso.services.assurance.gate import GateVerdict
from peso.services.assurance.inventory import Component, Inventory
from peso.services.assurance.license_closure import (
    Closure,
    How,
    LicensedUnit,
    closures,
    licensed,
)
from peso.services.integration.plan import Plan

RULE: Final = "licenses"
"""The gate's rule on licenses."""
WAYS: Final[tuple[How, ...]] = ("linked", "unsaid", "run", "build")
NOT_KNOWN: Final = "not known"
_NAMED: Final = 20
"""What the gate named that is kept for one product, and names kept for one license."""
_PURL: Final = re.compile(r"pkg:[^\s,;]+")
Counts = tuple[tuple[str, int], ...]
"""License, and how many have it; the commonest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLicenses:
    """The licenses of what one product of a release needs."""

    ways: tuple[tuple[How, Counts], ...]
    """Only ways in which something is needed."""
    named: tuple[str, ...]
    """What the gate said of what is linked, run with, or needed nobody says how."""
    more: int
    """What it said beside these."""
    asked: bool
    """Whether a gate asked for licenses at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLicenses:
    """The licenses of what a release ships."""

    shipped: tuple[tuple[str, int, tuple[str, ...]], ...]
    """License, how many components have it, and the first of their names."""
    unknown: tuple[tuple[str, str], ...]
    """What ships under a license nobody knows, and why."""
    aside: Counts
    """What is not shipped, by its state: nobody asked under which license it is."""


def release_licenses(inventory: Inventory) -> ReleaseLicenses:
    """Return the licenses of what a release ships."""
    found: dict[str, list[str]] = {}
    unknown: list[tuple[str, str]] = []
    for one in inventory.components:
        if one.state == "shipped" and isinstance(one.license, Unknown):
            unknown.append((_label(one), one.license.unknown))
        elif one.state == "shipped":
            found.setdefault(str(one.license), []).append(_label(one))
    rows = ((name, len(of), tuple(sorted(of)[:_NAMED])) for name, of in found.items())
    return ReleaseLicenses(
        shipped=tuple(sorted(rows, key=lambda row: (-row[1], row[0]))),
        unknown=tuple(sorted(unknown)),
        aside=_counted(one.state for one in inventory.components if one.state != "shipped"),
    )


def product_licenses(
    plan: Plan, inventory: Inventory | None, gate: GateVerdict | None
) -> dict[tuple[str, str], ProductLicenses]:
    """Return the licenses of each product, by part and name; none where they are not on record."""
    components = inventory.components if inventory else ()
    purls = {one.unit: one.purl for one in components if one.unit}
    said = _said(gate)
    found: dict[tuple[str, str], ProductLicenses] = {}
    for native in plan.native:
        roots: dict[str, list[str]] = {}
        for unit in native.units:
            if unit.root:
                roots.setdefault(unit.name, []).append(unit.hash)
        units = [licensed(unit) for unit in native.units]
        for name, refs in roots.items():
            found[native.part, name] = _product(refs, units, purls, said)
    for lock in plan.python:
        own = [one for one in components if one.part == lock.part and not one.unit]
        named = {one.name: one.purl for one in own}
        units = [_licensed(one) for one in own]
        for root in lock.units:
            if root.root and root.name in named:
                found[lock.part, root.name] = _product([named[root.name]], units, {}, said)
    return found


def _product(
    roots: Sequence[str],
    units: Sequence[LicensedUnit],
    purls: Mapping[str, str],
    said: Mapping[str, Sequence[str]] | None,
) -> ProductLicenses:
    reached = _reached(closures(roots, units))
    used = [one.ref for how, one in reached if how != "build"]
    named = dict.fromkeys(
        text for ref in used for text in (said or {}).get(purls.get(ref, ref), ())
    )
    ways = ((way, _counted(_license(one) for how, one in reached if how == way)) for way in WAYS)
    return ProductLicenses(
        ways=tuple((way, counts) for way, counts in ways if counts),
        named=tuple(named)[:_NAMED],
        more=max(0, len(named) - _NAMED),
        asked=said is not None,
    )


def _reached(several: Iterable[Closure]) -> list[tuple[How, LicensedUnit]]:
    """Return what several roots need, each once, by the first way in which any needs it."""
    found: dict[str, tuple[How, LicensedUnit]] = {}
    for closure in several:
        for one in closure.reached:
            known = found.get(one.unit.ref)
            if known is None or WAYS.index(one.how) < WAYS.index(known[0]):
                found[one.unit.ref] = one.how, one.unit
    return list(found.values())


def _said(gate: GateVerdict | None) -> dict[str, list[str]] | None:
    """Return what the gate's rule on licenses said of each component; None: it has no such rule."""
    rule = next((one for one in gate.rules if one.rule == RULE), None) if gate else None
    if rule is None:
        return None
    found: dict[str, list[str]] = {}
    for text in rule.details:
        for purl in _purls(text):
            found.setdefault(purl, []).append(text)
    return found


def _purls(text: str) -> Iterator[str]:
    return (one.rstrip(":.)") for one in _PURL.findall(text))


def _licensed(one: Component) -> LicensedUnit:
    """Return a component of a Python part; whatever it needs it runs with."""
    return LicensedUnit(
        ref=one.purl,
        name=one.name,
        label=_label(one),
        license=one.license,
        depends=tuple(Need(ref=purl, types=("run",)) for purl in one.depends),
    )


def _label(one: Component) -> str:
    return f"{one.name}@{one.version}" if one.version else one.name


def _license(one: LicensedUnit) -> str:
    return one.license if isinstance(one.license, str) else NOT_KNOWN


def _counted(several: Iterable[str]) -> Counts:
    return tuple(sorted(Counter(several).items(), key=lambda row: (-row[1], row[0])))
