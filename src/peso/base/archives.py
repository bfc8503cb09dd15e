"""What is in a zip or tar archive, member by member, as its headers claim it.

It reads; it writes nothing and believes nothing: whether a member may be unpacked, and where, is
decided in `files.extract`. The rules, in order:

1. The kind of archive is seen in its first bytes. Members come in the archive's order, once.
2. Every read is bounded: headers may not make us hold more than a few MiB in memory.
3. What the standard library says of a damaged archive becomes `BadInput`, in `damaged`.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, Protocol

from peso.errors import BadInput, Reason, Refused

Kind = Literal["file", "folder", "link", "hard link", "special file"]

_DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,  # a compression this Python has not
    UnicodeDecodeError,
)
_BUFFER = 1 << 18
_HEADERS = 8 << 20
"""How many bytes may be read from a tar between two pieces of data."""
_LONGEST_TARGET = 4096
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One thing in an archive, as its header says."""

    name: str
    kind: Kind
    read: Callable[[int], bytes]
    """The next bytes of a file, at most so many; to be read before the next member is asked for."""
    runs: bool = False
    """Whether its owner may execute it."""
    changed: float | None = None
    """When it was last changed, in seconds since 1970, where that is known."""
    target: str = ""
    """Where a link points to; for a hard link the name of a member."""


@contextmanager
def damaged(archive: Path) -> Iterator[None]:
    """Turn what the readers raise for a damaged archive into `BadInput`."""
    try:
        yield
    except (*_DAMAGED, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk, not the archive: gzip and bz2 raise theirs without a number
        raise BadInput(
            f"the archive is damaged or no zip or tar: {str(error) or type(error).__name__}",
            where=str(archive),
            hint="fetch it again",
        ) from error


def members(stream: IO[bytes], archive: Path) -> Iterator[Member]:
    """Say what is in the archive that `stream` reads; `archive` names it in errors."""
    start = stream.read(6)
    stream.seek(0)
    if start.startswith((b"PK\3\4", b"PK\5\6")):
        yield from _zip(stream, archive)
    elif start.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=stream) as unpacked:
            yield from _tar(unpacked, archive)
    elif start.startswith(b"BZh"):
        with bz2.BZ2File(stream) as unpacked:
            yield from _tar(unpacked, archive)
    elif start == b"\xfd7zXZ\0":
        with lzma.LZMAFile(stream) as unpacked:
            yield from _tar(unpacked, archive)
    else:
        yield from _tar(stream, archive)


def tar_members(unpacked: Readable, archive: Path) -> Iterator[Member]:
    """Say what is in a tar that the caller unpacks, and bounds, itself."""
    yield from _tar(unpacked, archive)


def _zip(stream: IO[bytes], archive: Path) -> Iterator[Member]:
    with zipfile.ZipFile(stream) as opened:
        for info in opened.infolist():
            if info.flag_bits & _ENCRYPTED:
                raise BadInput(f"{info.orig_filename!r} is encrypted", where=str(archive))
            mode = info.external_attr >> 16
            with opened.open(info) as data:
                kind = _kind_of(mode, folder=info.orig_filename.endswith("/"))
                target = data.read(_LONGEST_TARGET) if kind == "link" else b""
                yield Member(
                    name=info.orig_filename,  # `filename` is cut at the first NUL
                    kind=kind,
                    read=data.read,
                    runs=bool(mode & stat.S_IXUSR),
                    target=target.decode(),
                )


def _kind_of(mode: int, *, folder: bool) -> Kind:
    if stat.S_ISLNK(mode):
        return "link"
    if folder:
        return "folder"
    return "file" if stat.S_IFMT(mode) in {0, stat.S_IFREG} else "special file"


class Readable(Protocol):
    """What a tar can be read from, front to back."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most so many."""


class _Bounded(io.BufferedIOBase):
    """A stream that stops where a tar's headers ask for more than headers need."""

    def __init__(self, stream: Readable, archive: Path) -> None:
        self._stream = stream
        self._archive = archive
        self._left = 0

    def allow(self, size: int) -> None:
        self._left = size + _HEADERS

    def read(self, size: int | None = -1, /) -> bytes:
        data = self._stream.read(_BUFFER if size is None or size < 0 else size)
        self._left -= len(data)
        if self._left < 0:
            raise Refused(
                "the archive's headers are larger than headers may be",
                where=str(self._archive),
                reason=Reason.TOO_LARGE,
            )
        return data


def _tar(stream: Readable, archive: Path) -> Iterator[Member]:
    source = _Bounded(stream, archive)
    source.allow(0)
    with tarfile.open(fileobj=source, mode="r|", bufsize=_BUFFER) as opened:
        while (info := opened.next()) is not None:
            yield _tar_member(opened, info, source)
            source.allow(0)


def _tar_member(opened: tarfile.TarFile, info: tarfile.TarInfo, source: _Bounded) -> Member:
    data = opened.extractfile(info) if info.isreg() else None
    left = info.size

    def read(size: int) -> bytes:
        nonlocal left
        if data is None or not left:
            return b""
        source.allow(size)
        piece = data.read(min(size, left))
        if not piece:
            raise tarfile.ReadError(f"{info.name!r} ends too early")
        left -= len(piece)
        return piece

    kind: Kind = "special file"
    if info.isreg():
        kind = "file"
    elif info.isdir():
        kind = "folder"
    elif info.issym():
        kind = "link"
    elif info.islnk():
        kind = "hard link"
    return Member(
        name=info.name,
        kind=kind,
        read=read,
        runs=bool(info.mode & stat.S_IXUSR),
        changed=max(0.0, float(info.mtime)),
        target=info.linkname,
    )
