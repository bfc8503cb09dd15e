"""A publication's folder, read by its publisher: the roots, generations and releases in it.

1. Metadata is read by name, within its limit, and proven: a generation counts only when its
   snapshot and all below is signed by the keys of one of the given roots and bound by the snapshot.
2. Expiry is not asked: a publisher must be able to renew what has run out.
3. Nothing here is for a facility. It takes the roots it is given; `verify` takes a pinned one.

Reads; changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from peso.base import files
from peso.errors import Reason, Refused
from peso.products.engines.port import Artifact
from peso.services.delivery.layout.places import METADATA, PAGES, target_path
from peso.services.delivery.manifest import Manifest, PagesManifest
from peso.services.delivery.publication.repository import Delegator, Generation, signed_by
from peso.services.delivery.signing.serialize import (
    MANIFEST_LIMIT,
    T,
    metadata_limit,
    parse_metadata,
)

R = TypeVar("R", Manifest, PagesManifest)
_VERSIONED = re.compile(r"(?P<version>[1-9][0-9]{0,9})\.(?P<role>.+)\.json")


def is_publication(folder: Path) -> bool:
    """Say whether a folder holds a publication, whoever's it is."""
    return (folder / METADATA / "timestamp.json").is_file()


def versions(folder: Path) -> Mapping[str, tuple[int, ...]]:
    """Return the versions of each role whose metadata files are in a publication, ascending."""
    found: dict[str, list[int]] = {}
    with files.disk(folder, "read the publication"):
        for path in (folder / METADATA).iterdir():
            if match := _VERSIONED.fullmatch(path.name):
                found.setdefault(match["role"], []).append(int(match["version"]))
    return {role: tuple(sorted(numbers)) for role, numbers in found.items()}


def read_roots(folder: Path) -> tuple[bytes, ...]:
    """Return the roots in a publication from the first on, unproven."""
    found: list[bytes] = []
    while (data := read_metadata(folder, f"{len(found) + 1}.root.json", Root)) is not None:
        found.append(data)
    return tuple(found)


def read_current(folder: Path, roots: Iterable[Root]) -> tuple[Generation, Metadata[Timestamp]]:
    """Return the generation the timestamp names, and the timestamp.

    Raises:
        Refused: something of it is missing, changed, or not signed under these roots.
    """
    known = tuple(roots)
    timestamp = _proven(folder, "timestamp.json", Timestamp, "timestamp", known)
    meta = timestamp.signed.snapshot_meta
    return read_generation(folder, known, meta.version, meta), timestamp


def read_generation(
    folder: Path, roots: Iterable[Root], version: int, meta: MetaFile | None = None
) -> Generation:
    """Return the generation of a snapshot version, complete and proven.

    Raises:
        Refused: something of it is missing, changed, or not signed under these roots.
    """
    known = tuple(roots)
    name = f"{version}.snapshot.json"
    snapshot = _proven(folder, name, Snapshot, "snapshot", known, meta)
    bound = dict(snapshot.signed.meta)
    if "targets.json" not in bound:
        raise _no(name, "names no targets", Reason.MISSING)
    top = bound.pop("targets.json")
    targets = _proven(folder, f"{top.version}.targets.json", Targets, "targets", known, top)
    delegated = {}
    for file, one in sorted(bound.items()):
        role = file.removesuffix(".json")
        delegated[role] = _proven(
            folder, f"{one.version}.{role}.json", Targets, role, (targets.signed,), one
        )
    return Generation(targets=targets, delegated=delegated, snapshot=snapshot)


def read_target(folder: Path, path: str, target: TargetFile) -> bytes:
    """Return the bytes of a manifest, proven against what names it.

    Raises:
        Refused: missing, too long or changed.
    """
    name = target_path(path, target)
    if target.length > MANIFEST_LIMIT:
        raise _no(name, f"longer than {MANIFEST_LIMIT} bytes", Reason.TOO_LARGE)
    place = folder / name
    if not place.is_file():
        raise _no(name, "missing", Reason.MISSING)
    with files.disk(place, "read the manifest"), place.open("rb") as stream:
        data = stream.read(target.length + 1)
    try:
        target.verify_length_and_hashes(data)
    except LengthOrHashMismatchError as error:
        raise _no(name, "changed", Reason.CHANGED) from error
    return data


def read_manifests(
    folder: Path, generation: Generation, *, only: AbstractSet[str] | None = None
) -> Iterator[tuple[str, Manifest]]:
    """Give every release manifest a generation names, or `only` some, with its target path."""
    for role, metadata in generation.delegated.items():
        if role != PAGES:
            for path, target in metadata.signed.targets.items():
                if only is not None and path not in only:
                    continue
                yield path, read_record(Manifest, read_target(folder, path, target), path)


def read_pages(folder: Path, generation: Generation) -> tuple[Artifact, ...]:
    """Return the pages a generation names."""
    if PAGES not in generation.delegated:
        return ()
    (path, target), *_ = generation.delegated[PAGES].signed.targets.items()
    return read_record(PagesManifest, read_target(folder, path, target), path).files


def _proven(  # noqa: PLR0913, PLR0917 - one file and everything it must match
    folder: Path,
    name: str,
    kind: type[T],
    role: str,
    delegators: tuple[Delegator, ...],
    meta: MetaFile | None = None,
) -> Metadata[T]:
    """Return metadata that one of the delegators signs for, and that is what names it."""
    data = read_metadata(folder, name, kind)
    if data is None:
        raise _no(name, "missing", Reason.MISSING)
    metadata = parse_metadata(data, kind, where=f"{METADATA}/{name}")
    if not any(signed_by(one, role, metadata) for one in reversed(delegators)):
        raise _no(name, "not signed by the keys of its role", Reason.UNKNOWN_SIGNER)
    if meta is not None:
        try:
            meta.verify_length_and_hashes(data)
        except LengthOrHashMismatchError as error:
            raise _no(name, "not what its snapshot names", Reason.CHANGED) from error
    return metadata


def read_metadata(folder: Path, name: str, kind: type[T]) -> bytes | None:
    """Return the bytes of a metadata file, unproven and cut off past its limit; None if absent."""
    path = folder / METADATA / name
    if not path.is_file():
        return None
    with files.disk(path, "read the publication"), path.open("rb") as stream:
        return stream.read(metadata_limit(kind) + 1)


def read_record(model: type[R], data: bytes, where: str) -> R:
    """Read a manifest; anything else is a no."""
    try:
        return model.parse(data)
    except ValidationError as error:
        raise _no(where, "not a manifest", Reason.CHANGED) from error


def _no(where: str, message: str, reason: Reason) -> Refused:
    place = where if "/" in where else f"{METADATA}/{where}"
    return Refused(message, where=place, reason=reason)
