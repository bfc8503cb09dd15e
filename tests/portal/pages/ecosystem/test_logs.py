"""A log is shown as it is, line by line: long ones in parts, and nothing in it is run or hidden."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.portal.addresses import Page, visit
from tests.portal.standing import Portal

from peso.base.ledger import Blobs
from peso.portal.pages.ecosystem.logs import LINES, WIDEST
from peso.portal.store.models import ReleaseUnit


def _log(portal: Portal, data: bytes, *, line: int = 0) -> str:
    """Let the failed unit have this log; returns its address."""
    sha256, _ = Blobs(portal.how.blobs).put(data)
    ReleaseUnit.objects.filter(outcome="failed").update(log=sha256, error_line=line)
    return f"/logs/{sha256}/"


def _lines(page: Page) -> list[str]:
    return [said["id"] for tag, said in page.tags if said.get("id", "").startswith("L")]


def test_the_log_of_a_failed_unit_opens_at_its_first_error(reader: Client) -> None:
    unit = ReleaseUnit.objects.get(outcome="failed")
    page = visit(reader, f"/logs/{unit.log}/").page

    assert _lines(page) == ["L1", "L2", "L3", "L4"]
    assert "First error, line 3" in page.said
    assert "expected ';' before '}' token" in page.said


def test_a_huge_log_is_shown_around_the_line_that_is_asked_for(
    written: Portal, reader: Client
) -> None:
    count = 100_000
    data = b"".join(b"line %d\n" % number for number in range(1, count + 1))
    path = _log(written, data, line=70_001)

    page = visit(reader, path).page
    assert "L70001" in _lines(page)
    assert len(_lines(page)) == LINES
    first = visit(reader, f"{path}?line=1").page
    assert _lines(first)[0] == "L1"
    last = visit(reader, f"{path}?line={count}").page
    assert _lines(last)[-1] == f"L{count}"
    for wrong in ("0", "-1", "x", "999999999999", ""):
        assert visit(reader, f"{path}?line={wrong}").status == 200


def test_every_line_of_a_huge_log_can_be_reached_by_links(written: Portal, reader: Client) -> None:
    path = _log(written, b"x\n" * (LINES * 3 + 1))
    seen: list[str] = []
    here = f"{path}?line=1"
    for _ in range(10):
        page = visit(reader, here).page
        seen += _lines(page)
        later = [one for one in page.links if one.startswith("?line=")]
        after = [one for one in later if int(one[6:].partition("#")[0]) > len(seen)]
        if not after:
            break
        here = path + after[0].partition("#")[0]

    assert seen == [f"L{number}" for number in range(1, LINES * 3 + 2)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x1b[31mred\x1b[0m text\n", "red text"),
        (b"a\x00b\x07c\n", "a\N{SYMBOL FOR NULL}b\N{SYMBOL FOR BELL}c"),
        (b"\xff\xfe bytes\n", "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} bytes"),
        (b"windows\r\nends\r\n", "windows"),
        (b"10%\r20%\r\n", "10%\N{SYMBOL FOR CARRIAGE RETURN}20%"),
        ("turned \u202e round\n".encode(), "turned [U+202E] round"),
        (b"<b>&amp;</b>\n", "<b>&amp;</b>"),
        (b"\xef\xbb\xbfmark\n", "[U+FEFF]mark"),
    ],
)
def test_what_a_log_hides_is_shown(written: Portal, reader: Client, data: bytes, said: str) -> None:
    assert said in visit(reader, _log(written, data)).page.said


def test_a_line_without_end_is_cut_and_says_so(written: Portal, reader: Client) -> None:
    one = visit(reader, _log(written, b"L" * 5_000_000))

    assert len(one.body) < 20_000
    assert "L" * (WIDEST - 1) + "…" in one.page.said


def test_an_empty_log_has_a_page(written: Portal, reader: Client) -> None:
    assert visit(reader, _log(written, b"")).status == 200


def test_a_log_that_is_not_kept_is_said_to_be_not_here(written: Portal, reader: Client) -> None:
    ReleaseUnit.objects.filter(outcome="failed").update(log="f" * 64)

    page = visit(reader, f"/logs/{'f' * 64}/").page

    assert written.done.ok
    assert "The log itself is not here" in page.said
    assert "f" * 64 in page.said
