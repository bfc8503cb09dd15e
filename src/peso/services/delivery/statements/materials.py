"""Materials: everything that went into a release, for its provenance (`resolvedDependencies`).

1. Of a Python part: the file each artifact is, or was built from, and what it was built with.
2. Of a native part: Spack and the recipe repositories by commit; every source archive, resource,
   checkout and patch once, with the units it is for; every external with the distribution's
   package it is from.
3. What is not known is named with the reason, never left out.

A resource says how it is used in the annotation `use`. Pure: no file is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from pydantic import JsonValue

from peso.base.finding import Unknown
from peso.products.engines.native import Checkout, NativeLock, NativeUnit, SourceFile
from peso.products.engines.port import Unit
from peso.services.delivery.statements.statement import Resource
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan

_ALGORITHMS = {"commit": "gitCommit", "tag": "gitTag"}
"""in-toto's names of digests that SourceFile names otherwise."""


def materials(plan: Plan, build: Build) -> tuple[Resource, ...]:
    """Return all that went into a release, Python parts first, each in its lock's order."""
    return (*_python(build), *(one for lock in plan.native for one in _native(lock)))


def _python(build: Build) -> Iterator[Resource]:
    """Name every file that went in: sources, and what they were built with."""
    for part in build.python:
        for made in part.made:
            yield Resource(
                name=made.source_filename,
                digests={"sha256": made.source_sha256},
                annotations={"artifact": made.artifact.path, "builtHere": made.built_here},
            )
    tools: dict[str, Unit] = {
        unit.sha256: unit for part in build.python for made in part.made for unit in made.built_with
    }
    for unit in sorted(tools.values(), key=lambda one: (one.name, one.sha256)):
        yield Resource(
            name=unit.filename,
            uri=unit.purl,
            digests={"sha256": unit.sha256},
            annotations={"use": "build"},
        )


def _native(lock: NativeLock) -> Iterator[Resource]:
    yield from (_checkout(one) for one in lock.checkouts)
    used: dict[SourceFile, list[str]] = {}
    unknown: list[NativeUnit] = []
    for unit in lock.units:
        if unit.external is not None:
            continue
        if isinstance(unit.sources, Unknown):
            unknown.append(unit)
            continue
        for source in unit.sources:
            used.setdefault(source, []).append(unit.label)
    yield from (_source(one, units) for one, units in used.items())
    yield from (_unknown(unit) for unit in unknown)
    yield from (_external(unit) for unit in lock.units if unit.external is not None)


def _checkout(one: Checkout) -> Resource:
    said: dict[str, JsonValue] = {"use": "recipes" if one.name != "spack" else "build"}
    if one.version:
        said["version"] = one.version
    if isinstance(one.commit, Unknown):
        return Resource(name=one.name, annotations={**said, "commitUnknown": one.commit.unknown})
    return Resource(name=one.name, digests={"gitCommit": one.commit}, annotations=said)


def _source(one: SourceFile, units: Iterable[str]) -> Resource:
    named: dict[str, str] = {"sha256": one.sha256} if one.sha256 else {}
    kind, colon, value = one.other.partition(":")
    if colon and value:
        named[_ALGORITHMS.get(kind, kind)] = value
    used: list[JsonValue] = [*units]
    return Resource(
        name=PurePosixPath(urlsplit(one.url).path).name or f"{one.kind} beside the recipe",
        uri=one.url or None,
        digests=named or None,
        annotations={"use": one.kind, "units": used},
    )


def _unknown(unit: NativeUnit) -> Resource:
    why = unit.sources.unknown if isinstance(unit.sources, Unknown) else ""
    return Resource(name=unit.label, annotations={"use": "source", "unknown": why})


def _external(unit: NativeUnit) -> Resource:
    """Name what was there already: the distribution's package, or that nobody knows it."""
    assert unit.external is not None  # noqa: S101 - its caller asks only for those
    package = unit.external.package
    if isinstance(package, Unknown):
        return Resource(
            name=unit.label,
            annotations={
                "use": "external",
                "prefix": unit.external.prefix,
                "unknown": package.unknown,
            },
        )
    return Resource(
        name=package.name,
        uri=unit.purl,
        annotations={
            "use": "external",
            "unit": unit.label,
            "prefix": unit.external.prefix,
            "manager": package.manager,
            "version": package.version,
            "architecture": package.architecture,
            "distribution": package.distribution,
        },
    )
