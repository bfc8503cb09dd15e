"""The Python parts of an inventory: every wheel a release ships, with its true dependencies.

A unit is both in the lock and among what the build made; what is only one of them is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from peso.base.finding import Finding, Level, Unknown
from peso.products.engines.port import Made, Unit
from peso.services.assurance.bill import Item, Need, Source
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What an inventory lists of some parts."""

    items: tuple[Item, ...]
    roots: tuple[str, ...]
    """Refs of the items the stack names."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A unit as locked, and as shipped."""

    part: str
    unit: Unit
    made: Made

    @property
    def key(self) -> tuple[str, str]:
        return self.part, canonicalize_name(self.unit.name)


def python_items(plan: Plan, build: Build) -> Listed:
    """List what the Python parts ship."""
    pairs, findings = _pairs(plan, build)
    items, missing = _items(pairs)
    roots, unrooted = _roots(pairs, items)
    return Listed(
        items=items, roots=roots, findings=(*findings, *missing, *unrooted, *_incomplete(items))
    )


def needs(unit: Unit, made: Made) -> tuple[str, ...]:
    """Return the normalised names a unit needs at run time: as shipped, else as locked."""
    return tuple(sorted({str(canonicalize_name(name)) for name in made.depends or unit.depends}))


def _pairs(plan: Plan, build: Build) -> tuple[tuple[_Pair, ...], tuple[Finding, ...]]:
    """Return what was both locked and made, and findings on what was only one of them."""
    locked = {
        (lock.part, canonicalize_name(unit.name)): unit
        for lock in plan.python
        for unit in lock.units
    }
    made = {
        (part.part, canonicalize_name(one.unit)): one for part in build.python for one in part.made
    }
    findings = [
        *(
            _finding("unit-not-made", unit.purl, "it is in the lock, and the build made no file")
            for key, unit in locked.items()
            if key not in made
        ),
        *(
            _finding("unit-not-locked", one.artifact.path, "it was made, and is not in the lock")
            for key, one in made.items()
            if key not in locked
        ),
    ]
    both = sorted(locked.keys() & made.keys())
    pairs = tuple(_Pair(part=key[0], unit=locked[key], made=made[key]) for key in both)
    return pairs, tuple(findings)


def _items(pairs: tuple[_Pair, ...]) -> tuple[tuple[Item, ...], tuple[Finding, ...]]:
    purls = [pair.unit.purl for pair in pairs]
    refs = {
        pair.key: pair.unit.purl if purls.count(pair.unit.purl) == 1 else _in_part(pair)
        for pair in pairs
    }
    items: list[Item] = []
    findings: list[Finding] = []
    for pair in pairs:
        wanted = {name: (pair.part, name) for name in needs(pair.unit, pair.made)}
        findings.extend(
            _finding("dependency-not-locked", pair.unit.purl, f"it needs {name}, which is missing")
            for name, key in wanted.items()
            if key not in refs
        )
        depends = tuple(refs[key] for key in wanted.values() if key in refs and key != pair.key)
        items.append(_item(pair, refs[pair.key], depends))
    return tuple(items), tuple(findings)


def _roots(
    pairs: tuple[_Pair, ...], items: tuple[Item, ...]
) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Return the refs of what the stack names; what nothing else needs where that is not known."""
    named = {pair.key for pair in pairs if pair.unit.root}
    if named or not items:
        chosen = (item for pair, item in zip(pairs, items, strict=True) if pair.key in named)
        return tuple(item.ref for item in chosen), ()
    needed = {ref for item in items for ref in item.needed}
    tops = tuple(item.ref for item in items if item.ref not in needed)
    said = "no unit of the lock is one that the stack names"
    return tops or tuple(item.ref for item in items), (_finding("roots-not-known", "lock", said),)


def _in_part(pair: _Pair) -> str:
    return f"{pair.unit.purl}#{pair.part}"


def _item(pair: _Pair, ref: str, depends: tuple[str, ...]) -> Item:
    made = pair.made
    source = None
    if made.built_here:
        source = Source(
            filename=made.source_filename,
            sha256=made.source_sha256,
            built_with=tuple(f"{one.purl} sha256:{one.sha256}" for one in made.built_with),
        )
    return Item(
        ref=ref,
        name=pair.unit.name,
        version=made.version,
        purl=pair.unit.purl,
        part=pair.part,
        license=made.license,
        path=made.artifact.path,
        sha256=made.artifact.sha256 if _SHA256.fullmatch(made.artifact.sha256) else None,
        depends=tuple(Need(ref=one, types=("run",)) for one in depends),
        source=source,
    )


def _incomplete(items: Iterable[Item]) -> Iterator[Finding]:
    for item in items:
        if isinstance(item.license, Unknown):
            yield _finding("license-unknown", item.purl, item.license.unknown)
        if item.sha256 is None:
            yield _finding("hash-missing", item.purl, f"{item.path} has no sha256")
        if item.source and not _SHA256.fullmatch(item.source.sha256):
            yield _finding("hash-missing", item.purl, f"{item.source.filename} has no sha256")


def _finding(rule: str, subject: str, message: str) -> Finding:
    return Finding(rule=rule, level=Level.MEDIUM, subject=subject, message=message)
