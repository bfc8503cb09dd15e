"""A need that is corrected, merged, linked and answered: what pages offer, and what they say."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.portal.addresses import Page
from tests.portal.folk import account, signed_in, somebody
from tests.portal.needs.past import delivered
from tests.portal.standing import Portal

from peso.partnerships.needs.record import Held
from peso.partnerships.needs.vocabulary import Kind
from peso.portal.needs.ledger import kept
from peso.portal.needs.telling import askers
from peso.portal.people.roles import Held as Has
from peso.portal.people.roles import Role


def _held(need: str) -> Held:
    return kept().register.get(need)


@pytest.fixture
def steers(written: Portal) -> Client:
    return signed_in(written, somebody(Role.STEERING))


def test_what_it_says_is_corrected_and_what_it_said_stays(steers: Client) -> None:
    need = delivered("I need a curse", "pond")
    at = f"/needs/{need}/revise/"
    form = steers.get(at).content.decode()
    assert 'value="I need a curse"' in form
    said = {"statement": "I need a course", "visibility": "federation", "kind": "training"}
    odd = steers.post(at, said | {"facilities": "Oak Ridge!", "reason": "spelling"})
    assert odd.status_code == 200
    assert "Facilities" in Page(odd.content.decode()).said
    assert _held(need).need.statement == "I need a curse"
    assert steers.post(at, said | {"reason": "spelling"}).status_code == 302
    now = _held(need).need
    assert (now.statement, now.kind, now.visibility) == (
        "I need a course",
        Kind.TRAINING,
        "federation",
    )


def test_who_asked_gets_the_answer(written: Portal) -> None:  # noqa: ARG001 - it undoes all
    pond = account("Lia of pond", Has(role=Role.LIAISON, scope="pond"))
    lake = account("Fay of lake", Has(role=Role.FACILITY, scope="lake"))
    account("Lia of moss", Has(role=Role.LIAISON, scope="moss"))
    need = _held(delivered("I need a course", "pond", "lake"))
    assert sorted(askers(need, None)) == sorted([pond.email, lake.email])
    assert askers(need, pond) == [lake.email]
    own = _held(delivered("I need my own", "pond", "lake", visibility="member:pond"))
    assert askers(own, None) == [pond.email]


@pytest.mark.parametrize("where", ["", "soon", "not an address", "javascript:alert(1)"])
def test_work_is_linked_by_its_address(steers: Client, where: str) -> None:
    need = delivered("I need a course", "pond")
    before = _held(need).links
    answer = steers.post(f"/needs/{need}/link/", {"kind": "page", "where": where})
    assert "https://" in Page(answer.content.decode()).said
    assert _held(need).links == before


def test_of_two_alike_one_is_merged_into_the_other_in_two_steps(steers: Client) -> None:
    one = delivered("As a user I need hypre on GPUs, so that solvers scale", "pond")
    other = delivered("As a user I need hypre on GPUs so that my solvers scale", "lake")
    page = steers.get(f"/needs/{one}/").content.decode()
    at = f"/needs/{one}/merge/?into={other}"
    assert f'href="{at}"' in page
    assert f'value="{other}"' in steers.get(at).content.decode()
    assert steers.post(at, {"into": other, "reason": "the same"}).status_code == 302
    page = steers.get(f"/needs/{one}/").content.decode()
    acts = {"decide", "estimate", "link", "answer", "merge", "unmerge", "revise"}
    offered = {act for act in acts if f'href="/needs/{one}/{act}/"' in page}
    assert offered == {"unmerge", "revise"}
    status = _held(one).status
    answer = steers.post(
        f"/needs/{one}/decide/", {"status": "reopened", "reason": "x"}, follow=True
    )
    assert "a merged need stands where the other one stands" in Page(answer.content.decode()).said
    assert _held(one).status is status


def test_who_may_see_a_need_stands_in_the_ranking_and_on_the_agenda(steers: Client) -> None:
    form = {"statement": "I need my own", "visibility": "federation"}
    assert steers.post("/needs/new/", form).status_code == 302
    ranking = Page(steers.get("/needs/ranking/").content.decode()).said
    assert "I need my own federation" in ranking
    assert "federation only" in steers.get("/needs/agenda.md").content.decode()
