"""What is wrong with a file, in plain words and with its place: from pydantic's errors to faults.

It words faults; it neither reads files nor validates. The rules, in order:

1. A fault stands where the person has to change something: an unknown key at that key, a wrong
   value at the value, a missing key at what it is missing from.
2. No word of the library: no type names, no tags of unions, no addresses.
3. Where a name is wrong, the nearest right one is offered; where quotes are missing, the quoted
   text as it was written.
"""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from peso.errors import Fault

Steps = tuple[str | int, ...]
"""The way to a value in plain data: keys and list indexes."""


class WrongValueError(ValueError):
    """What a record's validator raises of a value: a sentence, what was expected, and a hint."""

    def __init__(
        self, message: str, *, expected: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.expected = expected
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """Where each key and value of a file stands: (line, column), from 1."""

    file: str
    values: Mapping[Steps, tuple[int, int]]
    keys: Mapping[Steps, tuple[int, int]] = field(default_factory=dict)
    texts: Mapping[Steps, str] = field(default_factory=dict)
    """Numbers and the like as they were written: `26.10` is not `26.1` to a person."""

    def at(self, path: Steps, *, key: bool = False) -> tuple[int, int]:
        """Return (line, column) of the value at `path`, or of its key, or of what holds it."""
        for end in range(len(path), -1, -1):
            found = self.keys.get(path[:end]) if key else None
            if found := found or self.values.get(path[:end]):
                return found
        return (1, 1)

    def where(self, path: Steps, *, key: bool = False) -> str:
        """Return `file:line:column` of the value at `path`, or of its key."""
        line, column = self.at(path, key=key)
        return f"{self.file}:{line}:{column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where in the data, and in which record, pydantic found something."""

    path: Steps
    holder: type[BaseModel] | None
    """The record whose key is last in the path."""
    union: Steps | None
    """The value that could be one of several things."""
    is_key: bool


def faults_of(
    model: type[BaseModel], error: ValidationError, positions: Positions
) -> tuple[Fault, ...]:
    """Return every fault, in the order of the file."""
    found = [
        (_place(model, one["loc"]), one)
        for one in error.errors(include_url=False, include_input=True)
    ]
    deeper = {place.union for place, _ in found if place.path != place.union}
    faults: dict[tuple[str, str], Fault] = {}
    for place, one in sorted(found, key=lambda pair: positions.at(pair[0].path)):
        if place.union is not None and place.path == place.union and place.union in deeper:
            continue  # it is that kind of thing, with a fault in it
        fault = _fault(place, {**one}, positions)
        same = faults.get((fault.where, fault.message))
        if same and same.expected and fault.expected and fault.expected != same.expected:
            fault = Fault(
                where=fault.where,
                message=fault.message,
                expected=f"{same.expected} or {fault.expected}",
                hint=same.hint or fault.hint,
            )
        faults[fault.where, fault.message] = fault
    return tuple(faults.values())


def _place(model: type[BaseModel], loc: Steps) -> _Place:
    """Follow pydantic's location through the types, leaving out its labels of unions."""
    here: Any = model
    path: Steps = ()
    holder: type[BaseModel] | None = None
    union: Steps | None = None
    is_key = False
    for part in loc:
        if part == "[key]":
            is_key = True
            continue
        options = _options(here)
        if len(options) > 1:
            here, union = _labelled(options, part), path
            options = _options(here)
            continue
        here = options[0] if options else Any
        holder = here if isinstance(here, type) and issubclass(here, BaseModel) else None
        here = _below(here, part)
        path = (*path, part)
    return _Place(path=path, holder=holder, union=union, is_key=is_key)


def _options(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any annotation
    """Return what a value may be, besides nothing."""
    if get_origin(annotation) is Annotated:
        return _options(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        return tuple(one for arg in get_args(annotation) for one in _options(arg))
    return () if annotation is types.NoneType else (annotation,)


def _labelled(options: tuple[Any, ...], label: str | int) -> Any:  # noqa: ANN401 - any annotation
    for option in options:
        named = getattr(get_origin(option) or option, "__name__", "")
        if named == str(label).partition("[")[0]:
            return option
        if isinstance(option, type) and issubclass(option, BaseModel):
            literals = (get_args(one.annotation) for one in option.model_fields.values())
            if any(label in one for one in literals):
                return option
    return Any


def _below(annotation: Any, part: str | int) -> Any:  # noqa: ANN401 - any annotation
    """Return the type of what `part` names in a value of this type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, one in annotation.model_fields.items():
            if part in {name, one.alias}:
                return one.annotation
        return Any
    arguments = get_args(annotation)
    if get_origin(annotation) is Literal or not arguments:
        return Any
    if isinstance(part, int):
        fixed = get_origin(annotation) is tuple and arguments[-1] is not Ellipsis
        return arguments[part] if fixed and part < len(arguments) else arguments[0]
    return arguments[-1]


_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping (lines of `key: value`)",
    "model_type": "a mapping (lines of `key: value`)",
    "none_required": "nothing",
    "date_type": "a date such as 2026-11-23",
    "date_parsing": "a date such as 2026-11-23",
    "date_from_datetime_parsing": "a date such as 2026-11-23",
    "date_from_datetime_inexact": "a date such as 2026-11-23",
    "datetime_type": "a date and time such as 2026-11-23T12:00:00Z",
    "datetime_parsing": "a date and time such as 2026-11-23T12:00:00Z",
    "datetime_from_date_parsing": "a date and time such as 2026-11-23T12:00:00Z",
    "timezone_aware": "a time with its zone, such as 2026-11-23T12:00:00Z",
    "finite_number": "a finite number",
}
_BOUNDS = {
    "greater_than": "a number greater than {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number less than {lt}",
    "less_than_equal": "a number of at most {le}",
    "multiple_of": "a multiple of {multiple_of}",
    "too_short": "at least {min_length} entries",
    "too_long": "at most {max_length} entries",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "text of the form {pattern}",
}
_QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """A fault before it has its place in the file."""

    message: str
    expected: str | None = None
    hint: str | None = None
    at: Steps
    key: bool = False
    """Whether it stands at the key, not at the value."""


def _fault(place: _Place, error: Mapping[str, Any], positions: Positions) -> Fault:
    written = positions.texts.get(place.path)
    words = (
        _of_a_key(place, error) or _of_a_choice(place, error) or _of_a_value(place, error, written)
    )
    where = positions.where(words.at, key=words.key or place.is_key)
    return Fault(where=where, message=words.message, expected=words.expected, hint=words.hint)


def _of_a_key(place: _Place, error: Mapping[str, Any]) -> _Words | None:
    """Word a key that is missing, or that nobody knows."""
    kind, at, last = error["type"], place.path, place.path[-1] if place.path else ""
    if kind == "missing":
        message = f"the key {last!r} is missing from {_dotted(at[:-1])}"
        return _Words(message=message, hint=_meaning(place.holder, last), at=at[:-1], key=True)
    if kind == "union_tag_not_found":
        message = f"the key {error['ctx']['discriminator']} is missing from {_dotted(at)}"
        return _Words(message=message, at=at, key=True)
    if kind == "extra_forbidden":
        names = _names(place.holder)
        return _Words(
            message=f"unknown key {last!r}",
            expected=_one_of(names),
            hint=_nearest(last, names),
            at=at,
            key=True,
        )
    return None


def _of_a_choice(place: _Place, error: Mapping[str, Any]) -> _Words | None:
    """Word a value that is none of those there are."""
    kind, at, given = error["type"], place.path, error["input"]
    if kind == "union_tag_invalid":
        at, given = (*at, error["ctx"]["discriminator"].strip("'")), error["ctx"]["tag"]
        names = _QUOTED.findall(error["ctx"]["expected_tags"])
    elif kind in {"literal_error", "enum"}:
        names = _QUOTED.findall(error["ctx"]["expected"])
    else:
        return None
    return _Words(
        message=f"{_dotted(at)} is {_given(given, None)}",
        expected=_one_of(names),
        hint=_nearest(given, names),
        at=at,
    )


def _of_a_value(place: _Place, error: Mapping[str, Any], written: str | None) -> _Words:
    """Word a value of the wrong kind, or out of its bounds."""
    kind, given, at = error["type"], error["input"], place.path
    context = error.get("ctx", {})
    message = f"{_dotted(at)} is {_given(given, written)}"
    if kind in _EXPECTED:
        expected = _EXPECTED[kind]
        hint = _rewrite(expected, given, written)
        return _Words(message=message, expected=expected, hint=hint, at=at)
    if kind in _BOUNDS:
        return _Words(message=message, expected=_BOUNDS[kind].format(**context), at=at)
    said = context.get("error")
    if isinstance(said, WrongValueError):
        return _Words(message=str(said), expected=said.expected, hint=said.hint, at=at)
    if kind in {"value_error", "assertion_error"}:
        return _Words(message=str(said or error["msg"]), at=at)
    return _Words(message=f"{_dotted(at)}: {error['msg']}", at=at)


def _meaning(model: type[BaseModel] | None, key: str | int) -> str | None:
    """Say what a key is for, where its record says it."""
    fields = model.model_fields.items() if model else ()
    said = next((one.description for name, one in fields if key in {name, one.alias}), None)
    return f"{key}: {said.rstrip('.')}" if said else None


def _names(model: type[BaseModel] | None) -> list[str]:
    return [one.alias or name for name, one in model.model_fields.items()] if model else []


def _one_of(names: list[str]) -> str | None:
    return f"one of {', '.join(names)}" if len(names) > 1 else next(iter(names), None)


def _nearest(given: object, names: list[str]) -> str | None:
    near = difflib.get_close_matches(str(given).lower(), names, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else None


def _dotted(path: Steps) -> str:
    said = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return said.removeprefix(".") or "the file"


_LONGEST_SHOWN = 60


def _given(value: object, written: str | None) -> str:
    """Say what a value is."""
    if isinstance(value, str):
        shown = value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"
        return f"the text {shown!r}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {written or value}"
    if isinstance(value, list | tuple):
        return "a list"
    return "a mapping" if isinstance(value, Mapping) else "empty"


def _rewrite(expected: str, value: object, written: str | None) -> str | None:
    """Say how the value would be what is expected."""
    if expected == "text" and isinstance(value, bool | int | float):
        return f'write it in quotes: "{written or value}"'
    if expected == "a list" and isinstance(value, str | int | float):
        return f"write it as a list: [{written or value}]"
    if expected in {"a number", "a whole number"} and isinstance(value, str):
        return "write it without quotes"
    return "give a value, or remove the key" if value is None else None
