"""Build caches of Spack, layout 3, in a folder or behind a URL: which units they hold.

1. The index is read where there is one; it is what Spack itself reads, and nothing in it is signed.
   Its bytes are those its manifest names, which proves nothing about who wrote them.
2. A folder without an index is looked through: the specs of the names that are asked about.
3. A spec that is not what its hash stands for is left out, and counted.
4. What cannot be read is said with its reason, and the rest is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from peso.base.net import Net
from peso.errors import Outside, PesoError, Reason, Refused
from peso.products.engines.native import NativeUnit
from peso.products.engines.spack.buildcache import cache_manifest, index, layout, spec_blob
from peso.products.engines.spack.buildcache.record import CachedSpec
from peso.products.engines.spack.buildcache.units import as_unit
from peso.services.delivery.audit.cache import Cache, open_cache, read_blob
from peso.services.integration.cached import CachedUnits

_TOLD = 5


def spack_cache(place: str, names: frozenset[str]) -> CachedUnits | None:
    """Return what a build cache of Spack holds; None: nothing of the kind is behind the URL.

    Args:
        place: A folder, or a URL.
        names: The names that are asked about.

    Raises:
        BadInput: Its index is none, or there is no such folder.
        Refused: A file is larger than it may be, or is not what its manifest says.
        Outside: The disk or the network failed.
    """
    with Net() as net:
        cache = open_cache(place, net)
        return _of_index(cache) or _of_folder(cache, names)


def _of_index(cache: Cache) -> CachedUnits | None:
    try:
        manifest = cache.read(layout.INDEX, limit=cache_manifest.LARGEST)
    except Refused as error:
        if error.reason is Reason.MISSING:
            return None
        raise
    where = f"{cache.where}: {layout.INDEX}"
    blob = cache_manifest.read_index_manifest(manifest, where)
    data = read_blob(cache, blob, most=index.LARGEST)
    return _units(cache.where, index.specs_of_index(data, where), [])


def _of_folder(cache: Cache, names: frozenset[str]) -> CachedUnits | None:
    listed = cache.listed()
    if listed is None:
        return None
    specs: list[CachedSpec] = []
    faults: list[str] = []
    for path in listed.files:
        place = layout.place_of(path)
        if place is None or place.name not in names:
            continue
        try:
            data = cache.read(path, limit=cache_manifest.LARGEST)
            blob = cache_manifest.read_manifest(data, path).spec
            spec = spec_blob.read_spec(read_blob(cache, blob, most=spec_blob.LARGEST), path)
        except Outside:
            raise
        except PesoError as error:
            faults.append(f"{path.rpartition('/')[2]}: {error.message}")
        else:
            specs += (spec, *(replace(one, in_cache=False) for one in spec.below))
    return _units(f"{cache.where} (without an index)", specs, faults)


def _units(where: str, specs: Iterable[CachedSpec], faults: list[str]) -> CachedUnits:
    units: dict[str, NativeUnit] = {}
    held: set[str] = set()
    wrong = 0
    for one in specs:
        if one.hash_holds is False:
            wrong += 1
            continue
        units.setdefault(one.hash, as_unit(one))
        if one.in_cache:
            held.add(one.hash)
    said = faults[:_TOLD]
    said += [f"and {len(faults) - _TOLD} more"] if len(faults) > _TOLD else []
    said += [f"{wrong} specs that are not what their hash stands for"] if wrong else []
    return CachedUnits(
        where=where, units=tuple(units.values()), held=frozenset(held), unread=tuple(said)
    )
