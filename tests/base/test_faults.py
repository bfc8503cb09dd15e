"""A wrong record gives all its faults in plain words, each at the place to change."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

import pytest
from pydantic import AwareDatetime, Field, model_validator

from peso.base.record import Record
from peso.base.yamls import Positions, load, parse_data, parse_record
from peso.errors import BadInput, Fault


class Level(StrEnum):
    """An enumeration, as in policies."""

    LOW = "low"
    HIGH = "high"


class PypiPart(Record):
    """One of two kinds, told apart by `engine`."""

    engine: Literal["pypi"]
    python: str = ">=3.11"


class SpackPart(Record):
    """The other kind."""

    engine: Literal["spack"]
    environment: str


class Limits(Record):
    """A record within a record."""

    memory: int = Field(default=1, ge=1, le=8)
    share: float = Field(default=0.5, gt=0, lt=1)

    @model_validator(mode="after")
    def _they_fit(self) -> Self:
        if self.memory * self.share > 4:
            raise ValueError("memory and share do not fit together")
        return self


class Stack(Record):
    """Everything a record can have."""

    schema_: Literal["peso.test/1"] = Field(alias="schema")
    name: Annotated[str, Field(pattern=r"^[a-z]+$", max_length=5)] = "x"
    version: str = "0"
    quiet: bool = False
    level: Level = Level.LOW
    ranks: tuple[int, ...] = Field(default=(), max_length=3)
    tags: str | tuple[str, ...] = ()
    expires: dt.date | None = None
    made: AwareDatetime | None = None
    limits: Limits | None = None
    parts: dict[Annotated[str, Field(pattern=r"^[a-z]+$")], PypiPart | SpackPart] = Field(
        default_factory=dict
    )
    engines: dict[str, Annotated[PypiPart | SpackPart, Field(discriminator="engine")]] = Field(
        default_factory=dict
    )
    expect: dict[str, str] = Field(default_factory=dict)


def faults_of(folder: Path, text: str) -> list[str]:
    """Return the faults of a stack file, each with its place but without the file's name."""
    path = folder / "stack.yaml"
    path.write_text(f"schema: peso.test/1\n{text}")
    with pytest.raises(BadInput) as raised:
        parse_record(Stack, path)
    said = [str(fault) for fault in raised.value.faults]
    assert all(one.startswith(f"{path}:") for one in said)
    assert not [one for one in said if "pydantic" in one.lower() or "http" in one]
    return [one.removeprefix(f"{path}:") for one in said]


ONE_FAULT = {
    "unknown-key": (
        "limits: {memry: 2}\n",
        "2:10: unknown key 'memry'; expected one of memory, share (hint: did you mean 'memory'?)",
    ),
    "unknown-key-of-a-kind": (
        "engines:\n  native: {engine: spack, enviroment: e, environment: f}\n",
        (
            "3:27: unknown key 'enviroment'; expected one of engine, environment"
            " (hint: did you mean 'environment'?)"
        ),
    ),
    "missing-key": (
        "engines:\n  native:\n    engine: spack\n",
        "3:3: the key 'environment' is missing from engines.native",
    ),
    "missing-kind": (
        "engines: {a: {python: '3'}}\n",
        "2:11: the key 'engine' is missing from engines.a",
    ),
    "wrong-kind": (
        "engines:\n  a:\n    python: '3'\n    engine: pipy\n",
        (
            "5:13: engines.a.engine is the text 'pipy'; expected one of pypi, spack"
            " (hint: did you mean 'pypi'?)"
        ),
    ),
    "wrong-choice": (
        "level: hihg\n",
        "2:8: level is the text 'hihg'; expected one of low, high (hint: did you mean 'high'?)",
    ),
    "number-for-text": (
        "version: 26.10\n",
        '2:10: version is the number 26.10; expected text (hint: write it in quotes: "26.10")',
    ),
    "text-for-number": (
        "limits: {memory: '2'}\n",
        (
            "2:18: limits.memory is the text '2'; expected a whole number"
            " (hint: write it without quotes)"
        ),
    ),
    "truth-for-number": (
        "ranks: [1, true]\n",
        "2:12: ranks[1] is true; expected a whole number",
    ),
    "fraction-for-whole": (
        "ranks: [1.5]\n",
        "2:9: ranks[0] is the number 1.5; expected a whole number",
    ),
    "text-for-truth": (
        "quiet: yes\n",
        "2:8: quiet is the text 'yes'; expected true or false",
    ),
    "text-for-list": (
        "ranks: 4\n",
        "2:8: ranks is the number 4; expected a list (hint: write it as a list: [4])",
    ),
    "list-for-mapping": (
        "limits: [1]\n",
        "2:9: limits is a list; expected a mapping (lines of `key: value`)",
    ),
    "nothing-for-text": (
        "name:\n",
        "2:1: name is empty; expected text (hint: give a value, or remove the key)",
    ),
    "neither-of-two": (
        "tags: {a: 1}\n",
        "2:7: tags is a mapping; expected text or a list",
    ),
    "wrong-inside-one-of-two": (
        "tags: [a, 1]\n",
        '2:11: tags[1] is the number 1; expected text (hint: write it in quotes: "1")',
    ),
    "pattern": (
        "name: A b\n",
        "2:7: name is the text 'A b'; expected text of the form ^[a-z]+$",
    ),
    "too-long": (
        "name: abcdef\n",
        "2:7: name is the text 'abcdef'; expected at most 5 characters",
    ),
    "too-many": (
        "ranks: [1, 2, 3, 4]\n",
        "2:8: ranks is a list; expected at most 3 entries",
    ),
    "too-small": (
        "limits: {memory: 0}\n",
        "2:18: limits.memory is the number 0; expected a number of at least 1",
    ),
    "too-great": (
        "limits: {share: 1.0}\n",
        "2:17: limits.share is the number 1.0; expected a number less than 1.0",
    ),
    "own-rule": (
        "limits: {memory: 8, share: 0.9}\n",
        "2:9: memory and share do not fit together",
    ),
    "bad-key": (
        "parts:\n  A1: {engine: pypi}\n",
        "3:3: parts.A1 is the text 'A1'; expected text of the form ^[a-z]+$",
    ),
    "no-date": (
        "expires: tomorrow\n",
        "2:10: expires is the text 'tomorrow'; expected a date such as 2026-11-23",
    ),
    "no-zone": (
        "made: 2026-01-02T03:04:05\n",
        (
            "2:7: made is the text '2026-01-02T03:04:05'; expected a time with its zone,"
            " such as 2026-11-23T12:00:00Z"
        ),
    ),
    "number-in-a-mapping": (
        "expect:\n  residual: 1e-10\n",
        (
            "3:13: expect.residual is the number 1e-10; expected text"
            ' (hint: write it in quotes: "1e-10")'
        ),
    ),
    "long-text": (
        f"name: {'x' * 100}\n",
        f"2:7: name is the text '{'x' * 60}…'; expected at most 5 characters",
    ),
}


@pytest.mark.parametrize(("text", "fault"), ONE_FAULT.values(), ids=ONE_FAULT)
def test_a_fault_is_said_in_plain_words(tmp_path: Path, text: str, fault: str) -> None:
    assert faults_of(tmp_path, text) == [fault]


def test_all_faults_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "versoin: '1'\nranks:\n- a\n- 2\n- b\nlevel: 3\nengines: {x: {engine: spack, y: 1}}\n"
    assert [one.split(" ")[0] for one in faults_of(tmp_path, text)] == [
        "2:1:",
        "4:3:",
        "6:3:",
        "7:8:",
        "8:11:",
        "8:30:",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- a\n", "1:1: the file is a list; expected a mapping (lines of `key: value`)"),
        ("hello\n", "1:1: the file is the text 'hello'; expected a mapping"),
        ("name: a\n", "1:1: the key 'schema' is missing from the file"),
        (
            "schema: peso.test/2\n",
            (
                "1:9: schema is the text 'peso.test/2'; expected peso.test/1"
                " (hint: did you mean 'peso.test/1'?)"
            ),
        ),
    ],
)
def test_the_whole_file_may_be_wrong(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "stack.yaml"
    path.write_text(text)
    with pytest.raises(BadInput, match="the file has a fault") as raised:
        parse_record(Stack, path)
    assert str(raised.value.faults[0]).startswith(f"{path}:{fault}")
    assert str(raised.value.faults[0]) in str(raised.value)


def test_a_good_file_is_a_record(tmp_path: Path) -> None:
    path = tmp_path / "stack.yaml"
    path.write_text(
        "schema: peso.test/1\nversion: '26.11'\nlevel: high\nranks: [2, 4]\ntags: [a]\n"
        "expires: 2026-12-31\nmade: 2026-01-02T03:04:05Z\nlimits: {memory: 2, share: 1e-1}\n"
        "engines: {native: {engine: spack, environment: e}}\n"
    )
    stack = parse_record(Stack, path)
    assert (stack.version, stack.level, stack.ranks) == ("26.11", Level.HIGH, (2, 4))
    assert stack.expires == dt.date(2026, 12, 31)
    assert stack.made == dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    assert stack.engines == {"native": SpackPart(engine="spack", environment="e")}
    data, positions = load(path)
    assert parse_data(Stack, data, positions) == stack


def test_data_without_places_still_has_faults() -> None:
    positions = Positions(file="made.yaml", values={})
    with pytest.raises(BadInput) as raised:
        parse_data(Stack, {"schema": "peso.test/1", "quiet": "x"}, positions)
    assert raised.value.faults == (
        Fault(where="made.yaml:1:1", message="quiet is the text 'x'", expected="true or false"),
    )
