"""Single keys are changed, and every other byte stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from peso.base.yamls import load_text
from peso.products.catalogs.splice import REMOVED, NotSpliced, as_yaml, splice
from peso.products.catalogs.written import Mapping, plain, read_written

TEXT = """\
# head
name: A # the name
areas:
  - One
  # inside
  - Two # last

# between
text: |
  a
  # no comment

  b

#
license:\x20\x20
quoted: "over
two lines"
end: last
"""


def _plain(text: str) -> Any:  # noqa: ANN401 - plain data
    root = read_written(text)
    return {} if root is None else plain(root)


def test_a_value_on_its_line_is_replaced_where_it_stands() -> None:
    assert splice(TEXT, {"name": "B: c"}) == TEXT.replace("name: A #", "name: 'B: c' #")


def test_a_list_is_replaced_up_to_the_comment_behind_it() -> None:
    was = "  - One\n  # inside\n  - Two # last\n"

    assert splice(TEXT, {"areas": ["Three"]}) == TEXT.replace(was, "  - Three\n")


def test_a_block_is_replaced_up_to_the_comment_behind_it() -> None:
    was = "text: |\n  a\n  # no comment\n\n  b\n"

    assert splice(TEXT, {"text": "c\nd\n"}) == TEXT.replace(was, "text: |\n  c\n  d\n")


def test_a_blank_value_is_filled_in_and_a_value_blanked() -> None:
    assert splice(TEXT, {"license": "MIT"}) == TEXT.replace("license:  \n", "license: MIT\n")
    assert splice(TEXT, {"end": None}) == TEXT.replace("end: last\n", "end:\n")


def test_a_removed_key_leaves_with_its_lines_and_a_new_one_comes_last() -> None:
    was = 'quoted: "over\ntwo lines"\n'

    assert splice(TEXT, {"quoted": REMOVED}) == TEXT.replace(was, "")
    assert splice(TEXT, {"new": ["x"]}) == f"{TEXT}new:\n  - x\n"
    assert splice("a: 1", {"new": "x"}) == "a: 1\nnew: x\n"
    assert splice("", {"new": "x"}) == "new: x\n"


def test_windows_line_ends_stay() -> None:
    assert splice("a: 1\r\nb: 2\r\n", {"a": ["x"]}) == "a:\r\n  - x\r\nb: 2\r\n"


def test_of_a_key_given_twice_the_last_is_changed() -> None:
    assert splice("a: 1\na: 2\n", {"a": "3"}) == 'a: 1\na: "3"\n'


@pytest.mark.parametrize("text", ["{a: b}\n", "- a\n", "a\n"])
def test_what_has_no_key_on_each_line_is_not_changed(text: str) -> None:
    with pytest.raises(NotSpliced):
        splice(text, {"a": "c"})


@pytest.mark.parametrize(
    "text",
    [
        "one\ntwo\n",
        "one\ntwo",
        "one  \n  two\n   \n",
        "one\n\n\n",
        "  leads\nin\n",
        "a\n# b\n",
        "\nfirst is blank\n",
        "tab\there\nand\n",
        "1e3",
        "0o17",
        "yes",
        "2026-01-02",
        "",
        "a: b",
        "*x",
        "\x00",
        "\u2028",
        "\U0001f426\n\U0001f426",
    ],
)
@pytest.mark.parametrize("compact", [True, False])
def test_a_text_comes_back_as_it_was_by_both_readers(text: str, *, compact: bool) -> None:
    said = as_yaml("key", text, compact=compact)

    assert load_text(said, Path("x"))[0] == {"key": text}
    assert _plain(said) == {"key": text}


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_VALUES = st.one_of(_TEXTS, st.none(), st.lists(_TEXTS, max_size=3), st.booleans())


@given(value=_VALUES, key=st.sampled_from(["name", "areas", "text", "license", "quoted", "end"]))
@example(value="\n", key="name")
@example(value="a\n\n", key="name")
@example(value=["\n", "a\n\n"], key="areas")
@settings(max_examples=150, deadline=None)
def test_a_change_changes_its_key_and_nothing_else(value: object, key: str) -> None:
    before = _plain(TEXT)

    assert _plain(splice(TEXT, {key: value})) == {**before, key: value}
    rest = {name: one for name, one in before.items() if name != key}
    assert _plain(splice(TEXT, {key: REMOVED})) == rest


@given(_VALUES)
@settings(max_examples=150, deadline=None)
def test_any_value_can_be_read_by_the_reader_of_pesos_own_files(value: object) -> None:
    assert load_text(as_yaml("key", value, compact=True), Path("x"))[0] == {"key": value}


def test_the_root_is_a_mapping_after_a_change() -> None:
    assert isinstance(read_written(splice(TEXT, {"name": "B"})), Mapping)


def test_an_indented_comment_behind_a_list_does_not_become_a_blocks_own() -> None:
    text = "links:\n  - a\n  # - b\n\nend: 1\n"

    assert splice(text, {"links": "x\ny\n"}) == 'links: "x\\ny\\n"\n  # - b\n\nend: 1\n'


def test_lines_of_spaces_behind_a_value_do_not_become_a_blocks_own() -> None:
    assert splice("a: 1\n   \nb: 2\n", {"a": "x\ny\n"}) == "a: |\n  x\n  y\nb: 2\n"
    assert splice("a: |\n  x\n   \nb: 2\n", {"a": ["y"]}) == "a:\n  - y\nb: 2\n"
