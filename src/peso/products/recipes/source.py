"""Where the files of a repository come from: the port, and a folder behind it.

1. A source answers three questions: which folders hold a recipe, with a signature that changes when
   the file does; the signature of one file; its bytes.
2. Only regular files are read, and no more of one than a recipe may have.
3. What cannot be looked at (a loop of links, no permission) is reported, never skipped.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from peso.products.recipes.refusals import CannotRead

RECIPE = "package.py"
LARGEST = 1 << 20
"""Bytes; the largest real recipe has a tenth of it."""


class Seen(NamedTuple):
    """A file as it was read."""

    data: bytes
    signature: str


class RecipeSource(Protocol):
    """Where the files of one repository come from."""

    @property
    def label(self) -> str:
        """Name it for people: the folder, or folder@commit."""

    def folders(self, subdirectory: str) -> Sequence[str]:
        """Return the folders below `subdirectory` that may hold a recipe, in order of names."""

    def recipes(self, subdirectory: str) -> Mapping[str, str]:
        """Return each folder below `subdirectory` that holds a recipe, with its signature."""

    def signature(self, file: str) -> str:
        """Return what changes when the file does; empty where there is no such file."""

    def read(self, file: str) -> bytes:
        """Return a file's bytes; raises `CannotRead`."""

    def look(self, file: str) -> Seen:
        """Return a file's bytes and the signature it then had; raises `CannotRead`."""


class FolderSource:
    """A repository in a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.label = str(root)

    def folders(self, subdirectory: str) -> Sequence[str]:
        """Return all that is in a folder, in order of names; nothing of it is looked at."""
        try:
            return sorted(os.listdir(self._root / subdirectory))  # noqa: PTH208 - thrice as fast
        except OSError:
            return ()

    def recipes(self, subdirectory: str) -> Mapping[str, str]:
        """Return each folder that holds a recipe, with its signature, in order of names."""
        found: dict[str, str] = {}
        top = f"{self._root / subdirectory}{os.sep}"
        for name in self.folders(subdirectory):
            signature = _signature(f"{top}{name}{os.sep}{RECIPE}")
            if signature:
                found[name] = signature
        return found

    def signature(self, file: str) -> str:
        """Return size, time and number of a file."""
        return _signature(f"{self.label}{os.sep}{file}")

    def read(self, file: str) -> bytes:
        """Return a file's bytes; raises `CannotRead`."""
        return self.look(file).data

    def look(self, file: str) -> Seen:
        """Return a file's bytes and its signature; raises `CannotRead`."""
        try:
            # A pipe or a device must not make us wait.
            descriptor = os.open(
                f"{self.label}{os.sep}{file}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
            )
            try:
                seen = os.fstat(descriptor)
                if not stat.S_ISREG(seen.st_mode):
                    raise CannotRead("it is no regular file")
                # One byte more than a recipe may have, so that too large is seen as such.
                data = os.read(descriptor, min(seen.st_size, LARGEST) + 1)
                return Seen(data, _told(seen))
            finally:
                os.close(descriptor)
        except OSError as error:
            raise CannotRead(f"it cannot be read: {error.strerror}") from None


def _signature(path: str) -> str:
    try:
        seen = os.stat(path)  # noqa: PTH116 - a path as text: thousands of them
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        return f"!{error.errno}"
    return _told(seen)


def _told(seen: os.stat_result) -> str:
    return f"{seen.st_mtime_ns}-{seen.st_size}-{seen.st_ino}"
