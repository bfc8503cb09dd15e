r"""Copies: a portal's backup as a file, written and read a piece at a time.

    gzip of:  Head\n  <row>\n …  <CopiedItem>\n<its bytes> …  Tail\n

1. Rows are JSON, a line each; the head says how many they are, and their digest. What runners
   pushed follows, each thing with the ledger it is of, its length and its digest; the tail says how
   many those are, and the digest of the head and all their lines. A copy without its tail is none.
2. It gets its name when it is complete. Reading is bounded: rows by `_ROWS_LIMIT`, a pushed thing
   by the length that a push may have.
3. It can sign in as anybody: mode 0600.

It knows no database: `keeping.py` does.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError

from peso.base.digest import sha256_bytes
from peso.base.files import disk, make_folder, settle, sweep, temporary
from peso.base.record import Record
from peso.errors import BadInput
from peso.services.delivery.pushing.batch import Hex, Item

_ROWS_LIMIT: Final = 1 << 30
"""Bytes of all rows that are read at most."""
_LINE_LIMIT: Final = 8 << 10
_SCHEMA: Final = "peso.portal-backup/2"


class Head(Record):
    """The first line of a copy."""

    made_by: str
    """The PESO that wrote it."""
    form: tuple[str, ...]
    """The migrations that the tables had."""
    rows: int
    schema_name: Literal["peso.portal-backup/2"] = _SCHEMA
    secret: str
    sha256: str
    """Of all rows."""


class CopiedItem(Record):
    """Something that a runner pushed; its bytes follow."""

    ledger: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    """The folder of its platform's ledger."""
    item: Item


class Tail(Record):
    """The last line of a copy."""

    items: int
    bytes: int
    """Of all items."""
    sha256: Hex
    """Of the head and the items' lines: they name rows and items by their digests."""


def write_copy(
    file: Path, head: Head, body: bytes, pushed: Iterable[tuple[CopiedItem, bytes]]
) -> Tail:
    """Write a copy; it has its name when all of it is there. Raises `Outside`."""
    make_folder(file.parent)
    sweep(file.parent)
    unfinished = temporary(file.parent)
    digest, items, length = hashlib.sha256(_line(head)), 0, 0
    try:
        with disk(file, "write"):
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as raw:
                with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed:
                    packed.write(_line(head))
                    packed.write(body)
                    for one, data in pushed:
                        line = _line(one)
                        digest.update(line)
                        packed.write(line)
                        packed.write(data)
                        items, length = items + 1, length + len(data)
                    tail = Tail(items=items, bytes=length, sha256=digest.hexdigest())
                    packed.write(_line(tail))
                raw.flush()
                os.fsync(raw.fileno())
            settle(unfinished, file)
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return tail


class Copy:
    """A copy that is read: its head, its rows, and what was pushed, once through."""

    def __init__(self, stream: gzip.GzipFile, file: Path) -> None:
        self._stream, self._file = stream, file
        self.head = _head(self._readline(_LINE_LIMIT), file)
        self.lines = self._rows()
        self.tail: Tail | None = None

    def pushed(self) -> Iterator[tuple[CopiedItem, bytes]]:
        """Yield what runners pushed, each thing proven; the tail is proven at the end.

        Raises:
            BadInput: Something is not as it was written, or the tail is missing.
        """
        digest, items, length = hashlib.sha256(_line(self.head)), 0, 0
        while True:
            line = self._readline(_LINE_LIMIT)
            try:
                one = CopiedItem.parse(line)
            except ValidationError:
                break
            data = self._read(one.item.length)
            if sha256_bytes(data) != one.item.sha256:
                raise damaged(self._file)
            digest.update(line)
            items, length = items + 1, length + len(data)
            yield one, data
        try:
            self.tail = Tail.parse(line)
        except ValidationError as no:
            raise damaged(self._file) from no
        found = Tail(items=items, bytes=length, sha256=digest.hexdigest())
        if self.tail != found or self._read(1):
            raise damaged(self._file)

    def _rows(self) -> list[str]:
        found, length = [], 0
        for _ in range(self.head.rows):
            line = self._readline(_ROWS_LIMIT - length)
            length += len(line)
            found.append(line)
        if sha256_bytes(b"".join(found)) != self.head.sha256:
            raise damaged(self._file)
        return [line.decode().rstrip("\n") for line in found]

    def _readline(self, limit: int) -> bytes:
        with _whole(self._file):
            line = self._stream.readline(limit)
        if not line.endswith(b"\n"):
            raise damaged(self._file)
        return line

    def _read(self, length: int) -> bytes:
        with _whole(self._file):
            return self._stream.read(length)


@contextmanager
def read_copy(file: Path) -> Iterator[Copy]:
    """Open a copy, its rows proven.

    Raises:
        BadInput: It is no copy, of another form, or damaged.
    """
    with disk(file, "read"):
        raw = file.open("rb")
    with raw, gzip.GzipFile(fileobj=raw) as packed:
        yield Copy(packed, file)


def damaged(file: Path) -> BadInput:
    """Return what is said of a copy that is not as it was written."""
    return BadInput("this copy is damaged", where=str(file), hint="use another one")


@contextmanager
def _whole(file: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError, ValueError, zlib.error) as no:
        raise BadInput("this is no copy of a portal", where=str(file)) from no


def _head(line: bytes, file: Path) -> Head:
    try:
        return Head.parse(line)
    except ValidationError as no:
        said = _plain(line)
        name = str(said.get("schema_name", ""))
        if not name.startswith("peso.portal-backup/") or name == _SCHEMA:
            raise BadInput("this is no copy of a portal", where=str(file)) from no
        raise BadInput(
            "this copy is of another form",
            where=str(file),
            hint=f"PESO {said.get('made_by')} wrote it: restore it with that, then upgrade",
        ) from no


def _plain(line: bytes) -> dict[str, object]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _line(one: Record) -> bytes:
    return one.canonical() + b"\n"
