"""A pair: is what Spack's manifest, spec and archive say what they are said to be?

Spack's manifest names two blobs by digest and nothing else: no package, no hash, no time. So the
claim comes from outside (a lock, a signed release), and each file is held against it:

1. Spack's manifest names exactly that spec and that archive, by digest and length.
2. The spec's own first unit has that name, version and hash, and is no external; where Spack's hash
   can be computed again, it is that of what stands there.
3. So has the spec that lies inside the archive.

Pure over bytes that its caller bounds; what is not as claimed is refused (`swapped`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from peso.errors import Reason, Refused
from peso.products.engines.spack.buildcache.archive import inside
from peso.products.engines.spack.buildcache.cache_manifest import read_manifest
from peso.products.engines.spack.buildcache.record import Blob, CachedSpec, SpecManifest
from peso.products.engines.spack.buildcache.spec_blob import read_spec

MANIFEST_LIMIT = 1 << 20
"""Bytes of a manifest of Spack's; one has about 500, a signed one 1,500."""
SPEC_LIMIT = 16 << 20
"""Bytes of a spec as it is shipped, packed; one of E4S's largest units has 30,000."""


class Claimed(Protocol):
    """A unit that a lock or a signed release names."""

    @property
    def hash(self) -> str:
        """Spack's hash of it."""

    @property
    def name(self) -> str:
        """Its package."""

    @property
    def version(self) -> str:
        """Its version."""


def check_manifest(
    data: bytes, *, spec: tuple[str, int], archive: tuple[str, int], where: str
) -> SpecManifest:
    """Return Spack's manifest, which names exactly this spec and this archive.

    Args:
        data: Its bytes.
        spec: sha256 and length of the spec that is said to be the unit's.
        archive: The same of the archive.
        where: What to call it in an error.

    Raises:
        Refused: It names another one.
        BadInput: It is no manifest of Spack's.
    """
    said = read_manifest(data, where)
    for what, blob, claimed in (("spec", said.spec, spec), ("archive", said.archive, archive)):
        if (blob.sha256, blob.length) != claimed:
            raise Refused(
                f"Spack's manifest names the {what} {_short(blob)}, not the unit's own",
                where=where,
                reason=Reason.SWAPPED,
            )
    return said


def check_spec(data: bytes, unit: Claimed, *, where: str) -> CachedSpec:
    """Return the spec as it is in a build cache, which is of this unit.

    Raises:
        Refused: It is of another one.
        BadInput: It is no spec.
    """
    return _is(read_spec(data, where), unit, "the spec", where)


def check_archive(archive: Path, unit: Claimed, *, where: str) -> CachedSpec:
    """Return the spec that lies inside an archive, which is of this unit.

    Raises:
        Refused: It is of another one, or the archive is not safe to unpack.
        BadInput: It is no archive of Spack's.
    """
    return _is(inside(archive, where), unit, "the spec inside the archive", where)


def _is(said: CachedSpec, unit: Claimed, what: str, where: str) -> CachedSpec:
    if said.external:
        raise Refused(f"{what} is of an external", where=where, reason=Reason.SWAPPED)
    claimed = (unit.name, unit.version, unit.hash)
    if (said.name, said.version, said.hash) != claimed:
        raise Refused(
            f"{what} is of {said.name}@{said.version}/{said.hash[:7]}, "
            f"not of {unit.name}@{unit.version}/{unit.hash[:7]}",
            where=where,
            reason=Reason.SWAPPED,
        )
    if said.hash_holds is False:
        raise Refused(f"{what} is not what its hash stands for", where=where, reason=Reason.SWAPPED)
    return said


def _short(blob: Blob) -> str:
    return f"{blob.sha256[:12]}… of {blob.length} bytes"
