from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.services.assurance.advisories.documents import decode, read_yaml, shape
from peso.services.assurance.advisories.record import Unreadable


class Thing(msgspec.Struct):
    name: str
    parts: list[str] | None = None


DECODER = msgspec.json.Decoder(Thing)


def test_json_is_read_as_what_is_asked_for() -> None:
    assert decode(DECODER, b'{"name": "a", "other": [1, {"x": 2}]}') == Thing("a")
    assert decode(DECODER, b'\xef\xbb\xbf{"name": "a"}') == Thing("a")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"name": 3}', "name: Expected `str`"),
        (b'{"name": "a", "parts": [1]}', r"parts\[0\]: Expected"),
        (b"[]", "the whole: Expected"),
        (b'{"name": "\xff"}', "not JSON"),
        (b'{"name": "a", "x": ' + b"[" * 200_000, "JSON"),
        (b'{"name": "a", "x": ' + b'{"y":' * 200_000, "JSON"),
        (b'{"name": "a", "parts": [' + b'"",' * 1_600_000 + b'""]}', "more than 1500000 values"),
    ],
)
def test_what_is_not_that_says_why(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        decode(DECODER, data)


def test_yaml_is_text_lists_and_mappings() -> None:
    data = b"a: 1.10\nb: [yes, 2020-01-01, null, 'null', ~]\nc:\nd: |\n  x\n  y\n"
    assert read_yaml(data) == {
        "a": "1.10",
        "b": ["yes", "2020-01-01", None, "null", None],
        "c": None,
        "d": "x\ny\n",
    }


def test_plain_data_is_taken_as_what_is_wanted() -> None:
    assert shape({"name": "a", "parts": None}, Thing) == Thing("a")
    with pytest.raises(Unreadable, match="name"):
        shape({"parts": []}, Thing)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.binary(max_size=200) | ANYTHING.map(lambda one: json.dumps(one).encode()))
def test_whatever_comes_is_read_or_unreadable(data: bytes) -> None:
    said: list[str] = []
    for read in (lambda: decode(DECODER, data), lambda: read_yaml(data)):
        try:
            read()
        except Unreadable as error:
            said.append(str(error))
    assert all(0 < len(one) < 400 for one in said)
