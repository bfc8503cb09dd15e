"""Caches that a question names, read into units: of publications, of Spack, or of locks.

    PUBLICATION        every release in it: what its signed manifests say it ships of Spack's cache
    CACHE              a build cache of Spack, layout 3: what its index says, which nobody proves
    LOCK               a lock of Spack, or a folder with one: as if all its units were cached

Nothing is fetched but what says which units there are.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from peso.api.locks import is_lock, lock_bytes
from peso.api.named_units import Trusted, asked_of, is_publication, native_locks, read_units
from peso.api.planned import LOCK
from peso.errors import BadInput
from peso.services.integration.cached import CachedUnits

if TYPE_CHECKING:
    from peso.products.engines.native import NativeUnit
    from peso.services.delivery.facility.releases import Release

Where = str | Path
_SHIPPED = re.compile(r".*/v3/manifests/spec/[^/]+/[^/]+-([a-z2-7]{32})\.spec\.manifest\.json")
"""Where a release ships what Spack says of a cached unit; its hash ends the name."""


def cached_units(name: Where, trusted: Trusted, names: frozenset[str]) -> CachedUnits:
    """Return what a cache holds.

    Args:
        name: The cache.
        trusted: What a publication may be trusted by.
        names: The names that are asked about.

    Raises:
        BadInput: It is none of the kinds that are read.
        Refused: A publication is not proven.
        Outside: The disk or the network failed.
    """
    text = str(name)
    if "://" in text or is_spack_cache(text):
        from peso.api.spack_caches import spack_cache  # noqa: PLC0415 - only of such a cache

        found = spack_cache(text, names)
        if found is not None:
            return found
    if is_publication(text):
        return _of_publication(text, trusted)
    file = _lock(Path(text))
    read = read_units(lock_bytes(file), where=str(file))
    return CachedUnits(
        where=f"{text} (a lock, as if it were cached)",
        units=read.units,
        held=frozenset(one.hash for one in read.units if one.external is None),
    )


def is_spack_cache(place: str) -> bool:
    """Say whether a folder is a build cache of Spack."""
    return (Path(place) / "v3").is_dir()


def _lock(place: Path) -> Path:
    file = place / LOCK if place.is_dir() else place
    if is_lock(file):
        return file
    raise BadInput(
        "this is no publication, no build cache of Spack and no lock",
        where=str(place),
        hint="name the folder or URL of a publication or of a cache, or a spack.lock",
    )


def _of_publication(place: str, trusted: Trusted) -> CachedUnits:
    from peso.services.delivery.facility.contents import proven_releases  # noqa: PLC0415

    units: dict[str, NativeUnit] = {}
    held: set[str] = set()
    bare: list[str] = []
    with asked_of(place, trusted) as asked:
        for release in proven_releases(asked):
            shipped = shipped_hashes(release)
            if not shipped:
                bare.append(release.name)
                continue
            held |= shipped
            for lock in native_locks(asked, release):
                units |= {unit.hash: unit for unit in lock.units}
    return CachedUnits(
        where=place,
        units=tuple(units.values()),
        held=frozenset(held & units.keys()),
        unread=tuple(f"{name} ships no binaries of Spack's" for name in bare),
    )


def shipped_hashes(release: Release) -> frozenset[str]:
    """Return the hashes of the units whose binaries a release ships."""
    found = (_SHIPPED.fullmatch(one.path) for one in release.manifest.files)
    return frozenset(one[1] for one in found if one)
