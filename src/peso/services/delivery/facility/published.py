"""The releases of a publication, to read files of: proven by manifests; or not, and then said.

1. The chain is followed from the pinned root to the manifests, as `verify` does, and a file is what
   its manifest says. Nothing else of the publication is looked at.
2. Where only trust is missing (no pinned root, a development root nobody accepted), a folder is
   read all the same, by the digests that its manifests name, and `unproven` says why: that is no
   yes to anything. Whatever else is wrong with a publication is a no, and nothing of it is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from peso.base.digest import sha256_bytes
from peso.errors import Reason, Refused
from peso.services.delivery.facility.chain import Target
from peso.services.delivery.facility.contents import proven_releases
from peso.services.delivery.facility.fetchers import FolderSource, Source
from peso.services.delivery.facility.proof import Asked
from peso.services.delivery.facility.releases import Release, read_release
from peso.services.delivery.facility.walk import list_folder
from peso.services.delivery.layout.places import PAGES_PATH, TARGETS, blob_path
from peso.services.delivery.signing.serialize import MANIFEST_LIMIT

_LIMIT = 256 << 20
_END = ".manifest.json"
_PARTS = 3
_NO_TRUST = frozenset({Reason.NO_TRUSTED_ROOT, Reason.DEVELOPMENT_KEYS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The releases of a publication."""

    source: Source
    releases: tuple[Release, ...]
    unproven: str
    """Why they are not proven; empty: they are."""

    def file(self, release: Release, path: str) -> bytes:
        """Return a file of a release, proven by its manifest.

        Raises:
            Refused: The release has no such file, or it is too long, or not what the manifest says.
        """
        one = release.named(path)
        if one is None:
            raise Refused(
                f"{release.name} has no {path}", where=release.place, reason=Reason.MISSING
            )
        if one.length > _LIMIT:
            raise Refused(f"{path} is too long", where=release.place, reason=Reason.TOO_LARGE)
        place = blob_path(one.sha256)
        data = self.source.read(place, limit=one.length)
        if (len(data), sha256_bytes(data)) != (one.length, one.sha256):
            raise Refused("it is not what the manifest names", where=place, reason=Reason.CHANGED)
        return data


def open_published(where: str, ask: Callable[[], Asked]) -> Published:
    """Return the releases of a publication.

    Args:
        where: The publication: a folder, or a URL.
        ask: Opens the publication with the root it is trusted by.

    Raises:
        Refused: The publication is not what it says.
        BadInput, Outside: As `verify`.
    """
    try:
        asked = ask()
        return Published(source=asked.source, releases=proven_releases(asked), unproven="")
    except Refused as error:
        if error.reason not in _NO_TRUST or not Path(where).is_dir():
            raise
        source = FolderSource(Path(where))
        reason = f"the publication is not proven: {error.message}"
        return Published(source=source, releases=tuple(_releases(source)), unproven=reason)


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
