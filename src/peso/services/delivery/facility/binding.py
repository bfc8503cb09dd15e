"""Binding: are the files of each unit of Spack's the unit's own, as the manifest says?

Spack's own manifest names two blobs and no unit, so what binds a unit to them is the release's
manifest (`PartManifest.units`). The rules, for each native part:

1. A hash is bound once, and each digest it is bound to is a file of the part's build cache; Spack's
   manifest lies at the place where Spack looks for that unit, and for no other. Recipes that are
   named are there.
2. Every file of a build cache is some unit's.
3. Spack's manifest names exactly the spec and the archive the unit is bound to; the spec has the
   unit's name, version and hash.
4. The archive is opened where it is used: by whoever pushed it, and before it is installed
   (`check_archives`). That its bytes are the signed ones is proven with all other files.

Pure over bytes that its caller has proven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from peso.errors import BadInput, Reason, Refused
from peso.products.engines.port import Artifact
from peso.products.engines.spack.buildcache.layout import blob_path as cache_blob
from peso.products.engines.spack.buildcache.layout import manifest_path
from peso.products.engines.spack.pair import (
    MANIFEST_LIMIT,
    SPEC_LIMIT,
    check_archive,
    check_manifest,
    check_spec,
)
from peso.services.delivery.facility.releases import Release
from peso.services.delivery.facility.report import Doubt, doubt
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.manifest import CachedUnit, PartManifest, cache_folder

_NEXT = "ask the publisher for a new release"
Read = Callable[[Artifact], bytes]
"""Gives the bytes of a file of the release, proven by digest; raises Refused."""


def files_of_unit(part: PartManifest, unit: CachedUnit) -> tuple[tuple[str, str], ...]:
    """Return where manifest, spec and archive of a unit are in a release, each with its sha256."""
    folder = cache_folder(part)
    return (
        (f"{folder}/{manifest_path(unit.name, unit.version, unit.hash)}", unit.manifest),
        (f"{folder}/{cache_blob(unit.spec)}", unit.spec),
        (f"{folder}/{cache_blob(unit.archive)}", unit.archive),
    )


def check_places(release: Release) -> Iterator[Doubt]:
    """Give every doubt about where a release's units lie; reads none of their files."""
    files = {one.path: one for one in release.manifest.files}
    for part in release.manifest.parts:
        yield from _check_places(part, release, files)


def check_units(
    release: Release,
    read: Read,
    *,
    only: frozenset[str] | None = None,
    looked_at: set[CachedUnit] | None = None,
) -> Iterator[Doubt]:
    """Give every doubt about what manifest and spec of a release's units say.

    Args:
        release: The release, from its proven manifest; `check_places` is another question.
        read: Gives the bytes of the release's files.
        only: Hashes of the units whose files are read; None: all.
        looked_at: Units of other releases; one that is bound to the same files is not read again,
            and those of this one are added.
    """
    before = set() if looked_at is None else looked_at
    files = {one.path: one for one in release.manifest.files}
    for part in release.manifest.parts:
        for unit in part.units:
            if unit not in before and (only is None or unit.hash in only):
                before.add(unit)
                yield from _check_unit(part, unit, files, read)


def check_archives(part: PartManifest, staging: Path, hashes: frozenset[str]) -> None:
    """Open archives that were copied and proven, and hold what is inside against their unit.

    Args:
        part: The part.
        staging: Where the release's files lie, at their own paths.
        hashes: Of which units.

    Raises:
        Refused: What is inside is another unit, or not safe to unpack.
        BadInput: It is no archive of Spack's.
    """
    for unit in part.units:
        if unit.hash in hashes:
            path = cache_folder(part) / cache_blob(unit.archive)
            check_archive(staging / path, unit, where=blob_path(unit.archive))


def _check_places(
    part: PartManifest, release: Release, files: Mapping[str, Artifact]
) -> Iterator[Doubt]:
    """Look at names and digests alone: rules 1 and 2."""
    named: set[str] = set()
    seen: set[str] = set()
    for unit in part.units:
        label = f"{release.name}, {_label(unit)}"
        if unit.hash in seen:
            yield _no(release.place, f"{label} is bound twice", Reason.SWAPPED)
        seen.add(unit.hash)
        for path, sha256 in files_of_unit(part, unit):
            named.add(path)
            if path not in files:
                yield _no(release.place, f"{label} has no file {path}", Reason.MISSING)
            elif files[path].sha256 != sha256:
                yield _no(release.place, f"{label} is bound to another {path}", Reason.SWAPPED)
    if part.recipes and part.recipes not in files:
        yield _no(release.place, f"{release.name} has no file {part.recipes}", Reason.MISSING)
    if not part.native:
        return
    folder = f"{cache_folder(part)}/"
    for path in sorted(files.keys() - named):
        if path.startswith(folder):
            message = f"{release.name}: no unit is bound to {path}"
            yield _no(release.place, message, Reason.ADDITIONAL)


def _check_unit(
    part: PartManifest, unit: CachedUnit, files: Mapping[str, Artifact], read: Read
) -> Iterator[Doubt]:
    """Read Spack's manifest of a unit, and its spec: rule 3."""
    manifest, spec, archive = (files.get(path) for path, _ in files_of_unit(part, unit))
    if manifest is None or spec is None or archive is None:
        return  # said already
    where = blob_path(manifest.sha256)
    if archive.length != unit.length:
        message = f"{_label(unit)} is bound to {unit.length} bytes and has {archive.length}"
        yield _no(blob_path(archive.sha256), message, Reason.SWAPPED)
    if manifest.length > MANIFEST_LIMIT or spec.length > SPEC_LIMIT:
        yield _no(where, f"{_label(unit)} has files too long to be read", Reason.TOO_LARGE)
        return
    try:
        check_manifest(
            read(manifest),
            spec=(spec.sha256, spec.length),
            archive=(archive.sha256, archive.length),
            where=where,
        )
        where = blob_path(spec.sha256)
        check_spec(read(spec), unit, where=where)
    except Refused as error:
        yield doubt(error, where)
    except BadInput as error:
        yield _no(where, f"{_label(unit)}: {error.message}", Reason.CHANGED)


def _no(where: str, message: str, reason: Reason) -> Doubt:
    return Doubt(reason=reason, where=where, message=message, hint=_NEXT)


def _label(unit: CachedUnit) -> str:
    return f"{unit.name}@{unit.version}/{unit.hash[:7]}"
