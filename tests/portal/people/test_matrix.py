"""Every address, as every role, by every method: who gets in, by a table apart from the code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from tests.portal.access import (
    ADMINISTRATOR,
    EVERYBODY,
    MORE,
    ROUTES,
    STEERING,
    TOKENS,
    Access,
)
from tests.portal.folk import PASSWORD, account, signed_in, somebody
from tests.portal.standing import Portal, rolled_back

from peso.portal.api.routes import api
from peso.portal.people import invitations, tokens
from peso.portal.people.models import Account, Grant, Invitation
from peso.portal.people.roles import Held, Role

METHODS = ("get", "post", "put", "patch", "delete")
REFUSED = {401, 403, 405}


def _addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        whole = f"{before}{one.pattern}"
        if isinstance(one, URLPattern):
            yield whole
        else:
            yield from _addresses(one, whole)


def _folk() -> dict[str, Account | None]:
    """Make somebody for each name of the table."""
    ended = account("Ended", Held(role=Role.ADMINISTRATOR), two_factors=True)
    Grant.objects.filter(account=ended).update(until=timezone.now() - timedelta(seconds=1))
    return {
        "visitor": None,
        **{role.value: somebody(role) for role in Role if role is not Role.VISITOR},
        "administrator without a second factor": somebody(Role.ADMINISTRATOR, two_factors=False),
        "another's maintainer": account(
            "Other", Held(role=Role.MAINTAINER, scope="alpha"), password=PASSWORD
        ),
        "somebody whose roles have ended": ended,
    }


def _got_in(answer: HttpResponseBase, method: str) -> bool:
    """Say whether somebody reached what is behind an address.

    What takes no PATCH or DELETE may send away or say that nothing is there before it looks.
    """
    if method in {"patch", "delete"}:
        return answer.status_code < 300
    to = answer.headers.get("Location", "")
    return answer.status_code not in REFUSED and not to.startswith("/account/login/")


def _expected(access: Access, method: str) -> frozenset[str]:
    put = access.sent if access.put else frozenset()
    said = {"get": access.form, "post": access.sent, "put": put}
    return said.get(method, access.rest)


@pytest.fixture
def clients(written: Portal) -> dict[str, Client]:
    return {
        name: signed_in(written, one, sure=False) if one else written.client()
        for name, one in _folk().items()
    }


def test_every_address_is_in_the_table() -> None:
    assert set(_addresses(get_resolver())) == set(ROUTES)


def test_every_operation_of_the_api_is_in_the_table() -> None:
    said = {
        f"api/v1{path.removeprefix('/api/v1')}".replace("{", "<").replace("}", ">")
        for path in api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    }
    assert said <= set(ROUTES)


def test_a_token_opens_what_its_owner_may_and_nothing_else(written: Portal) -> None:
    """Every operation that takes a token, with a token of every scope of everybody."""
    assert written.done.ok
    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    guarded = {
        (method, path)
        for path, several in paths.items()
        for method, said in several.items()
        if said.get("security")
    }
    assert guarded == set(TOKENS)
    wrong = []
    runner = {"name": "x", "platform": "p", "public": "no key", "until": "2027-01-01T00:00:00Z"}
    for name, one in _folk().items():
        made = tokens.make(one, "x", [*tokens.SCOPES], lasts=timedelta(days=1)) if one else "none"
        client = Client(headers={"host": "localhost", "authorization": f"Bearer {made}"})
        for (method, _), (at, allowed) in TOKENS.items():
            for where in (at, at.replace("pond", "lake")):
                theirs = allowed if where == at else _OF_ANY[method]
                may = name in theirs
                said = runner if method == "post" else None
                with rolled_back():
                    answer = getattr(client, method)(where, said, content_type="application/json")
                if (answer.status_code not in REFUSED) != may:
                    wrong.append((method, where, name, answer.status_code))
    assert wrong == []


_OF_ANY = {"get": STEERING, "post": ADMINISTRATOR}
"""Whose token opens what is another organization's."""


@pytest.mark.timeout(600)
def test_nobody_gets_in_who_may_not_and_everybody_who_may(clients: dict[str, Client]) -> None:
    assert set(clients) == EVERYBODY
    invitations.invite("guest@example.org", [], by=None)
    person = Account.objects.get(name="Some user False")
    keys = {"person": person.key, "invitation": Invitation.objects.latest("pk").key}
    wrong: dict[str, list[str]] = {}
    asked = 0
    for route, access in (ROUTES | MORE).items():
        at = access.at.format(**keys)
        for method in METHODS:
            allowed = _expected(access, method)
            for name, client in clients.items():
                asked += 1
                answer = _ask(client, method, at)
                if _got_in(answer, method) != (name in allowed):
                    said = f"{method} {route}: {answer.status_code}"
                    wrong.setdefault(said, []).append(name)
    assert not wrong, "\n".join(f"{said}: {', '.join(who)}" for said, who in wrong.items())
    assert asked == len(ROUTES | MORE) * len(METHODS) * len(EVERYBODY)


def test_nobodys_address_is_shown_to_others(clients: dict[str, Client]) -> None:
    person = Account.objects.get(name="Some user False")
    keys = {"person": person.key, "invitation": "none"}
    emails = dict(Account.objects.values_list("pk", "email"))
    seen = []
    for access in (ROUTES | MORE).values():
        at = access.at.format(**keys)
        for name, client in clients.items():
            if name in access.form and not at.startswith("/office/"):
                own = int(client.session.get("_auth_user_id", 0))
                answer = _ask(client, "get", at)
                text = "" if answer.streaming else answer.content.decode()  # type: ignore[attr-defined]
                seen += [(at, name) for pk, one in emails.items() if pk != own and one in text]
    assert seen == []


def _ask(client: Client, method: str, at: str) -> HttpResponseBase:
    """Ask, as if nothing had been asked before: what it does is undone."""
    cookies = client.cookies.output()
    kept = {name: one.value for name, one in client.cookies.items()}
    with rolled_back():
        answer: HttpResponseBase = getattr(client, method)(at)
    if client.cookies.output() != cookies:
        client.cookies.clear()
        client.cookies.load(kept)
    return answer
