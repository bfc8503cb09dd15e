"""Needs in the portal: raised, endorsed, merged, decided, answered; by forms, as each may."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from tests.portal.addresses import Page
from tests.portal.folk import account, signed_in, somebody
from tests.portal.standing import Portal

from peso.partnerships.needs.events import Event
from peso.partnerships.needs.fold import continued, fold
from peso.partnerships.needs.record import Held
from peso.partnerships.needs.vocabulary import Status
from peso.portal.needs import intake
from peso.portal.needs.ledger import kept
from peso.portal.needs.models import NeedEvent, Sent
from peso.portal.needs.telling import addresses
from peso.portal.people.models import Change
from peso.portal.people.roles import Held as Role_
from peso.portal.people.roles import Role
from peso.portal.store.models import Release

SAID = {
    "statement": "As a user I need hypre on GPUs, so that solvers scale",
    "detail": "",
    "visibility": "public",
    "products": "hypre",
}


def _raise(client: Client, **more: str) -> str:
    answer = client.post("/needs/new/", SAID | more)
    assert answer.status_code == 302, Page(answer.content.decode()).said
    return answer.headers["Location"].split("/")[2]


def _post(client: Client, at: str, said: Mapping[str, str] | None = None) -> str:
    answer = client.post(at, said or {})
    if answer.status_code == 302:
        return ""
    return Page(answer.content.decode()).said


def _held(need: str) -> Held:
    return kept().register.get(need)


@pytest.fixture
def pond(written: Portal) -> Client:
    """Who speaks for the member `pond`."""
    return signed_in(written, somebody(Role.LIAISON))


@pytest.fixture
def steers(written: Portal) -> Client:
    """Who runs the register."""
    return signed_in(written, somebody(Role.STEERING))


@pytest.fixture
def lake(written: Portal) -> Client:
    """Who speaks for the facility `big-lake`."""
    return signed_in(written, account("Lake", Role_(role=Role.FACILITY, scope="big-lake")))


def test_a_need_from_its_raising_to_the_check_of_it(
    pond: Client, lake: Client, steers: Client
) -> None:
    need = _raise(pond, organization="pond", severity="important")
    at = f"/needs/{need}"
    assert _post(lake, f"{at}/for/big-lake/endorse/", {"level": "blocking", "note": "for A"}) == ""
    no = _post(lake, f"{at}/for/big-lake/endorse/", {"level": "useful", "note": ""})
    assert "endorsed it already" in no
    assert [one.organization.slug for one in _held(need).endorsements] == ["big-lake"]
    assert _held(need).endorsements[0].organization.kind == "facility"
    assert _post(lake, f"{at}/for/big-lake/offer/", {"days": "5", "note": "two of us"}) == ""
    said = {"low": "5", "high": "20", "estimated_by": "us", "places": "1"}
    assert _post(steers, f"{at}/estimate/", said) == ""
    for status in ("acknowledged", "accepted", "in-progress"):
        assert _post(steers, f"{at}/decide/", {"status": status, "reason": ""}) == ""
    no = _post(steers, f"{at}/decide/", {"status": "delivered", "reason": ""})
    assert "Nothing that carries it is linked" in no
    release = Release.objects.filter(published=True).first()
    assert release
    no = _post(steers, f"{at}/link/", {"kind": "release", "where": "", "release": "ab" * 32})
    assert "not right yet" in no
    assert _post(steers, f"{at}/link/", {"kind": "release", "release": release.manifest}) == ""
    assert _post(steers, f"{at}/decide/", {"status": "delivered", "reason": ""}) == ""
    assert _post(steers, f"{at}/answer/", {"text": "It is in the release."}) == ""
    assert _held(need).status is Status.ANSWERED
    assert _held(need).answers[0].to == ("big-lake", "pond")
    assert _post(lake, f"{at}/for/big-lake/check/", {"helped": "yes", "note": ""}) == ""
    page = Page(pond.get(f"{at}/").content.decode()).said
    assert "It is in the release." in page
    assert "big-lake: yes" in page
    assert SAID["statement"] in pond.get("/needs/done/").content.decode()
    assert "Done" in pond.get("/needs/briefs/pond.md").content.decode()
    assert Change.objects.filter(what="need endorsed", slug="big-lake").count() == 1


def test_a_merge_and_its_undoing_keep_everything(pond: Client, steers: Client) -> None:
    one, other = _raise(pond), _raise(pond, statement="As a user I need hypre on all GPUs")
    _post(pond, f"/needs/{one}/for/pond/endorse/", {"level": "useful", "note": ""})
    before = _held(one)
    assert "May be the same" in pond.get(f"/needs/{one}/").content.decode()
    assert _post(steers, f"/needs/{one}/merge/", {"into": other, "reason": ""}) == ""
    assert len(kept().register.supporters(other)) == 1
    assert "merged into" in pond.get(f"/needs/{one}/").content.decode()
    assert _post(steers, f"/needs/{one}/unmerge/", {"reason": ""}) == ""
    assert _held(one) == before


def test_a_refusal_asks_for_its_reason(pond: Client, steers: Client) -> None:
    need = _raise(pond)
    no = _post(steers, f"/needs/{need}/decide/", {"status": "refused", "reason": " "})
    assert "Say why it becomes refused." in no
    said = {"status": "refused", "reason": "Others do it."}
    assert _post(steers, f"/needs/{need}/decide/", said) == ""
    assert "Others do it." in pond.get("/needs/done/").content.decode()


def test_who_follows_gets_a_mail_and_who_may_not_see_it_gets_none(
    written: Portal,
) -> None:
    one = account("Fay Follower", Role_(role=Role.LIAISON, scope="pond"))
    client = signed_in(written, one)
    need = _raise(client, organization="pond", visibility="member:pond")
    assert _post(client, f"/needs/{need}/follow/") == ""
    assert one.key in _held(need).followers
    assert addresses(_held(need), None) == [one.email]
    assert addresses(_held(need), one) == []
    one.grants.update(until=timezone.now())
    assert addresses(_held(need), None) == []


def test_a_visitor_confirms_by_a_link_that_works_once(written: Portal) -> None:
    client = written.client()
    page = client.get("/needs/new/").content.decode()
    began = re.search(r'name="began" value="([^"]+)"', page)
    assert began
    said = SAID | {"email": "guest@example.org", "began": began[1]}
    assert "Look into your mail" in _post(client, "/needs/new/", said | {"website": "x"})
    for amiss, why in ((None, "within 3 seconds"), ("none", "from yesterday")):
        again = said | {"began": amiss or intake.begun()}
        page = client.post("/needs/new/", again).content.decode()
        assert why in page
        assert "send it once more" in page
        assert SAID["statement"] in page
    assert Sent.objects.count() == 0
    need = intake.visitor_need(
        {**dict.fromkeys(("kind", "stakeholder", "severity", "facilities", "evidence"), "")}
        | SAID
        | {"needed_by": None}
    )
    mails: list[str] = []
    real, intake.send = intake.send, lambda *said: mails.append(said[2])
    try:
        with transaction.atomic():
            intake.wait(need, "Guest@example.org")
        assert mails == []
        for callback in transaction.get_connection().run_on_commit:
            callback[1]()
    finally:
        intake.send = real
    [text] = mails
    link = re.search(r"/needs/confirm/[^/]+/", text)
    assert link
    assert SAID["statement"] in client.get(link[0]).content.decode()
    assert kept().register.find(need.id) is None
    assert client.post(link[0]).status_code == 302
    assert _held(need.id).need.visibility == "public"
    assert client.post(link[0]).status_code == 404
    rows = "".join(NeedEvent.objects.values_list("data", flat=True))
    assert "example.org" not in rows


def test_a_form_says_in_words_what_is_wrong(pond: Client) -> None:
    no = _post(pond, "/needs/new/", SAID | {"facilities": "olcf, Oak Ridge!"})
    assert "'oak ridge!' is no slug of a facility: a slug has letters a to z, digits and" in no
    assert "olcf' is no slug" not in no
    no = _post(pond, "/needs/new/", SAID | {"statement": "one\ttwo"})
    assert "Write one line" in no
    far = _post(pond, "/needs/new/", SAID | {"evidence": f"https://example.org/{'a' * 3000}"})
    for page in (no, far):
        assert "String should" not in page


def test_the_feed_is_found_where_one_looks_for_it(pond: Client) -> None:
    for at in ("/feeds/", "/needs/done/"):
        assert 'href="/feeds/needs.atom"' in pond.get(at).content.decode(), at


@pytest.mark.usefixtures("written")
def test_too_many_from_one_address_are_told_so() -> None:
    assert [intake.too_often("192.0.2.1") for _ in range(intake.AN_HOUR)] == [False] * 10
    assert intake.too_often("192.0.2.1")
    assert not intake.too_often("192.0.2.2")


def test_a_link_ends_after_a_week(written: Portal) -> None:
    Sent.objects.create(digest="0" * 64, need="{}", expires=timezone.now() - timedelta(seconds=1))
    assert written.client().get("/needs/confirm/none/").status_code == 404


def test_events_are_never_changed_and_going_on_is_folding_all(pond: Client) -> None:
    one = _raise(pond)
    _post(pond, f"/needs/{one}/for/pond/endorse/", {"level": "useful", "note": ""})
    several = [Event.model_validate_json(it.data) for it in NeedEvent.objects.all()]
    assert all(it.intact for it in several)
    assert continued(fold(several[:1]), several[1:]) == fold(several) == kept().register
    for change in ("delete", "update"):
        rows = NeedEvent.objects.filter(about=one)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete() if change == "delete" else rows.update(about="")
