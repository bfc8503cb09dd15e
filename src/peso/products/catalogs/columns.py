"""Columns: which key of a catalog's file is which field of a record, read in one place.

1. A key without a column is kept under its own name, and a finding; near a known key it is a
   misspelling.
2. A value of another shape than its column's is kept as it is, and a finding.
3. A blank value is `Unknown` where the field must have text; else the field's default.
4. The same table turns a field back into the value of its key (`key_value`).
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from peso.products.catalogs.quality import Seen
from peso.products.catalogs.written import List, Mapping, Pair, Scalar, plain

BLANK = "the catalog leaves it blank"
ABSENT = "the catalog does not say"
_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}")
WHOLE = "*"
"""The key under which an entry is kept that is no mapping."""

Kind = Literal[
    "text", "word", "texts", "names", "number", "flag", "date", "free", "records", "keep"
]
"""`text` is never empty; a `word` may be. `names` is one or several. `records` have columns. `keep`
is known, and kept under its own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A field of a record, and the key it is read from."""

    field: str
    key: str
    kind: Kind = "text"
    needed: bool = False
    """Whether the catalog's README asks for it."""
    lacks: str = ""
    """The rule a missing or blank value breaks, where it has one of its own."""
    of: tuple[Column, ...] = ()
    """The columns of `records`."""
    extra: tuple[tuple[str, Any], ...] = ()
    """What each of the `records` gets besides."""


@dataclass(slots=True, kw_only=True)
class Row:
    """What was read from a mapping: fields, their lines, and what has no field."""

    fields: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    items: dict[str, list[int]] = field(default_factory=dict)
    """The lines of a list's entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which file and thing is being read, and who is told of what was seen."""

    file: str
    subject: str
    seen: Seen

    def no(self, rule: str, line: int, message: str, *, hint: str | None = None) -> None:
        """Note a finding."""
        self.seen.no(rule, self.file, line, message, subject=self.subject, hint=hint)


def read_row(mapping: Mapping, columns: tuple[Column, ...], place: Place) -> Row:
    """Read a mapping by its columns; nothing in it is lost."""
    row = Row()
    by_key = {column.key: column for column in columns}
    for pair in mapping.pairs:
        if mapping.get(pair.key) is not pair:
            place.no("key-twice", pair.line, f"the key {pair.key!r} is there twice")
            continue
        column = by_key.get(pair.key)
        if column is None:
            _keep(pair, tuple(by_key), row, place)
        else:
            _read(pair, column, row, place)
    for column in columns:
        if column.needed and mapping.get(column.key) is None:
            message = f"the key {column.key!r} is missing"
            place.no(column.lacks or "missing", mapping.line, message)
            if column.kind == "text":
                row.fields[column.field] = {"unknown": ABSENT}
    return row


def _keep(pair: Pair, known: tuple[str, ...], row: Row, place: Place) -> None:
    row.kept[pair.key] = plain(pair.value)
    near = difflib.get_close_matches(pair.key.lower(), known, n=1, cutoff=0.75)
    if near and near[0] != pair.key:
        hint = f"did you mean {near[0]!r}?"
        place.no("key-misspelt", pair.line, f"unknown key {pair.key!r}; it is kept", hint=hint)
    else:
        place.no("key-unknown", pair.line, f"unknown key {pair.key!r}; it is kept")


def _read(pair: Pair, column: Column, row: Row, place: Place) -> None:
    value = pair.value
    if column.kind == "keep":
        row.kept[pair.key] = plain(value)
        return
    row.lines.setdefault(column.field, pair.line)
    if isinstance(value, Scalar) and value.blank:
        rule = "blank" if column.needed else "blank-optional"
        place.no(column.lacks or rule, pair.line, f"{pair.key!r} is blank")
        if column.kind == "text":
            row.fields[column.field] = {"unknown": BLANK}
        return
    made = _value(pair, column, row, place)
    if made is None:
        place.no("wrong-shape", pair.line, f"{pair.key!r} is not {_SHAPES[column.kind]}")
        row.kept[pair.key] = plain(value)
    elif column.kind == "records":
        row.fields[column.field] = [*row.fields.get(column.field, []), *made]
    else:
        row.fields[column.field] = made


_NOT_TEXT = {"int": "a number", "float": "a number", "bool": "true or false", "merge": "`<<`"}
_SHAPES = {
    "text": "text",
    "word": "text",
    "texts": "a list",
    "names": "text or a list",
    "number": "a whole number",
    "flag": "true or false",
    "date": "a date",
    "free": "a value",
    "keep": "a value",
    "records": "a list of mappings",
}


def _value(pair: Pair, column: Column, row: Row, place: Place) -> Any:  # noqa: ANN401
    """Return a field's value, or None where it has another shape."""
    if column.kind == "free":
        return plain(pair.value)
    if column.kind == "records":
        return _records(pair, column, row, place)
    if column.kind in {"texts", "names"}:
        return _texts(pair, column, row, place)
    return _scalar(pair.value, column, place) if isinstance(pair.value, Scalar) else None


def _scalar(value: Scalar, column: Column, place: Place) -> Any:  # noqa: ANN401
    if column.kind == "number":
        return int(value.text) if value.kind == "int" and _WHOLE.fullmatch(value.text) else None
    if column.kind == "flag":
        return plain(value) if value.kind == "bool" else None
    if value.kind not in {"str", "timestamp"} and column.kind != "date":
        place.no(
            "not-text",
            value.line,
            f"{column.key!r} is {_NOT_TEXT.get(value.kind, value.kind)}, not text",
        )
    return value.text


def _texts(pair: Pair, column: Column, row: Row, place: Place) -> list[str] | None:
    value, lines = pair.value, row.items.setdefault(column.field, [])
    if isinstance(value, Scalar):
        if column.kind == "texts":
            place.no("not-a-list", pair.line, f"{pair.key!r} is one value, not a list")
        lines.append(value.line)
        return [value.text]
    if not isinstance(value, List):
        return None
    made: list[str] = []
    for item in value.items:
        if not isinstance(item, Scalar):
            return None
        if item.blank:
            place.no("blank-optional", item.line, f"an entry of {pair.key!r} is blank")
        else:
            lines.append(item.line)
            made.append(item.text)
    return made


def _records(pair: Pair, column: Column, row: Row, place: Place) -> list[Any] | None:
    value, lines = pair.value, row.items.setdefault(column.field, [])
    if isinstance(value, Mapping):
        place.no("not-a-list", pair.line, f"{pair.key!r} is one entry, not a list")
        items: tuple[Any, ...] = (value,)
    elif isinstance(value, List):
        items = value.items
    else:
        return None
    made: list[Any] = []
    for item in items:
        if isinstance(item, Mapping):
            one = read_row(item, column.of, place)
            kept = {"kept": one.kept} if one.kept else {}
            made.append({**one.fields, **kept, **dict(column.extra)})
            lines.append(item.line)
        elif isinstance(item, Scalar) and item.blank:
            place.no("blank-optional", item.line, f"an entry of {pair.key!r} is blank")
        else:
            place.no("wrong-shape", item.line, f"an entry of {pair.key!r} is not a mapping")
            needed = {part.field: {"unknown": ABSENT} for part in column.of if part.needed}
            lines.append(item.line)
            made.append({**needed, "kept": {WHOLE: plain(item)}, **dict(column.extra)})
    return made


def key_value(value: Any, column: Column) -> Any:  # noqa: ANN401 - plain data on both sides
    """Return what a field's plain value is as the value of its key; None: blank."""
    if isinstance(value, dict) and set(value) == {"unknown"}:
        return None
    if column.kind == "names":
        return None if not value else value[0] if len(value) == 1 else list(value)
    if column.kind == "records":
        extra = column.extra
        mine = [one for one in value if all(one.get(key) == said for key, said in extra)]
        return [_record_value(one, column.of) for one in mine] or None
    if column.kind in {"text", "word", "texts", "free"}:
        return value or None
    return value


def _record_value(record: dict[str, Any], columns: tuple[Column, ...]) -> Any:  # noqa: ANN401
    kept = record.get("kept") or {}
    if WHOLE in kept:
        return kept[WHOLE]
    said = {one.key: key_value(record.get(one.field), one) for one in columns}
    needed = {one.key for one in columns if one.needed}
    return {
        **{key: value for key, value in said.items() if value is not None or key in needed},
        **kept,
    }
