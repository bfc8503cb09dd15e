"""The door to a publication's folder: every file enters it whole, by one rename.

1. What is not finished lies in the staging folder beside it, on the same file system.
2. A blob is copied, never linked: a publication is carried and may be edited, and that must not
   reach the ledger. It is hashed while it is copied; one that is not what its name says does not
   enter. One that is there already, and right, stays.
3. Errors of the disk become `Outside`.

Knows nothing of TUF or releases. `Door` is what publishing uses; `Disk` is the one in earnest.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from peso.base import files
from peso.base.digest import PIECE, sha256_bytes, sha256_file
from peso.errors import Outside


class Door(Protocol):
    """What may be done to a publication's folder; each call is whole, or did nothing."""

    def place(self, data: bytes, target: Path) -> None:
        """Lay bytes down as a file, over what is there."""

    def copy(self, source: Path, target: Path, sha256: str, length: int) -> None:
        """Lay a copy of a file down, if it is what it should be."""

    def remove(self, target: Path) -> None:
        """Take a file away; absent is fine."""

    def rename(self, source: Path, target: Path) -> None:
        """Give a finished folder its name."""


class Disk:
    """The door in earnest; `staging` is on the same file system as the publication."""

    def __init__(self, staging: Path) -> None:
        self._staging = staging

    def place(self, data: bytes, target: Path) -> None:
        """Lay bytes down as a file, over what is there; equal bytes stay as they are."""
        if target.is_file() and not target.is_symlink() and _holds(target, sha256_bytes(data)):
            return
        files.write_atomic(target, data, staging=self._staging)

    def copy(self, source: Path, target: Path, sha256: str, length: int) -> None:
        """Lay a copy of a file down, if it is what it should be.

        Raises:
            Outside: the source is missing or has other bytes, or the disk failed.
        """
        if target.is_file() and not target.is_symlink() and _holds(target, sha256):
            return
        files.make_folder(target.parent)
        files.make_folder(self._staging)
        unfinished = files.temporary(self._staging)
        with files.disk(target, "write"):
            try:
                if _copy(source, unfinished) != (sha256, length):
                    raise Outside(
                        "a file of the release was changed in the ledger",
                        where=str(source),
                        hint="remove it, then run the same command again: it is made anew",
                    )
                files.settle(unfinished, target)
            finally:
                with suppress(OSError):
                    unfinished.unlink(missing_ok=True)

    def remove(self, target: Path) -> None:
        """Take a file away; absent is fine."""
        with files.disk(target, "remove"):
            target.unlink(missing_ok=True)

    def rename(self, source: Path, target: Path) -> None:
        """Give a finished folder its name."""
        with files.disk(target, "write"):
            files.settle(source, target)


def _holds(path: Path, sha256: str) -> bool:
    """Say whether a file has these bytes already."""
    with files.disk(path, "read"):
        return sha256_file(path)[0] == sha256


def _copy(source: Path, target: Path) -> tuple[str, int]:
    """Copy a file, synced; returns the sha256 and length of what was copied."""
    if not source.is_file():
        raise Outside(
            "a file of the release is missing in the ledger",
            where=str(source),
            hint="run the same command again: it is made anew",
        )
    digest, length = hashlib.sha256(), 0
    with source.open("rb", buffering=0) as reader, target.open("xb", buffering=0) as writer:
        while piece := reader.read(PIECE):
            digest.update(piece)
            length += len(piece)
            rest = memoryview(piece)
            while rest:
                rest = rest[writer.write(rest) :]
        os.fsync(writer.fileno())
    return digest.hexdigest(), length
