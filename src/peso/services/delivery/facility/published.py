"""The releases of a publication, to read files of: proven by manifests; or not, and then said.

1. The chain is followed from the pinned root to the manifests, as `verify` does, and a file is what
   its manifest says. Nothing else of the publication is looked at, and where one release is asked
   for, no other's manifest (`pick.py`).
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
from peso.services.delivery.facility.blobs import read_blob
from peso.services.delivery.facility.choice import Meant
from peso.services.delivery.facility.contents import proven_release, proven_releases
from peso.services.delivery.facility.fetchers import FolderSource, Source
from peso.services.delivery.facility.proof import Asked
from peso.services.delivery.facility.releases import Release, read_release
from peso.services.delivery.facility.target import Target
from peso.services.delivery.facility.walk import list_folder
from peso.services.delivery.layout.places import TARGETS
from peso.services.delivery.signing.serialize import MANIFEST_LIMIT

_LIMIT = 256 << 20
_END = ".manifest.json"
_DEEP = 2
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
        return read_blob(self.source, one, release.manifest.files)


def open_published(where: str, ask: Callable[[], Asked]) -> Published:
    """Return all releases of a publication.

    Args:
        where: The publication: a folder, or a URL.
        ask: Opens the publication with the root it is trusted by.

    Raises:
        Refused: The publication is not what it says.
        BadInput, Outside: As `verify`.
    """

    def unproven(source: FolderSource) -> tuple[Release, ...]:
        return tuple(_read(source, place) for place in _manifests(source))

    return _open(where, ask, proven_releases, unproven)


def open_release(where: str, said: str | None, ask: Callable[[], Asked]) -> Published:
    """Return a publication with one release only.

    Args:
        where: As for `open_published`.
        said: `STACK` or `STACK@VERSION`; None where there is only one stack.
        ask: As for `open_published`.

    Raises:
        Refused: The publication is not what it says, or has no release.
        BadInput: None, or more than one, is meant.
        Outside: As `verify`.
    """

    def proven(asked: Asked) -> tuple[Release, ...]:
        return (proven_release(asked, said),)

    def unproven(source: FolderSource) -> tuple[Release, ...]:
        meant = Meant(asked=said, where=where)
        there = _manifests(source)
        near = [place for place in there if meant.may_be(_target(place))]
        read = [_read(source, place) for place in near or there]
        return (read[meant.of([one.manifest for one in read])],)

    return _open(where, ask, proven, unproven)


def _open(
    where: str,
    ask: Callable[[], Asked],
    proven: Callable[[Asked], tuple[Release, ...]],
    unproven: Callable[[FolderSource], tuple[Release, ...]],
) -> Published:
    try:
        asked = ask()
        return Published(source=asked.source, releases=proven(asked), unproven="")
    except Refused as error:
        if error.reason not in _NO_TRUST or not Path(where).is_dir():
            raise
        source = FolderSource(Path(where))
        reason = f"the publication is not proven: {error.message}"
        return Published(source=source, releases=unproven(source), unproven=reason)


def _manifests(source: FolderSource) -> list[str]:
    """Return the place of every file that looks like the manifest of a release."""
    places = [f"{TARGETS}/{one}" for one in sorted(list_folder(source.folder / TARGETS).files)]
    return [one for one in places if one.count("/") == _DEEP and one.endswith(_END)]


def _target(place: str) -> str:
    """Return the target path that a manifest's place tells."""
    _, channel, file = place.split("/")
    return f"{channel}/{file.partition('.')[2]}"


def _read(source: FolderSource, place: str) -> Release:
    """Return the release of a manifest that has the digest its name says.

    Raises:
        Refused: It has another one, or is no manifest.
    """
    _, channel, file = place.split("/")
    sha256 = file.partition(".")[0]
    data = source.read(place, limit=MANIFEST_LIMIT)
    if sha256_bytes(data) != sha256:
        raise Refused("the content is not what its name says", where=place, reason=Reason.CHANGED)
    name = _target(place)
    return read_release(Target(role=channel, name=name, place=place, sha256=sha256, data=data))
