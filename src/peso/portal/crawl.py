"""Crawl: from one page of the portal to a file of a static site, and to the pages it links to.

1. An address `/a/b/` is the file `a/b/index.html`. A query that a page links to is a page of its
   own below it (`a/b/q/page=2/index.html`), if its kind is in `KEPT`; other queries lead to the
   page without one, for what depends on them needs the portal itself.
2. Links are made relative, so that the site works from a folder and below any address.
3. What is left out (the API, accounts, forms, logs unless they are asked for) is no link any more:
   its text stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from html import escape, unescape
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urljoin

EXPORTED: Final = "peso.exported"
"""Set in the environment of a request by `export.py` alone: no header gets such a name."""
_LINK: Final = re.compile(r'(?P<name>\b(?:href|src))="(?P<to>[^"]*)"')
_LEADS_NOWHERE: Final = re.compile(r'<a [^>]*?href=""[^>]*>(?P<text>.*?)</a>', re.DOTALL)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NOT_IN_A_NAME: Final = re.compile(r"[^A-Za-z0-9.=_-]+")
_LONGEST: Final = 100
_LIVE: Final = ("/api/v1/", "/account/", "/needs/new/", "/needs/bring/", "/needs/due/", "/edit/")
"""What needs the portal itself."""
_LOGS: Final = "/logs/"
KEPT: Final = (
    (
        re.compile(r"/products/"),
        ({"page"}, {"area"}, {"member"}, {"area", "page"}, {"member", "page"}),
    ),
    (re.compile(r"/recipes/"), ({"page"},)),
    (re.compile(r"/releases/"), ({"page"}, {"stack"}, {"stack", "page"})),
    (re.compile(r"/needs/((ranking|done|snapshots|snapshots/\d+)/)?"), ({"page"},)),
    (re.compile(r"/needs/n-[0-9a-f]{10}/reach/"), ({"page"},)),
    (re.compile(r"/matrix/"), ({"release"}, {"page"}, {"release", "page"})),
    (re.compile(r"/compare/"), ({"a", "b"},)),
    (re.compile(r"/logs/[0-9a-f]{64}/"), ({"line"},)),
    (re.compile(r"/releases/[^/]+/[^/]+/[^/]+/(units|findings)/"), ({"page"},)),
    (
        re.compile(r"/releases/[^/]+/[^/]+/[^/]+/components/"),
        ({"page"}, {"covered"}, {"covered", "page"}),
    ),
    (
        re.compile(r"/releases/[^/]+/[^/]+/[^/]+/tests/"),
        (
            {"page"},
            {"outcome"},
            {"outcome", "page"},
            {"product", "platform", "outcome"},
            {"product", "platform", "outcome", "page"},
        ),
    ),
)
"""Which queries of which pages are pages of a static site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as a file, and where it leads to."""

    file: str
    data: bytes
    links: tuple[str, ...]


def file_of(address: str) -> str:
    """Return the file that an address is in a static site."""
    path, _, query = address.partition("?")
    below = unquote(path).lstrip("/")
    if not path.endswith("/"):
        return below
    if not query:
        return f"{below}index.html"
    plain = _NOT_IN_A_NAME.sub("-", unquote(query))
    if plain != query or len(plain) > _LONGEST:
        plain = f"{plain[:_LONGEST]}-{sha256(query.encode()).hexdigest()[:8]}"
    return f"{below}q/{plain}/index.html"


def page_of(address: str, text: str, *, logs: bool) -> Page:
    """Return a page with its links made relative."""
    found: dict[str, None] = {}
    file = file_of(address)
    aims: dict[str, str] = {}

    def link(one: re.Match[str]) -> str:
        to = one["to"]
        if to not in aims:
            aims[to] = _aim(to, here=address, file=file, logs=logs, found=found)
        return f'{one["name"]}="{aims[to]}"'

    text = _LINK.sub(link, text)
    if "" in aims.values():
        text = _LEADS_NOWHERE.sub(r"<span>\g<text></span>", text)
    return Page(file=file, data=text.encode(), links=tuple(found))


def kept(address: str) -> str:
    """Return an address without a query that is no page of a static site."""
    path, _, query = address.partition("?")
    if not query:
        return path
    names = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    for pattern, several in KEPT:
        if pattern.fullmatch(path) and names in several:
            return address
    return path


def _aim(to: str, *, here: str, file: str, logs: bool, found: dict[str, None]) -> str:
    """Return what a link says in the static site; nothing where it leads nowhere any more."""
    link = unescape(to)
    if link.startswith(("#", "//")) or _SCHEME.match(link):
        return to
    whole, _, fragment = (link if link.startswith("/") else urljoin(here, link)).partition("#")
    if whole.startswith(_LIVE) or (whole.startswith(_LOGS) and not logs):
        return ""
    address = kept(whole)
    found.setdefault(address)
    target = _relative(file, file_of(address))
    return escape(quote(target, safe="/=~+@:,-._") + (f"#{fragment}" if fragment else ""))


def _relative(here: str, there: str) -> str:
    """Return the way from one file to another."""
    start, end = here.split("/")[:-1], there.split("/")
    same = 0
    while same < min(len(start), len(end) - 1) and start[same] == end[same]:
        same += 1
    return "/".join((*(".." for _ in start[same:]), *end[same:]))
