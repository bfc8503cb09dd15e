"""The cache that is looked at: a folder, or an address; its files, and of a folder their list.

1. Links are not followed, and what is neither file nor folder is said.
2. Behind an address nothing can be listed: only what the index names is found.
3. An archive is opened proven: its digest and its length are those its manifest says.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from peso.base.digest import sha256_bytes, sha256_stream
from peso.base.files import disk
from peso.base.net import Net
from peso.errors import BadInput, Reason, Refused
from peso.products.engines.spack.buildcache.layout import MANIFESTS, OLD, OLD_INDEX, blob_path
from peso.products.engines.spack.buildcache.record import Blob
from peso.services.delivery.facility.fetchers import Differs, FolderSource, UrlSource

MOST = 500_000
"""Manifests of a folder."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What lies where manifests lie."""

    files: tuple[str, ...]
    """Paths, from the cache's folder."""
    odd: tuple[str, ...]
    """Paths of links and of what is neither file nor folder."""


class Cache(Protocol):
    """Where a build cache is read from."""

    where: str
    readers: int
    """How many may read at once."""

    def read(self, path: str, *, limit: int) -> bytes:
        """Return a file's bytes, at most `limit` of them; raises Refused."""

    def opened(self, path: str, blob: Blob) -> AbstractContextManager[BinaryIO]:
        """Open an archive that is what its manifest says; raises Refused."""

    def length(self, path: str) -> int | None:
        """Return a file's length without reading it; None: only reading it would say."""

    def listed(self) -> Listed | None:
        """Return what lies where manifests lie; None: it cannot be listed."""

    def is_old(self) -> bool:
        """Say whether there is a cache of layout 2."""


def read_blob(cache: Cache, blob: Blob, *, most: int) -> bytes:
    """Return a blob that is what its manifest says.

    Raises:
        Refused: It is not, or longer than `most`; `where` says which file.
    """
    path = blob_path(blob.sha256)
    if blob.length > most:
        raise _too_large(path, most)
    data = cache.read(path, limit=blob.length)
    if (sha256_bytes(data), len(data)) != (blob.sha256, blob.length):
        raise Refused("it is not what its manifest says", where=path, reason=Reason.CHANGED)
    return data


def open_cache(where: str | Path, net: Net) -> Cache:
    """Return the cache at a folder or an address.

    Raises:
        BadInput: There is no such folder, or it is an address PESO cannot read from.
    """
    if isinstance(where, str):
        parts = urlsplit(where)
        if parts.scheme in {"http", "https"}:
            if parts.query or parts.fragment:
                raise BadInput("a cache's address has no `?` and no `#`", where=where)
            return UrlCache(where, net)
        if "://" in where and parts.scheme != "file":
            raise BadInput(
                f"a cache at {parts.scheme}:// is not read",
                where=where,
                hint="copy it to a folder, or serve it over https",
            )
        where = unquote(parts.path) if parts.scheme == "file" else where
    if not Path(where).is_dir():
        raise BadInput(
            "there is no such folder", where=str(where), hint="give a folder, or an https URL"
        )
    return FolderCache(Path(where))


class FolderCache:
    """A cache in a folder."""

    readers = 2

    def __init__(self, folder: Path) -> None:
        self.where = str(folder)
        self._folder, self._source = folder, FolderSource(folder)

    def read(self, path: str, *, limit: int) -> bytes:
        """Return a file's bytes, at most `limit` of them."""
        return self._source.read(path, limit=limit)

    @contextmanager
    def opened(self, path: str, blob: Blob) -> Iterator[BinaryIO]:
        """Hash an archive, then give it, from its start."""
        with self._source.open(path) as stream, disk(self._folder / path, "read"):
            sha256, length = sha256_stream(stream, limit=blob.length)
            if length > blob.length:
                raise _too_large(path, blob.length)
            if (sha256, length) != (blob.sha256, blob.length):
                raise Differs(path, sha256)
            stream.seek(0)
            yield stream

    def length(self, path: str) -> int | None:
        """Return a file's length."""
        with self._source.open(path) as stream:
            return os.fstat(stream.fileno()).st_size

    def listed(self) -> Listed:
        """Return what lies where manifests lie."""
        files, odd = list[str](), list[str]()
        below = [MANIFESTS]
        while below:
            path = below.pop()
            for entry in self._scan(path):
                one = f"{path}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    below.append(one)
                elif entry.is_file(follow_symlinks=False):
                    files.append(one)
                else:
                    odd.append(one)
            if len(files) + len(odd) + len(below) > MOST:
                raise Refused(
                    f"more than {MOST} manifests", where=MANIFESTS, reason=Reason.TOO_LARGE
                )
        return Listed(tuple(sorted(files)), tuple(sorted(odd)))

    def is_old(self) -> bool:
        """Say whether there is a cache of layout 2."""
        return (self._folder / OLD).is_dir()

    def _scan(self, path: str) -> list[os.DirEntry[str]]:
        folder = self._folder / path
        if not folder.is_dir() or folder.is_symlink():
            return []
        with disk(folder, "read"), os.scandir(folder) as entries:
            return list(entries)


class UrlCache:
    """A cache behind an http(s) address."""

    readers = 8

    def __init__(self, base: str, net: Net) -> None:
        self.where = base
        self._source = UrlSource(base, net)

    def read(self, path: str, *, limit: int) -> bytes:
        """Return a file's bytes, at most `limit` of them."""
        return self._source.read(path, limit=limit)

    @contextmanager
    def opened(self, path: str, blob: Blob) -> Iterator[BinaryIO]:
        """Fetch an archive to a place of its own, proven, and give it."""
        with TemporaryDirectory(prefix="peso-audit-") as folder:
            target = Path(folder) / "archive"
            self._source.copy(path, target, sha256=blob.sha256, length=blob.length)
            with disk(target, "read"), target.open("rb") as stream:
                yield stream

    def length(self, path: str) -> int | None:  # noqa: ARG002 - as a folder's
        """Say that only fetching it would tell."""
        return None

    def listed(self) -> Listed | None:
        """Say that an address cannot be listed."""
        return None

    def is_old(self) -> bool:
        """Say whether there is an index of layout 2."""
        try:
            self._source.read(f"{OLD_INDEX}.hash", limit=1 << 10)
        except Refused:
            return False
        return True


def _too_large(path: str, most: int) -> Refused:
    return Refused(f"longer than the {most} bytes it may have", where=path, reason=Reason.TOO_LARGE)
