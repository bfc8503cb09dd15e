"""Needs out of a CSV file: what was understood, and by line what was not. Nothing is lost.

1. A row becomes a need if it has a statement and it is known who may see it. Any other cell that is
   not understood is told by line and column, and left unknown; the need keeps the row as it came.
2. A row of which no need can be made is set aside with its faults, and kept as it came.
3. A column nobody knows is told once; its cells stay in the text the need keeps.
4. Several values in a cell have `;` between them. Who may see it: the column, else `visibility`.
5. What is too long to be kept as it came stops the file: all such entries are told at once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from peso.base.digest import canonical_json
from peso.base.record import Record
from peso.errors import BadInput, Fault
from peso.partnerships.needs.record import Effort, Evidence, Need, Raiser, Source, Speaker
from peso.partnerships.needs.register import Aside
from peso.partnerships.needs.vocabulary import Grade, Kind, Level, OrganizationKind, Stakeholder

Kinds = TypeVar("Kinds", bound=Enum)
Made = TypeVar("Made")
ROWS = 100_000
"""Lines or entries of one input."""
_WHERE, _KEPT = 500, 200_000
"""Letters of a file's name, and of an entry, that the register keeps."""
_EXPECTED = {"visibility": "expected public, federation or member:SLUG"}
_PENDING = "n-0000000000"
"""The id of a need that has none yet."""
COLUMNS = (
    "statement",
    "detail",
    "kind",
    "stakeholder",
    "organization",
    "organization_kind",
    "facilities",
    "products",
    "communities",
    "evidence",
    "evidence_grade",
    "needed_by",
    "severity",
    "visibility",
    "effort_low",
    "effort_high",
    "estimated_by",
    "places",
)


class NotUnderstood(Record):
    """Something of the input that was not understood."""

    where: str
    message: str


class Intake(Record):
    """What came of an input."""

    needs: tuple[Need, ...]
    aside: tuple[Aside, ...]
    not_understood: tuple[NotUnderstood, ...]
    skipped: tuple[NotUnderstood, ...] = ()
    """What is no need by the rules of the input: a change request, an issue that is closed."""


@dataclass(slots=True)
class Taking:
    """What is being taken out of an input."""

    needs: list[Need] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)
    faults: list[NotUnderstood] = field(default_factory=list)
    skipped: list[NotUnderstood] = field(default_factory=list)
    too_long: list[Fault] = field(default_factory=list)

    def source(self, kind: str, where: str, text: str) -> Source:
        """Return where something comes from, and as what."""
        if len(text) > _KEPT:
            message = f"it has {len(text)} letters; at most {_KEPT} are kept as they came"
            self.too_long.append(Fault(where=where, message=message))
        return Source(kind=kind, where=where, text=text[:_KEPT])

    def fault(self, where: str, message: str) -> None:
        """Tell what was not understood."""
        self.faults.append(_told(where, message))

    def skip(self, where: str, why: str) -> None:
        """Tell what is no need by the rules of the input."""
        self.skipped.append(_told(where, why))

    def set_aside(self, source: Source, *faults: str) -> None:
        """Keep what no need can be made of."""
        self.aside.append(Aside(source=source, faults=faults))
        self.faults.extend(_told(source.where, one) for one in faults)

    def take(self, source: Source, *, known_by: str = "", **said: Any) -> None:  # noqa: ANN401 - fields of a need
        """Make a need, or set its source aside; an address may be what the need is known by."""
        now = dict(source) | ({"where": known_by} if known_by else {})
        try:
            self.needs.append(Need(id=_PENDING, source=now, **said))
        except ValidationError as error:
            self.set_aside(source, *map(_said, error.errors()))

    def done(self) -> Intake:
        """Return what came of it. Raises `BadInput` where something is too long to be kept."""
        if self.too_long:
            hint = "shorten these entries, or raise them by hand"
            raise BadInput("it is too long", faults=tuple(self.too_long), hint=hint)
        return Intake(
            needs=tuple(self.needs),
            aside=tuple(self.aside),
            not_understood=tuple(self.faults),
            skipped=tuple(self.skipped),
        )


def _told(where: str, message: str) -> NotUnderstood:
    """Tell something; half a letter, which no page can have, is written as it would be escaped."""
    return NotUnderstood(where=where, message=message.encode("utf-8", "backslashreplace").decode())


def _said(fault: ErrorDetails) -> str:
    """Say one fault of a record: the field, and what is wrong with it."""
    where = ".".join(map(str, fault["loc"]))
    return f"{where}: {_EXPECTED.get(where) or fault['msg']}"


def file_name(name: str) -> str:
    """Return a file's name as places in the file begin with it."""
    return name[-_WHERE:]


def read_csv(data: bytes, name: str, *, visibility: str) -> Intake:
    """Return the needs of a CSV file in UTF-8 whose first row names the columns.

    Raises:
        BadInput: It is no such file at all.
    """
    name = file_name(name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_utf8(data, error, name) from error
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    taking = Taking()
    header = [one.strip().lower() for one in _next(rows, name) or ()]
    if "statement" not in header:
        fault = Fault(where=f"{name}:1", message="there is no column statement")
        hint = f"put commas between cells; the columns are {', '.join(COLUMNS)}"
        raise BadInput("the first row does not name the columns", faults=(fault,), hint=hint)
    for column in header:
        if column not in COLUMNS:
            taking.fault(f"{name}:1", f"nobody knows the column {column!r}; its cells are kept")
    while (row := _next(rows, name)) is not None:
        if rows.line_num > ROWS:
            raise BadInput(f"it has more than {ROWS} lines", where=name)
        if any(cell.strip() for cell in row):
            _row(taking, header, row, f"{name}:{rows.line_num}", visibility)
    return taking.done()


def not_utf8(data: bytes, error: UnicodeDecodeError, name: str) -> BadInput:
    """Say where a file stops to be UTF-8."""
    line = data.count(b"\n", 0, error.start) + 1
    said = f"it is not UTF-8: byte {error.start + 1}"
    return BadInput(said, where=f"{name}:{line}", hint="save it as UTF-8")


def _next(rows: Iterator[list[str]], name: str) -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        line = getattr(rows, "line_num", 0)
        fault = Fault(where=f"{name}:{line}", message=str(error))
        raise BadInput("it is no CSV from this line on", faults=(fault,)) from error


def _row(taking: Taking, header: list[str], row: list[str], where: str, visibility: str) -> None:
    text = canonical_json([header, row]).decode()
    source = taking.source("csv", where, text)
    said = {key: cell.strip() for key, cell in zip(header, row, strict=False) if cell.strip()}
    if len(row) > len(header):
        taking.fault(where, f"it has {len(row)} cells for {len(header)} columns; all are kept")
    cells = Cells(taking, where, said)
    if "statement" not in said:
        taking.set_aside(source, "statement: it is empty")
        return
    taking.take(
        source,
        statement=" ".join(said["statement"].split()),
        detail=said.get("detail", ""),
        kind=cells.one_of("kind", Kind) or Kind.UNSORTED,
        raised_by=_raiser(cells),
        facilities=cells.slugs("facilities"),
        products=cells.several("products"),
        communities=cells.several("communities"),
        evidence=_evidence(cells),
        visibility=said.get("visibility", visibility),
        **_known(
            needed_by=cells.read("needed_by", date.fromisoformat, "a date like 2027-01-31"),
            severity=cells.one_of("severity", Level),
            places=cells.number("places"),
            effort=_effort(cells),
        ),
    )


def _known(**said: object) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


class Cells:
    """The cells of one row, each read with what to say where it cannot be."""

    def __init__(self, taking: Taking, where: str, said: dict[str, str]) -> None:
        self._taking, self._where, self._said = taking, where, said

    def text(self, column: str) -> str:
        """Return a cell as it is."""
        return self._said.get(column, "")

    def several(self, column: str) -> tuple[str, ...]:
        """Return the values of a cell."""
        found = (one.strip() for one in self.text(column).split(";"))
        return tuple(dict.fromkeys(one for one in found if one))

    def slugs(self, column: str) -> tuple[str, ...]:
        """Return the organizations of a cell by their slugs."""
        found = [(one, slug_of(one)) for one in self.several(column)]
        for said, slug in found:
            if not slug:
                self.fault(column, f"{said!r} is no name of an organization")
        return tuple(dict.fromkeys(slug for _, slug in found if slug))

    def one_of(self, column: str, kinds: type[Kinds]) -> Kinds | None:
        """Return one of a closed list of words."""
        said = self.text(column).lower().replace(" ", "-")
        expected = f"one of {', '.join(one.value for one in kinds)}"
        return self.read(column, lambda _: kinds(said), expected)

    def number(self, column: str) -> int | None:
        """Return a whole number above zero."""
        return self.read(column, _positive, "a whole number above zero")

    def read(self, column: str, make: Callable[[str], Made], expected: str) -> Made | None:
        """Return what a cell means; None where it is empty or cannot be read, which is told."""
        said = self.text(column)
        if said:
            try:
                return make(said)
            except ValueError:
                self.fault(column, f"{said!r} is not understood; expected {expected}")
        return None

    def fault(self, column: str, message: str) -> None:
        """Tell what was not understood in a column."""
        self._taking.fault(self._where, f"{column}: {message}")


def slug_of(name: str) -> str:
    """Return the slug of a name; empty where there is nothing to make one of."""
    words = "".join(one if one.isascii() and one.isalnum() else " " for one in name.lower()).split()
    return "-".join(words)[:63].strip("-")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _raiser(cells: Cells) -> Raiser:
    stakeholder = cells.one_of("stakeholder", Stakeholder) or Stakeholder.UNSORTED
    name = cells.text("organization")
    if not name:
        return Raiser(stakeholder=stakeholder)
    slug = slug_of(name)
    if not slug:
        cells.fault("organization", f"{name!r} is no name of an organization")
        return Raiser(stakeholder=stakeholder)
    kind = cells.one_of("organization_kind", OrganizationKind) or OrganizationKind.OTHER
    return Raiser(stakeholder=stakeholder, organization=Speaker(slug=slug, kind=kind))


def _evidence(cells: Cells) -> tuple[Evidence, ...]:
    grade, found = cells.one_of("evidence_grade", Grade), []
    for one in cells.several("evidence"):
        link = one if _address(one) else ""
        worth = grade or (Grade.DOCUMENTED if link else Grade.SAID)
        try:
            found.append(Evidence(grade=worth, text=one, link=link))
        except ValidationError:
            cells.fault("evidence", f"{one[:40]!r}… is too long")
    return tuple(found)


def _address(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def _effort(cells: Cells) -> Effort | None:
    low, high = cells.number("effort_low"), cells.number("effort_high")
    by = cells.text("estimated_by")
    if low is None and high is None:
        return None
    if low is None or high is None or not by:
        cells.fault("effort_low", "an effort needs effort_low, effort_high and estimated_by")
        return None
    with suppress(ValidationError):
        return Effort(low=low, high=high, estimated_by=by)
    cells.fault("effort_low", f"{low} to {high} days is no range")
    return None
