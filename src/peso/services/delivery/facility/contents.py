"""Contents: what releases of a publication hold, for questions about them; nothing is installed.

The chain is followed from the pinned root to the manifests, as `verify` does; a file is read with
the length and digest that a manifest says. That proves what is read and nothing else: no other file
is looked at, no evidence, and the publication is not accepted as of this date.
"""

from __future__ import annotations

from peso.errors import Reason, Refused
from peso.services.delivery.facility.blobs import read_blob
from peso.services.delivery.facility.chain import Chain
from peso.services.delivery.facility.choice import Meant
from peso.services.delivery.facility.proof import Asked, follow_chain
from peso.services.delivery.facility.releases import Release, read_release
from peso.services.delivery.facility.steady import steady
from peso.services.delivery.layout.places import PAGES


def proven_releases(asked: Asked) -> tuple[Release, ...]:
    """Return the releases whose manifests are proven, all there are.

    Raises:
        Refused: The chain does not hold, or a manifest is not proven.
        BadInput, Outside: As `verify`.
    """
    return steady(asked.source, lambda: proven_manifests(follow_chain(asked)))


def proven_release(asked: Asked, said: str | None) -> Release:
    """Return one release whose manifest is proven; no other is fetched that does not have to be.

    Args:
        asked: The publication, and how far it is trusted.
        said: `STACK` or `STACK@VERSION`; None where there is only one stack.

    Raises:
        Refused, Outside: As `proven_releases`.
        BadInput: None, or more than one, is meant.
    """
    meant = Meant(asked=said, where=asked.source.where)
    (release,) = steady(asked.source, lambda: proven_manifests(follow_chain(asked, meant)))
    return release


def proven_manifests(chain: Chain) -> tuple[Release, ...]:
    """Return the releases a chain leads to; one whose manifest is not proven makes it a no."""
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
    return read_blob(asked.source, file, release.manifest.files)
