"""Export: the public part of the portal as a static site, for any web server or a folder.

1. Every page that is linked from a page is written, from the front page on; what depends on a
   query (filters, comparisons) needs the portal itself, and its links lead to the list instead.
2. An address `/a/b/` is `a/b/index.html`. Links are made relative, so that it works from a folder.
3. The folder is new or an export of before; anything else is refused.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final

from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

from peso.base.files import make_folder, write_atomic
from peso.base.record import Record
from peso.errors import BadInput, PesoError
from peso.portal.config import PortalConfig
from peso.portal.django import begin, collect, migrate

MARK: Final = ".peso-export"
_LINK: Final = re.compile(rb'(?P<name>href|src|action|content)="(?P<to>/[^"]*)"')
_LEFT_OUT: Final = ("/api/v1/", "/compare/", "/logs/")
_FIRST: Final = ("/", "/sitemap.xml", "/robots.txt", "/feeds/releases.atom", "/feeds/findings.atom")


class Exported(Record):
    """What was written."""

    folder: str
    pages: int
    bytes: int


def export(how: PortalConfig, folder: Path, *, logs: bool = False) -> Exported:
    """Write the public part into a folder.

    Args:
        how: The portal.
        folder: Where it goes.
        logs: Write logs too.

    Raises:
        BadInput: The folder holds something else.
        PesoError: A page cannot be made; a fault of PESO.
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
    left_out = tuple(one for one in _LEFT_OUT if not (logs and one == "/logs/"))
    pages = length = 0
    for path, data in _crawl(left_out):
        write_atomic(_file(folder, path), data)
        pages, length = pages + 1, length + len(data)
    return Exported(folder=str(folder), pages=pages, bytes=length)


def _crawl(left_out: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield every page that is linked, with its links made relative."""
    client = Client(headers={"host": "localhost"})
    waiting, seen = deque(_FIRST), set(_FIRST)
    while waiting:
        path = waiting.popleft()
        data = _static(path) if path.startswith("/static/") else _page(client, path)
        html = not path.startswith("/static/") and path.endswith("/")
        if html:
            for found in _LINK.finditer(data):
                to = _plain(found["to"].decode())
                if to not in seen and not to.startswith(left_out):
                    seen.add(to)
                    waiting.append(to)
            data = _LINK.sub(partial(_relative, here=path, left_out=left_out), data)
        yield path, data


def _page(client: Client, path: str) -> bytes:
    answer = client.get(path, secure=False)
    if answer.status_code != 200:  # noqa: PLR2004 - OK
        raise PesoError(f"a page links to one that answers {answer.status_code}", where=path)
    return b"".join(answer) if answer.streaming else answer.content


def _static(path: str) -> bytes:
    with staticfiles_storage.open(path.removeprefix("/static/")) as stream:
        data: bytes = stream.read()
    return data


def _plain(link: str) -> str:
    """Return the page a link leads to: without query and fragment."""
    return link.replace("&amp;", "&").partition("#")[0].partition("?")[0]


def _relative(found: re.Match[bytes], here: str, left_out: tuple[str, ...]) -> bytes:
    to = found["to"].decode()
    path, fragment = _plain(to), to.partition("#")[2]
    if path.startswith(left_out):
        path, fragment = "/releases/", ""
    depth = here.count("/") - 1
    file = f"{path.lstrip('/')}index.html" if path.endswith("/") else path.lstrip("/")
    target = "../" * depth + file + (f"#{fragment}" if fragment else "")
    return found["name"] + b'="' + target.encode() + b'"'


def _file(folder: Path, path: str) -> Path:
    below = PurePosixPath(path.lstrip("/"))
    return folder / below / "index.html" if path.endswith("/") else folder / below
