"""Every letter can be seen, and an address of others is followed only where it is plain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.portal.pages.addresses import web
from peso.portal.visible import hides, visible, visible_bytes


@given(st.text())
def test_text_and_bytes_agree_and_nothing_is_hidden(text: str) -> None:
    shown = visible(text)

    assert (
        visible_bytes(text.encode(errors="replace"))
        == visible(text.encode(errors="replace").decode()).encode()
    )
    assert not hides(shown)
    assert visible(shown) == shown
    assert hides(text) or shown == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("a\x00b", "a\N{SYMBOL FOR NULL}b"),
        ("\x7f", "\N{SYMBOL FOR DELETE}"),
        ("\x85", "[U+0085]"),
        ("user\u202etxt.exe", "user[U+202E]txt.exe"),
        ("\ufeffx", "[U+FEFF]x"),
        ("Ünïcode ✓ 漢字 👩‍💻", "Ünïcode ✓ 漢字 👩‍💻"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible_bytes(text.encode()).decode() == shown


@pytest.mark.parametrize(
    "address",
    ["https://example.org/", "http://example.org:8080/a?b=c&d#e", "https://例え.jp/パス"],
)
def test_an_address_of_the_web_is_followed(address: str) -> None:
    assert web(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        None,
        7,
        "example.org",
        "//example.org/",
        "/products/",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "https:",
        "https://",
        "https://user@example.org/",
        "https://example.org@evil.example/",
        "https://example.org/\u202e",
        'https://example.org/"onmouseover=x',
        "https://example.org/ x",
        "java\nscript:alert(1)",
        "https://[bad/",
    ],
)
def test_any_other_is_only_shown(address: object) -> None:
    assert web(address) == ""
