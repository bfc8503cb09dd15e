"""A screen left open: what gives power or a key asks for the password again, and then goes on.

The page that asks says in words what goes on, and nothing that was sent is lost without a word.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client
from tests.portal.folk import PASSWORD, account, code, signed_in
from tests.portal.standing import Portal

from peso.portal.people.models import Account, Change, Invitation, Runner, Token
from peso.portal.people.roles import Held, Role

ADMINISTRATOR = Held(role=Role.ADMINISTRATOR)
FORMS = {
    "/office/people/{key}/": {"action": "grant", "role": "member liaison", "scope": "pond"},
    "/office/invitations/": {"email": "new@example.org", "role": "", "scope": ""},
    "/account/tokens/": {"name": "a program", "scopes": ["account.own"], "days": "1"},
    "/runners/pond/": {"name": "x", "platform": "p", "public": "no key", "until": "2099-01-01"},
}


@pytest.fixture
def administrator(written: Portal) -> Account:
    assert written.done.ok
    return account("Ada", ADMINISTRATOR, two_factors=True, password=PASSWORD)


@pytest.mark.parametrize("path", FORMS)
def test_nothing_is_done_before_the_password_is_given(
    written: Portal, administrator: Account, path: str
) -> None:
    client, at = signed_in(written, administrator, sure=False), path.format(key=administrator.key)
    before = Change.objects.count()

    answer = client.post(at, FORMS[path])

    assert answer.status_code == 302
    assert urlsplit(answer.headers["Location"]).path == "/account/reauthenticate/"
    assert Change.objects.count() == before
    for table in (Token, Runner, Invitation):
        assert not table._default_manager.exists()
    assert client.get(at).status_code == 200


def test_what_was_sent_goes_on_once_it_is(written: Portal, administrator: Account) -> None:
    client, at = signed_in(written, administrator, sure=False), "/account/tokens/"
    to = client.post(at, FORMS[at]).headers["Location"]

    wrong = client.post(to, {"password": "another one"})
    assert wrong.status_code == 200
    assert not Token.objects.exists()
    right = client.post(to, {"password": PASSWORD, "next": at})

    assert "peso_" in right.content.decode()
    assert Token.objects.get().account == administrator
    assert client.post("/office/invitations/", FORMS["/office/invitations/"]).status_code == 200


WORDS = {
    "/office/invitations/": [
        (
            {"email": "a@b.org", "role": "member liaison", "scope": "pond"},
            "invite a@b.org as member liaison of pond",
        ),
        ({"email": "a@b.org", "role": ""}, "invite a@b.org as a user"),
        ({}, "invite somebody as a user"),
        ({"email": "<b>" + "x" * 200}, "invite <b>" + "x" * 77 + "… as a user"),
    ],
    "/office/people/{key}/": [
        (
            {"action": "grant", "role": "facility", "scope": "pond"},
            "grant Ada the role facility of pond",
        ),
        ({"action": "grant"}, "grant Ada the role that was not chosen"),
        ({"action": "end", "role": "administrator"}, "end the role administrator of Ada"),
        ({"action": "close"}, "close the account of Ada"),
        ({"action": "open"}, "open the account of Ada again"),
        ({"action": "forget"}, "forget Ada, for good"),
        ({}, "change the account of Ada"),
    ],
    "/account/tokens/": [
        ({"name": "a script"}, "make the token a script"),
        ({}, "make the token without a name"),
    ],
    "/runners/pond/": [
        (
            {"name": "login", "platform": "frontier"},
            "register the runner login of pond, for the platform frontier",
        ),
        ({}, "register the runner not named of pond, for the platform not named"),
    ],
}
NOT_KEPT = "what you sent before was not kept"


def _words(client: Client, at: str) -> str:
    """Return a page's text."""
    page = client.get(at).content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", "", page)).split())


@pytest.mark.parametrize("path", WORDS)
def test_the_page_says_what_goes_on(written: Portal, administrator: Account, path: str) -> None:
    client, at = signed_in(written, administrator, sure=False), path.format(key=administrator.key)
    for sent, words in WORDS[path]:
        to = client.post(at, sent).headers["Location"]
        for page in (to, to.replace("/account/reauthenticate/", "/account/2fa/reauthenticate/")):
            said = _words(client, page)
            assert f"To go on with: {words}." in said
            assert "Nothing was done yet." in said
            assert NOT_KEPT not in said


def test_a_wrong_password_says_it_again(written: Portal, administrator: Account) -> None:
    client, at = signed_in(written, administrator, sure=False), "/office/invitations/"
    to = client.post(at, FORMS[at]).headers["Location"]
    wrong = client.post(to, {"password": "no", "next": at}).content.decode()
    assert "invite new@example.org as a user" in wrong
    assert "not right yet" in wrong
    assert not Invitation.objects.exists()


def test_a_code_goes_on_as_a_password_does(written: Portal, administrator: Account) -> None:
    client, at = signed_in(written, administrator, sure=False), "/office/invitations/"
    client.post(at, FORMS[at])
    done = client.post("/account/2fa/reauthenticate/", {"code": code(), "next": at})
    assert "new@example.org" in done.content.decode()
    assert Invitation.objects.count() == 1


def test_a_form_with_faults_comes_back_filled_and_can_be_sent(
    written: Portal, administrator: Account
) -> None:
    client, at = signed_in(written, administrator, sure=False), "/office/invitations/"
    sent = {"email": "new@example.org", "role": "member liaison", "scope": ""}
    to = client.post(at, sent).headers["Location"]
    back = client.post(to, {"password": PASSWORD, "next": at}).content.decode()
    assert "Give the slug" in back
    assert 'value="new@example.org"' in back
    assert f'action="{at}"' in back
    assert 'action="/account/reauthenticate/' not in back
    assert client.post(at, sent | {"scope": "pond"}).status_code == 200
    assert Invitation.objects.get().email == "new@example.org"


def test_of_two_that_were_sent_the_first_is_said_to_be_lost(
    written: Portal, administrator: Account
) -> None:
    client = signed_in(written, administrator, sure=False)
    first, second = "/office/invitations/", "/account/tokens/"
    to = client.post(first, FORMS[first]).headers["Location"]
    client.post(second, FORMS[second])

    said = _words(client, to)
    assert NOT_KEPT in said
    assert "To go on with: invite somebody." in said
    assert "Nothing was done yet" not in said
    done = client.post(to, {"password": PASSWORD, "next": first}, follow=True)
    assert done.request["PATH_INFO"] == first
    assert NOT_KEPT in done.content.decode()
    assert not Invitation.objects.exists()
    assert not Token.objects.exists()


def test_where_the_session_ended_it_is_said_too(written: Portal, administrator: Account) -> None:
    client, at = signed_in(written, administrator, sure=False), "/office/invitations/"
    to = client.post(at, FORMS[at]).headers["Location"]
    form = client.get(to).content.decode()
    action = unescape(re.findall(r'<form method="post" class="narrow" action="([^"]+)"', form)[0])
    client.logout()
    away = client.post(action, {"password": PASSWORD, "next": at}).headers["Location"]
    assert away.startswith("/account/login/?next=")
    again = signed_in(written, administrator, sure=False)
    assert action == to
    assert NOT_KEPT in _words(again, action)


def test_what_a_visitor_sends_is_not_lost_without_a_word(written: Portal) -> None:
    client = written.client()
    for at in ("/office/invitations/", "/edit/product/hypre/", "/account/"):
        to = client.post(at, {"x": "y"}).headers["Location"]
        assert "Nothing was done with what you sent" in _words(client, to)
        assert "Nothing was done" not in _words(client, client.get(at).headers["Location"])


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("/account/2fa/recovery-codes/", "show your recovery codes"),
        ("/account/2fa/totp/deactivate/", "turn the second factor off"),
        ("", "go on to your account"),
        ("https://evil.example/office/invitations/", "go on to your account"),
        ("//evil.example/", "go on to your account"),
        ("/nowhere/", "go on to your account"),
    ],
)
def test_pages_of_ones_own_account_and_elsewhere(
    written: Portal, administrator: Account, to: str, words: str
) -> None:
    client = signed_in(written, administrator, sure=False)
    page = client.get("/account/reauthenticate/", {"next": to} if to else {})
    assert f"<strong>{words}</strong>" in page.content.decode()
    assert NOT_KEPT not in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    if "evil" in to:
        sent = client.post("/account/reauthenticate/", {"password": PASSWORD, "next": to})
        assert sent.headers["Location"] == "/account/"


def test_guessing_at_a_screen_left_open_is_stopped(written: Portal, administrator: Account) -> None:
    client, at = signed_in(written, administrator, sure=False), "/account/tokens/"
    to = client.post(at, FORMS[at]).headers["Location"]
    for number in range(10):
        client.post(to, {"password": f"guess {number}", "next": at})
    stopped = client.post(to, {"password": PASSWORD, "next": at})
    assert stopped.status_code == 429
    assert not Token.objects.exists()
