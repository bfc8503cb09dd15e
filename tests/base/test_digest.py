"""Canonical JSON gives equal bytes for equal data; digests are those of the standard tools."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peso.base.digest import PIECE, canonical_json, sha256_bytes, sha256_file, sha256_stream

JSON_DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(JSON_DATA)
def test_canonical_json_comes_back_and_is_stable(data: object) -> None:
    encoded = canonical_json(data)
    again = json.loads(encoded)
    assert again == data
    assert canonical_json(again) == encoded


def test_canonical_json_sorts_and_has_no_spaces() -> None:
    assert canonical_json({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_has_no_canonical_form(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"figure": value})


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_a_file_has_the_digest_of_its_bytes(tmp_path: Path, length: int) -> None:
    data = bytes(range(256)) * (length // 256) + b"x" * (length % 256)
    path = tmp_path / "file"
    path.write_bytes(data)
    assert sha256_file(path) == (hashlib.sha256(data).hexdigest(), length)
    assert sha256_bytes(data) == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("limit", [0, 5, PIECE])
def test_no_more_than_one_byte_past_the_limit_is_read(limit: int) -> None:
    stream = io.BytesIO(b"x" * (3 * PIECE))
    digest, length = sha256_stream(stream, limit=limit)
    assert length == limit + 1
    assert stream.tell() == limit + 1
    assert digest == hashlib.sha256(b"x" * (limit + 1)).hexdigest()
