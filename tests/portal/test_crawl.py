"""A page becomes a file whose links work from a folder; what is left out is no link any more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.portal.crawl import file_of, kept, page_of

SHA = "ab" * 32


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/products/halden/", "products/halden/index.html"),
        ("/feeds/releases.atom", "feeds/releases.atom"),
        ("/recipes/?page=2", "recipes/q/page=2/index.html"),
        ("/releases/testing/a%20b/1/", "releases/testing/a b/1/index.html"),
    ],
)
def test_an_address_is_a_file(address: str, file: str) -> None:
    assert file_of(address) == file


def test_two_queries_are_never_one_file() -> None:
    addresses = [
        f"/compare/?a=x/{left}&b=x/{right}" for left in ("1", "1-") for right in ("2", "/2")
    ]

    assert len({file_of(one) for one in addresses}) == 4


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/products/?area=data", "/products/?area=data"),
        ("/products/?q=x", "/products/"),
        ("/products/halden/?page=2", "/products/halden/"),
        ("/needs/?page=2", "/needs/?page=2"),
        ("/needs/?q=x", "/needs/"),
        ("/needs/ranking/?page=2", "/needs/ranking/?page=2"),
        ("/needs/ranking/?days=9", "/needs/ranking/"),
        ("/needs/snapshots/12/?page=2", "/needs/snapshots/12/?page=2"),
        ("/needs/n-0123456789/reach/?page=3", "/needs/n-0123456789/reach/?page=3"),
        ("/releases/c/s/1/tests/?product=a&platform=b", "/releases/c/s/1/tests/"),
        (
            "/releases/c/s/1/tests/?product=a&platform=b&outcome=fail",
            "/releases/c/s/1/tests/?product=a&platform=b&outcome=fail",
        ),
    ],
)
def test_a_query_is_a_page_where_pages_link_to_it(address: str, expected: str) -> None:
    assert kept(address) == expected


def test_links_are_relative_and_known() -> None:
    text = (
        '<link href="/static/a.css"><a href="/products/halden/#x">1</a> <a href="#here">two</a>'
        ' <a href="?page=3">three</a> <a href="https://example.org/">four</a> <a href="/">five</a>'
    )
    page = page_of("/recipes/?page=2", text, logs=False)

    assert page.data.decode() == (
        '<link href="../../../static/a.css"><a href="../../../products/halden/index.html#x">1</a>'
        ' <a href="#here">two</a> <a href="../page=3/index.html">three</a>'
        ' <a href="https://example.org/">four</a> <a href="../../../index.html">five</a>'
    )
    assert page.links == ("/static/a.css", "/products/halden/", "/recipes/?page=3", "/")


def test_what_is_left_out_keeps_its_text() -> None:
    text = (
        f'<a class="x" href="/logs/{SHA}/#L3">a <b>log</b></a> <a href="/api/v1/products">API</a>'
    )

    without = page_of("/", text, logs=False)
    assert without.data.decode() == "<span>a <b>log</b></span> <span>API</span>"
    assert without.links == ()
    assert page_of("/", text, logs=True).links == (f"/logs/{SHA}/",)


def test_a_link_that_would_run_something_is_left_as_it_is() -> None:
    page = page_of("/", '<a href="mailto:a@example.org">write</a>', logs=False)

    assert page.data == b'<a href="mailto:a@example.org">write</a>'


NAMES = st.lists(st.sampled_from(("a", "b", "c.d", "e_f")), max_size=5)


@given(NAMES, NAMES)
def test_a_relative_link_leads_where_it_should(here: list[str], there: list[str]) -> None:
    start, end = ("/" + "".join(f"{one}/" for one in names) for names in (here, there))
    text = page_of(start, f'<a href="{end}">x</a>', logs=False).data.decode()

    way = [*here]
    for step in text.partition('href="')[2].partition('"')[0].split("/"):
        way = way[:-1] if step == ".." else [*way, step]
    assert "/".join(way) == file_of(end)
