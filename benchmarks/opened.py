"""Which files below a folder are opened while a block runs, as Linux tells (inotify).

Whoever opens them and however, so what is counted is what happens and not what code says of itself.
A file that is laid down by a rename without being opened in its place is not counted.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_OPEN, _LOST, _IGNORED, _FOLDER = 0x20, 0x4000, 0x8000, 0x40000000
_EVENT = struct.Struct("iIII")
_AT_ONCE = 1 << 20


@dataclass(slots=True)
class Opened:
    """What was opened."""

    files: set[Path] = field(default_factory=set)

    @property
    def bytes(self) -> int:
        """How long these files are now, together."""
        return sum(one.stat().st_size for one in self.files if one.is_file())


@contextmanager
def opened(*folders: Path) -> Iterator[Opened]:
    """Take note of every file that is opened in folders, at any depth that is there already."""
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    found = Opened()
    try:
        places = dict(_places(libc, watch, folders))
        yield found
        _take(watch, places, found)
    finally:
        os.close(watch)


def _places(libc: ctypes.CDLL, watch: int, folders: tuple[Path, ...]) -> Iterator[tuple[int, Path]]:
    for folder in folders:
        for path, _, _ in os.walk(folder):
            number = libc.inotify_add_watch(watch, os.fsencode(path), _OPEN)
            if number < 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), path)
            yield number, Path(path)


def _take(watch: int, places: dict[int, Path], found: Opened) -> None:
    """Read all that the kernel kept."""
    while True:
        try:
            data = os.read(watch, _AT_ONCE)
        except BlockingIOError:
            return
        at = 0
        while at < len(data):
            number, mask, _, length = _EVENT.unpack_from(data, at)
            name = data[at + _EVENT.size : at + _EVENT.size + length].rstrip(b"\0")
            at += _EVENT.size + length
            if mask & _LOST:
                raise RuntimeError("more files were opened than the kernel keeps in mind")
            if name and not mask & (_FOLDER | _IGNORED):
                found.files.add(places[number] / os.fsdecode(name))
