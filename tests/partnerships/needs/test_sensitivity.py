"""The spans of a rank, worked out the long way: every setting by itself, every need with every."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations_with_replacement
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.partnerships.needs.histories import histories, ranked

from peso.partnerships.needs.events import Event
from peso.partnerships.needs.fold import fold
from peso.partnerships.needs.ranked import Lane, Ranked, Ranking, Span, Weights
from peso.partnerships.needs.record import Need
from peso.partnerships.needs.sensitivity import keys_of
from peso.partnerships.needs.snapshot import check_snapshot, read_snapshot
from peso.partnerships.needs.terms import NAMES, ONE

Made = tuple[tuple[Need, ...], tuple[Event, ...]]
weights = st.builds(
    Weights, **(dict.fromkeys(NAMES, st.integers(0, 9)) | {"members": st.integers(1, 9)})
)
FROZEN = Path(__file__).parent / "frozen"
LANES = list(Lane)


def _middles(one: Ranked) -> list[int]:
    return [part.term.low + part.term.high for part in one.parts]


def _rank(ranking: Ranking, one: Ranked, score: Callable[[Ranked], int]) -> int:
    def before(other: Ranked) -> bool:
        lanes = LANES.index(other.lane), LANES.index(one.lane)
        return lanes[0] < lanes[1] or (lanes[0] == lanes[1] and score(other) > score(one))

    return 1 + sum(map(before, ranking.needs))


def _span(ranking: Ranking, one: Ranked, several: list[list[int]]) -> Span:
    """Return the ranks at several weights."""
    ranks = [
        _rank(ranking, one, lambda it, how=how: sum(map(int.__mul__, how, _middles(it))))  # type: ignore[misc]
        for how in several
    ]
    return Span(best=min(ranks), worst=max(ranks))


@given(histories(most=7), weights)
@settings(max_examples=60)
def test_spans_are_those_of_every_setting_by_itself(made: Made, how: Weights) -> None:
    ranking = ranked(fold(made[1]), how)
    own = [2 * one for one in how.values]
    halves = [
        [by * weight // 2 if at == term else weight for at, weight in enumerate(own)]
        for term in range(len(NAMES))
        for by in (1, 3)
    ]
    thirds = [
        [several.count(term) for term in range(len(NAMES))]
        for several in combinations_with_replacement(range(len(NAMES)), 3)
    ]
    assert len(thirds) == 120
    for one in ranking.needs:
        assert one.by_half == _span(ranking, one, [own, *halves])
        assert one.by_any == _span(ranking, one, [own, *thirds])


@given(histories(most=7), weights)
def test_what_is_unknown_may_be_anything_between(made: Made, how: Weights) -> None:
    """At best it has its high end and all others their low ones; at worst the other way round."""
    ranking = ranked(fold(made[1]), how)
    for one in ranking.needs:
        ends = {one.id: (one.high, one.low)}
        best = _rank(ranking, one, lambda it: ends.get(it.id, (it.low, it.high))[0])  # noqa: B023
        worst = _rank(ranking, one, lambda it: ends.get(it.id, (it.low, it.high))[1])  # noqa: B023
        assert one.by_unknowns == Span(best=best, worst=worst)


def test_lanes_never_mix_and_keys_fit_into_64_bits() -> None:
    most = [1000] * len(NAMES)
    worst = keys_of(0, [0] * len(NAMES), [0] * len(NAMES), most)
    best = keys_of(1, [ONE] * len(NAMES), [ONE] * len(NAMES), most)

    assert all(first < later for first, later in zip(worst, best, strict=True))
    assert all(-(2**63) <= key < 2**63 for key in (*worst, *keys_of(2, [0] * 8, [0] * 8, most)))


def test_a_ranking_that_was_frozen_long_ago_is_made_again_bit_for_bit() -> None:
    """Its files were written before rankings were kept up to date; they hold for good."""
    snapshot, export = ((FROZEN / f"{one}.json").read_bytes() for one in ("snapshot", "export"))

    again = check_snapshot(snapshot, export)
    assert again.equal
    assert len(read_snapshot(snapshot).needs) > 10
    assert not check_snapshot(snapshot, export.replace(b'"blocking"', b'"important"', 1)).equal
