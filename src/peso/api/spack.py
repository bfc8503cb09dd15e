"""The Spack that makes native parts: get one."""

from __future__ import annotations

import os
from pathlib import Path

from peso.products.engines.spack.getting import RELEASE, UPSTREAM, SpackGot
from peso.products.engines.spack.getting import get_spack as clone

Where = str | Path


def get_spack(
    folder: Where = "spack", *, source: str = UPSTREAM, release: str = RELEASE
) -> SpackGot:
    """Clone the release of Spack that PESO is made for; recipes come by themselves.

    Args:
        folder: Where to; absent or empty.
        source: The repository to clone from: Spack's own, or a site's copy of it.
        release: The tag to clone.

    Raises:
        BadInput: The folder has something in it.
        Outside: git is missing, the network cannot be reached, or it is no Spack that will do.
    """
    return clone(Path(folder).absolute(), os.environ, source=source, release=release)
