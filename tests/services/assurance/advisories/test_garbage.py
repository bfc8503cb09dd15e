"""Whatever stands in a file, it is read, a finding, or unreadable; never anything else."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.assurance.advisories.samples import PLAIN, file_of

from peso.services.assurance.advisories.formats import FORMATS, Format, told
from peso.services.assurance.advisories.own import faults
from peso.services.assurance.advisories.record import Advisory, Unreadable, checked
from peso.services.assurance.advisories.store import row_of

DECODER = msgspec.json.Decoder(Advisory)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["\x00", "\ud800", "0", "1.0\x00", "a" * 600, ">= 1", "*", "cpe:2.3:::", "=1"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401
    """Return the way to every value."""
    inner: list[Any] = []
    if isinstance(data, dict):
        inner = list(data)
    elif isinstance(data, list):
        inner = list(range(len(data)))
    return [at, *(place for step in inner for place in places(data[step], (*at, step)))]


@pytest.mark.parametrize("form", FORMATS, ids=lambda one: str(one.name))
def test_a_sample_is_told_and_read(form: Format) -> None:
    name, data = file_of(form.name, PLAIN[form.name])
    if form.name != "hdf":  # JSON on one line is no list as people write it
        assert told(f".{name.rpartition('.')[2]}", data) is form
    read = form.read(name, data)
    assert (len(read.records), read.findings) == (1, ())
    assert DECODER.decode(row_of(read.records[0]).body) == read.records[0]


@pytest.mark.parametrize("form", FORMATS, ids=lambda one: str(one.name))
@given(st.data())
def test_a_spoilt_file_is_read_or_unreadable(form: Format, data: st.DataObject) -> None:
    plain = copy.deepcopy(PLAIN[form.name])
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(places(plain)[1:]))
        place = plain
        for step in way:
            place = place[step]
        place[last] = data.draw(VALUES)
    name, text = file_of(form.name, plain)
    try:
        read = form.read(name, text)
    except Unreadable:
        return
    for one in read.records:
        assert checked(one) is one
        row = row_of(one)
        assert DECODER.decode(row.body) == one
        if form.name == "peso":
            list(faults(name, text, one, today=date(2026, 1, 1), knows=lambda _: False))


@pytest.mark.parametrize("form", FORMATS, ids=lambda one: str(one.name))
@given(st.data())
def test_a_torn_file_is_read_or_unreadable(form: Format, data: st.DataObject) -> None:
    name, text = file_of(form.name, PLAIN[form.name])
    at = data.draw(st.integers(0, len(text)))
    torn = text[:at] + data.draw(st.binary(max_size=4)) + text[at + data.draw(st.integers(0, 9)) :]
    try:
        form.read(name, torn)
    except Unreadable:
        return


@pytest.mark.parametrize("form", FORMATS, ids=lambda one: str(one.name))
@pytest.mark.parametrize("name", ["x.json", "x.yaml"])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 1000,
        b"[" * 500_000,
        b'{"a":' * 500_000,
        b"- " * 500_000,
        b"a: " * 100_000,
        b"&a [*a]",
        b'{"id": "X-1", "x": ' + b"9" * 100_000 + b"}",
        b'["' + b"\\" * 999_999 + b'"]',
    ],
    ids=lambda one: repr(one[:6]),
)
def test_a_monster_is_unreadable(form: Format, name: str, data: bytes) -> None:
    with pytest.raises(Unreadable):
        form.read(name, data)
