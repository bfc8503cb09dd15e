"""Records are closed, frozen, and have one canonical form."""

from __future__ import annotations

import pytest
from pydantic import Field, ValidationError

from peso.base.digest import sha256_bytes
from peso.base.record import Record


class Part(Record):
    """A record with what records have: an alias, a tuple, another record."""

    schema_: str = Field(alias="schema")
    of: tuple[str, ...] = ()
    inner: Part | None = None


PART = Part(schema_="x/1", of=("a", "b"), inner=Part(schema_="y"))


def test_the_canonical_form_comes_back() -> None:
    data = PART.canonical()
    assert data == (b'{"inner":{"inner":null,"of":[],"schema":"y"},"of":["a","b"],"schema":"x/1"}')
    assert Part.parse(data) == PART
    assert PART.digest() == sha256_bytes(data)
    assert Part.parse(data.decode()).canonical() == data


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        PART.of = ()  # type: ignore[misc]


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(ValidationError, match="extra"):
        Part.parse('{"schema": "x/1", "off": []}')
