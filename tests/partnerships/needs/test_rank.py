"""The ranking: explained to the last millionth, monotone, the same for everybody."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product as every

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.partnerships.needs.histories import (
    BEGAN,
    ON,
    REACH,
    decided,
    endorsed,
    histories,
    history,
    need,
    of,
    organizations,
    ranked,
    register,
)

from peso.partnerships.needs import events
from peso.partnerships.needs.events import Event, event
from peso.partnerships.needs.fold import fold
from peso.partnerships.needs.rank import rank
from peso.partnerships.needs.ranked import Lane, Weights
from peso.partnerships.needs.record import Effort, Evidence, Need, Raiser, Speaker
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.terms import NAMES, ONE
from peso.partnerships.needs.vocabulary import Grade, Kind, Level, Status

Made = tuple[tuple[Need, ...], tuple[Event, ...]]
weights = st.builds(
    Weights, **(dict.fromkeys(NAMES, st.integers(0, 9)) | {"members": st.integers(1, 9)})
)


@given(histories(), organizations(), st.sampled_from(Level), weights, st.data())
@settings(max_examples=300)
def test_one_more_organization_never_lowers_a_rank(
    made: Made, who: Speaker, level: Level, how: Weights, data: st.DataObject
) -> None:
    several, happened = made
    one = data.draw(st.sampled_from(several))
    more = event(
        events.Endorsed(about=one.id, organization=who, level=level),
        time=BEGAN + timedelta(days=3),
        actor="a",
    )
    before, after = fold(happened), fold([*happened, more])
    head = before.root(one.id).id
    was = {it.id: it for it in rank(before, how, REACH, ON).needs}
    now = {it.id: it for it in rank(after, how, REACH, ON).needs}
    if head in was:
        assert now[head].rank <= was[head].rank
        assert now[head].by_unknowns.best <= was[head].by_unknowns.best
        assert now[head].by_unknowns.worst <= was[head].by_unknowns.worst
        for old, new in zip(was[head].parts, now[head].parts, strict=True):
            assert new.low >= old.low
            assert new.high >= old.high
        others = {it for it in was if it != head}
        assert all(now[it].parts == was[it].parts for it in others)


@given(histories(), weights)
def test_every_number_can_be_followed(made: Made, how: Weights) -> None:
    ranking = ranked(fold(made[1]), how)
    for one in ranking.needs:
        assert [part.term.name for part in one.parts] == list(NAMES)
        assert one.low == sum(part.low for part in one.parts)
        assert one.high == sum(part.high for part in one.parts)
        for part in one.parts:
            assert 0 <= part.term.low <= part.term.high <= ONE
            assert part.low == part.weight * part.term.low
            assert part.term.low == part.term.high or part.term.unknown or "to" in part.term.raw
        for span in (one.by_unknowns, one.by_half, one.by_any):
            assert 1 <= span.best <= one.rank <= span.worst <= len(ranking.needs)


@given(histories(), weights)
def test_a_rank_is_how_many_are_before_and_ties_are_ties(made: Made, how: Weights) -> None:
    ranking = ranked(fold(made[1]), how)
    lanes = list(Lane)
    for one in ranking.needs:
        mine = (lanes.index(one.lane), -(one.low + one.high))
        keys = [(lanes.index(it.lane), -(it.low + it.high)) for it in ranking.needs]
        assert one.rank == 1 + sum(it < mine for it in keys)
        assert one.tied == keys.count(mine)


@given(histories(most=4), weights)
@settings(max_examples=50)
def test_the_spans_are_those_of_ranking_again(made: Made, how: Weights) -> None:
    """Each weight a half less and a half more: ranked anew with those weights, doubled."""
    held = fold(made[1])
    spans = {one.id: one.by_half for one in ranked(held, how).needs}
    seen: dict[str, set[int]] = {name: set() for name in spans}
    doubled = {name: 2 * getattr(how, name) for name in NAMES}
    nudges = [{name: getattr(how, name) * by} for name, by in every(NAMES, (1, 3))]
    for changed in ({}, *nudges):
        try:
            other = Weights(**{**doubled, **changed})
        except ValueError:  # all others are zero
            continue
        for one in ranked(held, other).needs:
            seen[one.id].add(one.rank)
    for name, span in spans.items():
        assert (span.best, span.worst) == (min(seen[name]), max(seen[name]))


def test_thirds_hold_every_weight_alone() -> None:
    broad = need("broad", effort=Effort(low=400, high=900, estimated_by="x"))
    quick = need("quick", effort=Effort(low=1, high=1, estimated_by="x"))
    made = register(
        events.Raised(need=broad),
        events.Raised(need=quick),
        *(endorsed(broad, one) for one in ("elm", "cedar", "dune", "north")),
    )
    ranking = ranked(made)

    assert [one.rank for one in ranking.needs] == [1, 2]
    assert of(ranking, broad).by_any.plain() == {"best": 1, "worst": 2}
    assert of(ranking, quick).by_any.plain() == {"best": 1, "worst": 2}
    assert of(ranking, broad).by_half.plain() == {"best": 1, "worst": 1}


def test_what_is_unknown_is_a_range_and_says_why() -> None:
    one = need("one", products=("odd",), severity=Level.USEFUL)
    ranking = ranked(register(events.Raised(need=one), endorsed(one, "elm")))
    terms = {part.term.name: part.term for part in ranking.needs[0].parts}

    assert terms["reach"].unknown == "no recipe is known for odd"
    assert (terms["reach"].low, terms["reach"].high) == (0, ONE)
    assert terms["effort"].unknown == "nobody said"
    assert terms["leverage"].raw == "1 / unknown"
    assert terms["leverage"].high > terms["leverage"].low == 0


def test_one_voice_counts_a_step_lower_until_a_second_says_the_same() -> None:
    one = need("one", severity=Level.BLOCKING)
    alone = ranked(register(events.Raised(need=one)))
    second = ranked(register(events.Raised(need=one), endorsed(one, "elm", Level.BLOCKING)))
    weak = ranked(register(events.Raised(need=one), endorsed(one, "elm", Level.USEFUL)))

    assert _raw(alone, "severity") == "2"
    assert _raw(second, "severity") == "3"
    assert _raw(weak, "severity") == "2"


def _raw(ranking: object, name: str) -> str:
    [one] = ranking.needs  # type: ignore[attr-defined]
    return str(next(part.term.raw for part in one.parts if part.term.name == name))


def test_who_raised_it_and_endorses_it_is_one_voice() -> None:
    elm = endorsed(need("x"), "elm").organization
    one = need("one", severity=Level.BLOCKING, raised_by=Raiser(organization=elm))
    made = ranked(register(events.Raised(need=one), endorsed(one, "elm", Level.USEFUL)))

    assert _raw(made, "severity") == "2"


def test_reach_counts_each_dependent_once() -> None:
    one = need("one", products=("zlib", "hdf5", "zlib"))

    assert _raw(ranked(register(events.Raised(need=one))), "reach") == "1000"


def test_lanes_go_first_once_somebody_acknowledged_them() -> None:
    hole = need("hole", kind=Kind.SECURITY)
    soon = need("soon", needed_by=ON + timedelta(days=90))
    later = need("later", needed_by=ON + timedelta(days=91))
    wanted = need("wanted")
    raised = [events.Raised(need=one) for one in (hole, soon, later, wanted)]
    wide = [endorsed(wanted, one) for one in ("elm", "cedar", "dune", "north")]
    before = ranked(register(*raised, *wide))
    known = [decided(one, Status.ACKNOWLEDGED) for one in (hole, soon)]
    after = ranked(register(*raised, *wide, *known))

    assert before.needs[0].id == wanted.id
    assert "acknowledged" in of(before, hole).why_lane
    order = [(one.id, one.lane) for one in after.needs]
    assert order[:3] == [
        (hole.id, Lane.SECURITY),
        (soon.id, Lane.TIME),
        (wanted.id, Lane.ORDINARY),
    ]
    assert of(after, later).lane is Lane.ORDINARY


def test_what_waits_for_nothing_is_not_ranked() -> None:
    one, two, three = need("one"), need("two"), need("three")
    made = register(
        *(events.Raised(need=it) for it in (one, two, three)),
        decided(one, Status.REFUSED, "out of scope"),
        events.Merged(about=two.id, into=three.id),
    )

    assert [it.id for it in ranked(made).needs] == [three.id]


def test_equal_needs_share_a_rank() -> None:
    same = [need(f"same {at}") for at in range(3)]
    last = need("last")
    made = register(
        *(events.Raised(need=it) for it in (*same, last)),
        *(endorsed(it, "elm") for it in same),
    )

    assert [(it.rank, it.tied) for it in ranked(made).needs] == [(1, 3)] * 3 + [(4, 1)]


def test_the_best_evidence_of_all_that_was_merged_counts() -> None:
    one, two = need("one", evidence=(Evidence(grade=Grade.MEASURED, text="x"),)), need("two")
    made = register(
        events.Raised(need=one),
        events.Raised(need=two),
        events.Merged(about=one.id, into=two.id),
    )

    assert _raw(ranked(made), "evidence") == "3"


def test_an_organization_that_an_export_names_twice_is_counted_once() -> None:
    one = need("one")
    held = register(events.Raised(need=one), endorsed(one, "elm"), endorsed(one, "north"))
    [own] = held.needs
    twice = own.model_copy(update={"endorsements": own.endorsements * 2})

    assert ranked(Register((twice,))) == ranked(held)


def test_an_empty_register_has_an_empty_ranking() -> None:
    assert ranked(fold(history())).needs == ()


def test_weights_that_are_all_zero_are_no_weights() -> None:
    with pytest.raises(ValueError, match="all weights are zero"):
        Weights(**dict.fromkeys(NAMES, 0))


def test_the_day_is_that_of_the_ranking_not_of_the_clock() -> None:
    soon = need("soon", needed_by=date(2030, 1, 1))
    made = register(events.Raised(need=soon), decided(soon, Status.ACKNOWLEDGED))

    assert rank(made, Weights(), REACH, date(2029, 12, 1)).needs[0].lane is Lane.TIME
    assert rank(made, Weights(), REACH, date(2029, 9, 1)).needs[0].lane is Lane.ORDINARY
