"""Mail through a real server: over TLS with a login, to a mailbox that is none, or to no server."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import override_settings
from tests.portal.folk import account
from tests.portal.mail_server import PASSWORD, USER, mail_server
from tests.portal.needs.past import delivered
from tests.portal.standing import HOW

from peso.errors import Outside
from peso.portal import reminding
from peso.portal.needs.intake import send
from peso.portal.needs.models import Reminder
from peso.portal.people.roles import Held, Role
from peso.portal.reminding import Reminders, remind


def _by(mail: str) -> override_settings:
    return override_settings(**replace(HOW, mail=mail).mailing())


def _remind() -> Reminders:
    return remind(HOW, post=reminding.mail_server)


def _due(slug: str = "pond") -> str:
    who = account(f"Lia of {slug}", Held(role=Role.LIAISON, scope=slug))
    delivered("I need a course", slug)
    return str(who.email)


@pytest.fixture
def secured() -> str:
    return f"smtp+tls://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@127.0.0.1"


@pytest.mark.usefixtures("written")
def test_over_tls_with_a_login(
    tmp_path: Path, secured: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = _due()
    with (
        mail_server(tmp_path, tls=True) as (kept, certificate),
        _by(f"{secured}:{kept.port}?from=portal@example.org"),
    ):
        with pytest.raises(Outside, match="certificate"):
            _remind()  # nobody vouches for this server yet
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert [one.state for one in _remind().mails] == ["sent"]
    [mail] = kept.came
    assert (mail["To"], mail["From"]) == (to, "portal@example.org")
    assert "Did it help?" in mail["Subject"]
    assert f"{HOW.url}/needs/due/" in mail.get_content()


@pytest.mark.usefixtures("written")
def test_a_wrong_password_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _due()
    with mail_server(tmp_path, tls=True) as (kept, certificate):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        wrong = f"smtp+tls://me:wrong@127.0.0.1:{kept.port}?from=portal@example.org"
        with _by(wrong), pytest.raises(Outside, match="535"):
            _remind()
    assert not Reminder.objects.exists()


@pytest.mark.usefixtures("written")
def test_who_has_no_mailbox_is_told_and_the_others_get_theirs(
    tmp_path: Path,
) -> None:
    gone, there = _due("pond"), _due("lake")
    with (
        mail_server(tmp_path, tls=False) as (kept, _),
        _by(f"smtp://127.0.0.1:{kept.port}?from=portal@example.org"),
    ):
        kept.nobody.add(gone)
        done = {one.email: (one.state, one.why) for one in _remind().mails}
        assert done[there] == ("sent", "")
        assert done[gone][0] == "not sent"
        assert "no such mailbox" in done[gone][1]
        assert set(Reminder.objects.values_list("organization", flat=True)) == {"lake"}
        kept.nobody.clear()
        assert [one.email for one in _remind().mails] == [gone]
    assert sorted(str(one["To"]) for one in kept.came) == sorted((gone, there))


@pytest.mark.usefixtures("written")
def test_a_server_that_is_not_there_stops_no_page_and_is_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    nobody = _by("smtp://127.0.0.1:9?from=portal@example.org")
    with nobody, caplog.at_level(logging.WARNING):
        send("ann@example.org", "Confirm your need", "text")
    assert "could not be sent: ConnectionRefusedError" in caplog.text
    assert "ann@example.org" not in caplog.text


@pytest.mark.usefixtures("written")
def test_no_address_is_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with (
        mail_server(tmp_path, tls=False) as (kept, _),
        _by(f"smtp://127.0.0.1:{kept.port}?from=portal@example.org"),
        caplog.at_level(logging.WARNING),
    ):
        kept.nobody.add("ann@example.org")
        send("ann@example.org", "Confirm your need", "text")
    assert "could not be sent: SMTPRecipientsRefused 550" in caplog.text
    assert "ann@example.org" not in caplog.text


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("in_words", [True, False])
def test_a_server_that_takes_one_mail_a_connection_gets_all_of_them(
    tmp_path: Path, *, in_words: bool
) -> None:
    several = {_due(slug) for slug in ("pond", "lake", "moss")}
    with (
        mail_server(tmp_path, tls=False) as (kept, _),
        _by(f"smtp://127.0.0.1:{kept.port}?from=portal@example.org"),
    ):
        kept.a_connection, kept.in_words = 1, in_words
        assert {one.state for one in _remind().mails} == {"sent"}
    assert {str(one["To"]) for one in kept.came} == several
