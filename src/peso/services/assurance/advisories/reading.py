"""The files of a source: taken for a format, and read by all cores.

1. A file that is no record is a finding with its name; it neither ends the import nor is lost.
2. A file that ends the process that reads it is a finding too; so is a record that is kept and
   cannot mean what it says: it names no product, or a range that holds no version.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from peso.base.finding import Finding
from peso.base.pool import Died, map_each
from peso.services.assurance.advisories.formats import Format, most, told
from peso.services.assurance.advisories.places import File, head_of, read_file
from peso.services.assurance.advisories.record import Advisory, Unreadable, finding
from peso.services.assurance.advisories.store import Row, row_of

_BATCH = 100
_LOOKED_AT = 60
"""How many files are looked at to tell the format of a source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gave:
    """What a file gave."""

    rows: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()
    as_of: datetime | None = None


def format_of(files: Sequence[File]) -> Format | None:
    """Return what the files are taken for, looking at some of all of them."""
    step = max(1, len(files) // _LOOKED_AT)
    return most(told(file.suffix, head_of(file)) for file in files[::step])


def read_all(files: Sequence[File], form: Format) -> Iterator[Gave]:
    """Read every file, in order."""

    def some(batch: Sequence[int]) -> list[Gave]:  # numbers: workers have the files from their fork
        return [_read(files[number], form) for number in batch]

    done = 0
    for batch in map_each(some, range(len(files)), batch=_BATCH):
        for gave in batch:
            if isinstance(gave, Died):
                message = "the process that read it was ended; it is left out"
                yield Gave(findings=(finding("advisory-unreadable", files[done].name, message),))
            else:
                yield gave
            done += 1


def _read(file: File, form: Format) -> Gave:
    try:
        read = form.read(file.name, read_file(file, form.limit))
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
