"""Where the files of a source are: a folder, a single file, or an archive that is read in place.

1. Only files that are named like records are given; hidden ones are not. A single file is given
   whatever it is called. A link or a special file is given and not read.
2. Nothing of an archive is written to a disk: its members are read a heap at a time, so that a
   million small files cost no million small writes. Names that could leave a folder, the same name
   twice, too many members or too many bytes refuse the whole archive; bytes are counted as they
   are unpacked, never taken from headers.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from peso.base.archives import Member, damaged, members
from peso.base.files import disk, safe_member
from peso.errors import Reason, Refused
from peso.services.assurance.advisories.formats import HEAD, LONGEST, SUFFIXES
from peso.services.assurance.advisories.record import Unreadable

_UNPACKED_LIMIT: Final = 8 << 30
_MEMBERS_LIMIT: Final = 2_000_000
_HEAP: Final = 16 << 20
_HEAP_FILES: Final = 2_000
_PIECE: Final = 1 << 20
_PACKED: Final = (b"PK", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_TAR_AT, _TAR = 257, b"ustar"
_NO_FILE: Final = "it is a link or a special file, which is not read"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a source."""

    name: str
    """As people know it: below the folder, or in the archive."""
    path: Path | None = None
    """Where it is; None for a member of an archive."""
    data: bytes = b""
    """What a member of an archive holds; no more than any format may have, and one byte."""
    why: str = ""
    """Why it cannot be read."""

    @property
    def suffix(self) -> str:
        """What its name ends with."""
        return PurePosixPath(self.name).suffix


def heaps_in(source: Path) -> Iterator[tuple[File, ...]]:
    """Give the files of a source: those of an archive heap by heap, others at once.

    Raises:
        Refused: The archive is unsafe, or too large.
        BadInput: It is damaged.
        Outside: The disk failed.
    """
    if source.is_dir() or not _packed(source):
        yield files_in(source)
    else:
        yield from _members(source)


def files_in(source: Path) -> tuple[File, ...]:
    """Return the files of a folder that are named like records, sorted; or the one file."""
    if not source.is_dir():
        return (File(path=source, name=source.name),)
    found = []
    for top, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(top, name)
            if path.suffix in SUFFIXES and not name.startswith("."):
                found.append(File(path=path, name=str(path.relative_to(source))))
    return tuple(found)


def archives_in(folder: Path) -> tuple[Path, ...]:
    """Return the archives that lie in a folder itself: each is a source of its own."""
    with disk(folder, "list"):
        found = sorted(one for one in folder.iterdir() if one.is_file() and not one.is_symlink())
    return tuple(one for one in found if _packed(one))


def read_file(file: File, limit: int) -> bytes:
    """Return the bytes of a file.

    Raises:
        Unreadable: it is no plain file, or longer than `limit`.
        Outside: the disk failed.
    """
    data = _start(file, limit + 1)
    if len(data) > limit:
        raise Unreadable(f"it is longer than {limit >> 20} MiB")
    return data


def head_of(file: File) -> bytes:
    """Return the first bytes of a file; none of one that cannot be read."""
    try:
        return _start(file, HEAD)
    except Unreadable:
        return b""


def _start(file: File, count: int) -> bytes:
    if file.why:
        raise Unreadable(file.why)
    if file.path is None:
        return file.data[:count]
    with disk(file.path, "read"):
        if not stat.S_ISREG(file.path.lstat().st_mode):  # a pipe would be waited for
            raise Unreadable(_NO_FILE)
        with file.path.open("rb") as stream:
            return stream.read(count)


def _packed(source: Path) -> bool:
    """Say whether a file is taken for an archive: by its first bytes."""
    if source.suffix in SUFFIXES:
        return False
    with disk(source, "read"), source.open("rb") as stream:
        head = stream.read(_TAR_AT + len(_TAR))
    return head.startswith(_PACKED) or head[_TAR_AT:] == _TAR


def _members(archive: Path) -> Iterator[tuple[File, ...]]:
    taking = _Taking(archive)
    with disk(archive, "read"), archive.open("rb") as stream, damaged(archive):
        for member in members(stream, archive):
            taking.take(member)
            if taking.full:
                yield taking.heap()
    yield taking.heap()


class _Taking:
    """What was taken out of an archive so far, and what may still be."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive
        self._names: set[str] = set()
        self._left = _UNPACKED_LIMIT
        self._heap: list[File] = []
        self._size = 0

    @property
    def full(self) -> bool:
        """Whether there is enough for a heap."""
        return self._size >= _HEAP or len(self._heap) >= _HEAP_FILES

    def heap(self) -> tuple[File, ...]:
        """Return what was taken since the last heap."""
        taken, self._heap, self._size = tuple(self._heap), [], 0
        return taken

    def take(self, member: Member) -> None:
        """Take a member, or say why the archive is refused."""
        if member.kind == "folder":
            if PurePosixPath(member.name).parts:
                self._safe(member.name)
            return
        path = self._safe(member.name)
        if str(path) in self._names:
            raise self._no(f"has {member.name!r} twice", Reason.UNSAFE_PATH)
        self._names.add(str(path))
        if len(self._names) > _MEMBERS_LIMIT:
            raise self._no(f"has more than {_MEMBERS_LIMIT} members", Reason.TOO_LARGE)
        wanted = path.suffix in SUFFIXES and not any(part[0] == "." for part in path.parts)
        data = self._read(member, wanted=wanted)
        if wanted:
            why = "" if member.kind == "file" else _NO_FILE
            self._heap.append(File(name=str(path), data=data, why=why))
            self._size += len(data)

    def _read(self, member: Member, *, wanted: bool) -> bytes:
        """Read a file to its end; of one that is wanted keep as much as any format may have."""
        kept, room = [], LONGEST + 1
        while member.kind == "file" and (piece := member.read(_PIECE)):
            self._left -= len(piece)
            if self._left < 0:
                raise self._no("has more bytes than allowed", Reason.TOO_LARGE)
            if wanted and room > 0:
                kept.append(piece[:room])
                room -= len(piece)
        return b"".join(kept)

    def _safe(self, name: str) -> PurePosixPath:
        try:
            return safe_member(name)
        except Refused as refused:
            raise self._no(f"is unsafe: {refused.message}", Reason.UNSAFE_PATH) from refused

    def _no(self, why: str, reason: Reason) -> Refused:
        return Refused(f"the archive {why}", where=str(self._archive), reason=reason)
