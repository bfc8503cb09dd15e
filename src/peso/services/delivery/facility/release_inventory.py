"""The inventory of a release: proven by its manifest; or not proven, and then said.

1. The chain is followed from the pinned root to the manifests, as `verify` does, and the file is
   what the manifest says. Nothing else of the publication is looked at.
2. Where only trust is missing (no pinned root, a development root nobody accepted), a folder is
   read all the same, by the digests that its manifest names, and `unproven` says why: that is no
   yes to anything. Whatever else is wrong with a publication is a no, and nothing of it is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from peso.base.digest import sha256_bytes
from peso.errors import Reason, Refused
from peso.services.delivery.facility.chain import Target
from peso.services.delivery.facility.choice import choose_release
from peso.services.delivery.facility.contents import proven_file, proven_releases
from peso.services.delivery.facility.fetchers import FolderSource
from peso.services.delivery.facility.proof import Asked
from peso.services.delivery.facility.releases import Release, read_release
from peso.services.delivery.facility.walk import list_folder
from peso.services.delivery.layout.places import PAGES_PATH, TARGETS, blob_path
from peso.services.delivery.signing.serialize import MANIFEST_LIMIT

PATH = "evidence/inventory.json"
_LIMIT = 256 << 20
_END = ".manifest.json"
_PARTS = 3
_NO_TRUST = frozenset({Reason.NO_TRUSTED_ROOT, Reason.DEVELOPMENT_KEYS})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseInventory:
    """The inventory of a release, as it is written."""

    release: str
    """e.g. `testing/hpc-ai-26.11`."""
    data: bytes
    unproven: str
    """Why it is not proven; empty: it is."""


def release_inventory(where: str, said: str | None, ask: Callable[[], Asked]) -> ReleaseInventory:
    """Return the inventory of one release.

    Args:
        where: The publication: a folder, or a URL.
        said: `STACK` or `STACK@VERSION`; None where there is only one stack.
        ask: Opens the publication with the root it is trusted by.

    Raises:
        Refused: The publication is not what it says, or has no such release or file.
        BadInput, Outside: As `verify`.
    """
    try:
        asked = ask()
        chosen = choose_release(proven_releases(asked), said, None, where=where)
        data = proven_file(asked, chosen, PATH)
    except Refused as error:
        if error.reason not in _NO_TRUST or not Path(where).is_dir():
            raise
        return _unproven(FolderSource(Path(where)), said, error)
    return ReleaseInventory(release=chosen.name, data=data, unproven="")


def _unproven(source: FolderSource, said: str | None, why: Refused) -> ReleaseInventory:
    chosen = choose_release(_releases(source), said, None, where=source.where)
    reason = f"the publication is not proven: {why.message}"
    return ReleaseInventory(release=chosen.name, data=_read(source, chosen), unproven=reason)


def _releases(source: FolderSource) -> list[Release]:
    found = []
    for place in sorted(list_folder(source.folder).files):
        parts = place.split("/")
        if parts[0] != TARGETS or len(parts) != _PARTS or not place.endswith(_END):
            continue
        sha256, _, name = parts[2].partition(".")
        if name == PAGES_PATH:
            continue
        data = source.read(place, limit=MANIFEST_LIMIT)
        if sha256_bytes(data) != sha256:
            raise Refused(
                "the content is not what its name says", where=place, reason=Reason.CHANGED
            )
        target = Target(
            role=parts[1], name=f"{parts[1]}/{name}", place=place, sha256=sha256, data=data
        )
        found.append(read_release(target))
    return found


def _read(source: FolderSource, release: Release) -> bytes:
    one = release.named(PATH)
    if one is None:
        raise Refused(f"{release.name} has no {PATH}", where=release.place, reason=Reason.MISSING)
    if one.length > _LIMIT:
        raise Refused(f"{PATH} is too long", where=release.place, reason=Reason.TOO_LARGE)
    place = blob_path(one.sha256)
    data = source.read(place, limit=one.length)
    if sha256_bytes(data) != one.sha256:
        raise Refused("it is not what the manifest names", where=place, reason=Reason.CHANGED)
    return data
