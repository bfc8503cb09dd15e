"""A YAML file gives plain data with places, or every fault with file:line:column and a hint."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peso.base.yamls import load
from peso.errors import BadInput, Fault


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "file.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults(path: Path) -> list[str]:
    """Return the faults as `line:column message`."""
    with pytest.raises(BadInput) as raised:
        load(path)
    assert raised.value.where == str(path)
    assert raised.value.exit_code == 2
    return [f"{place(fault, path)} {fault.message}" for fault in raised.value.faults]


def place(fault: Fault, path: Path) -> str:
    assert fault.where.startswith(f"{path}:")
    return fault.where.removeprefix(f"{path}:")


def test_data_is_plain(tmp_path: Path) -> None:
    text = """\
text: hello
quoted: "26.11"
date: 2026-01-02
time: 2026-01-02T03:04:05Z
norway: [no, yes, on, off]
numbers: [1, -2, 012, 0x1f, 0o17, 1_000, 1.5, 1e3, .inf, -.inf]
nothing: [~, null, ]
empty:
truth: [true, False]
block: |
  a
  b
folded: >-
  a
  b
anchor: &a {x: [1]}
alias: *a
"""
    data, _ = load(write(tmp_path, text))
    assert data == {
        "text": "hello",
        "quoted": "26.11",
        "date": "2026-01-02",
        "time": "2026-01-02T03:04:05Z",
        "norway": ["no", "yes", "on", "off"],
        "numbers": [1, -2, 12, 31, 15, 1000, 1.5, 1000.0, math.inf, -math.inf],
        "nothing": [None, None],
        "empty": None,
        "truth": [True, False],
        "block": "a\nb\n",
        "folded": "a b",
        "anchor": {"x": [1]},
        "alias": {"x": [1]},
    }
    assert type(data) is dict
    assert all(type(key) is str for key in data)
    assert data["anchor"] is not data["alias"]


def test_every_key_and_value_has_a_place(tmp_path: Path) -> None:
    path = write(tmp_path, "a: 1\nparts:\n  python: {engine: pypi}\n  list:\n  - x\n  - y: 26.10\n")
    _, positions = load(path)
    assert positions.where(()) == f"{path}:1:1"
    assert positions.where(("a",)) == f"{path}:1:4"
    assert positions.where(("a",), key=True) == f"{path}:1:1"
    assert positions.where(("parts", "python")) == f"{path}:3:11"
    assert positions.where(("parts", "python", "engine")) == f"{path}:3:20"
    assert positions.where(("parts", "python", "engine"), key=True) == f"{path}:3:12"
    assert positions.where(("parts", "list", 1, "y")) == f"{path}:6:8"
    assert positions.texts["parts", "list", 1, "y"] == "26.10"
    assert positions.where(("parts", "list", 7, "z")) == f"{path}:5:3"
    assert positions.where(("parts", "absent"), key=True) == f"{path}:2:1"


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_byte_order_mark_and_line_ends_do_not_matter(
    tmp_path: Path, start: bytes, line_end: bytes
) -> None:
    data, positions = load(write(tmp_path, start + line_end.join([b"a: 1", b"b: 2", b""])))
    assert data == {"a": 1, "b": 2}
    assert positions.at(("b",)) == (2, 4)
    assert positions.at(("a",), key=True) == (1, 1)


BAD = {
    "empty": ("", "1:1 the file is empty"),
    "comment": ("# nothing\n", "1:1 the file is empty"),
    "tab": ("a:\n\tb: 1\n", "2:1 a tab stands where YAML wants spaces"),
    "indentation": ("a: 1\n  b: 2\n", "2:4 mapping values are not allowed here"),
    "mixed": ("- a\nb: c\n", "2:1 the indentation does not fit the lines above"),
    "open-quote": ("a: 1\nb: 'x\nc: 2\n", "2:4 a quote is not closed"),
    "open-bracket": ("a: [1,\nb: 2\n", "1:4 a bracket or brace is not closed"),
    "colon": ("a: b: c\n", "1:5 mapping values are not allowed here"),
    "at-sign": ("a: @x\n", "1:4 found character '@' that cannot start any token"),
    "list-on-line": ("a: - x\n", "1:4 sequence entries are not allowed here"),
    "two-documents": ("a: 1\n---\nb: 2\n", "2:1 a second document starts here"),
    "no-anchor": ("a: *x\n", "1:4 found undefined alias 'x'"),
    "in-itself": ("a: &x\n  b: *x\n", "1:4 the alias is inside of what it repeats"),
    "merge": ("a: &x {b: 1}\nc:\n  <<: *x\n", "3:3 merge keys (<<) are not understood"),
    "number-key": ("1: x\n", "1:1 a key that is not text"),
    "list-key": ("? [a]\n: b\n", "1:3 a key that is not text"),
    "tag": ("a: !secret x\n", "1:4 the tag !secret is not allowed"),
    "python": (
        "a: !!python/object:os.system x\n",
        "1:4 the tag tag:yaml.org,2002:python/object:os.system is not allowed",
    ),
    "set": ("a: !!set {b}\n", "1:4 the tag tag:yaml.org,2002:set is not allowed"),
    "surrogate": ('a: "\\ud800"\n', "1:4 half of a surrogate pair is no character"),
    "control": ("a: b\nc: \x01\n", "2:4 the character U+0001 is not allowed"),
    "deep": ("[" * 5000, "1:61 the file is nested too deeply"),
    "huge-number": ("a: " + "1" * 5000, f"1:4 '{'1' * 40}' is no number"),
}


@pytest.mark.parametrize(("text", "fault"), BAD.values(), ids=BAD)
def test_bad_yaml_has_one_fault_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    assert faults(write(tmp_path, text)) == [fault]


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "a: 1\nb: {c: 1, c: 2}\na: 2\n3: x\nd: !t y\n")
    assert faults(path) == [
        "2:11 the key 'c' is there twice",
        "3:1 the key 'a' is there twice",
        "4:1 a key that is not text",
        "5:4 the tag !t is not allowed",
    ]
    with pytest.raises(BadInput) as raised:
        load(path)
    assert [fault.hint for fault in raised.value.faults] == [
        "see line 2",
        "see line 1",
        'write it in quotes: "3"',
        "remove it",
    ]


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"a: 1\nb: caf\xe9\n", "2:7"),
        ("a: 1".encode("utf-16"), "1:1"),
        (b"\xef\xbb\xbfa: \xff", "1:4"),
    ],
)
def test_what_is_not_utf_8_is_named(tmp_path: Path, data: bytes, where: str) -> None:
    path = write(tmp_path, data)
    assert faults(path) == [f"{where} the byte 0x{data[_bad(data)]:02x} is not UTF-8"]


def _bad(data: bytes) -> int:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    raise AssertionError


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    path = write(tmp_path, "a: " + "x" * 1000)
    with pytest.raises(BadInput, match="more than 1002 bytes"):
        load(path, limit=1002)
    assert load(path, limit=1003)[0] == {"a": "x" * 1000}


def test_an_alias_bomb_is_cut_off(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    path = write(tmp_path, "\n".join(lines))
    started = time.monotonic()
    assert [fault.split(" ", 1)[1] for fault in faults(path)] == ["too many values"]
    assert time.monotonic() - started < 20


def test_the_same_anchor_may_be_given_twice(tmp_path: Path) -> None:
    assert load(write(tmp_path, "a: &x 1\nb: &x 2\nc: *x\n"))[0] == {"a": 1, "b": 2, "c": 2}


def test_what_is_not_a_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no such file"):
        load(tmp_path / "absent.yaml")
    with pytest.raises(BadInput, match="not a file"):
        load(tmp_path)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abé ", max_size=3), inner),
    max_leaves=8,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.text("abc", min_size=1), PLAIN, min_size=1, max_size=4))
def test_json_is_yaml_and_comes_back(tmp_path: Path, data: dict[str, Any]) -> None:
    path = write(tmp_path, json.dumps(data))
    assert load(path)[0] == data


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(alphabet="ab:- \n\t[]{}'\"&*!|>#,?%@1.\\é", max_size=30))
def test_no_text_is_anything_but_data_or_faults(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    found: tuple[Fault, ...] = ()
    try:
        load(path)
    except BadInput as error:
        found = error.faults or (Fault(where="no fault", message=str(error)),)
    assert all(place(fault, path).count(":") == 1 for fault in found)
