"""Somebody sends the portal a ledger that was made to harm its readers, and has an account too.

Every text that a record lets stand free is hostile, logs too, and the workspace beside it; so is
what people with accounts write. Every page is visited, by a visitor and by an administrator:
nothing is taken for markup, no link leads to a script, nothing hides or turns round what is read,
no page grows without bound, and nothing fails on our side.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import get_resolver
from tests.portal import standing
from tests.portal.access import NEEDS, OFFICE, OWN, PROPOSALS, PUBLIC
from tests.portal.addresses import MACHINES, Visit, walk
from tests.portal.folk import signed_in
from tests.portal.hostile import EVIL, LONG, hostile_ledger, hostile_workspace
from tests.portal.hostile_people import NEED, Written, hostile_people
from tests.portal.standing import Portal

from peso.base.ledger import Ledger
from peso.portal.ingest.run import ingest
from peso.portal.ingest.taken import Ingested
from peso.portal.store.models import Release

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
    "/releases/testing/tiny/1.0/findings/",
    "/feeds/",
    "/api/",
    "/about/accessibility/",
    *(f"/matrix/?release=testing/tiny/1.2{part}" for part in ("", ".0", ".1")),
    f"/needs/{NEED}/reach/",
)
BEHIND = (
    *("/account/", "/office/", "/proposals/", "/changes/", "/edit/", "/add/", "/runners/"),
    "/needs/",
)
"""Where those who are signed in see what visitors do not."""
FIRST_BEHIND = (
    *("/account/", "/account/changes/", "/account/tokens/", "/account/email/", "/account/2fa/"),
    *("/office/people/", "/office/invitations/", "/office/changes/", "/proposals/"),
    *("/runners/evil/", "/changes/product/evil-files/", "/edit/product/evil-files/"),
    "/add/liaison/evil/",
    *("/needs/briefs/evil.md", "/needs/bring/", "/needs/due/"),
    f"/needs/{NEED}/reach/",
    f"/needs/{NEED}/decide/",
    f"/needs/{NEED}/for/evil/endorse/",
)
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""What no reader sees, and what turns round what they read."""
HEAVIEST = 150_000
FILLED = tuple[Portal, Ingested, Written]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FILLED]:
    portal = standing.portal(standing.shared_folder(tmp_path_factory))
    folder = tmp_path_factory.mktemp("hostile")
    real = portal.eco / ".peso" / "ledger"
    places = [
        hostile_ledger(real, folder / "ledger"),
        hostile_ledger(real, folder / "long", EVIL + LONG, once=True),
        hostile_workspace(folder / "eco"),
    ]
    with standing.rolled_back():
        done = ingest(places, portal.ways(folder / "trust"))
        yield portal, done, hostile_people(folder / "people")


def _seen_by_visitors(hostile: FILLED) -> list[Visit]:
    client = hostile[0].client()
    client.raise_request_exception = False
    return list(walk(client, [*FIRST, *MACHINES, *hostile[2].mailed], limit=5000))


def _seen_behind(hostile: FILLED) -> list[Visit]:
    client = signed_in(hostile[0], hostile[2].administrator)
    client.raise_request_exception = False
    return list(walk(client, [*FIRST_BEHIND, *hostile[2].mailed], limit=2000, within=BEHIND))


WALKS = {"visitor": _seen_by_visitors, "administrator": _seen_behind}


@pytest.fixture(scope="module", params=WALKS)
def who(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def visits(hostile: FILLED, who: str) -> list[Visit]:
    return WALKS[who](hostile)


def _route(path: str) -> str:
    return get_resolver().resolve(path).route


def test_the_hostile_releases_are_there(hostile: FILLED) -> None:
    versions = set(Release.objects.values_list("version", flat=True))

    assert {"1.2.0", "1.2.1"} <= versions, hostile[1].taken


def test_every_kind_of_page_was_visited(visits: list[Visit], who: str) -> None:
    paths = {urlsplit(one.path).path for one in visits if one.status == 200}
    seen = {_route(path) for path in paths if not path.startswith("/static/")}

    table = {"visitor": PUBLIC | NEEDS, "administrator": OWN | PROPOSALS | OFFICE | NEEDS}[who]
    wanted = {route for route, access in table.items() if {who} <= access.form}
    assert {one for one in wanted - seen if not one.startswith("api/v1/")} == set()


def test_nothing_fails_on_our_side(visits: list[Visit]) -> None:
    assert [(one.path, one.linked_from) for one in visits if one.status >= 500] == []


def test_every_link_leads_somewhere(visits: list[Visit]) -> None:
    lost = [
        (one.path, one.linked_from)
        for one in visits
        if one.status != 200 and one.path not in MACHINES and not one.asks_who_you_are
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


def test_a_ledger_that_is_read_is_not_changed(hostile: FILLED) -> None:
    assert Ledger(hostile[0].eco / ".peso" / "ledger").list("delivery")
