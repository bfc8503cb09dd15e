"""Who may see what: nothing of a hidden need comes through any list, export, rank or text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.partnerships.needs.histories import (
    BY,
    ON,
    REACH,
    decided,
    endorsed,
    histories,
    need,
    ranked,
    ranks_of,
    register,
    without,
)

from peso.errors import BadInput
from peso.partnerships.needs import events
from peso.partnerships.needs.brief import agenda, brief, you_asked_we_did
from peso.partnerships.needs.events import Event
from peso.partnerships.needs.fold import fold
from peso.partnerships.needs.ranked import Ranking, Weights
from peso.partnerships.needs.record import Need
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.shares import choose
from peso.partnerships.needs.similar import Likeness
from peso.partnerships.needs.snapshot import export, freeze
from peso.partnerships.needs.visibility import (
    ANYBODY,
    STEWARD,
    Role,
    Viewer,
    may_see,
    seen_by,
    viewer_of,
)
from peso.partnerships.needs.vocabulary import Status, covers

FEDERATION = Viewer(Role.FEDERATION)
ELM, CEDAR = viewer_of("elm"), viewer_of("cedar")
VIEWERS = (ANYBODY, FEDERATION, ELM, CEDAR)
Made = tuple[tuple[Need, ...], tuple[Event, ...]]


@pytest.mark.parametrize(
    ("visibility", "seen"),
    [
        ("public", {ANYBODY, FEDERATION, ELM, CEDAR, STEWARD}),
        ("federation", {FEDERATION, ELM, CEDAR, STEWARD}),
        ("member:elm", {ELM, STEWARD}),
        ("member:el", {STEWARD}),
    ],
)
def test_the_matrix(visibility: str, seen: set[Viewer]) -> None:
    one = need("one", visibility=visibility)

    assert {it for it in (*VIEWERS, STEWARD) if may_see(it, one)} == seen


def _everything(events_: tuple[Event, ...], viewer: Viewer) -> str:
    """Return all that a viewer is ever given, as one text."""
    held = fold(events_)
    view = seen_by(held, viewer)
    exported = export(held, viewer, REACH)
    frozen = freeze(exported, Weights(), ON)
    ranking = Ranking(on=ON, weights=frozen.weights, needs=frozen.needs)
    told = [
        exported.canonical().decode(),
        frozen.canonical().decode(),
        json.dumps(choose(view, 100).plain()),
        json.dumps([it.plain() for it in Likeness(one.need for one in view.needs).pairs(like=1)]),
        agenda(view, ranking),
        brief(view, ranks_of(ranking), ranking.on, "elm"),
        you_asked_we_did(view),
        str(view.not_taken),
    ]
    return "\n".join(told)


@given(histories(), st.sampled_from(VIEWERS))
@settings(max_examples=200)
def test_a_view_is_as_if_what_is_hidden_had_never_been(made: Made, viewer: Viewer) -> None:
    several, happened = made
    hidden = [one.id for one in several if not may_see(viewer, one)]

    assert _everything(happened, viewer) == _everything(without(happened, hidden), viewer)


@given(histories(), st.sampled_from(VIEWERS))
def test_no_token_of_a_person_leaves_the_register(made: Made, viewer: Viewer) -> None:
    told = _everything(made[1], viewer)

    assert "p-secret" not in told
    assert "p-1" not in told
    assert "tester" not in told


@given(histories(), st.lists(st.sampled_from(("public", "federation", "member:elm")), max_size=4))
def test_no_revision_brings_a_hidden_id_into_a_view(made: Made, changes: list[str]) -> None:
    several, happened = made
    revised = [
        events.Revised(need=one.model_copy(update={"visibility": new}), reason="corrected")
        for one, new in zip(several, changes, strict=False)
    ]
    held = register(*(one.body for one in happened), *revised)
    for viewer in VIEWERS:
        told = _everything_of(held, viewer)
        for one in held.needs:
            if not may_see(viewer, one.need):
                assert one.id not in told
                assert one.need.statement not in told
        for one in held.needs:
            if one.merged_into and may_see(viewer, one.need):
                assert may_see(viewer, held.get(one.merged_into).need)


def _everything_of(held: Register, viewer: Viewer) -> str:
    exported = export(held, viewer, REACH)
    return exported.canonical().decode() + freeze(exported, Weights(), ON).canonical().decode()


def test_endorsers_of_a_hidden_need_count_for_those_alone_who_may_see_it() -> None:
    quiet, open_ = need("quiet", visibility="member:elm"), need("open")
    made = register(
        events.Raised(need=quiet),
        events.Raised(need=open_),
        endorsed(quiet, "dune"),
        endorsed(open_, "elm"),
        events.Merged(about=quiet.id, into=open_.id),
    )

    assert _slugs(seen_by(made, ANYBODY), open_) == ["elm"]
    assert _slugs(seen_by(made, ELM), open_) == ["dune", "elm"]
    assert [one.id for one in seen_by(made, ANYBODY).needs] == [open_.id]


def _slugs(view: Register, one: Need) -> list[str]:
    return [it.organization.slug for it in view.supporters(one.id)]


def test_a_need_is_not_merged_into_one_that_fewer_may_see() -> None:
    quiet, open_ = need("quiet", visibility="member:elm"), need("open")
    both = (events.Raised(need=quiet), events.Raised(need=open_))
    wrong = register(*both, events.Merged(about=open_.id, into=quiet.id))
    narrowed = register(
        *both,
        events.Raised(need=need("third")),
        events.Merged(about=need("third").id, into=open_.id),
        events.Revised(
            need=open_.model_copy(update={"visibility": "federation"}), reason="not for all"
        ),
    )
    widened = register(
        *both,
        events.Merged(about=quiet.id, into=open_.id),
        events.Revised(
            need=open_.model_copy(update={"visibility": "member:elm"}), reason="not for all"
        ),
        events.Revised(need=quiet.model_copy(update={"visibility": "public"}), reason="for all"),
    )

    assert "fewer may see" in wrong.not_taken[0].reason
    assert "more may see" in narrowed.not_taken[0].reason
    assert "unmerge it first" in widened.not_taken[0].reason
    assert ranked(seen_by(wrong, ANYBODY)).needs[0].id == open_.id


def test_covering_is_an_order() -> None:
    everywhere = ("public", "federation", "member:elm", "member:cedar")
    for one in everywhere:
        assert covers(one, one)
        assert covers("public", one)
    assert covers("federation", "member:elm")
    assert not covers("member:elm", "member:cedar")
    assert not covers("member:elm", "federation")
    assert not covers("federation", "public")


def test_a_brief_is_what_its_organization_may_see() -> None:
    mine = need("mine alone", visibility="member:elm")
    theirs = need("theirs alone", visibility="member:cedar")
    made = register(
        events.Raised(need=mine),
        events.Raised(need=theirs),
        endorsed(theirs, "elm"),
        decided(mine, Status.REFUSED, "out of scope"),
    )
    view = seen_by(made, ELM)
    text = brief(view, ranks_of(ranked(view)), ON, "elm")

    assert "mine alone" in text
    assert "out of scope" in text
    assert "theirs alone" not in text


def test_a_viewer_has_a_name() -> None:
    assert [viewer_of(one.named).named for one in (ANYBODY, FEDERATION, STEWARD)] == [
        "public",
        "federation",
        "steward",
    ]
    assert viewer_of("elm").named == "member:elm"
    with pytest.raises(BadInput, match="nobody"):
        viewer_of("Somebody Else")
    assert BY["elm"].slug in viewer_of("elm").organizations
