"""The register: what a history makes of it, in whatever order it is read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.partnerships.needs.histories import (
    BEGAN,
    BY,
    SHA,
    decided,
    endorsed,
    histories,
    history,
    need,
    register,
)

from peso.partnerships.needs import events
from peso.partnerships.needs.events import Event, event
from peso.partnerships.needs.fold import fold
from peso.partnerships.needs.record import Need, Raiser, Speaker
from peso.partnerships.needs.states import NEXT, needs_reason, unanswered
from peso.partnerships.needs.vocabulary import Kind, Level, LinkKind, OrganizationKind, Status

ONE, TWO = need("one"), need("two")
BOTH = (events.Raised(need=ONE), events.Raised(need=TWO))


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_reading_changes_nothing(
    made: tuple[tuple[Need, ...], tuple[Event, ...]], shuffle: st.DataObject
) -> None:
    _, happened = made
    other = [*happened, *happened[:3]]
    shuffle.shuffle(other)  # type: ignore[attr-defined]

    assert fold(other) == fold(happened)


@given(histories(), st.randoms(use_true_random=False))
def test_what_happens_at_the_same_moment_has_one_order(
    made: tuple[tuple[Need, ...], tuple[Event, ...]], shuffle: st.DataObject
) -> None:
    _, happened = made
    at_once = [event(one.body, time=BEGAN, actor="tester") for one in happened]
    before = fold(at_once)
    shuffle.shuffle(at_once)  # type: ignore[attr-defined]

    assert fold(at_once) == before
    assert len(before.needs) == sum(one.body.did == "raised" for one in {*at_once})


@given(histories())
def test_no_need_disappears_and_no_event_is_lost(
    made: tuple[tuple[Need, ...], tuple[Event, ...]],
) -> None:
    several, happened = made
    result = fold(happened)

    assert {one.id for one in result.needs} == {one.id for one in several}
    for at in range(len(happened)):
        seen = {one.id for one in fold(happened[: at + 1]).needs}
        assert {one.body.about for one in happened[: at + 1] if one.body.did == "raised"} == seen
    assert all(one.reason for one in result.not_taken)
    assert {one.what for one in result.not_taken} <= {one.id for one in happened}


@given(histories(), st.sampled_from(Level))
def test_a_second_endorsement_of_an_organization_changes_nothing(
    made: tuple[tuple[Need, ...], tuple[Event, ...]], level: Level
) -> None:
    _, happened = made
    before = fold(happened)
    for held in before.needs:
        for one in held.endorsements:
            said = events.Endorsed(
                about=held.id, organization=one.organization, level=level, note="again"
            )
            again = event(said, time=BEGAN + timedelta(days=9), actor="somebody else")
            after = fold([*happened, again])
            assert after.needs == before.needs
            assert after.not_taken[-1].what == again.id
            assert "already" in after.not_taken[-1].reason


@given(histories(), st.data())
def test_a_merge_keeps_every_endorser_and_taking_it_back_restores_exactly(
    made: tuple[tuple[Need, ...], tuple[Event, ...]], data: st.DataObject
) -> None:
    several, happened = made
    before = fold(happened)
    one, other = (data.draw(st.sampled_from(several)) for _ in range(2))
    merge = event(
        events.Merged(about=one.id, into=other.id), time=BEGAN + timedelta(days=1), actor="a"
    )
    back = event(events.Unmerged(about=one.id), time=BEGAN + timedelta(days=2), actor="a")
    merged = fold([*happened, merge])
    if any(it.what == merge.id for it in merged.not_taken):
        assert merged.needs == before.needs
        return
    slugs = {it.organization.slug for it in merged.supporters(other.id)}
    told = {it.organization.slug for it in before.supporters(one.id)}
    told |= {it.organization.slug for it in before.supporters(other.id)}

    assert slugs == told
    assert one.id in {it.id for it in merged.family(other.id)}
    assert fold([*happened, merge, back]).needs == before.needs


def test_of_a_merged_pair_the_stronger_word_counts_once() -> None:
    weak, strong = endorsed(ONE, "elm", Level.USEFUL), endorsed(TWO, "elm", Level.BLOCKING)
    held = register(*BOTH, weak, strong, events.Merged(about=ONE.id, into=TWO.id))

    [said] = held.supporters(TWO.id)
    assert said.level is Level.BLOCKING
    assert held.root(ONE.id).id == TWO.id
    assert [one.id for one in held.open()] == [TWO.id]


@pytest.mark.parametrize(
    ("bodies", "reason"),
    [
        ([decided(ONE, Status.REFUSED)], "needs a reason"),
        ([decided(ONE, Status.REFUSED, "  ")], "needs a reason"),
        ([decided(ONE, Status.DELIVERED)], "it is new; from there it can become acknowledged"),
        ([events.Merged(about=ONE.id, into="n-0000000000")], "no need n-0000000000"),
        ([events.Merged(about=ONE.id, into=ONE.id)], "this need itself, or is merged into it"),
        (
            [
                events.Merged(about=ONE.id, into=TWO.id),
                events.Merged(about=TWO.id, into=ONE.id),
            ],
            "this need itself, or is merged into it",
        ),
        ([events.Unmerged(about=ONE.id)], "not merged"),
        ([events.EndorsementWithdrawn(about=ONE.id, organization="elm")], "did not endorse"),
        (
            [events.Checked(about=ONE.id, organization=BY["elm"], helped="yes")],
            "asked once it is delivered",
        ),
        ([events.Raised(need=ONE.model_copy(update={"detail": "more"}))], "raised already"),
    ],
)
def test_what_a_rule_forbids_is_refused_with_its_reason(
    bodies: list[events.Body], reason: str
) -> None:
    made = register(*BOTH, *bodies)

    assert reason in made.not_taken[-1].reason
    assert {one.id for one in made.needs} == {ONE.id, TWO.id}


def test_a_changed_event_is_refused_and_kept() -> None:
    raised, said = history(events.Raised(need=ONE), endorsed(ONE, "elm", Level.USEFUL))
    body = said.body.model_copy(update={"level": Level.BLOCKING})
    made = fold([raised, said.model_copy(update={"body": body})])

    assert made.needs[0].endorsements == ()
    assert "changed" in made.not_taken[0].reason


def test_every_end_can_be_reopened_and_every_status_can_be_reached() -> None:
    reached = {Status.NEW, *(to for several in NEXT.values() for to in several)}

    assert reached == set(Status) == set(NEXT)
    assert all(Status.REOPENED in NEXT[one] for one in (Status.REFUSED, Status.WITHDRAWN))
    assert needs_reason(Status.IN_PROGRESS, Status.PLANNED)
    assert not needs_reason(Status.NEW, Status.ACKNOWLEDGED)


def _to_delivery(one: Need) -> list[events.Body]:
    steps = (Status.ACKNOWLEDGED, Status.ACCEPTED, Status.IN_PROGRESS)
    return [events.Raised(need=one), *(decided(one, step) for step in steps)]


def test_delivered_needs_a_release_named_by_digest_then_everybody_is_answered() -> None:
    asked = need(
        "asked",
        kind=Kind.FEATURE,
        raised_by=Raiser(organization=Speaker(slug="campus", kind=OrganizationKind.OTHER)),
    )
    before = [*_to_delivery(asked), endorsed(asked, "elm"), endorsed(asked, "north")]
    link = events.Linked(about=asked.id, kind=LinkKind.RELEASE, where="hpc 26.11")
    proven = link.model_copy(update={"sha256": SHA})
    deliver = decided(asked, Status.DELIVERED)

    assert "nothing that carries it" in register(*before, link, deliver).not_taken[0].reason
    done = register(*before, proven, deliver)
    assert done.get(asked.id).status is Status.DELIVERED
    assert unanswered(done.get(asked.id)) == ("campus", "elm", "north")
    some = events.Answered(about=asked.id, text="it is in 26.11", to=("elm", "north"))
    rest = events.Answered(about=asked.id, text="it is in 26.11", to=("campus",))
    assert register(*before, proven, deliver, some).get(asked.id).status is Status.DELIVERED
    told = register(*before, proven, deliver, some, rest).get(asked.id)
    assert told.status is Status.ANSWERED
    assert told.decisions[-1].status is Status.ANSWERED


def test_documents_are_delivered_with_any_link() -> None:
    asked = need("asked", kind=Kind.TRAINING)
    link = events.Linked(about=asked.id, kind=LinkKind.PAGE, where="https://example.org/course")
    done = register(*_to_delivery(asked), link, decided(asked, Status.DELIVERED))

    assert done.get(asked.id).status is Status.DELIVERED
