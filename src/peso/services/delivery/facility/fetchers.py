"""Sources: the bytes of a publication, from a folder or over HTTP, always with a limit.

1. A path is relative, plain and inside the publication; anything else is refused.
2. From a folder, no link is ever followed and only regular files are opened. Each part of the path
   is opened below the one before it, so a folder swapped for a link meanwhile is no way out.
3. Every read names its limit. What is longer is cut off and refused (`too-large`).
4. What is not there is refused (`missing`); a disk or a network that fails is `Outside`.
5. `copy` gives a file that was hashed while it was written, so what it gives is what was proven.

A source judges nothing: bytes it reads are nobody's word until `chain.py` and `walk.py` say so.
`Fetcher` is how TUF's client reads from a source.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import quote

from tuf.api.exceptions import DownloadHTTPError, DownloadLengthMismatchError
from tuf.api.metadata import Targets
from tuf.ngclient import FetcherInterface

from peso.base.digest import PIECE, sha256_stream
from peso.base.files import disk, is_plain, make_folder, safe_member
from peso.base.net import Net, NotFound
from peso.errors import Outside, Reason, Refused
from peso.services.delivery.signing.serialize import metadata_limit

BASE = "publication:/"
"""The base address TUF's client is given; a source replaces it by its own."""

_NOT_FOUND = 404
_LINKS = {errno.ELOOP, errno.EMLINK}
_SPECIAL = {errno.ENXIO, errno.ENODEV, errno.EOPNOTSUPP}


class Differs(Refused):
    """A file whose content is not what was signed."""

    def __init__(self, path: str, found: str) -> None:
        super().__init__("the content is not what was signed", where=path, reason=Reason.CHANGED)
        self.found = found
        """The sha256 of what is there instead."""


class Source(Protocol):
    """Where a publication is read from."""

    where: str

    def read(self, path: str, *, limit: int) -> bytes:
        """Return a file's bytes, at most `limit` of them; a longer file is refused."""

    def copy(self, path: str, target: Path, *, sha256: str, length: int) -> None:
        """Write the file to `target`, proven; refused when it has another digest or length."""


def inside(path: str) -> str:
    """Return the path if it is a plain relative one in its one form; refuse it otherwise."""
    if is_plain(path):
        return path
    safe_member(path)  # says what is wrong with it, if it is more than its form
    raise Refused(
        f"the path {path!r} is not in its plain form", where=path, reason=Reason.UNSAFE_PATH
    )


class FolderSource:
    """A publication in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.where = str(folder)

    def read(self, path: str, *, limit: int) -> bytes:
        """Return a file's bytes, at most `limit` of them."""
        with self.open(path) as stream, disk(self.folder / path, "read"):
            data = bytearray()
            while piece := stream.read(min(PIECE, limit + 1 - len(data))):
                data += piece
        if len(data) > limit:
            raise _too_large(path, limit)
        return bytes(data)

    def measure(self, path: str, *, limit: int) -> tuple[str, int]:
        """Return (sha256, length); a file longer than `limit` is not read past it."""
        with self.open(path) as stream, disk(self.folder / path, "read"):
            return sha256_stream(stream, limit=limit)

    def copy(self, path: str, target: Path, *, sha256: str, length: int) -> None:
        """Write the file to `target`, proven while it is written."""
        make_folder(target.parent)
        digest, total = hashlib.sha256(), 0
        with self.open(path) as stream, disk(target, "write"), target.open("xb") as out:
            while piece := stream.read(min(PIECE, length + 1 - total)):
                digest.update(piece)
                total += len(piece)
                out.write(piece)
        if total > length:
            target.unlink()
            raise _too_large(path, length)
        if (digest.hexdigest(), total) != (sha256, length):
            target.unlink()
            raise Differs(path, digest.hexdigest())

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        """Open a regular file of the folder for reading, unbuffered, following no link."""
        descriptor = self._descriptor(inside(path))
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise _special(path)
        with os.fdopen(descriptor, "rb", buffering=0) as stream:
            yield stream

    def _descriptor(self, path: str) -> int:
        *folders, name = path.split("/")
        usual = os.O_RDONLY | os.O_CLOEXEC
        try:
            here = os.open(self.folder, usual | os.O_DIRECTORY)
            try:
                for folder in folders:
                    below = os.open(folder, usual | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
                    os.close(here)
                    here = below
                # O_NONBLOCK: opening a FIFO must not wait for somebody who writes into it
                return os.open(name, usual | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
            finally:
                os.close(here)
        except OSError as error:
            raise _not_opened(error, self.folder, path) from error


def _not_opened(error: OSError, folder: Path, path: str) -> Refused | Outside:
    if error.errno == errno.ENOENT:
        return Refused("the file is missing", where=path, reason=Reason.MISSING)
    if error.errno in _LINKS | {errno.ENOTDIR}:
        return Refused(
            "a link, or below something that is not a folder",
            where=path,
            hint="a publication has only files and folders, so that a copy holds all of it",
            reason=Reason.UNSAFE_PATH,
        )
    if error.errno in _SPECIAL:
        return _special(path)
    return Outside(f"cannot read it: {error.strerror}", where=str(folder / path))


def _special(path: str) -> Refused:
    return Refused("not a regular file", where=path, reason=Reason.UNSAFE_PATH)


def _too_large(path: str, limit: int) -> Refused:
    return Refused(
        f"longer than the {limit} bytes it may have", where=path, reason=Reason.TOO_LARGE
    )


class UrlSource:
    """A publication on a plain static HTTP server."""

    def __init__(self, base: str, net: Net) -> None:
        self.base = base.rstrip("/")
        self.net = net
        self.where = base

    def read(self, path: str, *, limit: int) -> bytes:
        """Return a file's bytes, at most `limit` of them."""
        with self._named(path) as url:
            return self.net.fetch(url, limit=limit)

    def copy(self, path: str, target: Path, *, sha256: str, length: int) -> None:
        """Write the file to `target`, proven while it is written."""
        make_folder(target.parent)
        with self._named(path) as url:
            found = self.net.fetch_to(url, target, limit=length)
        if found != (sha256, length):
            target.unlink()
            raise Differs(path, found[0])

    @contextmanager
    def _named(self, path: str) -> Iterator[str]:
        """Give the address of a path, and errors the path instead of the address."""
        try:
            yield f"{self.base}/{quote(inside(path))}"
        except NotFound as error:
            raise Refused("the file is missing", where=path, reason=Reason.MISSING) from error
        except Refused as error:
            raise Refused(
                error.message, where=path, hint=error.hint, reason=error.reason
            ) from error


class Fetcher(FetcherInterface):
    """TUF's port for downloads, over a source; remembers what it gave last, for error messages.

    The port does not pass the limit that TUF itself holds to, so `limit` is set by the caller: the
    exact length of the next target. Metadata is cut at the longest there may be.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.limit = metadata_limit(Targets)
        self.path = ""
        self.data: bytes | None = None

    def _fetch(self, url: str) -> Iterator[bytes]:
        """Give a file in one piece; TUF cuts it to the exact length it expects."""
        self.path, self.data = url.removeprefix(BASE), None
        try:
            self.data = self._source.read(self.path, limit=self.limit)
        except Refused as error:
            if error.reason is Reason.MISSING:
                raise DownloadHTTPError(error.message, _NOT_FOUND) from error
            if error.reason is Reason.TOO_LARGE:
                raise DownloadLengthMismatchError(error.message) from error
            raise
        return iter((self.data,))
