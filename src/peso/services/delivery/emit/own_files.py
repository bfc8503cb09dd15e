"""Files that PESO writes for others' tools, and may write again: its own, unless somebody edited.

1. The first line says who wrote the file, and the sha256 of all that follows. A file that says so,
   and is so, is PESO's own; it may be replaced. Any other, an edited one too, is somebody's.
2. All files are looked at before the first is written: where one is somebody's, nothing is.
3. A file that is as it should be is not written again. A link is somebody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from peso.base.digest import sha256_bytes
from peso.base.files import disk, write_atomic
from peso.errors import BadInput, Fault

Did = Literal["written", "unchanged"]
_LARGEST: Final = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFile:
    """A file to be written."""

    path: Path
    command: str
    """The command that writes it, e.g. `peso emit module`."""
    comment: str
    """What begins a comment in it: `#`, `--`."""
    body: str

    @property
    def data(self) -> bytes:
        """The whole file."""
        body = self.body.encode()
        return _mark(self.comment, self.command, body) + body

    def owns(self, data: bytes) -> bool:
        """Say whether a file that is there is PESO's own, and as PESO wrote it."""
        first, end, body = data.partition(b"\n")
        return first + end == _mark(self.comment, self.command, body)


def write_own(files: Sequence[OwnFile], *, force: bool = False) -> tuple[Did, ...]:
    """Write files; returns what was done with each.

    Args:
        files: What is written.
        force: Replace files that are somebody's too.

    Raises:
        BadInput: There are files that are not PESO's own; nothing was written.
        Outside: The disk failed.
    """
    there = [_there(one.path) for one in files]
    if not force:
        faults = tuple(
            Fault(where=str(one.path), message="it is not as PESO wrote it")
            for one, data in zip(files, there, strict=True)
            if data is not None and not one.owns(data)
        )
        if faults:
            raise BadInput(
                "these files are not PESO's own; nothing was written",
                faults=faults,
                hint="move them away, name another place with --out, or say --force",
            )
    return tuple(_write(one, data) for one, data in zip(files, there, strict=True))


def _write(file: OwnFile, there: bytes | None) -> Did:
    if there == file.data:
        return "unchanged"
    if file.path.is_symlink():
        with disk(file.path, "remove the link"):
            file.path.unlink()
    write_atomic(file.path, file.data)
    return "written"


def _there(path: Path) -> bytes | None:
    """Return a file that is there; what is none, or a link, as what nobody here wrote."""
    if path.is_symlink():
        return b""
    if path.is_dir():
        raise BadInput("this is a folder", where=str(path), hint="name a file")
    if not path.exists():
        return None
    with disk(path, "read"), path.open("rb") as stream:
        return stream.read(_LARGEST)


def _mark(comment: str, command: str, body: bytes) -> bytes:
    return (
        f"{comment} written by {command}; sha256 of what follows: {sha256_bytes(body)}\n".encode()
    )
