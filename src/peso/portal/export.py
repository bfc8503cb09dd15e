"""Export: the public part of the portal as a static site, for any web server or a folder.

1. Every page that is linked from a page is written, from the front page on, wave by wave; each wave
   is spread over processes. How a page becomes a file is in `crawl.py`.
2. Feeds and the sitemap say `--url`, for a reader of feeds needs whole addresses.
3. The folder is new or an export of before; anything else is refused. An export of before is
   written over; a page that is gone since stays until the folder is made anew.
4. A link that leads to nothing stops the export: a static site has no dead links.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connections
from django.test import Client

from peso.base.files import disk, make_folder, write_atomic
from peso.base.pool import Died, map_each
from peso.base.record import Record
from peso.errors import BadInput, PesoError
from peso.portal.config import PortalConfig
from peso.portal.crawl import EXPORTED, file_of, page_of
from peso.portal.django import begin, collect, migrate

MARK: Final = ".peso-export"
_STATIC: Final = "/static/"
_FIRST: Final = ("/", "/sitemap.xml", "/robots.txt", "/feeds/releases.atom", "/feeds/findings.atom")
_BATCH: Final = 50
"""Pages that a process makes at once."""
_OK: Final = 200


class Exported(Record):
    """What was written."""

    folder: str
    pages: int
    """HTML pages."""
    files: int
    """All files."""
    bytes: int
    largest: str
    """The longest page."""
    largest_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A page that was written, or why it was not."""

    address: str
    length: int
    links: tuple[str, ...]
    status: int


def export(
    how: PortalConfig, folder: Path, *, logs: bool = False, workers: int | None = None
) -> Exported:
    """Write the public part into a folder.

    Args:
        how: The portal.
        folder: Where it goes.
        logs: Write logs too.
        workers: How many processes; None for one a core.

    Raises:
        BadInput: The folder holds something else.
        PesoError: A page leads to one that is not there; a fault of PESO.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise BadInput(
            "the folder is not empty, and no export",
            where=str(folder),
            hint="name a new folder, or one that was exported before",
        )
    begin(how)
    migrate()
    collect()
    make_folder(folder)
    write_atomic(folder / MARK, b"written by `peso portal export`\n")
    written = list(_crawl(folder, logs=logs, workers=workers))
    pages = [one for one in written if one.address.endswith("/") or "/?" in one.address]
    largest = max(pages, key=lambda one: one.length)
    return Exported(
        folder=str(folder),
        pages=len(pages),
        files=len(written),
        bytes=sum(one.length for one in written),
        largest=largest.address,
        largest_bytes=largest.length,
    )


def _crawl(folder: Path, *, logs: bool, workers: int | None) -> Iterable[Written]:
    """Write every page that is linked, wave by wave; yields what was written."""
    waiting: list[str] = list(_FIRST)
    seen = set(waiting)
    while waiting:
        connections.close_all()  # a connection must not be shared with a process that is forked
        make = partial(_write, folder, logs)
        reached: list[str] = []
        for batch in map_each(make, waiting, batch=_BATCH, workers=workers):
            for one in batch:
                if isinstance(one, Died):
                    raise PesoError("a process that wrote pages was ended", where=str(folder))
                if one.status != _OK:
                    raise PesoError(
                        f"a page links to one that answers {one.status}", where=one.address
                    )
                yield one
                reached += one.links
        waiting = [one for one in dict.fromkeys(reached) if one not in seen]
        seen.update(waiting)


def _write(folder: Path, logs: bool, addresses: Sequence[str]) -> list[Written]:  # noqa: FBT001 - filled in by its place
    client = Client(headers={"host": "localhost"})
    return [_one(client, folder, address, logs=logs) for address in addresses]


def _one(client: Client, folder: Path, address: str, *, logs: bool) -> Written:
    """Write one page, and say where it leads to."""
    links: tuple[str, ...] = ()
    if address.startswith(_STATIC):
        with staticfiles_storage.open(address.removeprefix(_STATIC)) as stream:
            data: bytes = stream.read()
    else:
        answer = client.get(address, secure=True, **{EXPORTED: True})  # type: ignore[arg-type]
        if answer.status_code != _OK:
            return Written(address=address, length=0, links=(), status=answer.status_code)
        data = b"".join(answer) if answer.streaming else answer.content
        if answer["Content-Type"].startswith("text/html"):
            page = page_of(address, data.decode(), logs=logs)
            data, links = page.data, page.links
        elif address == "/sitemap.xml":
            links = _sitemaps(data.decode())
    file = folder / file_of(address)
    make_folder(file.parent)
    with disk(file, "write"):
        file.write_bytes(data)  # no sync: an export is made again rather than mended
    return Written(address=address, length=len(data), links=links, status=_OK)


def _sitemaps(text: str) -> tuple[str, ...]:
    """Return the sitemaps that the index of them names."""
    parts = text.split("<loc>")[1:]
    return tuple("/" + part.partition("</loc>")[0].rpartition("/")[2] for part in parts)
