"""YAML that others wrote: places, kinds, duplicates, merge keys, limits; nothing is ever raised."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peso.base.yaml_nodes import Document, Kind, Mapping, Node, Scalar, Sequence
from peso.base.yaml_read import parse_yaml, read_yaml


def _read(text: str | bytes) -> Document:
    return parse_yaml(text, name="f.yaml")


def _at(document: Document, *path: str | int) -> Node:
    node = document.root
    for step in path:
        if isinstance(step, int):
            assert isinstance(node, Sequence)
            node = node.items[step]
        else:
            assert isinstance(node, Mapping)
            found = node.get(step)
            assert found is not None
            node = found
    return node


def _scalar(document: Document, *path: str | int) -> Scalar:
    node = _at(document, *path)
    assert isinstance(node, Scalar)
    return node


def _rules(document: Document) -> list[str]:
    return [trouble.rule for trouble in document.troubles]


def test_every_value_and_key_has_its_place() -> None:
    document = _read("a:\n  b: [one, 'two']\n  cé: ü\n")

    assert str(_at(document, "a", "b", 1).place) == "f.yaml:2:12"
    root = document.root
    assert isinstance(root, Mapping)
    inner = root.get("a")
    assert isinstance(inner, Mapping)
    assert [str(entry.key.place) for entry in inner] == ["f.yaml:2:3", "f.yaml:3:3"]
    assert str(_at(document, "a", "cé").place) == "f.yaml:3:7"
    assert document.line(2) == "  b: [one, 'two']"
    assert document.line(9) == ""


@pytest.mark.parametrize(
    ("text", "column"),
    [("hdf5+mpi", 9), ("'hdf5+mpi'", 10), ('"hdf5+mpi"', 10)],
)
def test_a_part_of_a_text_has_its_place(text: str, column: int) -> None:
    place = _scalar(_read(f"a: {text}"), "a").part(5, 8)

    assert (place.line, place.column, place.end_column) == (1, column, column + 3)


@pytest.mark.parametrize("text", ["a: >\n  hdf5\n  +mpi\n", 'a: "hd\\x66\\x35"', "a: hdf5\n  +mpi"])
def test_a_part_of_a_folded_text_has_the_place_of_the_whole(text: str) -> None:
    scalar = _scalar(_read(text), "a")

    assert scalar.part(1, 2) == scalar.place


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("yes", Kind.TEXT),
        ("on", Kind.TEXT),
        ("true", Kind.TRUTH),
        ("False", Kind.TRUTH),
        ("tRue", Kind.TEXT),
        ("1.10", Kind.NUMBER),
        ("1e3", Kind.NUMBER),
        (".inf", Kind.NUMBER),
        ("010", Kind.INTEGER),
        ("0x1f", Kind.INTEGER),
        ("1.2.3", Kind.TEXT),
        ("2026-11-23", Kind.DATE),
        ("~", Kind.NOTHING),
        ("", Kind.NOTHING),
        ("null", Kind.NOTHING),
        ("'1.10'", Kind.TEXT),
        ("!!str 1.10", Kind.TEXT),
        ("!!int '3'", Kind.INTEGER),
    ],
)
def test_a_scalar_is_what_yaml_1_2_takes_it_for(text: str, kind: Kind) -> None:
    assert _scalar(_read(f"a: {text}"), "a").kind is kind


def test_a_key_twice_is_told_with_both_places_and_the_first_counts() -> None:
    document = _read("a: 1\nb: 2\na: 3\n")

    assert _rules(document) == ["yaml-duplicate-key"]
    [trouble] = document.troubles
    assert (trouble.place.line, trouble.also[0].line) == (3, 1)
    assert _scalar(document, "a").text == "1"


def test_what_makes_two_keys_one_is_the_callers_to_say() -> None:
    document = parse_yaml("a: 1\n'a:': 2\n", name="f", same=lambda key: key.text.rstrip(":"))

    assert _rules(document) == ["yaml-duplicate-key"]


def test_an_alias_is_the_node_of_its_anchor() -> None:
    document = _read("a: &x [one]\nb: *x\n")

    assert _at(document, "a") is _at(document, "b")


def test_merge_keys_bring_what_is_not_said() -> None:
    document = _read("x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  <<: [*x, *y]\n  a: 9\n")

    node = _at(document, "z")
    assert isinstance(node, Mapping)
    values = {entry.key.text: entry.value for entry in node}
    texts = {key: value.text for key, value in values.items() if isinstance(value, Scalar)}
    assert texts == {"a": "9", "b": "2", "c": "4"}
    assert [entry.merged for entry in node] == [False, True, True]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a: *nowhere", "yaml-alias"),
        ("a: &x [*x]", "yaml-alias"),
        ("<<: 3", "yaml-merge"),
        ("? [a]\n: b", "yaml-key"),
        ("a: !own b", "yaml-tag"),
        ("a: 1\n---\nb: 2\n", "yaml-documents"),
    ],
)
def test_what_is_not_understood_is_told_and_the_rest_is_read(text: str, rule: str) -> None:
    document = _read(text)

    assert _rules(document) == [rule]
    assert not document.broken


@pytest.mark.parametrize(
    ("text", "rule", "place"),
    [
        ("- a\n- %gcc\n", "yaml-syntax", (2, 3)),
        ("a: b: c", "yaml-syntax", (1, 5)),
        ("a: [b", "yaml-syntax", (2, 1)),
        ('a: "b', "yaml-syntax", (1, 6)),
        ("a:\n\t- b\n", "yaml-syntax", (2, 1)),
        ("a: \x00", "yaml-encoding", (1, 4)),
        (b"a: \xff", "yaml-encoding", (1, 4)),
        ("[" * 1_000_000, "yaml-syntax", (1, 1001)),
        ("- " * 1_000_000, "yaml-too-large", (1, 201)),
        ("a" * (9 << 20), "yaml-too-large", (1, 1)),
    ],
)
def test_a_broken_text_says_where(text: str | bytes, rule: str, place: tuple[int, int]) -> None:
    document = _read(text)

    [trouble] = document.troubles
    assert document.broken
    assert trouble.rule == rule
    if rule != "yaml-syntax" or len(text) < 100:
        assert (trouble.place.line, trouble.place.column) == place


def test_a_billion_laughs_are_counted_before_they_are_had() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    document = _read("\n".join(lines))

    assert _rules(document) == ["yaml-too-large"]
    assert document.broken


def test_aliases_cannot_nest_deeper_than_the_limit() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 400))]

    assert _rules(_read("\n".join(lines))) == ["yaml-too-large"]


def test_a_file_that_is_not_there_is_a_trouble(tmp_path: Path) -> None:
    assert _rules(read_yaml(tmp_path / "no.yaml")) == ["yaml-unreadable"]
    assert _rules(read_yaml(tmp_path)) == ["yaml-unreadable"]


def test_what_is_no_plain_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")

    assert _rules(read_yaml(tmp_path / "pipe.yaml")) == ["yaml-unreadable"]
    assert _rules(read_yaml(tmp_path / "loop.yaml")) == ["yaml-unreadable"]


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")

    assert _scalar(read_yaml(file), "a").text == "1"


@settings(max_examples=300, deadline=2000)
@given(st.text(alphabet=st.sampled_from("ab:-[]{},&*!|>'\"%@ \n\t#<~?01.\x00é"), max_size=60))
def test_any_text_gives_a_document(text: str) -> None:
    document = _read(text)

    assert document.broken == (document.broken and bool(document.troubles))
    assert document.root.size >= 1


@settings(max_examples=100, deadline=2000)
@given(st.binary(max_size=80))
def test_any_bytes_give_a_document(data: bytes) -> None:
    document = _read(data)

    assert document.broken <= bool(document.troubles)
