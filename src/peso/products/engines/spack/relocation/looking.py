"""Looking: which folders of the builder's the files of an installed unit still name, and where.

1. Every file and link below the unit's folder is looked at; a link is not followed. A file is read
   whole, up to a limit; one that is larger or cannot be read is told.
2. What a path means hangs on where it stands: a shebang, the areas of an ELF file, also of one in
   a static library, text, other data.
3. Of one file one leak is told for each kind and folder: the first place, and how often.
4. What is packed (`.gz`, compressed debug information) is not unpacked.
"""

from __future__ import annotations

import mmap
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from peso.products.engines.relocation import LeakKind, Place
from peso.products.engines.spack.relocation import elf
from peso.products.engines.spack.relocation.members import MAGIC as STATIC
from peso.products.engines.spack.relocation.members import members
from peso.products.engines.spack.relocation.places import Named, Places

LARGEST: Final = 4 << 30
_HEAD: Final = 8 << 10
_SHOWN: Final = 160
_PATH: Final = 4096
"""Characters of a path at most."""
_DOCUMENTATION: Final = (("share", "doc"), ("share", "man"), ("share", "info"), ("man",), ("doc",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One kind of leak in one file, after one move."""

    file: str
    kind: LeakKind
    place: Place
    where: str
    text: str
    times: int


@dataclass(slots=True)
class Look:
    """What was seen of a unit."""

    seen: list[Seen] = field(default_factory=list)
    files: int = 0
    unread: list[str] = field(default_factory=list)


def look(prefix: Path, places: Places) -> Look:
    """Look at every file of a unit."""
    found = Look()
    for path in _below(prefix):
        name = path.relative_to(prefix).as_posix()
        try:
            kind = path.lstat().st_mode
            if stat.S_ISLNK(kind):
                found.seen.extend(_link(name, os.fsencode(path.readlink()), places))
            elif stat.S_ISREG(kind):
                found.seen.extend(_file(path, name, places))
            else:
                continue
        except (OSError, _TooLargeError):
            found.unread.append(name)
            continue
        found.files += 1
    return found


class _TooLargeError(Exception):
    """A file that is not read."""


def _below(prefix: Path) -> Iterator[Path]:
    for top, folders, files in os.walk(prefix):
        folders.sort()
        links = [name for name in folders if Path(top, name).is_symlink()]
        yield from (Path(top, name) for name in sorted([*files, *links]))


def _link(name: str, target: bytes, places: Places) -> Iterator[Seen]:
    for one in places.named(target):
        text = places.hidden(target)[:_SHOWN]
        yield Seen(file=name, kind="link", place=one.place, where="", text=text, times=1)
        return


def _file(path: Path, name: str, places: Places) -> list[Seen]:
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > LARGEST:
            raise _TooLargeError
        if not size:
            return []
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _data(data, name, places)


def _data(data: mmap.mmap, name: str, places: Places) -> list[Seen]:
    """Give the leaks of a file, one for each kind and folder."""
    named = list(places.named(data))
    if not named:
        return []
    areas = _Areas(data, name)
    first: dict[tuple[LeakKind, Place], tuple[str, str]] = {}
    times: dict[tuple[LeakKind, Place], int] = {}
    for one in named:
        kind = areas.kind(one)
        key = kind, one.place
        times[key] = times.get(key, 0) + 1
        if key not in first:
            first[key] = areas.where(one), places.hidden(areas.text(one))[:_SHOWN]
    return [
        Seen(file=name, kind=kind, place=place, where=where, text=text, times=times[kind, place])
        for (kind, place), (where, text) in first.items()
    ]


class _Areas:
    """What stands where in a file that names a folder of the builder's."""

    def __init__(self, data: mmap.mmap, name: str) -> None:
        self._data = data
        self._plain = False
        self._always = _by_name(name)
        self._static: list[tuple[int, int]] = []
        self._read: dict[int, elf.Elf] = {}
        head = data[:_HEAD]
        if head.startswith(elf.MAGIC):
            self._static = [(0, len(data))]
        elif head.startswith(STATIC):
            self._static = list(members(data))
        else:
            self._plain = b"\0" not in head

    def kind(self, one: Named) -> LeakKind:
        """Return what reads a place."""
        if self._always is not None:
            return self._always
        if self._plain:
            line = self._data.find(b"\n", 0, one.start)
            return "shebang" if self._data[:2] == b"#!" and line < 0 else "text"
        for start, end in self._static:
            if start <= one.start < end:
                return self._object(start, end).kind(
                    one.start - start, os.fsdecode(self._around(one, b"\0:", _PATH))
                )
        return "data"

    def _object(self, start: int, end: int) -> elf.Elf:
        if start not in self._read:
            self._read[start] = elf.read_elf(self._data[start:end])
        return self._read[start]

    def where(self, one: Named) -> str:
        """Say where a place is."""
        if not self._plain:
            return f"offset {one.start:#x}"
        line = self._data[: one.start].count(b"\n") + 1
        return f"line {line}"

    def text(self, one: Named) -> bytes:
        """Return the line, or the string, in which a place is, around it."""
        return self._around(one, b"\0\n\r", _SHOWN)

    def _around(self, one: Named, breaks: bytes, most: int) -> bytes:
        """Return what stands around a place, up to a break on either side."""
        low = max(0, one.start - most)
        before, after = self._data[low : one.start], self._data[one.end : one.end + most]
        start = max(before.rfind(breaks[at : at + 1]) for at in range(len(breaks))) + 1
        ends = [after.find(breaks[at : at + 1]) for at in range(len(breaks))]
        end = min((one for one in ends if one >= 0), default=len(after))
        return before[start:] + self._data[one.start : one.end] + after[:end]


def _by_name(name: str) -> LeakKind | None:
    """Return what a file is by its place in the unit, where that decides."""
    parts = PurePosixPath(name).parts
    if parts[0] == ".spack":
        return "account"
    if any(parts[: len(one)] == one for one in _DOCUMENTATION):
        return "documentation"
    return "bytecode" if name.endswith((".pyc", ".pyo")) else None
