"""Who sees which need: each visibility, each role, each place where a need could be told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.portal.folk import account, signed_in, somebody
from tests.portal.needs.past import Postman, delivered
from tests.portal.standing import HOW, Portal

from peso.partnerships.needs import events
from peso.partnerships.needs.events import need_id
from peso.partnerships.needs.record import Need, Source, Speaker
from peso.partnerships.needs.vocabulary import Level, OrganizationKind, Status
from peso.portal.crawl import EXPORTED
from peso.portal.needs.frozen import freeze_now
from peso.portal.needs.ledger import add, kept
from peso.portal.needs.telling import addresses
from peso.portal.pages.feeds import SITEMAPS
from peso.portal.people import tokens
from peso.portal.people.models import Account
from peso.portal.people.roles import Held, Role
from peso.portal.reminding import remind
from peso.portal.store.generation import today

STATEMENTS = {
    "public": "Everybody wants the quick solver zalpha",
    "federation": "The federation wants the secret mesher zbeta",
    "member:pond": "Only the pond wants the hidden frogs zgamma",
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
NOTHING = (
    *("/robots.txt", "/sitemap.xml", *(f"/sitemap-{one}.xml" for one in SITEMAPS)),
    *("/", "/products/?q=wants", "/recipes/?q=wants", "/feeds/releases.atom", "/status/"),
    *("/consortium/organizations/pond/", "/api/v1/openapi.json", "/about/rights/"),
)
"""Here nobody reads of any need."""


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


def _accounts() -> dict[str, Account]:
    """Make everybody who is to be asked but the visitor."""
    return {
        **{role.value: somebody(role) for role in Role if role is not Role.VISITOR},
        "administrator without a second factor": somebody(Role.ADMINISTRATOR, two_factors=False),
        "another's liaison": account("Other Liaison", Held(role=Role.LIAISON, scope="moss")),
    }


def _clients(portal: Portal) -> dict[str, Client]:
    folk = {name: signed_in(portal, one) for name, one in _accounts().items()}
    return {"visitor": portal.client(), **folk}


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


def test_what_is_no_place_of_needs_tells_of_none(written: Portal, ids: dict[str, str]) -> None:
    told = {
        (name, at): said
        for name, client in _clients(written).items()
        for at in NOTHING
        if (said := _told(_text(client.get(at)), ids))
    }
    assert told == {}


def test_a_token_opens_no_more_of_the_needs_than_a_visitor_gets(
    written: Portal, ids: dict[str, str]
) -> None:
    assert written.done.ok
    for name, one in _accounts().items():
        made = tokens.make(one, "x", [*tokens.SCOPES], lasts=timedelta(days=1))
        client = Client(headers={"host": "localhost", "authorization": f"Bearer {made}"})
        for at in FOR_ALL:
            assert _told(_text(client.get(at)), ids) == {"public"}, (name, at)
        for seen, identity in ids.items():
            status = client.get(f"/api/v1/needs/{identity}").status_code
            assert (status == 200) == (seen == "public"), (name, seen)


def test_a_static_site_holds_what_is_public(written: Portal, ids: dict[str, str]) -> None:
    pages = ["/needs/", "/needs/ranking/", "/needs/done/", "/needs/agenda.md", "/needs/snapshots/"]
    pages += [f"/needs/{ids['public']}/", "/needs/briefs/pond.md", "/feeds/needs.atom"]
    for at in pages:
        text = _text(written.client().get(at, **{EXPORTED: "1"}))  # type: ignore[arg-type]
        assert _told(text, ids) <= {"public"}, at
        assert "/needs/bring/" not in text, at
        assert "/needs/due/" not in text, at
    for seen in ("federation", "member:pond"):
        assert written.client().get(f"/needs/{ids[seen]}/").status_code == 404


def test_mails_of_what_happens_go_to_those_who_see_it(written: Portal, ids: dict[str, str]) -> None:
    assert written.done.ok
    folk = _accounts()
    for identity in ids.values():
        _add(*(events.Followed(about=identity, person=one.key) for one in folk.values()))
    for seen, identity in ids.items():
        got = set(addresses(kept().register.get(identity), None))
        assert got == {one.email for name, one in folk.items() if seen in SEES[name]}, seen


def test_reminders_tell_those_who_are_asked_of_what_they_see(written: Portal) -> None:
    folk, post = _accounts(), Postman()
    ids = {
        seen: delivered(said, "pond", "moss", visibility=seen) for seen, said in STATEMENTS.items()
    }
    assert remind(HOW, post=post).ok
    asked = ("member liaison", "facility", "another's liaison")
    assert post.to == sorted(folk[name].email for name in asked)
    for to, subject, text in post.mails:
        [name] = [name for name in asked if folk[name].email == to]
        assert _told(f"{subject} {text}", ids) == SEES[name], name
    steer = ("steering committee", "administrator")
    for name, one in folk.items():
        text = _text(signed_in(written, one).get("/needs/due/"))
        assert _told(text, ids) == (SEES[name] if name in (*asked, *steer) else set()), name
    assert _told(_text(written.client().get("/needs/due/")), ids) == set()


def test_what_was_set_aside_is_for_those_who_run_the_register(
    written: Portal, ids: dict[str, str]
) -> None:
    said = f"{STATEMENTS['member:pond']}, set aside"
    _add(events.SetAside(source=Source(kind="csv", where="s.csv:2", text=said), faults=("no",)))
    for name, client in _clients(written).items():
        answer = client.get("/needs/bring/")
        steers = name in {"steering committee", "administrator"}
        assert (answer.status_code == 200) == steers, name
        assert (said in _text(answer)) == steers, name
        assert "set aside" not in _text(client.get("/needs/")), name
        assert "set aside" not in _text(client.get("/needs/agenda.md")), name
    assert ids


def _text(answer: object) -> str:
    body = getattr(answer, "streaming_content", None) or (getattr(answer, "content", b""),)
    return b"".join(body).decode()


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
