"""Somebody sends the portal a ledger that was made to harm its readers.

Every text that a record lets stand free is hostile, logs too, and the workspace beside it. Every
page is visited: nothing is taken for markup, no link leads to a script, nothing hides or turns
round what is read, no page grows without bound, and nothing fails on our side.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from tests.portal import standing
from tests.portal.addresses import MACHINES, Visit, walk
from tests.portal.hostile import EVIL, LONG, hostile_ledger, hostile_workspace
from tests.portal.standing import Portal

from peso.base.ledger import Ledger
from peso.portal.ingest.run import ingest
from peso.portal.ingest.taken import Ingested
from peso.portal.store.models import Release
from peso.portal.urls import urlpatterns

FIRST = (
    "/",
    "/products/",
    "/releases/",
    "/compare/",
    "/compare/?a=testing/tiny/1.2&b=testing/tiny/1.2.0",
    "/matrix/",
    "/stacks/",
    "/recipes/",
    "/status/",
    "/feeds/",
    "/api/",
    "/about/accessibility/",
    *(f"/matrix/?release=testing/tiny/1.2{part}" for part in ("", ".0", ".1")),
)
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""What no reader sees, and what turns round what they read."""
HEAVIEST = 150_000


@pytest.fixture(scope="module")
def hostile(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Portal, Ingested]]:
    portal = standing.portal(standing.shared_folder(tmp_path_factory))
    folder = tmp_path_factory.mktemp("hostile")
    real = portal.eco / ".peso" / "ledger"
    places = [
        hostile_ledger(real, folder / "ledger"),
        hostile_ledger(real, folder / "long", EVIL + LONG, once=True),
        hostile_workspace(folder / "eco"),
    ]
    with standing.rolled_back():
        yield portal, ingest(places, portal.ways(folder / "trust"))


@pytest.fixture(scope="module")
def visits(hostile: tuple[Portal, Ingested]) -> list[Visit]:
    client = hostile[0].client()
    client.raise_request_exception = False
    return list(walk(client, [*FIRST, *MACHINES], limit=5000))


def test_the_hostile_releases_are_there(hostile: tuple[Portal, Ingested]) -> None:
    versions = set(Release.objects.values_list("version", flat=True))

    assert {"1.2.0", "1.2.1"} <= versions, hostile[1].taken


def test_every_kind_of_page_was_visited(visits: list[Visit]) -> None:
    paths = {urlsplit(one.path).path for one in visits if one.status == 200}
    seen = {resolve(path).url_name for path in paths if not path.startswith("/static/")}

    wanted = {one.name for one in urlpatterns if hasattr(one, "name")}
    assert wanted - seen == set()


def test_nothing_fails_on_our_side(visits: list[Visit]) -> None:
    assert [(one.path, one.linked_from) for one in visits if one.status >= 500] == []


def test_every_link_leads_somewhere(visits: list[Visit]) -> None:
    lost = [
        (one.path, one.linked_from)
        for one in visits
        if one.status != 200 and one.path not in MACHINES
    ]

    assert lost == []


def test_nothing_is_taken_for_markup(visits: list[Visit]) -> None:
    for one in visits:
        if one.kind != "text/html":
            continue
        for tag, said in one.page.tags:
            at = f"{one.path}: <{tag} {said}>"
            assert tag != "peso-evil", at
            assert not [name for name in said if name.startswith("on") or name == "style"], at
            assert "evilattr" not in said, at
            if tag == "script":
                ours = said.get("src", "").startswith("/static/")
                assert ours or said.get("type") == "application/ld+json", at
        assert "14{%" not in one.page.said, one.path


def test_no_link_leads_to_a_script_or_hides_where_it_leads(visits: list[Visit]) -> None:
    for one in visits:
        if one.kind != "text/html":
            continue
        for link in one.page.links:
            parts = urlsplit(link)
            assert parts.scheme.lower() in {"", "http", "https"}, f"{one.path}: {link}"
            assert not HIDDEN.search(link), f"{one.path}: {link!r}"
            if not parts.scheme:
                assert not link.startswith("//"), f"{one.path}: {link}"
                assert link.startswith(("/", "?", "#")), f"{one.path}: {link}"
            assert "@" not in parts.netloc, f"{one.path}: {link}"


def test_nothing_hides_or_turns_round_what_is_read(visits: list[Visit]) -> None:
    for one in visits:
        if one.kind.startswith("text/") or one.kind.endswith("xml"):
            found = HIDDEN.search(one.body.decode())
            assert found is None, f"{one.path}: {found!r} in {one.body.decode()[:0]}"


def test_metadata_for_machines_is_whole(visits: list[Visit]) -> None:
    for one in visits:
        if one.kind == "text/html":
            for text in re.findall(
                r'<script type="application/ld\+json">(.*?)</script>', one.body.decode(), re.DOTALL
            ):
                json.loads(text)
        elif one.kind.endswith("json"):
            json.loads(one.body)


def test_no_page_grows_without_bound(visits: list[Visit]) -> None:
    heavy = {one.path: len(one.body) for one in visits if one.kind == "text/html"}

    assert {path: size for path, size in heavy.items() if size > HEAVIEST} == {}


def test_a_ledger_that_is_read_is_not_changed(hostile: tuple[Portal, Ingested]) -> None:
    assert Ledger(hostile[0].eco / ".peso" / "ledger").list("delivery")
