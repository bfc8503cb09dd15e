"""With many people, and all that they did: no page behind a door is slow, heavy, or asks often."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from statistics import median

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.portal import standing
from tests.portal.crowd_people import LIAISONS, fill_people
from tests.portal.folk import signed_in
from tests.portal.standing import Portal

from peso.portal.people.models import Account, Proposal

MOST, HEAVIEST, SLOWEST = 15, 110_000, 0.2
"""Questions; bytes of a page on its way, without its style sheet and script; seconds of a CPU."""
PAGES = {
    "Ada": (
        *("/office/people/", "/office/people/?q=Person+Number+1", "/office/people/?page=9"),
        *("/office/people/{key}/", "/office/invitations/", "/office/changes/"),
        *("/office/changes/?who=person&since=2026-01-01", "/office/changes/?page=70"),
        *("/changes/organization/pond/", "/proposals/", "/proposals/?page=7"),
        *("/proposals/{proposal}/", "/account/", "/account/changes/", "/runners/pond/"),
        *("/edit/liaison/l0/", "/add/liaison/pond/", "/add/stewardship/pond/", "/about/rights/"),
    ),
    "Lia": (
        *("/account/", "/account/changes/", "/account/tokens/", "/runners/pond/", "/proposals/"),
        *("/changes/organization/pond/", "/edit/liaison/l50/", "/add/liaison/pond/"),
        *("/account/email/", "/account/2fa/", "/account/sessions/", "/account/password/change/"),
        "/account/reauthenticate/?next=/account/tokens/",
    ),
}
SENT = {
    "/add/liaison/pond/": {"person": "X", "target": "product-community", "to": "y", "why": "z"},
    "/edit/liaison/l0/": {"topic": "Another", "why": "z"},
}
"""Forms that are looked at, and shown with what they would change."""


@pytest.fixture(scope="module")
def many(portal: Portal) -> Iterator[dict[str, Client]]:
    with standing.rolled_back():
        ada, lia = fill_people()
        yield {"Ada": signed_in(portal, ada), "Lia": signed_in(portal, lia)}


def _asked(many: dict[str, Client]) -> Iterator[tuple[str, Client, str, dict[str, str] | None]]:
    person = Account.objects.get(name="Person Number 7")
    keys = {"key": person.key, "proposal": Proposal.objects.latest("pk").pk}
    for who, paths in PAGES.items():
        for path in paths:
            at = path.format(**keys)
            yield f"{who}, {at}", many[who], at, None
    for at, said in SENT.items():
        yield f"sent to {at}", many["Ada"], at, said | {"action": "preview"}


def test_the_bars_of_the_first_room_hold_behind_its_doors(many: dict[str, Client]) -> None:
    wrong = {}
    for name, client, at, said in _asked(many):
        seconds = []
        for _ in range(3):
            with CaptureQueriesContext(connection) as asked:
                begun = time.process_time()
                answer = client.get(at) if said is None else client.post(at, said)
                seconds.append(time.process_time() - begun)
        assert answer.status_code == 200, name
        found = (len(asked), len(gzip.compress(answer.content)), round(median(seconds), 3))
        if found[0] > MOST or found[1] > HEAVIEST or found[2] > SLOWEST:
            wrong[name] = found
    assert wrong == {}


def test_what_may_be_edited_is_only_what_is_ones_own(many: dict[str, Client]) -> None:
    page = many["Lia"].get("/proposals/").content.decode()
    listed = [f"/edit/liaison/l{n}/" for n in range(LIAISONS) if f"/edit/liaison/l{n}/" in page]
    assert listed == [f"/edit/liaison/l{n}/" for n in range(0, LIAISONS, 50)]
