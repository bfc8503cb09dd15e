"""Feeds, sitemaps and metadata are what their formats say."""

from __future__ import annotations

import json
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
from tests.portal.small import Live

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.mark.parametrize(("path", "entries"), [("releases", 3), ("findings", 2)])
def test_a_feed_is_valid_atom(live: Live, path: str, entries: int) -> None:
    answer = live.get(f"/feeds/{path}.atom")
    feed = ET.fromstring(answer.content)

    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert feed.tag == f"{ATOM}feed"
    ids = [_one(entry, "id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids)) == entries
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        assert _one(element, "id").startswith("http")
        assert _one(element, "title")
        assert datetime.fromisoformat(_one(element, "updated")).tzinfo is not None
        hrefs = [link.get("href", "") for link in element.findall(f"{ATOM}link")]
        assert hrefs
        assert all(one.startswith(live.url) for one in hrefs)
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    assert {link.get("rel") for link in feed.findall(f"{ATOM}link")} == {"alternate", "self"}


def _one(element: ET.Element, name: str) -> str:
    found = element.findall(f"{ATOM}{name}")
    assert len(found) == 1
    return found[0].text or ""


def test_the_sitemap_names_pages_that_are_there(live: Live) -> None:
    index = ET.fromstring(live.get("/sitemap.xml").content)
    sections = [one.text or "" for one in index.iter(f"{MAP}loc")]
    pages = [
        one.text or ""
        for section in sections
        for one in ET.fromstring(live.get(section.removeprefix(live.url)).content).iter(f"{MAP}loc")
    ]

    assert len(sections) == 6
    assert f"{live.url}/recipes/halden/" in pages
    assert len(pages) == len(set(pages))
    for page in pages:
        assert live.get(page.removeprefix(live.url)).status_code == 200, page


def test_codemeta_says_what_the_catalog_says(live: Live) -> None:
    said = json.loads(live.get("/products/halden/codemeta.json").content)

    assert said["@context"] == "https://w3id.org/codemeta/3.0"
    assert said["license"] == "https://spdx.org/licenses/BSD-3-Clause"
    assert said["codeRepository"] == "https://example.org/halden.git"
    assert said["version"] == "2.1.0"
    assert said["keywords"] == ["Data"]
