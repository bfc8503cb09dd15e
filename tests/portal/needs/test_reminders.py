"""Did it help: who is asked on a page and by mail, once and again, and nobody who may not see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.portal.addresses import Page
from tests.portal.folk import account, signed_in, somebody
from tests.portal.needs.past import Postman, checked, delivered, tell
from tests.portal.standing import HOW, Portal

from peso.base.files import locked
from peso.errors import BadInput, Outside
from peso.partnerships.needs import events
from peso.partnerships.needs.vocabulary import Status
from peso.portal.needs.models import Reminder
from peso.portal.people.forgetting import forget
from peso.portal.people.models import Account
from peso.portal.people.roles import Held, Role
from peso.portal.reminding import Reminders, remind

Run = Callable[..., Reminders]


@pytest.fixture
def post() -> Postman:
    return Postman()


@pytest.fixture
def run(written: Portal, post: Postman) -> Run:  # noqa: ARG001 - it undoes all
    return lambda **more: remind(HOW, post=post, **more)


def _liaison(slug: str, name: str = "") -> Account:
    return account(name or f"Lia of {slug}", Held(role=Role.LIAISON, scope=slug))


def _later(days: int) -> None:
    """Let some days go by for what was sent."""
    for one in Reminder.objects.all():
        one.sent -= timedelta(days=days)
        one.save()


def test_one_mail_lists_all_that_is_due_for_somebody(run: Run, post: Postman) -> None:
    both = account(
        "Bo of both", Held(role=Role.LIAISON, scope="pond"), Held(role=Role.FACILITY, scope="lake")
    )
    one, other = delivered("I need a course", "pond", "lake"), delivered("I need docs", "pond")
    young = delivered("I need more", "pond", days=30)
    done = run()
    assert [(mail.state, mail.email, len(mail.about)) for mail in done.mails] == [
        ("sent", both.email, 3)
    ]
    [(to, subject, text)] = post.mails
    assert (to, subject) == (both.email, "Did it help? 3 needs to say a word about")
    for need, slug in ((one, "pond"), (one, "lake"), (other, "pond")):
        assert f"{HOW.url}/needs/{need}/for/{slug}/check/" in text
    assert young not in text
    assert "/needs/due/" in text


def test_it_is_sent_once_again_after_some_days_and_then_no_more(run: Run, post: Postman) -> None:
    _liaison("pond")
    need = delivered("I need a course", "pond")
    assert [len(run().mails), len(run().mails)] == [1, 0]
    _later(29)
    assert len(run().mails) == 0
    assert len(run(again=7).mails) == 1
    _later(100)
    assert len(run().mails) == 0
    assert len(run(times=3).mails) == 1
    assert len(post.mails) == Reminder.objects.count() == 3
    assert set(Reminder.objects.values_list("need", "organization")) == {(need, "pond")}


def test_what_was_answered_by_one_is_asked_of_the_others_only(run: Run, post: Postman) -> None:
    pond, lake = _liaison("pond"), _liaison("lake")
    need = delivered("I need a course", "pond", "lake")
    tell([checked(need, "pond")], timezone.now() - timedelta(days=3))
    run()
    assert post.to == [lake.email] != [pond.email]


def test_a_need_that_is_delivered_anew_is_asked_about_anew(run: Run, post: Postman) -> None:
    _liaison("pond")
    need = delivered("I need a course", "pond", days=300)
    run()
    tell([checked(need, "pond")], timezone.now() - timedelta(days=200))
    assert run().mails == ()
    opened = events.Decided(about=need, status=Status.REOPENED, reason="It broke.")
    steps = (Status.ACKNOWLEDGED, Status.ACCEPTED, Status.IN_PROGRESS, Status.DELIVERED)
    again = [opened, *(events.Decided(about=need, status=one) for one in steps)]
    tell(again, timezone.now() - timedelta(days=150))
    assert len(run().mails) == 1
    assert len(post.mails) == 2


def test_who_endorsed_what_was_merged_into_it_is_asked_about_the_whole(
    run: Run, post: Postman
) -> None:
    _liaison("lake")
    head = delivered("I need a course", "pond")
    delivered("I need the same course", "lake", into=head)
    run()
    [(_, _, text)] = post.mails
    assert f"/needs/{head}/for/lake/check/" in text


def test_nobody_is_told_of_a_need_that_they_may_not_see(run: Run, post: Postman) -> None:
    pond, moss = _liaison("pond"), _liaison("moss")
    for seen in ("public", "federation", "member:pond"):
        delivered(f"The need of {seen.replace(':', ' ')}", "pond", "moss", visibility=seen)
    run()
    said = {to: text for to, _, text in post.mails}
    assert "The need of member pond" in said[pond.email]
    assert "The need of member pond" not in said[moss.email]
    assert "member" not in said[moss.email]
    assert "The need of federation" in said[moss.email]


def test_only_open_accounts_with_a_role_that_counts_get_a_mail(run: Run, post: Postman) -> None:
    delivered("I need a course", "pond")
    closed, ended, gone = (_liaison("pond", name) for name in ("Closed", "Ended", "Gone"))
    Account.objects.filter(pk=closed.pk).update(is_active=False)
    ended.grants.update(until=timezone.now())
    forget(gone, by=None)
    somebody(Role.STEERING)
    somebody(Role.MAINTAINER)
    assert run().mails == ()
    assert post.mails == []


def test_a_mail_that_cannot_be_sent_is_told_and_stays_due(run: Run, post: Postman) -> None:
    one, other = _liaison("pond", "Ann"), _liaison("pond", "Bo")
    delivered("I need a course", "pond")
    post.refuses.add(one.email)
    done = run()
    assert not done.ok
    assert [(mail.name, mail.state) for mail in done.mails] == [("Ann", "not sent"), ("Bo", "sent")]
    assert "550 no such mailbox" in done.mails[0].why
    assert set(Reminder.objects.values_list("account__name", flat=True)) == {"Bo"}
    post.refuses.clear()
    assert [mail.name for mail in run().mails] == ["Ann"]
    assert post.to == sorted((one.email, other.email))


def test_a_dry_run_sends_and_writes_nothing(run: Run, post: Postman) -> None:
    _liaison("pond")
    delivered("I need a course", "pond")
    done = run(dry_run=True)
    assert [mail.state for mail in done.mails] == ["due"]
    assert done.mails[0].about[0].statement == "I need a course"
    assert (post.mails, Reminder.objects.count()) == ([], 0)


def test_one_run_at_a_time_and_figures_that_are_some(run: Run) -> None:
    with locked(HOW.folder / "remind.lock", who="a test"), pytest.raises(Outside):
        run()
    with pytest.raises(BadInput):
        run(times=0)
    with pytest.raises(BadInput):
        run(again=0)


def test_text_of_others_hides_nothing_in_a_mail(run: Run, post: Postman) -> None:
    _liaison("pond")
    delivered("I need \u202edocs", "pond")
    run()
    assert "I need [U+202E]docs" in post.mails[0][2]


def test_without_a_mail_server_or_an_address_nobody_counts_as_asked(written: Portal) -> None:
    _liaison("pond")
    delivered("I need a course", "pond")
    here = replace(written.how, url="http://127.0.0.1:8000", mail="")
    with pytest.raises(BadInput) as said:
        remind(here)
    assert [one.where for one in said.value.faults] == ["PESO_PORTAL_MAIL", "PESO_PORTAL_URL"]
    assert not Reminder.objects.exists()
    assert [one.state for one in remind(HOW, dry_run=True).mails] == ["due"]


def test_where_there_is_no_portal_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no portal"):
        remind(replace(HOW, folder=tmp_path / "typo", database=""), dry_run=True)
    assert [*tmp_path.iterdir()] == []


def test_what_was_said_of_a_twin_counts(run: Run, post: Postman) -> None:
    _liaison("pond")
    twin = delivered("I need the course", "pond", days=100)
    head = delivered("I need a course", "lake", days=101)
    tell([events.Merged(about=twin, into=head)], timezone.now() - timedelta(days=5))
    tell([checked(twin, "pond")], timezone.now() - timedelta(days=3))
    run()
    assert post.to == []


def test_the_page_says_what_is_due_for_whom(run: Run, written: Portal) -> None:
    pond = signed_in(written, _liaison("pond"))
    steers = signed_in(written, somebody(Role.STEERING))
    user = signed_in(written, somebody(Role.USER))
    need = delivered("I need a course", "pond", "moss")
    at = f"/needs/{need}/for/pond/check/"
    page = pond.get("/needs/due/").content.decode()
    assert f'href="{at}"' in page
    assert "1 answer due" in page
    assert "moss" not in page.partition("<table")[2]
    page = steers.get("/needs/due/").content.decode()
    assert "2 answers due" in page
    assert "/check/" not in page
    assert "nobody yet" in page
    run()
    said = Page(steers.get("/needs/due/").content.decode()).said
    assert "1 person, last" in said
    assert "no organization" in user.get("/needs/due/").content.decode()
    assert written.client().get("/needs/due/").status_code == 302
    assert pond.get(at).status_code == 200
    assert pond.post(at, {"helped": "yes", "note": ""}).status_code == 302
    assert "Nothing is due" in pond.get("/needs/due/").content.decode()
    assert run().mails == ()
