"""Importing: a folder, an archive or a file of advisories becomes a source in the store.

Evaluates nothing: `scan.py` does. The rules, in order:

1. Importing replaces the source of that name as a whole, or leaves it as it was.
2. What is no record is a finding with its file; the rest is imported. Nothing at all is bad input.
3. An archive is read in place (`places.py`); one that is unsafe or too large is refused.
4. The format is told by the content of the files, unless the caller names it.
5. A folder is one source. One in which archives lie is a folder of sources: it is refused, and
   says what to import, for what is not read must not look as if it were.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.files import locked
from peso.base.finding import Finding
from peso.errors import BadInput, Fault
from peso.services.assurance.advisories.formats import FORMATS, Format, named
from peso.services.assurance.advisories.places import File, archives_in, heaps_in
from peso.services.assurance.advisories.reading import format_of, read_all
from peso.services.assurance.advisories.record import finding
from peso.services.assurance.advisories.source import Source, in_utc
from peso.services.assurance.advisories.store import Writing, replacing

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MOST_FINDINGS = 1_000
"""How many findings of one rule are kept with a source."""


def import_advisories(  # noqa: PLR0913 - one for each option of the command
    source: Path,
    store: Path,
    *,
    name: str | None,
    now: datetime,
    form: str | None = None,
    as_of: datetime | None = None,
) -> Source:
    """Import advisories from a folder, an archive (zip, tar) or a file.

    Args:
        source: The folder, archive or file.
        store: The folder of advisories.
        name: What the source is called; without one, its file name without what follows a dot.
        now: When this is.
        form: The name of its format; without one it is told by the content.
        as_of: As of when it speaks, where none of its records has a date.

    Raises:
        BadInput: There is no such file, no record in it, or the name or format cannot be used.
        Refused: The archive is unsafe, or too large.
        Outside: The disk failed.
    """
    called = name or source.absolute().name.partition(".")[0]
    if not _NAME.fullmatch(called):
        raise BadInput(
            f"{called!r} cannot name a source",
            where=str(source),
            hint="give a name of letters, digits, dots, dashes and underscores with --name",
        )
    if form is not None and named(form) is None:
        known = ", ".join(one.name for one in FORMATS)
        raise BadInput(f"{form!r} is no format of advisories", hint=f"one of: {known}")
    if not source.exists():
        raise BadInput("there is no such file or folder", where=str(source), hint="check the path")
    _refuse_several(source)
    with locked(store / ".lock", who="peso advisories import", wait=True):
        with replacing(store, called) as writing:
            filled = _fill(writing, source, named(form or ""))
            made = _describe(called, filled, now, as_of)
            writing.finish(made)
        return made


def _refuse_several(source: Path) -> None:
    """Refuse a folder of sources."""
    if source.is_dir() and (archives := archives_in(source)):
        raise BadInput(
            f"{len(archives)} archives lie in it: each is a source of its own",
            where=str(source),
            faults=tuple(Fault(where=str(one), message="is not read with it") for one in archives),
            hint=f"import each file by itself: for one in {source}/*; do "
            'peso advisories import "$one"; done',
        )


class _Filled:
    """What was written for a source."""

    def __init__(self, writing: Writing, form: Format | None) -> None:
        self.form, self.writing = form, writing
        self.files = 0
        self.as_of: list[datetime] = []
        self._findings: list[Finding] = []
        self._count: Counter[str] = Counter()

    def add(self, heap: tuple[File, ...]) -> None:
        """Read a heap of files, and write what is in them."""
        self.files += len(heap)
        self.form = self.form or format_of(heap)
        if self.form is None:
            message = "no format of advisories knows it"
            self.tell(*(finding("advisory-unreadable", one.name, message) for one in heap))
            return
        for file, gave in zip(heap, read_all(heap, self.form), strict=True):
            self.tell(*gave.findings)
            self.as_of += [gave.as_of] if gave.as_of else []
            for row in gave.rows:
                if not self.writing.add(row):
                    message = f"{row.id} is there twice; the one changed last counts"
                    self.tell(finding("advisory-twice", file.name, message))

    def tell(self, *findings: Finding) -> None:
        """Keep what was seen; of one rule no more than fit."""
        for one in findings:
            self._count[one.rule] += 1
            if self._count[one.rule] <= _MOST_FINDINGS:
                self._findings.append(one)

    def findings(self) -> tuple[Finding, ...]:
        """Return what was seen, by file; of what did not fit, how many there are."""
        more = ((rule, count - _MOST_FINDINGS) for rule, count in self._count.items())
        rest = (
            finding(rule, "the rest", f"{count} more, which are not listed")
            for rule, count in more
            if count > 0
        )
        return (*sorted(self._findings, key=lambda one: one.subject), *rest)


def _fill(writing: Writing, source: Path, form: Format | None) -> _Filled:
    filled = _Filled(writing, form)
    for heap in heaps_in(source):
        filled.add(heap)
    if not writing.rows():
        first = next(iter(filled.findings()), None) if filled.form else None
        why = f"; of {first.subject}: {first.message}" if first else ""
        what = f"{filled.form.name} record" if filled.form else "advisory"
        raise _nothing(source, filled.files, what, why)
    return filled


def _nothing(source: Path, looked: int, what: str, why: str = "") -> BadInput:
    known = ", ".join(f"{one.name} ({one.title})" for one in FORMATS)
    return BadInput(
        f"no {what} in it ({looked} files were looked at{why})",
        where=str(source),
        hint=f"give a folder, an archive or a file of one of these formats: {known}",
    )


def _describe(name: str, filled: _Filled, now: datetime, as_of: datetime | None) -> Source:
    rows = filled.writing.rows()
    dated = [datetime.fromtimestamp(row.modified, UTC) for row in rows if row.modified]
    return Source(
        name=name,
        records=len(rows),
        newest=max([*dated, *filled.as_of], default=in_utc(as_of) if as_of else None),
        imported=now,
        sha256=sha256_bytes(canonical_json([[row.id, row.digest.hex()] for row in rows])),
        findings=filled.findings(),
        format=filled.form.name if filled.form else "",
        products=len({key for row in rows if not row.withdrawn for key in row.keys}),
        withdrawn=sum(row.withdrawn for row in rows),
    )
