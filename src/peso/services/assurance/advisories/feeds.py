"""Feeds: public sources of advisories, fetched where the network allows.

Without a network nothing is lost: the hint says which file to fetch elsewhere, and how it is
imported.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from peso.base.files import make_folder, remove_tree, sweep, temporary
from peso.base.net import Net
from peso.errors import Outside
from peso.services.assurance.advisories.importing import import_advisories
from peso.services.assurance.advisories.source import Source

OSV_PYPI = "https://storage.googleapis.com/osv-vulnerabilities/PyPI/all.zip"
"""OSV's public archive of every record on PyPI (https://google.github.io/osv.dev/data/)."""
OSV_PYPI_NAME = "osv-pypi"
_DOWNLOAD_LIMIT = 1 << 30


def update(store: Path, net: Net, *, now: datetime, url: str = OSV_PYPI) -> Source:
    """Fetch the public OSV records on PyPI and import them.

    Raises:
        Outside: The network does not allow it; the hint says how to go on without.
    """
    make_folder(store)
    sweep(store)
    archive = temporary(store)
    try:
        net.fetch_to(url, archive, limit=_DOWNLOAD_LIMIT)
        return import_advisories(archive, store, name=OSV_PYPI_NAME, now=now)
    except Outside as error:
        raise Outside(
            f"the advisories could not be fetched: {error.message}",
            where=error.where,
            hint="fetch the archive where a network is, carry it here, then `peso advisories import"
            f" FILE --name {OSV_PYPI_NAME}`",
        ) from error
    finally:
        remove_tree(archive)
