"""Specs of a build cache as units, to be compared with those of a lock.

A cache says less than a lock that was read with recipes at hand: license and sources are not asked
of it, and are unknown for that reason; nor is a purl made, for nobody inventories a unit of a cache
(an index has tens of thousands). Where an external is, and which patches a unit has, is in the spec
as it was written.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from peso.base.finding import Unknown
from peso.products.engines.native import Edge, External, NativeUnit, Variant
from peso.products.engines.spack.buildcache.record import CachedSpec, Dependency
from peso.products.spec.spec import DEPENDENCY_TYPES

_NOT_ASKED = Unknown(unknown="a build cache does not say it")
_KEPT = 1 << 16


class _Place(msgspec.Struct, frozen=True):
    path: str | None = None
    module: tuple[str, ...] | str | None = None


class _Written(msgspec.Struct, frozen=True):
    external: _Place | None = None
    patches: tuple[str, ...] = ()


def as_unit(spec: CachedSpec) -> NativeUnit:
    """Return a spec of a cache as a unit."""
    try:
        written = msgspec.json.decode(spec.raw, type=_Written)
    except msgspec.MsgspecError:
        written = _Written()
    return NativeUnit(
        hash=spec.hash,
        name=spec.name,
        version=spec.version,
        namespace=spec.namespace,
        variants=tuple(_variant(name, value) for name, value in spec.variants),
        compilers=spec.compilers,
        platform=spec.platform,
        system=spec.system,
        target=spec.target,
        depends=tuple(map(_edge, spec.depends)),
        external=_external(written.external) if spec.external else None,
        package_hash=spec.package_hash,
        patches=written.patches,
        purl="",
        sources=_NOT_ASKED,
        license=_NOT_ASKED,
    )


def _external(place: _Place | None) -> External:
    said = place or _Place()
    modules = (said.module,) if isinstance(said.module, str) else said.module or ()
    return External(prefix=said.path or "", modules=modules, package=_NOT_ASKED)


@lru_cache(maxsize=_KEPT)
def _variant(name: str, value: str) -> Variant:
    return Variant(name=name, value=value)


@lru_cache(maxsize=_KEPT)
def _edge(one: Dependency) -> Edge:
    ordered = tuple(kind for kind in DEPENDENCY_TYPES if kind in one.types)
    return Edge.model_validate(
        {"hash": one.hash, "name": one.name, "types": ordered, "virtuals": one.virtuals}
    )
