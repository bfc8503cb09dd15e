"""Rankings that are kept up to date are those made anew, for everybody, after each event."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.partnerships.needs.histories import ON, REACH, endorsed, histories, history, need

from peso.partnerships.needs import events
from peso.partnerships.needs.events import Event
from peso.partnerships.needs.fold import continued, fold
from peso.partnerships.needs.rank import rank
from peso.partnerships.needs.ranked import Weights
from peso.partnerships.needs.record import Held, Need
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.similar import Likeness, Words
from peso.partnerships.needs.standings import Standings
from peso.partnerships.needs.visibility import (
    ANYBODY,
    STEWARD,
    Role,
    Viewer,
    seen_by,
    viewer_of,
    without_tokens,
)

Made = tuple[tuple[Need, ...], tuple[Event, ...]]
VIEWERS = (
    ANYBODY,
    STEWARD,
    Viewer(Role.FEDERATION),
    viewer_of("elm"),
    Viewer(Role.FEDERATION, frozenset(("elm", "cedar"))),
)
EMPTY = Standings(weights=Weights(), reach=REACH, on=ON)


def _at_once(register: Register, viewer: Viewer, on: date = ON) -> object:
    return rank(seen_by(register, viewer), Weights(), REACH, on)


@given(histories(), st.integers(1, 9))
@settings(max_examples=150)
def test_going_on_from_before_is_ranking_anew(made: Made, step: int) -> None:
    several, register = EMPTY, Register(())
    for at in range(0, len(made[1]), step):
        register = continued(register, made[1][at : at + step])
        several = several.now(register, ON)
        for viewer in VIEWERS:
            own = several.of(seen_by(register, viewer), viewer)
            assert own.ranking() == _at_once(register, viewer)


@given(histories(), histories())
def test_it_goes_on_from_any_other_register(made: Made, other: Made) -> None:
    """A reader of an older state, or of one that was rolled back, gets what is theirs."""
    register = fold(made[1])
    several = EMPTY.now(fold(other[1]), ON).now(register, ON)
    for viewer in VIEWERS:
        own = several.of(seen_by(register, viewer), viewer)
        assert own.ranking() == _at_once(register, viewer)


@given(histories())
def test_another_day_moves_lanes(made: Made) -> None:
    register, later = fold(made[1]), ON + timedelta(days=400)
    several = EMPTY.now(register, ON).now(register, later)
    own = several.of(seen_by(register, ANYBODY), ANYBODY)

    assert own.ranking() == _at_once(register, ANYBODY, later)


@given(histories(most=9), st.sampled_from(VIEWERS))
def test_a_part_of_a_ranking_is_that_part_of_all_of_it(made: Made, viewer: Viewer) -> None:
    register = fold(made[1])
    own = EMPTY.now(register, ON).of(seen_by(register, viewer), viewer)
    whole = own.ranking().needs

    assert len(own) == len(whole)
    assert own[1:3] == whole[1:3]
    assert own.ranking(2).needs == whole[:2]
    assert own.ranks == {one.id: one.rank for one in whole}
    assert list(own.ranks) == [one.id for one in whole]
    assert [own.find(one.id) for one in whole] == list(whole)
    assert own.find("n-0000000000") is None


def test_what_nothing_happened_to_is_not_worked_out_again() -> None:
    first, other = need("first"), need("other")
    happened = history(events.Raised(need=first), events.Raised(need=other), endorsed(first, "elm"))
    before = EMPTY.now(fold(happened[:2]), ON)
    now = before.now(continued(before.register, happened[2:]), ON)

    was, is_ = (it.columns["public"].entries for it in (before, now))
    assert is_[other.id] is was[other.id]
    assert is_[first.id] is not was[first.id]
    assert before.columns["public"].entries[first.id] is was[first.id]
    assert now.now(now.register, ON).columns["public"] is now.columns["public"]


def test_who_does_not_see_what_was_merged_gets_other_terms() -> None:
    """A need of one member is merged into a public one: its endorsers count for who sees it."""
    open_, own = need("open"), need("own", visibility="member:elm")
    register = fold(
        history(
            events.Raised(need=open_),
            events.Raised(need=own),
            endorsed(own, "elm"),
            events.Merged(about=own.id, into=open_.id),
        )
    )
    several = EMPTY.now(register, ON)
    raw = {}
    for viewer in (ANYBODY, viewer_of("elm"), viewer_of("cedar"), STEWARD):
        found = several.of(seen_by(register, viewer), viewer).find(open_.id)
        assert found
        raw[viewer] = found.parts[0].term.raw

    assert list(raw.values()) == ["0", "1", "0", "1"]


@given(histories(), st.integers(1, 9), st.sampled_from(VIEWERS))
def test_likeness_that_goes_on_is_likeness_anew(made: Made, step: int, viewer: Viewer) -> None:
    register, words = Register(()), Words.of(())
    likeness: Likeness | None = None
    for at in range(0, len(made[1]), step):
        register = continued(register, made[1][at : at + step])
        words = words.now(one.need for one in register.needs)
        needs = [one.need for one in seen_by(register, viewer).needs]
        likeness = likeness.now(needs, words) if likeness else Likeness(needs, words)
        anew = Likeness(needs)
        assert likeness.pairs(like=1) == anew.pairs(like=1)
        for one in needs:
            assert likeness.to(one, like=1) == anew.to(one, like=1)


def test_a_need_that_was_revised_is_compared_by_its_new_words() -> None:
    one, two = need("faster solver alpha"), need("slower mesher beta")
    words = Words.of((one, two))
    new = two.model_copy(update={"statement": "faster solver gamma"})
    now = words.now((one, new))

    assert Likeness((one, two), words).pairs(like=1) == ()
    assert Likeness((one, new), now).pairs(like=1)[0].words == ("faster", "solver")
    assert now.now((one, new)) is now


def test_needs_are_made_bare_once() -> None:
    first, other = need("first"), need("other")
    register = fold(history(events.Raised(need=first), events.Raised(need=other)))
    kept: dict[str, Held] = {}

    def bare(held: Held) -> Held:
        return kept.setdefault(held.id, without_tokens(held))

    views = [seen_by(register, one, bare) for one in VIEWERS[2:]]
    assert all(view.needs == seen_by(register, ANYBODY).needs for view in views)
    assert all(view.find(first.id) is kept[first.id] for view in views)
