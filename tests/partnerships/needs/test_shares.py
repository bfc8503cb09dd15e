"""Equal shares: exact, explained, and nobody's share is spent on what they do not want."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.partnerships.needs.histories import endorsed, histories, need, register

from peso.base.finding import Unknown
from peso.partnerships.needs import events
from peso.partnerships.needs.events import Event
from peso.partnerships.needs.fold import fold
from peso.partnerships.needs.record import Effort, Need
from peso.partnerships.needs.shares import Chosen, choose, rho_of
from peso.partnerships.needs.vocabulary import Level, OrganizationKind

ALL = frozenset(OrganizationKind)
Made = tuple[tuple[Need, ...], tuple[Event, ...]]


def _costing(name: str, days: int) -> Need:
    return need(name, effort=Effort(low=1, high=days, estimated_by="liaison"))


@given(histories(most=8), st.integers(1, 300), st.sampled_from((ALL, frozenset(("member",)))))
@settings(max_examples=200)
def test_the_sums_are_right(made: Made, budget: int, voices: frozenset[OrganizationKind]) -> None:
    held = fold(made[1])
    chosen = choose(held, budget, voices)
    paid: dict[str, Fraction] = {}
    for one in chosen.bought:
        if one.rho:
            assert sum(Fraction(it.days) for it in one.paid) == one.cost
        assert {it.organization for it in one.paid} <= set(one.supporters)
        for it in one.paid:
            paid[it.organization] = paid.get(it.organization, Fraction(0)) + Fraction(it.days)
    assert chosen.cost == sum(one.cost for one in chosen.bought) <= budget
    for voice in chosen.voices:
        share = Fraction(voice.share)
        assert share == Fraction(budget, len(chosen.voices))
        assert paid.get(voice.organization, Fraction(0)) + Fraction(voice.left) == share
        assert Fraction(voice.left) >= 0
    names = {one.id for one in held.open()}
    assert {one.id for one in chosen.bought} | {one.id for one in chosen.left} == names
    assert len(chosen.bought) + len(chosen.left) == len(names)


@given(histories(most=8), st.integers(1, 300))
@settings(max_examples=200)
def test_a_group_that_can_pay_for_what_it_wants_is_served(made: Made, budget: int) -> None:
    """What follows from the rule: no group is left with nothing and all its money."""
    held = fold(made[1])
    chosen = choose(held, budget, ALL)
    got = {one.organization: one.got for one in chosen.voices}
    shares = {one.organization: Fraction(one.share) for one in chosen.voices}
    for one in held.open():
        group = [it.organization.slug for it in held.supporters(one.id)]
        if isinstance(one.need.effort, Unknown) or not group:
            continue
        if sum(shares[slug] for slug in group) >= one.need.effort.high:
            assert any(got[slug] for slug in group)


@given(histories(most=8), st.integers(1, 300))
def test_after_completion_nothing_wanted_fits(made: Made, budget: int) -> None:
    held = fold(made[1])
    chosen = choose(held, budget, ALL)
    for one in chosen.left:
        effort = held.get(one.id).need.effort
        if not isinstance(effort, Unknown) and held.supporters(one.id):
            assert effort.high > budget - chosen.cost


def test_small_members_are_served_where_a_count_would_leave_them_out() -> None:
    """Three members want three things, a fourth wants one other: each fourth of the budget is its.

    By number of endorsers the three would take it all.
    """
    popular = [_costing(f"popular {at}", 100) for at in range(4)]
    small = _costing("small", 100)
    made = register(
        *(events.Raised(need=one) for one in (*popular, small)),
        *(endorsed(one, who) for one in popular for who in ("alpine", "beech", "cedar")),
        endorsed(small, "elm"),
    )
    chosen = choose(made, 400)

    assert small.id in {one.id for one in chosen.bought}
    assert len(chosen.bought) == 4
    [mine] = [one for one in chosen.bought if one.id == small.id]
    assert [(it.organization, it.days) for it in mine.paid] == [("elm", "100")]


def test_who_wants_it_more_pays_more() -> None:
    one = _costing("one", 40)
    made = register(
        events.Raised(need=one),
        endorsed(one, "elm", Level.BLOCKING),
        endorsed(one, "dune", Level.USEFUL),
    )
    [bought] = choose(made, 100).bought

    assert [(it.organization, it.days) for it in bought.paid] == [("dune", "10"), ("elm", "30")]
    assert bought.rho == "10"


def test_who_cannot_pay_all_pays_what_is_left() -> None:
    purses = {"elm": Fraction(5), "dune": Fraction(50)}

    assert rho_of(20, {"elm": 2, "dune": 1}, purses) == 15
    assert rho_of(55, {"elm": 2, "dune": 1}, purses) == 50
    assert rho_of(56, {"elm": 2, "dune": 1}, purses) is None


def test_ties_go_to_more_supporters_then_the_smaller_id() -> None:
    two = [_costing(f"two {at}", 30) for at in range(3)]
    made = register(
        *(events.Raised(need=one) for one in two),
        *(endorsed(one, who) for one in two for who in ("elm", "dune")),
    )
    chosen = choose(made, 60)

    assert [one.id for one in chosen.bought] == sorted(one.id for one in two)[:2]


def test_what_is_left_is_spent_and_marked() -> None:
    first, second = _costing("first", 40), _costing("second", 60)
    made = register(
        events.Raised(need=first),
        events.Raised(need=second),
        endorsed(first, "elm"),
        endorsed(second, "dune"),
    )
    chosen = choose(made, 100)

    assert [(one.cost, bool(one.rho), one.paid == ()) for one in chosen.bought] == [
        (40, True, False),
        (60, False, True),
    ]


def test_of_what_is_not_chosen_the_reason_is_said() -> None:
    unknown, alone, dear = need("unknown"), _costing("alone", 1), _costing("dear", 900)
    made = register(
        *(events.Raised(need=one) for one in (unknown, alone, dear)),
        endorsed(unknown, "elm"),
        endorsed(dear, "elm"),
    )
    reasons = {one.id: one.reason for one in choose(made, 10).left}

    assert reasons[unknown.id] == "its effort is unknown: nobody said"
    assert reasons[alone.id] == "nobody with a share endorsed it"
    assert reasons[dear.id] == "it costs 900 days; not enough is left"


def test_who_endorsed_nothing_may_have_a_share_too() -> None:
    one = _costing("one", 60)
    made = register(events.Raised(need=one), endorsed(one, "elm"))

    assert _shares(choose(made, 100)) == {"elm": "100"}
    assert _shares(choose(made, 100, organizations=("dune",))) == {"dune": "50", "elm": "50"}
    assert choose(register(), 100).bought == ()


def _shares(chosen: Chosen) -> dict[str, str]:
    return {one.organization: one.share for one in chosen.voices}
