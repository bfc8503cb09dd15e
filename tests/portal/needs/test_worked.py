"""What is worked out of the register and kept: never old, never of what its reader may not see."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone
from tests.portal.folk import account, signed_in
from tests.portal.standing import Portal

from peso.partnerships.needs import events
from peso.partnerships.needs.events import need_id
from peso.partnerships.needs.rank import rank
from peso.partnerships.needs.ranked import Weights
from peso.partnerships.needs.record import Need, Source, Speaker
from peso.partnerships.needs.visibility import ANYBODY, STEWARD, Role, Viewer
from peso.partnerships.needs.vocabulary import Level, OrganizationKind
from peso.portal.needs.ledger import add
from peso.portal.needs.reach import store_reach
from peso.portal.needs.seeing import view_of
from peso.portal.needs.worked import ready, state
from peso.portal.people.roles import Held
from peso.portal.people.roles import Role as Part
from peso.portal.store.generation import today

VIEWERS = (ANYBODY, STEWARD, Viewer(Role.FEDERATION), Viewer(Role.FEDERATION, frozenset(("pond",))))


def _raised(statement: str, visibility: str = "public") -> Need:
    source = Source(kind="test", text=statement)
    identity = need_id(statement, time=timezone.now(), actor="x", source=source)
    need = Need(
        id=identity,
        statement=statement,
        visibility=visibility,
        source=source,
        products=("hypre",),
    )
    _add(events.Raised(need=need))
    return need


def _add(*several: events.Body) -> None:
    add(lambda _register: several, by=None)


def _endorse(need: Need, slug: str) -> None:
    who = Speaker(slug=slug, kind=OrganizationKind.MEMBER)
    _add(events.Endorsed(about=need.id, organization=who, level=Level.BLOCKING))


@pytest.fixture
def several(written: Portal) -> tuple[Need, ...]:  # noqa: ARG001 - it undoes all
    return tuple(_raised(f"Wanted: number {at}") for at in range(5))


def _anew(viewer: Viewer) -> object:
    return rank(view_of(viewer).register, Weights(), store_reach(), today())


def test_each_change_is_in_the_next_view_and_its_ranking(several: tuple[Need, ...]) -> None:
    for at, need in enumerate(several):
        for slug in ("pond", "moss", "reed")[: at % 3 + 1]:
            _endorse(need, slug)
        for viewer in VIEWERS:
            view = view_of(viewer)
            held = view.find(need.id)
            assert held
            assert len(held.endorsements) == at % 3 + 1
            assert view.standing(today()).ranking() == _anew(viewer)


def test_nothing_is_worked_out_twice(several: tuple[Need, ...]) -> None:
    view = view_of(ANYBODY)
    standing, likeness = view.standing(today()), view.likeness()
    assert view_of(ANYBODY) is view
    assert view.standing(today()) is standing
    _endorse(several[0], "pond")
    now = view_of(ANYBODY)
    same = [one.id for one in now.register.needs if view.find(one.id) is one]
    assert sorted((*same, several[0].id)) == sorted(one.id for one in now.register.needs)
    assert now.likeness() is likeness
    _raised("Wanted: number 6")
    assert view_of(ANYBODY).likeness() is not likeness


def test_what_was_undone_is_seen_no_more(several: tuple[Need, ...]) -> None:
    before = {one: view_of(one).standing(today()).ranking() for one in VIEWERS}
    with transaction.atomic():
        _endorse(several[3], "pond")
        assert view_of(ANYBODY).standing(today()).ranking() != before[ANYBODY]
        transaction.set_rollback(True)
    assert {one: view_of(one).standing(today()).ranking() for one in VIEWERS} == before


def test_a_need_that_is_hidden_later_is_out_of_everything(several: tuple[Need, ...]) -> None:
    one, twin = several[0], several[1]
    old = view_of(ANYBODY)
    assert [it.other for it in old.likeness().to(one) if it.one == one.id]
    hidden = twin.model_copy(
        update={"visibility": "member:pond", "statement": "Wanted: the secret number 0"}
    )
    _add(events.Revised(need=hidden, reason="it is ours alone"))
    now = view_of(ANYBODY)
    assert now.find(twin.id) is None
    assert now.standing(today()).find(twin.id) is None
    assert twin.id not in {it for pair in now.likeness().to(one) for it in (pair.one, pair.other)}
    own = view_of(VIEWERS[3])
    assert twin.id in {it for pair in own.likeness().to(one) for it in (pair.one, pair.other)}
    # Who began to read before the change goes on with what was so then, new words are not in it.
    words = {it for pair in old.likeness().to(one) for it in pair.words}
    assert "secret" not in words


def test_who_endorses_sees_it_on_the_page_at_once(
    written: Portal, several: tuple[Need, ...]
) -> None:
    client = signed_in(written, account("Pond", Held(role=Part.LIAISON, scope="pond")))
    need = several[4]
    assert "Endorsed by 0 organizations" in client.get(f"/needs/{need.id}/").content.decode()
    said = {"level": "blocking", "note": "for us"}
    answer = client.post(f"/needs/{need.id}/for/pond/endorse/", said, follow=True)
    page = answer.content.decode()
    assert "Endorsed by 1 organization<" in page
    assert "Rank 1 of 5" in page
    visitor = written.client()
    assert "Rank 1 of 5" in visitor.get(f"/needs/{need.id}/").content.decode()
    ranking = visitor.get("/needs/ranking/").content.decode()
    assert ranking.index(need.statement) < ranking.index(several[0].statement)


@pytest.mark.usefixtures("several")
def test_a_process_is_ready_before_it_is_asked() -> None:
    ready()
    view = state().view(ANYBODY)
    assert view_of(ANYBODY) is view
    assert len(view.standing(today())) == 5
