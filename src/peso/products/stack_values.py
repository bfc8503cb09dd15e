"""What a single value of a stack file may be: names, times, sizes, comparisons, commands.

Each is text that is checked when a record is made and kept as it was written. A value that is wrong
says so in words for people, with what was expected. Values that must fit together are for
`stack_rules.py`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import Annotated

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from peso.base.faults import WrongValueError
from peso.products import figures, quantities
from peso.products.quantities import bytes_of, seconds

_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
_VERSION = r"^[A-Za-z0-9][A-Za-z0-9._+-]*$"
_LONGEST_NAME = 100
PLATFORMS = ("this-machine",)
"""The platforms there are."""


def _name(text: str) -> str:
    if len(text) > _LONGEST_NAME or not re.fullmatch(_NAME[1:-1], text):
        raise WrongValueError(
            f"{text[:_LONGEST_NAME]!r} is not a name",
            expected=f"letters, digits, '.', '_' and '-', at most {_LONGEST_NAME}",
            hint="start with a letter or a digit; write no spaces",
        )
    return text


def _release_version(text: str) -> str:
    if len(text) > _LONGEST_NAME or not re.fullmatch(_VERSION[1:-1], text):
        raise WrongValueError(
            f"{text[:_LONGEST_NAME]!r} is not the version of a release",
            expected=f"letters, digits, '.', '_', '-' and '+', at most {_LONGEST_NAME}",
            hint="start with a letter or a digit; write no spaces",
        )
    return text


def _figure_name(text: str) -> str:
    if not figures.NAME.fullmatch(text):
        raise WrongValueError(
            f"{text!r} is not the name of a figure",
            expected="a letter, then letters, digits, '_', '.' and '-'",
            hint="a figure is a line name=number on the test's standard output",
        )
    return text


def _argv(value: object) -> object:
    if isinstance(value, str):
        try:
            words = ", ".join(shlex.split(value))
        except ValueError:  # a quote is not closed: then the text itself is the best example
            words = value
        raise WrongValueError(
            f"a command is an argv, not the text {value!r}",
            expected="a list: the program, then its arguments",
            hint=f"write it as [{words}]; PESO starts no shell",
        )
    return tuple(value) if isinstance(value, list) else value


def _ranks(ranks: tuple[int, ...]) -> tuple[int, ...]:
    for number in ranks:
        if number < 1:
            raise WrongValueError(
                f"a test cannot run on {number} ranks",
                expected="whole numbers from 1",
                hint="without `ranks` a test runs once, with no MPI launcher",
            )
    return ranks


def _expect(expect: dict[str, str]) -> dict[str, str]:
    if not expect:
        raise WrongValueError(
            "the test expects no figure, so it would prove nothing",
            expected="at least one figure and its comparison",
            hint='for example {residual: "< 1e-10"}',
        )
    return expect


def _platform(name: str) -> str:
    if name not in PLATFORMS:
        raise WrongValueError(
            f"there is no platform {name!r}",
            expected=" or ".join(PLATFORMS),
            hint="for now a stack is made and tested on the machine it is delivered from",
        )
    return name


def _some(entries: tuple[str, ...]) -> tuple[str, ...]:
    if not entries:
        raise WrongValueError(
            "the list is empty", expected="at least one entry", hint="write it between the brackets"
        )
    return entries


def _readable(read: Callable[[str], object], expected: str, example: str) -> BeforeValidator:
    """Return what holds a text to be one that `read` understands."""
    hint = f'for example "{example}", in quotes'

    def check(value: object) -> object:
        if isinstance(value, bool | int | float):
            raise WrongValueError(f"{value} is not text", expected=expected, hint=hint)
        if isinstance(value, str):
            try:
                read(value)
            except ValueError as error:
                raise WrongValueError(str(error), expected=expected, hint=hint) from error
        return value

    return BeforeValidator(check)


def _specifiers(text: str) -> None:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        raise ValueError(f"{text!r} is not a version specifier") from None


def _text(shape: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": shape})


_SIGNS = "|".join(figures.OPERATORS)
Name = Annotated[
    str,
    AfterValidator(_name),
    WithJsonSchema({"type": "string", "pattern": _NAME, "maxLength": _LONGEST_NAME}),
]
ReleaseVersion = Annotated[
    str,
    AfterValidator(_release_version),
    WithJsonSchema({"type": "string", "pattern": _VERSION, "maxLength": _LONGEST_NAME}),
]
FigureName = Annotated[str, AfterValidator(_figure_name), _text(f"^{figures.NAME.pattern}$")]
Comparison = Annotated[
    str,
    _readable(figures.parse_comparison, "a comparison with a number", "< 1e-10"),
    _text(rf"^\s*({_SIGNS})\s*\S+\s*$|^\s*\S+\s+\.\.\s+\S+\s*$"),
]
Duration = Annotated[
    str,
    _readable(seconds, "a number and a unit of time", "60 s"),
    _text(rf"^\s*{quantities.SHAPE}\s*({'|'.join(quantities.TIMES)})\s*$"),
]
Size = Annotated[
    str,
    _readable(bytes_of, "a number and a unit of size", "512 MiB"),
    _text(rf"^\s*{quantities.SHAPE}\s*({'|'.join(quantities.SIZES)})\s*$"),
]
PythonVersions = Annotated[str, _readable(_specifiers, "a PEP 440 specifier", ">=3.11,<3.14")]
Some = Annotated[tuple[str, ...], AfterValidator(_some), Field(json_schema_extra={"minItems": 1})]
Platforms = Annotated[
    tuple[
        Annotated[
            str,
            AfterValidator(_platform),
            WithJsonSchema({"type": "string", "enum": list(PLATFORMS)}),
        ],
        ...,
    ],
    AfterValidator(_some),
    Field(json_schema_extra={"minItems": 1}),
]
Argv = Annotated[Some, BeforeValidator(_argv)]
Ranks = Annotated[
    tuple[Annotated[int, WithJsonSchema({"type": "integer", "minimum": 1})], ...],
    AfterValidator(_ranks),
    Field(json_schema_extra={"uniqueItems": True}),
]
Expect = Annotated[
    dict[FigureName, Comparison],
    AfterValidator(_expect),
    Field(json_schema_extra={"minProperties": 1}),
]
