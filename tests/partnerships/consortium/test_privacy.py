"""Addresses leave every text, however they are written; handles and paths stay."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.base.record import Record
from peso.partnerships.consortium.privacy import HIDDEN, public, without_addresses


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.org",
        "<ada.frog+list@mail.example.org>",
        "write to ada@example.org, please",
        "mailto:ada@example.org?subject=hello",
        "MAILTO:Ada@Example.ORG",
        "[Ada](mailto:ada@example.org)",
        "ada%40example.org",
        "ada&#64;example.org",
        "ada&#x40;example.org",
        "ada&commat;example.org",
        "ada [at] example [dot] org",
        "ada (at) example.org",
        "ada @ example.org",
        "ada\uff20example.org",
        "ada@localhost",
        "ada@[192.168.0.1]",
        '"ada frog"@example.org',
        "jürgen@bücher.example",
        "https://ada:secret@example.org/",
        "ada@example.org;bo@example.org",
    ],
)
def test_an_address_goes(text: str) -> None:
    clean = without_addresses(text)

    assert HIDDEN in clean
    assert "@" not in clean
    assert "example" not in clean
    assert "localhost" not in clean
    assert "ada@" not in clean.casefold()
    assert without_addresses(clean) == clean


@pytest.mark.parametrize(
    "text",
    [
        "a talk at dusk",
        "https://social.example.org/@ada",
        "@channel",
        "a talk @ dusk",
        "(at) noon",
        "100% at rest",
        "",
    ],
)
def test_what_is_no_address_stays(text: str) -> None:
    assert without_addresses(text) == text


_NAME = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789._-", min_size=1, max_size=20)


@given(
    before=st.text(max_size=30),
    name=_NAME,
    host=st.from_regex(r"[a-z]{1,10}\.[a-z]{2,5}", fullmatch=True),
    after=st.text(max_size=30),
)
def test_no_text_around_it_keeps_an_address_in(
    before: str, name: str, host: str, after: str
) -> None:
    clean = without_addresses(f"{before} {name}@{host} {after}")

    assert f"{name}@{host}" not in clean
    assert f"@{host}" not in clean


@pytest.mark.parametrize("text", ["a" * 500_000, "@" * 200_000, "a@" * 200_000, " " * 500_000])
def test_a_long_text_takes_no_long_time(text: str) -> None:
    begun = time.process_time()
    without_addresses(text)

    assert time.process_time() - begun < 5


class _Note(Record):
    text: str
    more: dict[str, tuple[str, ...]]


def test_a_record_is_cleaned_to_its_last_text() -> None:
    note = _Note(text="ada@example.org", more={"b@example.org": ("plain", "c@example.org")})

    assert "@" not in public(note).canonical().decode()
    assert public(note).more == {HIDDEN: ("plain", HIDDEN)}
    same = _Note(text="plain", more={})
    assert public(same) is same
