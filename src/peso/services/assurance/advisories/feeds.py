"""Feeds: public sources of advisories, fetched where the network allows.

1. A feed is an ecosystem of OSV, by its name there, or `kev`. Each becomes a source of its own.
2. Each is fetched whole and imported whole; one that fails leaves its source as it was, and the
   others go on. Afterwards all that failed are told, each with the file to carry here by hand.

Sources: https://google.github.io/osv.dev/data/, and CISA's catalog.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from peso.base.files import make_folder, remove_tree, sweep, temporary
from peso.base.net import Net, shown
from peso.errors import BadInput, Outside, PesoError
from peso.services.assurance.advisories.importing import import_advisories
from peso.services.assurance.advisories.source import Source

OSV_URL: Final = "https://storage.googleapis.com/osv-vulnerabilities/"
KEV_URL: Final = (
    "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
)
KEV_NAME: Final = "kev"
OSV_PYPI_NAME: Final = "osv-pypi"
USUAL: Final = ("PyPI", "OSS-Fuzz", "Bitnami", KEV_NAME)
"""What is fetched where nothing else is asked for."""
_ECOSYSTEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .:_-]{0,60}")
_DOWNLOAD_LIMIT = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A public source: where it is, and what it is called here."""

    name: str
    url: str
    file: str
    """The name of the file that is fetched."""


def feed_of(wanted: str) -> Feed:
    """Return the feed of an ecosystem of OSV, or of CISA's catalog.

    Raises:
        BadInput: It cannot be the name of either.
    """
    if wanted.lower() == KEV_NAME:
        return Feed(name=KEV_NAME, url=KEV_URL, file="kev.json")
    if not _ECOSYSTEM.fullmatch(wanted):
        raise BadInput(
            f"{wanted[:60]!r} is no ecosystem of OSV",
            hint=f"name one as OSV writes it (PyPI, OSS-Fuzz, Debian:12), or {KEV_NAME}",
        )
    name = "osv-" + re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")
    return Feed(name=name, url=f"{OSV_URL}{quote(wanted)}/all.zip", file="all.zip")


def update(store: Path, net: Net, feeds: Iterable[Feed], *, now: datetime) -> tuple[Source, ...]:
    """Fetch feeds and import each as a source.

    Raises:
        Outside: The network does not allow all of it; the hint says how to go on without.
    """
    make_folder(store)
    done: list[Source] = []
    failed: list[tuple[Feed, PesoError]] = []
    for feed in feeds:
        try:
            done.append(_fetched(store, net, feed, now))
        except PesoError as error:
            failed.append((feed, error))
    if failed:
        raise _failed(failed, done)
    return tuple(done)


def _fetched(store: Path, net: Net, feed: Feed, now: datetime) -> Source:
    sweep(store)
    folder = temporary(store)
    try:
        make_folder(folder)
        net.fetch_to(feed.url, folder / feed.file, limit=_DOWNLOAD_LIMIT)
        return import_advisories(folder / feed.file, store, name=feed.name, now=now)
    finally:
        remove_tree(folder)


def _failed(failed: list[tuple[Feed, PesoError]], done: list[Source]) -> Outside:
    kept = f"; imported all the same: {', '.join(one.name for one in done)}" if done else ""
    said = "; ".join(f"{feed.name}: {error.message}" for feed, error in failed)
    carry = ", ".join(f"{shown(feed.url)} as --name {feed.name}" for feed, _ in failed)
    return Outside(
        f"not every source of advisories could be fetched: {said}{kept}",
        where=failed[0][1].where,
        hint=f"fetch where a network is, carry it here, and `peso advisories import`: {carry}",
    )
