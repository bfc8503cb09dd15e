"""Front matter: a file in pieces, which are the whole file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.products.catalogs.front_matter import NoFrontMatter, decoded, split_front_matter


@pytest.mark.parametrize(
    ("text", "head", "body"),
    [
        ("---\na: 1\n---\nBody\n", "a: 1\n", "Body\n"),
        ("---\na: 1\n---", "a: 1\n", ""),
        ("---  \na: 1\n...\nBody", "a: 1\n", "Body"),
        ("---\r\na: 1\r\n---\r\nBody", "a: 1\r\n", "Body"),
        ("\ufeff---\na: 1\n---\n", "a: 1\n", ""),
        ("---\n---\n", "", ""),
        ("---\na: |\n  ---\n---\n---\n", "a: |\n  ---\n", "---\n"),
    ],
)
def test_a_file_is_its_pieces(text: str, head: str, body: str) -> None:
    front = split_front_matter(text)

    assert (front.head, front.body) == (head, body)
    assert front.text() == text


def test_the_body_has_its_line() -> None:
    assert split_front_matter("---\na: 1\n---\nBody\n").body_line == 4


@pytest.mark.parametrize("text", ["", "a: 1\n---\n", "---\na: 1\n", "--- a\n---\n", "\n---\n---\n"])
def test_no_front_matter_is_said(text: str) -> None:
    with pytest.raises(NoFrontMatter):
        split_front_matter(text)


def test_bytes_that_are_not_utf8_are_said_with_their_line() -> None:
    with pytest.raises(NoFrontMatter, match="0xff") as caught:
        decoded(b"---\na: \xff\n")

    assert caught.value.line == 2


@given(st.text())
def test_whatever_is_split_is_whole(text: str) -> None:
    try:
        front = split_front_matter(text)
    except NoFrontMatter:
        return
    assert front.text() == text
