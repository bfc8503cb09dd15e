"""The files of a source: found, taken for a format, and read by all cores.

1. Only files that are named like records are looked at; hidden ones are not. A link or a special
   file is not read. A single file is read whatever it is called.
2. A file that is no record is a finding with its name; it neither ends the import nor is lost.
3. A file that ends the process that reads it is a finding too; so is a record that is kept and
   cannot mean what it says: it names no product, or a range that holds no version.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from peso.base.files import disk
from peso.base.finding import Finding
from peso.base.pool import Died, map_each
from peso.services.assurance.advisories.formats import HEAD, SUFFIXES, Format, most, told
from peso.services.assurance.advisories.record import Advisory, Unreadable, finding
from peso.services.assurance.advisories.store import Row, row_of

_BATCH = 100
_LOOKED_AT = 60
"""How many files are looked at to tell the format of a source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a source."""

    path: Path
    name: str
    """As people know it: below the folder, or in the archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gave:
    """What a file gave."""

    rows: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()
    as_of: datetime | None = None


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


def format_of(files: Sequence[File]) -> Format | None:
    """Return what the files are taken for, looking at some of all of them."""
    step = max(1, len(files) // _LOOKED_AT)
    return most(told(file.path.suffix, _head(file.path)) for file in files[::step])


def read_all(files: Sequence[File], form: Format) -> Iterator[Gave]:
    """Read every file, in order."""

    def some(batch: Sequence[File]) -> list[Gave]:
        return [_read(file, form) for file in batch]

    done = 0
    for batch in map_each(some, files, batch=_BATCH):
        for gave in batch:
            if isinstance(gave, Died):
                message = "the process that read it was ended; it is left out"
                yield Gave(findings=(finding("advisory-unreadable", files[done].name, message),))
            else:
                yield gave
            done += 1


def _read(file: File, form: Format) -> Gave:
    try:
        read = form.read(file.name, read_file(file.path, form.limit))
    except Unreadable as error:
        return Gave(findings=(finding("advisory-unreadable", file.name, str(error)),))
    doubts = [doubt for one in read.records for doubt in _doubts(file.name, one)]
    return Gave(
        rows=tuple(row_of(one) for one in read.records),
        findings=(*read.findings, *doubts),
        as_of=read.as_of,
    )


def _doubts(name: str, record: Advisory) -> Iterator[Finding]:
    """Say what is odd about a record that is one."""
    if record.withdrawn is not None:
        return
    if not any(one.keys for one in record.affected):
        message = f"{record.id} names no product, so no component is matched with it"
        yield finding("advisory-without-product", name, message)
    spans = (span for entry in record.affected for span in entry.ranges if span.type != "GIT")
    for span in spans:
        for (kind, at), (next_kind, end) in pairwise(span.events):
            if (kind, next_kind) == ("introduced", "fixed") and at == end != "0":
                message = f"{record.id} has a range without a version: from {at} to before {end}"
                yield finding("advisory-empty-range", name, message)


def read_file(path: Path, limit: int) -> bytes:
    """Return the bytes of a file of records.

    Raises:
        Unreadable: it is no plain file, or longer than `limit`.
        Outside: the disk failed.
    """
    with disk(path, "read"):
        if not _plain(path):
            raise Unreadable("it is a link or a special file, which is not read")
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    if len(data) > limit:
        raise Unreadable(f"it is longer than {limit >> 20} MiB")
    return data


def _head(path: Path) -> bytes:
    with disk(path, "read"):
        if not _plain(path):
            return b""
        with path.open("rb") as stream:
            return stream.read(HEAD)


def _plain(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)  # a pipe would be waited for
