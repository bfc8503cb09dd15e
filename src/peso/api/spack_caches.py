"""Build caches of Spack, layout 3, in a folder or behind a URL: which units they hold.

1. The index is read where there is one; it is what Spack itself reads, and nothing in it is signed.
2. A folder without an index is looked through: the specs of the names that are asked about.
3. What cannot be read is said with its reason, and the rest is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from peso.base.files import disk
from peso.base.net import Net, NotFound
from peso.errors import BadInput, Outside, PesoError
from peso.products.engines.spack.buildcache import cache_manifest, index, layout, spec_blob
from peso.products.engines.spack.buildcache.record import CachedSpec
from peso.products.engines.spack.buildcache.units import as_unit
from peso.services.integration.cached import CachedUnits

_TOLD = 5
_Read = Callable[[str, int], bytes]


def spack_cache(place: str, names: frozenset[str]) -> CachedUnits | None:
    """Return what a build cache of Spack holds; None: there is none behind the URL.

    Args:
        place: A folder, or a URL.
        names: The names that are asked about.

    Raises:
        BadInput: Its index is none.
        Refused: Something is larger than it may be.
        Outside: The disk or the network failed.
    """
    if "://" in place:
        with Net() as net:
            address = place.rstrip("/")
            return _of_index(place, lambda path, limit: net.fetch(f"{address}/{path}", limit=limit))
    folder = Path(place)
    found = _of_index(place, lambda path, limit: _file(folder / path, limit))
    return found or _of_folder(folder, names)


def _of_index(place: str, read: _Read) -> CachedUnits | None:
    try:
        manifest = read(layout.INDEX, cache_manifest.LARGEST)
    except NotFound:
        return None
    blob = cache_manifest.read_index_manifest(manifest, f"{place}: {layout.INDEX}")
    if blob.length > index.LARGEST:
        raise BadInput(f"its index has more than {index.LARGEST >> 20} MiB", where=place)
    path = layout.blob_path(blob.sha256)
    specs = index.read_index(read(path, blob.length), f"{place}: {path}")
    return CachedUnits(
        where=place,
        units=tuple(map(as_unit, specs)),
        held=frozenset(one.hash for one in specs if one.in_cache),
    )


def _of_folder(folder: Path, names: frozenset[str]) -> CachedUnits:
    specs: dict[str, CachedSpec] = {}
    held: set[str] = set()
    faults: list[str] = []
    for path in _manifests(folder, names):
        try:
            blob = cache_manifest.read_manifest(_file(path, cache_manifest.LARGEST), str(path)).spec
            data = _file(folder / layout.blob_path(blob.sha256), spec_blob.LARGEST)
            spec = spec_blob.read_spec(data, str(path))
        except PesoError as error:
            faults.append(f"{path.name}: {error.message}")
            continue
        held.add(spec.hash)
        specs |= {one.hash: one for one in (*spec.below, spec)}
    more = len(faults) - _TOLD
    return CachedUnits(
        where=f"{folder} (without an index)",
        units=tuple(map(as_unit, specs.values())),
        held=frozenset(held),
        unread=(*faults[:_TOLD], *((f"and {more} more",) if more > 0 else ())),
    )


def _manifests(folder: Path, names: frozenset[str]) -> Iterator[Path]:
    for name in sorted(names):
        place = folder / layout.MANIFESTS / name
        with disk(place, "read"):
            yield from sorted(place.glob("*.spec.manifest.json"))


def _file(path: Path, limit: int) -> bytes:
    if not path.is_file():
        raise NotFound("there is no such file", where=str(path))
    with disk(path, "read"), path.open("rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise Outside(f"it has more than {limit} bytes", where=str(path))
    return data
