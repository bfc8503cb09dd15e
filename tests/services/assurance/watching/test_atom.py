from __future__ import annotations

from pathlib import Path

import pytest
from defusedxml import ElementTree
from tests.services.assurance.watching.shelves import Shelf, advisory, day

from peso.services.assurance.watching.atom import atom
from peso.services.assurance.watching.filed import told

NAMES = {"atom": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path).add("one", advisory("X-1"))


def made(shelf: Shelf) -> bytes:
    return atom(told(shelf.ledger, "public"), name="public", identity="0" * 64)


def entries(data: bytes) -> list[str]:
    found = ElementTree.fromstring(data).findall("atom:entry/atom:title", NAMES)
    return [one.text or "" for one in found]


def test_a_feed_without_news_is_a_feed(shelf: Shelf) -> None:
    root = ElementTree.fromstring(made(shelf))
    assert [one.tag.rpartition("}")[2] for one in root] == [
        "title", "id", "updated", "author", "generator",
    ]  # fmt: skip


def test_news_are_entries_once_the_newest_first(shelf: Shelf) -> None:
    release = shelf.release("stable/s-1")
    shelf.watch(release, on=day(2))
    shelf.add("two", advisory("Y-2"))
    shelf.watch(release, on=day(2, 15))
    shelf.add("two", advisory("Y-2"), advisory("Y-3"))
    shelf.watch(release, on=day(3))
    assert [title.partition(" in ")[0] for title in entries(made(shelf))] == [
        "new: Y-3",
        "new: Y-2",
        "new: X-1",
    ]


def test_a_day_without_news_changes_no_byte(shelf: Shelf) -> None:
    release = shelf.release("stable/s-1")
    shelf.watch(release, on=day(2))
    before = made(shelf)
    shelf.watch(release, on=day(3))
    assert made(shelf) == before


def test_what_others_wrote_is_escaped_and_cut(shelf: Shelf) -> None:
    hostile = advisory("X-1")
    hostile["summary"] = "<script>alert(1)</script> & \x00\x0b end"
    shelf.add("one", hostile)
    shelf.watch(shelf.release("stable/s-1"), on=day(2))
    data = made(shelf)
    assert b"<script>" not in data
    [content] = ElementTree.fromstring(data).findall("atom:entry/atom:content", NAMES)
    assert "<script>alert(1)</script> &" in (content.text or "")


def test_an_entry_says_for_whom_and_in_which_channel(shelf: Shelf) -> None:
    shelf.watch(shelf.release("stable/s-1"), shelf.release("testing/s-2"), on=day(2))
    [entry] = ElementTree.fromstring(made(shelf)).findall("atom:entry", NAMES)
    terms = [one.get("term") for one in entry.findall("atom:category", NAMES)]
    text = entry.find("atom:content", NAMES).text or ""  # type: ignore[union-attr]
    assert terms == ["stable", "testing"]
    assert "In stable/s-1 (channel stable), needed by a@1." in text
