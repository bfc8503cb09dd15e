"""Words of `explain unit`: how several of a name differ, then for each why it is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peso.base.finding import Unknown
    from peso.products.engines.native import DistributionPackage, NativeUnit, SourceFile
    from peso.services.integration.interoperability import Asker, OneOfSeveral, Repeated, Way
    from peso.services.integration.unit_differences import Cause, Difference, Named
    from peso.services.integration.unit_reasons import ExplainedUnit, UnitExplained

_SOME = 5
_SHORT = 7
_MEETS = {
    "within-a-root": "one root needs several of them where it is used: they meet in one process",
    "between-roots": "roots end up on different ones: such roots cannot be used in one program",
    "building-only": "one at most is shipped; the others were needed to build something",
}
_KINDS = {
    "dependency": "needs",
    "build-dependency": "built with",
    "not-known": "not known: Spack's hashes say more than its lock",
}


def unit_words(found: UnitExplained, *, everything: bool = False) -> str:
    """Return the answer in words; `everything` lists every chain, dependent and root."""
    most = None if everything else _SOME
    blocks = [_several(one, found.where) for one in found.repeated]
    blocks += [_unit(one, most, alone=not found.repeated, where=found.where) for one in found.units]
    return "\n\n".join("\n".join(lines) for lines in blocks)


def _several(one: Repeated, where: str) -> list[str]:
    lines = [f"{one.name}: {len(one.units)} units in {where}; {_MEETS[one.meets]}"]
    lines += [f"  {_used(unit)}" for unit in one.units]
    if one.differences:
        lines.append("they differ in:")
        lines += [f"  {_difference(each, one.units)}" for each in one.differences]
    if one.causes:
        lines.append("alike by themselves, and different below:")
        lines += [f"  {_cause(each)}" for each in one.causes]
    return lines


def _used(one: OneOfSeveral) -> str:
    roots = f"{len(one.roots)} roots end up on it" if one.shipped else "only to build"
    return f"{one.unit.label}: {roots}, {len(one.askers)} ask for it"


def _difference(one: Difference, units: Iterable[OneOfSeveral]) -> str:
    """Say each value with the hashes of the units that have it."""
    having: dict[str, list[str]] = {}
    for unit, value in zip(units, one.values, strict=True):
        having.setdefault(value, []).append(f"/{unit.unit.hash[:_SHORT]}")
    said = "; ".join(f"{_value(one, value)} {' '.join(who)}" for value, who in having.items())
    return f"{_what(one)}: {said}"


def _what(one: Difference) -> str:
    word = _KINDS.get(one.kind, one.kind)
    return f"{word} {one.name}" if one.name else word


def _value(one: Difference, value: str) -> str:
    if one.kind in {"dependency", "build-dependency"}:
        return "yes" if value else "no"
    if one.kind == "external":
        return f"at {value}" if value else "built by Spack"
    return value or "none"


def _cause(one: Cause) -> str:
    below = "".join(
        f" -[{','.join(step.types)}]-> {step.units[0].label} and /{step.units[1].hash[:_SHORT]}"
        for step in one.chain
    )
    said = "; ".join(
        f"{_what(each)} {_value(each, each.values[0])} and {_value(each, each.values[1])}"
        for each in one.differences
    )
    only = "" if one.shipped else " (only what built them)"
    units = f"{one.units[0].label} and /{one.units[1].hash[:_SHORT]}"
    return f"{units}{below}: {said}{only}"


def _unit(one: ExplainedUnit, most: int | None, *, alone: bool, where: str) -> list[str]:
    unit = one.unit
    place = f" in {where}" if alone else ""
    lines = [f"{unit.label}{place}: {_what_it_is(one)}", *_facts(unit)]
    lines += _list("because", one.ways, most, _way)
    lines += _list("asked for by", one.askers, most, _asker)
    lines.append(
        f"  stands under {len(one.standing)} units; {len(one.roots)} roots end up on it"
        f", {len(one.building)} more need it to be built"
    )
    if one.roots and most is None:
        lines.append(f"    {_labels(one.roots)}")
    return lines


def _what_it_is(one: ExplainedUnit) -> str:
    made = "external, not built by Spack" if one.unit.external else "built by Spack"
    kind = "a root" if one.unit.root else "needed where roots are used"
    return f"{made}, {kind if one.shipped else 'needed only to build'}"


def _facts(unit: NativeUnit) -> list[str]:
    compilers = f"; {' '.join(unit.compilers)}" if unit.compilers else ""
    variants = " ".join(f"{one.name}={one.value}" for one in unit.variants)
    license_ = unit.license if isinstance(unit.license, str) else f"not known: {_why(unit.license)}"
    lines = [
        f"  {unit.namespace}, {unit.platform}-{unit.system}-{unit.target}{compilers}",
        f"  variants  {variants or 'none'}",
        f"  license   {license_}",
    ]
    if isinstance(unit.sources, tuple):
        lines += [f"  source    {_source(one)}" for one in unit.sources]
    else:
        lines.append(f"  source    not known: {_why(unit.sources)}")
    if unit.external:
        lines.append(f"  supplied  {unit.external.prefix}, {_package(unit.external.package)}")
    return lines


def _package(package: DistributionPackage | Unknown) -> str:
    if hasattr(package, "unknown"):
        return f"of a package that is not known: {_why(package)}"
    return f"{package.name} {package.version} ({package.distribution})"


def _why(unknown: object) -> str:
    return str(getattr(unknown, "unknown", unknown))


def _source(one: SourceFile) -> str:
    digest = f"sha256 {one.sha256}" if one.sha256 else one.other or "no digest"
    return f"{one.kind} {one.url or 'beside the recipe'} {digest}"


def _list(
    title: str, several: Sequence[Way] | Sequence[Asker], most: int | None, word: object
) -> list[str]:
    if not several or not callable(word):
        return []
    lines = [f"  {title}", *(f"    {word(one)}" for one in several[:most])]
    left = len(several) - len(several[:most])
    return [*lines, f"    and {left} more: --all"] if left else lines


def _way(way: Way) -> str:
    return "".join(
        f"{one.unit.label} -[{','.join(one.types)}]-> " if one.types else one.unit.label
        for one in way.chain
    )


def _asker(one: Asker) -> str:
    return f"{one.unit.label} ({','.join(one.types)})"


def _labels(several: Iterable[Named]) -> str:
    return ", ".join(one.label for one in several)
