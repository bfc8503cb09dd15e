"""One release, proven: what is looked at before an installation.

Goes with `proof.py`, which looks at everything. From a folder and from a URL alike:

1. The chain from a pinned root, fresh as of now, to the list of releases.
2. The manifest of the release that is asked for (`pick.py`).
3. Its evidence, and where its units lie. Every doubt is gathered before the no.
4. Its files, each while it is copied (`staging.py`), and only those that are wanted.

Nothing else of the publication is opened: what is not installed may be anything, and `verify` says
so. A publication that is published into meanwhile is read again (`steady.py`).
"""

from __future__ import annotations

from peso.services.delivery.facility.choice import Meant
from peso.services.delivery.facility.contents import proven_manifests
from peso.services.delivery.facility.proof import (
    Asked,
    Proof,
    evidence_doubts,
    follow_chain,
    once,
    sure,
)
from peso.services.delivery.facility.steady import steady


def prove_one(asked: Asked, meant: Meant) -> Proof:
    """Prove one release of a publication, but for its files.

    Args:
        asked: The publication, and how far it is trusted.
        meant: Which release.

    Raises:
        NotProven: with every doubt.
        Refused, BadInput, Outside: as `verify`.
    """
    return steady(asked.source, lambda: _prove(asked, meant))


def _prove(asked: Asked, meant: Meant) -> Proof:
    chain = follow_chain(asked, meant)
    releases = proven_manifests(chain)
    doubts = evidence_doubts(asked.source, releases, chain, asked.now, whole=False)
    return sure(Proof(chain=chain, releases=releases, files=0, bytes=0, doubts=once([*doubts])))
