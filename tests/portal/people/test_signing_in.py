"""Signing in and out: by password and second factor, told apart from nobody, guessed by nobody."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings
from tests.portal.folk import PASSWORD, account, code, signed_in, somebody
from tests.portal.standing import Portal

from peso.portal.people import invitations
from peso.portal.people.grants import administered
from peso.portal.people.models import Account, Change, Invitation
from peso.portal.people.roles import Held, Role

LOGIN = "/account/login/"


def _login(client: Client, one: Account | str, password: str = PASSWORD, **more: str) -> int:
    email = one if isinstance(one, str) else one.email
    return client.post(LOGIN, {"login": email, "password": password, **more}).status_code


def _path(link: str) -> str:
    return link.removeprefix("http://localhost:8000")


def test_the_first_administrator_by_a_link_that_works_once(written: Portal) -> None:
    assert not administered()
    path = _path(invitations.set_up())
    client = written.client()
    page = client.get(path)
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in page.headers["Cache-Control"]

    said = {"name": "Ann", "email": "Ann@Example.org", "password": PASSWORD}
    done = client.post(path, said)

    assert (done.status_code, done.headers["Location"]) == (302, "/account/2fa/")
    ann = Account.objects.get(email="ann@example.org")
    assert ann.name == "Ann"
    assert administered()
    assert written.client().get(path).status_code == 404
    assert written.client().post(path, said).status_code == 404
    assert "does not count yet" in client.get("/account/").content.decode()
    assert client.get("/office/people/").status_code == 403


def test_a_set_up_link_ends_the_one_before(written: Portal) -> None:
    first, second = invitations.set_up(), invitations.set_up()
    assert written.client().get(_path(first)).status_code == 404
    assert written.client().get(_path(second)).status_code == 200


def test_an_invited_person_gets_the_roles_and_nobody_elses_address(written: Portal) -> None:
    by = somebody(Role.ADMINISTRATOR)
    held = Held(role=Role.LIAISON, scope="pond")
    path = _path(invitations.invite("lia@example.org", [held], by=by))
    client = written.client()

    done = client.post(path, {"name": "Lia", "email": "evil@example.org", "password": PASSWORD})

    assert done.headers["Location"] == "/account/"
    lia = Account.objects.get(name="Lia")
    assert lia.email == "lia@example.org"
    assert [(one.role, one.scope, one.by) for one in lia.grants.all()] == [
        ("member liaison", "pond", by)
    ]
    assert Invitation.objects.get(account=lia).email == ""


def test_who_has_an_account_signs_in_to_accept_and_keeps_the_password(written: Portal) -> None:
    bo = account("Bo", password=PASSWORD)
    path = _path(invitations.invite(bo.email, [Held(role=Role.CHAIR, scope="metrics")], by=None))
    assert "Sign in to accept" in written.client().get(path).content.decode()
    written.client().post(path, {"name": "Eve", "email": bo.email, "password": "another one 99"})
    assert not bo.grants.exists()

    client = signed_in(written, bo)
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 302

    assert [one.role for one in bo.grants.all()] == ["working-group chair"]
    bo.refresh_from_db()
    assert bo.check_password(PASSWORD)


def test_somebody_else_cannot_accept_it(written: Portal) -> None:
    path = _path(invitations.invite("lia@example.org", [Held(role=Role.STEERING)], by=None))
    eve = account("Eve")
    said = signed_in(written, eve).post(path).content.decode()
    assert "This invitation is for another address" in said
    assert not eve.grants.exists()


@pytest.mark.parametrize("end", ["withdrawn", "expired", "never was"])
def test_a_link_that_does_not_work_says_alike(written: Portal, end: str) -> None:
    link = invitations.invite("lia@example.org", [], by=None)
    one = Invitation.objects.get(email="lia@example.org")
    if end == "withdrawn":
        invitations.withdraw(one, by=None)
    elif end == "expired":
        Invitation.objects.update(expires=one.made)
    path = "/invitation/never-was/" if end == "never was" else _path(link)
    answer = written.client().get(path)
    assert answer.status_code == 404
    assert "never was. A link works once." in answer.content.decode()


def test_a_link_cannot_be_read_out_of_the_database(written: Portal) -> None:
    assert written.done.ok
    token = _path(invitations.invite("lia@example.org", [], by=None)).split("/")[2]
    assert len(token) >= 43
    (one,) = Invitation.objects.filter(email="lia@example.org").values()
    assert token not in str(one)


def test_two_who_accept_at_once_make_one_account(written: Portal) -> None:
    assert written.done.ok
    link = invitations.invite("lia@example.org", [], by=None)
    one = invitations.find(_path(link).split("/")[2])
    assert one
    invitations.accept_new(one, email="", name="Lia", password=PASSWORD)
    with pytest.raises(Exception, match="used, withdrawn"):
        invitations.accept_new(one, email="", name="Eve", password=PASSWORD)


def test_the_session_is_another_one_after_signing_in(written: Portal) -> None:
    one = account("Ann", password=PASSWORD)
    client = written.client()
    client.get(LOGIN)
    session = client.session
    session["left"] = "by somebody who fixed this session"
    session.save()
    before = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = before or ""

    assert _login(client, one) == 302

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert client.session.get("_auth_user_id") == str(one.pk)


def test_signing_out_ends_the_session(written: Portal) -> None:
    one = account("Ann", password=PASSWORD)
    client = written.client()
    assert _login(client, one) == 302
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/account/logout/").status_code == 200
    assert client.get("/account/").status_code == 200
    assert client.post("/account/logout/").headers["Location"] == "/"

    thief = written.client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert thief.get("/account/").status_code == 302


def test_two_factors_are_asked_for_and_a_recovery_code_works_once(written: Portal) -> None:
    one = somebody(Role.ADMINISTRATOR)
    client = written.client()
    assert (
        client.post(LOGIN, {"login": one.email, "password": PASSWORD})
        .headers["Location"]
        .startswith("/account/2fa/authenticate/")
    )
    assert client.get("/office/people/").status_code == 302
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/office/people/").status_code == 302
    assert client.post("/account/2fa/authenticate/", {"code": code()}).status_code == 302
    assert client.get("/office/people/").status_code == 200

    codes = "/account/2fa/recovery-codes/"
    assert client.get(codes).headers["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    shown = client.get(codes).content.decode()
    recovery = re.findall(r"<code>(\d{8})</code>", shown)
    assert len(recovery) == 10
    for expected in (302, 200):
        other = written.client()
        _login(other, one)
        answer = other.post("/account/2fa/authenticate/", {"code": recovery[0]})
        assert answer.status_code == expected


def test_an_administrator_without_a_second_factor_is_a_user(written: Portal) -> None:
    one = somebody(Role.ADMINISTRATOR, two_factors=False)
    client = signed_in(written, one)
    said = client.get("/office/people/")
    assert said.status_code == 403
    assert "counts once you have a second factor" in said.content.decode()


def test_guessing_is_stopped_for_all_processes(written: Portal) -> None:
    one = account("Ann", password=PASSWORD)
    answers = [_login(written.client(), one, f"guess {number}") for number in range(5)]
    assert answers == [200] * 5
    said = written.client().post(LOGIN, {"login": one.email, "password": PASSWORD})
    assert "Too many failed login attempts" in said.content.decode()
    assert "DatabaseCache" in str(settings.CACHES["default"]["BACKEND"])


def test_guessing_codes_is_stopped(written: Portal) -> None:
    one = somebody(Role.ADMINISTRATOR)
    client = written.client()
    _login(client, one)
    for number in range(6):
        client.post("/account/2fa/authenticate/", {"code": f"{number:06}"})
    said = client.post("/account/2fa/authenticate/", {"code": code()})
    assert said.status_code in {200, 429}
    assert client.get("/office/people/").status_code == 302


def test_whether_there_is_an_account_is_told_to_nobody(written: Portal) -> None:
    account("Ann", password=PASSWORD)
    wrong = {"password": "not this one 77"}
    known = written.client().post(LOGIN, {"login": "ann@example.org", **wrong})
    unknown = written.client().post(LOGIN, {"login": "zoe@example.org", **wrong})
    strip = re.compile(r'(value="[^"]*"|ann@|zoe@)')
    assert strip.sub("", known.content.decode()) == strip.sub("", unknown.content.decode())

    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        answers = [
            written.client().post("/account/password/reset/", {"email": email})
            for email in ("ann@example.org", "zoe@example.org")
        ]
    assert {(one.status_code, one.headers["Location"]) for one in answers} == {
        (302, "/account/password/reset/done/")
    }
    assert [one.to for one in mail.outbox] == [["ann@example.org"]]


def test_a_link_in_a_mail_has_the_portals_own_address(written: Portal) -> None:
    account("Ann", password=PASSWORD)
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        client = Client(headers={"host": "127.0.0.1", "x-forwarded-host": "evil.example"})
        client.post("/account/password/reset/", {"email": "ann@example.org"})
    (one,) = mail.outbox
    (link,) = re.findall(r"http\S+/key/\S+", str(one.body))
    assert link.startswith("http://localhost:8000/account/password/reset/key/")
    assert "evil.example" not in str(one.body)

    page = written.client().get(_path(link), follow=True)
    assert page.status_code == 200
    new = {"password1": "another long walk 1843", "password2": "another long walk 1843"}
    assert written.client().post(page.request["PATH_INFO"], new).status_code == 200
    assert Account.objects.get(name="Ann").check_password(PASSWORD)  # another browser: no


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere(written: Portal, to: str) -> None:
    one = account("Ann", password=PASSWORD)
    client = written.client()
    done = client.post(LOGIN, {"login": one.email, "password": PASSWORD, "next": to})
    assert done.headers["Location"] == "/account/"
    out = client.post("/account/logout/", {"next": to})
    assert out.headers["Location"] == "/"


def test_a_form_from_elsewhere_is_refused_in_words(portal: Portal) -> None:
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    assert portal.done.ok
    said = client.post(LOGIN, {"login": "ann@example.org", "password": PASSWORD})
    assert said.status_code == 403
    assert "not sent from a page of this portal" in said.content.decode()


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "too short"),
        ("password1234", "too common"),
        ("839204718263", "entirely numeric"),
        ("lia.lindqvist@example", "too similar"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(
    written: Portal, password: str, why: str
) -> None:
    path = _path(invitations.invite("lia.lindqvist@example.org", [], by=None))
    said = written.client().post(path, {"name": "Lia Lindqvist", "password": password})
    assert said.status_code == 200
    assert why in said.content.decode()
    assert not Account.objects.filter(email="lia.lindqvist@example.org").exists()


def test_passwords_and_second_factors_are_kept_as_nobody_can_use_them(written: Portal) -> None:
    assert written.done.ok
    one = account("Ann", two_factors=True, password=PASSWORD)
    assert one.password.startswith("argon2$argon2id$")
    assert "JBSWY3DPEHPK3PXP" not in str(list(one.authenticator_set.values()))  # type: ignore[attr-defined]


def test_nobody_signs_up(written: Portal) -> None:
    client = written.client()
    assert "By invitation" in client.get("/account/signup/").content.decode()
    before = Account.objects.count()
    client.post("/account/signup/", {"email": "eve@example.org", "password1": PASSWORD})
    assert Account.objects.count() == before


def test_a_closed_account_is_out_at_once(written: Portal) -> None:
    one = account("Ann", password=PASSWORD)
    client = written.client()
    _login(client, one)
    Account.objects.filter(pk=one.pk).update(is_active=False)
    assert client.get("/account/").status_code == 302


def test_a_changed_password_ends_other_sessions_and_is_on_record(written: Portal) -> None:
    one = account("Ann", password=PASSWORD)
    here, there = written.client(), written.client()
    _login(here, one)
    _login(there, one)
    new = "another long walk 1843"
    said = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/account/password/change/", said).status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    change = Change.objects.get(what="password changed", about=one)
    assert new not in str((change.before, change.after))


def test_cookies_are_for_this_portal_only(written: Portal) -> None:
    one = account("Ann", password=PASSWORD)
    client = written.client()
    _login(client, one)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    client.get(LOGIN)
    client.get("/account/")
    assert client.cookies[settings.CSRF_COOKIE_NAME]["httponly"]


def test_what_is_too_much_is_not_read(portal: Portal) -> None:
    big = portal.client().post(LOGIN, {"login": "x" * (1 << 21), "password": "y"})
    assert big.status_code == 400
    many = portal.client().post(LOGIN, {f"field{number}": "x" for number in range(300)})
    assert many.status_code == 400


def test_an_address_that_changes_is_proven_first_and_on_record(written: Portal) -> None:
    one = account("Ann", password=PASSWORD)
    client = written.client()
    _login(client, one)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        client.post("/account/email/", {"email": "new@example.org", "action_add": ""})
        (link,) = re.findall(r"http\S+/confirm-email/\S+/", str(mail.outbox[-1].body))
        one.refresh_from_db()
        assert one.email == "ann@example.org"
        assert link.startswith("http://localhost:8000/")
        client.post(_path(link))
    one.refresh_from_db()
    assert one.email == "new@example.org"
    change = Change.objects.get(what="address changed", about=one)
    assert "new@example.org" not in str((change.before, change.after))
