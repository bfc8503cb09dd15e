"""YAML as it was written: what libyaml reads is read, with the span of every value."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from peso.products.catalogs.written import (
    List,
    Mapping,
    Scalar,
    Unreadable,
    last_leaf,
    plain,
    read_written,
)


def _mapping(text: str) -> Mapping:
    root = read_written(text)
    assert isinstance(root, Mapping)
    return root


def _scalar(text: str, key: str) -> Scalar:
    pair = _mapping(text).get(key)
    assert pair is not None
    assert isinstance(pair.value, Scalar)
    return pair.value


def test_a_value_has_its_text_its_kind_its_line_and_its_span() -> None:
    text = 'a: é\nb: "x y"  # why\nc: |\n  long\nd: 2026-01-02\ne:\nf: 12\ng: yes\n'
    kinds = {key: (_scalar(text, key).kind, _scalar(text, key).line) for key in "abcdefg"}

    assert kinds == {
        "a": ("str", 1),
        "b": ("str", 2),
        "c": ("str", 3),
        "d": ("timestamp", 5),
        "e": ("null", 6),
        "f": ("int", 7),
        "g": ("bool", 8),
    }
    quoted = _scalar(text, "b")
    assert text[quoted.start : quoted.end] == '"x y"'
    assert quoted.style == "quoted"
    assert _scalar(text, "c").style == "block"


def test_a_byte_order_mark_moves_no_span() -> None:
    text = "\ufeffa: one\n"
    value = _scalar(text, "a")

    assert text[value.start : value.end] == "one"


def test_the_last_of_a_key_given_twice_counts_and_both_are_there() -> None:
    root = _mapping("a: 1\na: 2\n")

    assert [pair.key for pair in root.pairs] == ["a", "a"]
    assert plain(root) == {"a": 2}


def test_numbers_that_are_no_plain_ones_stay_text() -> None:
    assert plain(_mapping("a: 012\nb: 1_000\nc: 1.50\nd: 9999999999999999999999\n")) == {
        "a": "012",
        "b": "1_000",
        "c": "1.50",
        "d": "9999999999999999999999",
    }


def test_a_tab_behind_a_value_is_read_as_the_catalogs_site_does() -> None:
    with pytest.raises(yaml.YAMLError):
        yaml.load("a:\n  - b: c\t\n    d: e\n", yaml.SafeLoader)

    assert plain(_mapping("a:\n  - b: c\t\n    d: e\n")) == {"a": [{"b": "c", "d": "e"}]}


def test_an_alias_is_written_out() -> None:
    root = _mapping("a: &x [1, 2]\nb: *x\n")
    pair = root.get("b")

    assert plain(root) == {"a": [1, 2], "b": [1, 2]}
    assert pair is not None
    assert last_leaf(root) is not None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[" * 2000, 1),
        ("- " * 400, 1),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: *nowhere\n", 1),
        ("a: &x [*x]\n", 1),
        ("a: 1\n? [b]\n: c\n", 2),
        ("a: 1\nb: \x07\n", 2),
        ("a: 1\nb: \ud800\n", 2),
        ('a: 1\nb: "open\nc: 2\n', 2),
        ("a: &a0 [x, x]\n" + "".join(f"b{i}: &a{i + 1} [*a{i}, *a{i}]\n" for i in range(40)), 15),
    ],
)
def test_what_is_no_yaml_or_hurts_is_unreadable_at_its_line(text: str, line: int) -> None:
    with pytest.raises(Unreadable) as caught:
        read_written(text)

    assert caught.value.line == line


def test_a_chain_of_aliases_is_no_way_around_the_depth() -> None:
    chain = "a: &a0 [x]\n" + "".join(f"b{i}: &a{i + 1} [*a{i}]\n" for i in range(300))

    with pytest.raises(Unreadable, match="nested deeper"):
        read_written(chain)


_JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=12),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=6), below),
    max_leaves=12,
)


@given(st.dictionaries(st.text(min_size=1, max_size=6), _JSON, min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_what_was_written_is_what_is_read(data: dict[str, object]) -> None:
    text = yaml.safe_dump(data, allow_unicode=True)

    assert plain(_mapping(text)) == yaml.load(text, yaml.CSafeLoader)


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_tree_or_unreadable(text: str) -> None:
    try:
        root: object = read_written(text)
    except Unreadable as error:
        root = error
    assert root is None or isinstance(root, Scalar | List | Mapping | Unreadable)
