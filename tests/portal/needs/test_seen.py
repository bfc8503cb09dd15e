"""Who sees which need: each visibility, each role, each place where a need could be told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from tests.portal.folk import account, signed_in, somebody
from tests.portal.standing import Portal

from peso.partnerships.needs import events
from peso.partnerships.needs.events import need_id
from peso.partnerships.needs.record import Need, Source, Speaker
from peso.partnerships.needs.vocabulary import Level, OrganizationKind, Status
from peso.portal.needs.frozen import freeze_now
from peso.portal.needs.ledger import add, kept
from peso.portal.people.roles import Held, Role
from peso.portal.store.generation import today

STATEMENTS = {
    "public": "Everybody wants the solver alpha to be quick",
    "federation": "The federation wants the secret mesher beta",
    "member:pond": "Only the pond wants the hidden frogs gamma",
}
ALL = frozenset(STATEMENTS)
SEES = {
    "visitor": {"public"},
    "user": {"public"},
    "product maintainer": {"public", "federation"},
    "member liaison": ALL,
    "facility": ALL,
    "working-group chair": {"public", "federation"},
    "steering committee": ALL,
    "administrator": ALL,
    "administrator without a second factor": {"public"},
    "another's liaison": {"public", "federation"},
}
FOR_ALL = ("/feeds/needs.atom", "/api/v1/needs", "/api/v1/needs-ranking", "/api/v1/needs?q=wants")
"""Who asks a machine's address gets what is public, whoever it is."""


def _add(*several: events.Body) -> None:
    add(lambda _register: several, by=None)


@pytest.fixture
def ids(written: Portal) -> dict[str, str]:  # noqa: ARG001 - it undoes all
    """A need of each visibility, endorsed and refused and answered."""
    found = {}
    for seen, statement in STATEMENTS.items():
        source = Source(kind="test", text=f"raw {statement}")
        identity = need_id(statement, time=timezone.now(), actor="x", source=source)
        need = Need(id=identity, statement=statement, visibility=seen, source=source)
        who = Speaker(slug="pond", kind=OrganizationKind.MEMBER)
        _add(
            events.Raised(need=need),
            events.Endorsed(about=identity, organization=who, level=Level.BLOCKING),
        )
        found[seen] = identity
    return found


def _clients(portal: Portal) -> dict[str, Client]:
    other = account("Other Liaison", Held(role=Role.LIAISON, scope="moss"))
    return {
        "visitor": portal.client(),
        **{
            role.value: signed_in(portal, somebody(role))
            for role in Role
            if role is not Role.VISITOR
        },
        "administrator without a second factor": signed_in(
            portal, somebody(Role.ADMINISTRATOR, two_factors=False)
        ),
        "another's liaison": signed_in(portal, other),
    }


def _told(text: str, ids: dict[str, str]) -> set[str]:
    return {
        seen
        for seen, identity in ids.items()
        if identity in text or STATEMENTS[seen] in text or STATEMENTS[seen].split()[-1] in text
    }


def test_no_place_tells_of_a_need_that_may_not_be_seen(
    written: Portal, ids: dict[str, str]
) -> None:
    more = ("/needs/agenda.md", "/needs/briefs/pond.md")
    places = ("/needs/", "/needs/?q=wants", "/needs/ranking/", "/needs/ranking/?days=100", *more)
    wrong: list[tuple[object, ...]] = []
    for name, client in _clients(written).items():
        for at in places:
            text = client.get(at).content.decode()
            if _told(text, ids) != SEES[name]:
                wrong.append((name, at, _told(text, ids)))
        for at in FOR_ALL:
            text = client.get(at).content.decode()
            if _told(text, ids) != {"public"}:
                wrong.append((name, at, _told(text, ids)))
        for seen, identity in ids.items():
            for tail in ("", "reach/"):
                status = client.get(f"/needs/{identity}/{tail}").status_code
                if (status == 200) != (seen in SEES[name]):
                    wrong.append((name, seen, tail, status))
            if (client.get(f"/api/v1/needs/{identity}").status_code == 200) != (seen == "public"):
                wrong.append((name, "API", seen))
    assert wrong == []


def test_counts_and_ranks_are_those_of_what_is_seen(written: Portal, ids: dict[str, str]) -> None:
    clients = _clients(written)
    for name, client in clients.items():
        page = client.get("/needs/").content.decode()
        count = len(SEES[name])
        assert f"{count} need{'s' if count > 1 else ''}</caption>" in page, name
    assert "Rank 1 of 1" in clients["visitor"].get(f"/needs/{ids['public']}/").content.decode()
    assert clients["visitor"].get("/api/v1/needs").json()["count"] == 1


def test_done_and_snapshots_tell_no_more(written: Portal, ids: dict[str, str]) -> None:
    public, federation = (freeze_now(one, by=None) for one in ("public", "federation"))
    for need in ids.values():
        _add(events.Decided(about=need, status=Status.REFUSED, reason="no"))
    for name, client in _clients(written).items():
        assert _told(client.get("/needs/done/").content.decode(), ids) == SEES[name], name
        for row, shows in ((public, {"public"}), (federation, {"public", "federation"})):
            for tail in ("", "snapshot.json", "export.json"):
                answer = client.get(f"/needs/snapshots/{row.pk}/{tail}")
                may = row is public or "federation" in SEES[name]
                assert (answer.status_code == 200) == may, (name, row, tail)
                if may:
                    assert _told(answer.content.decode(), ids) == shows
        answer = client.get(f"/api/v1/needs-snapshots/{federation.pk}")
        assert answer.status_code == 404
    assert str(today())


def test_who_may_not_see_a_need_does_nothing_to_it(written: Portal, ids: dict[str, str]) -> None:
    other = _clients(written)["another's liaison"]
    hidden = ids["member:pond"]
    missing = "n-0000000000"
    ask: Callable[[str], list[int]] = lambda need: [  # noqa: E731 - a table of three
        other.get(f"/needs/{need}/").status_code,
        other.post(f"/needs/{need}/follow/").status_code,
        other.post(f"/needs/{need}/for/moss/endorse/", {"level": "useful"}).status_code,
    ]
    before = kept().last
    assert ask(hidden) == ask(missing) == [404, 404, 404]
    assert kept().last == before
