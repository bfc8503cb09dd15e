"""Contents: what releases of a publication hold, for questions about them; nothing is installed.

The chain is followed from the pinned root to the manifests, as `verify` does; a file is read with
the length and digest that a manifest says. That proves what is read and nothing else: no other file
is looked at, no evidence, and the publication is not accepted as of this date.
"""

from __future__ import annotations

from peso.base.digest import sha256_bytes
from peso.errors import Reason, Refused
from peso.services.delivery.facility.proof import Asked, follow_chain
from peso.services.delivery.facility.releases import Release, read_release
from peso.services.delivery.layout.places import PAGES, blob_path


def proven_releases(asked: Asked) -> tuple[Release, ...]:
    """Return the releases whose manifests are proven, all there are.

    Raises:
        Refused: The chain does not hold, or a manifest is not proven.
        BadInput, Outside: As `verify`.
    """
    chain = follow_chain(asked)
    if chain.doubts:
        first = chain.doubts[0]
        raise Refused(first.message, where=first.where, hint=first.hint, reason=first.reason)
    return tuple(read_release(one) for one in chain.manifests if one.role != PAGES)


def proven_file(asked: Asked, release: Release, path: str) -> bytes:
    """Return a file of a release, proven by its manifest.

    Raises:
        Refused: The release has no such file (`missing`), or it is not what the manifest says.
    """
    file = release.named(path)
    if file is None:
        raise Refused("the release has no such file", where=path, reason=Reason.MISSING)
    place = blob_path(file.sha256)
    data = asked.source.read(place, limit=file.length)
    if (len(data), sha256_bytes(data)) != (file.length, file.sha256):
        raise Refused("the content is not what was signed", where=place, reason=Reason.CHANGED)
    return data
