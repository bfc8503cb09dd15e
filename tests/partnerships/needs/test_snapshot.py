"""Snapshots: made again bit for bit from what was exported, and compared with each other."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.partnerships.needs.histories import (
    ON,
    REACH,
    decided,
    endorsed,
    histories,
    need,
    register,
)

from peso.errors import BadInput
from peso.partnerships.needs import events
from peso.partnerships.needs.asked import checks_due
from peso.partnerships.needs.brief import agenda
from peso.partnerships.needs.compare import compare
from peso.partnerships.needs.events import Event
from peso.partnerships.needs.fold import fold
from peso.partnerships.needs.ranked import Ranking, Weights
from peso.partnerships.needs.reach import KnownReach, TableReach
from peso.partnerships.needs.record import Need
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.snapshot import Snapshot, check_snapshot, export, freeze
from peso.partnerships.needs.visibility import ANYBODY, STEWARD, viewer_of
from peso.partnerships.needs.vocabulary import Kind, LinkKind, Status

Made = tuple[tuple[Need, ...], tuple[Event, ...]]


def _frozen(held: Register, weights: Weights | None = None) -> Snapshot:
    return freeze(export(held, STEWARD, REACH), weights or Weights(), ON)


@given(histories(), st.sampled_from((ANYBODY, STEWARD, viewer_of("elm"))), st.integers(0, 9))
def test_a_snapshot_is_made_again_from_its_export_bit_for_bit(
    made: Made, viewer: object, members: int
) -> None:
    data = export(fold(made[1]), viewer, REACH)  # type: ignore[arg-type]
    frozen = freeze(data, Weights(members=members), ON).canonical()
    again = check_snapshot(frozen, data.canonical())

    assert again.equal
    assert again.differences == ()
    assert export(fold(reversed(made[1])), viewer, REACH) == data  # type: ignore[arg-type]


def test_another_rank_weight_or_export_is_found() -> None:
    one, two = need("one"), need("two")
    held = register(events.Raised(need=one), events.Raised(need=two), endorsed(one, "elm"))
    data = export(held, ANYBODY, REACH)
    frozen = freeze(data, Weights(), ON)
    last = frozen.needs[1].model_copy(update={"rank": 1})
    lied = frozen.model_copy(update={"needs": (frozen.needs[0], last)})
    heavier = frozen.model_copy(update={"weights": Weights(members=9)})
    other = export(register(events.Raised(need=one)), ANYBODY, REACH)
    pretty = json.dumps(json.loads(frozen.canonical()), indent=1).encode()

    assert check_snapshot(lied.canonical(), data.canonical()).differences == (
        f"{last.id}: rank 1 in the snapshot, 2 as made again",
    )
    assert not check_snapshot(heavier.canonical(), data.canonical()).equal
    found = check_snapshot(frozen.canonical(), other.canonical()).differences
    assert "another export" in found[0]
    assert "one form" in check_snapshot(pretty, data.canonical()).differences[0]


def test_what_is_no_snapshot_is_said() -> None:
    data = export(register(), ANYBODY, REACH).canonical()
    for wrong in (b"{", b"[]", data):
        with pytest.raises(BadInput, match="not what `peso need snapshot` writes"):
            check_snapshot(wrong, data)


def test_a_comparison_says_what_moved_and_by_which_term() -> None:
    one, two, three = need("one", products=("hypre",)), need("two"), need("three")
    raised: list[events.Body] = [events.Raised(need=it) for it in (one, two, three)]
    base: list[events.Body] = [*raised, endorsed(one, "elm"), endorsed(two, "cedar")]
    before = _frozen(register(*base))
    more: list[events.Body] = [
        endorsed(two, "dune"),
        endorsed(two, "north"),
        decided(three, Status.REFUSED, "no"),
    ]
    fourth = need("four")
    after = _frozen(register(*base, *more, events.Raised(need=fourth)))
    found = compare(before, after)

    assert [(it.id, it.before, it.now) for it in found.moved] == [(two.id, 2, 1), (one.id, 1, 2)]
    assert [it.what for it in found.moved[0].why][:3] == [
        "facilities",
        "members",
        "severity",
    ]
    assert [it.what for it in found.moved[1].why] == ["others"]
    assert [it.id for it in found.came] == [fourth.id]
    assert [(it.id, it.before) for it in found.went] == [(three.id, 3)]
    assert found.weights == ()


def test_a_comparison_names_changed_weights_and_lanes() -> None:
    hole, other = need("hole", kind=Kind.SECURITY), need("other")
    base: list[events.Body] = [
        events.Raised(need=hole),
        events.Raised(need=other),
        endorsed(other, "elm"),
    ]
    before = _frozen(register(*base))
    after = _frozen(register(*base, decided(hole, Status.ACKNOWLEDGED)), Weights(reach=7))
    found = compare(before, after)

    assert [(it.what, it.before, it.now) for it in found.weights] == [("reach", "3", "7")]
    [moved] = [it for it in found.moved if it.id == hole.id]
    assert moved.why[0].what == "lane"


def test_snapshots_for_others_or_by_other_methods_are_not_compared() -> None:
    held = register(events.Raised(need=need("one")))
    mine, public = _frozen(held), freeze(export(held, ANYBODY, REACH), Weights(), ON)

    with pytest.raises(BadInput, match="the audience is 'steward' and 'public'"):
        compare(mine, public)
    with pytest.raises(BadInput, match="the method is"):
        compare(mine, mine.model_copy(update={"method": "another/2"}))


def test_an_export_has_the_reach_of_what_is_in_it_alone() -> None:
    quiet = need("quiet", products=("zlib",), visibility="member:elm")
    held = register(events.Raised(need=quiet), events.Raised(need=need("a", products=("leaf",))))

    assert [one.products for one in export(held, ANYBODY, REACH).reach] == [("leaf",)]
    assert isinstance(KnownReach({}).of(("zlib",)), object)
    assert TableReach({"a": frozenset("xyz")}).of(("a",)) == 3


def test_an_agenda_says_what_is_to_be_done() -> None:
    new, done = need("new *one*"), need("done", kind=Kind.DOCS)
    steps = (Status.ACKNOWLEDGED, Status.ACCEPTED, Status.IN_PROGRESS)
    held = register(
        events.Raised(need=new),
        events.Raised(need=done),
        endorsed(done, "elm"),
        *(decided(done, it) for it in steps),
        events.Linked(about=done.id, kind=LinkKind.PAGE, where="https://example.org/guide"),
        decided(done, Status.DELIVERED),
    )
    late = ON + timedelta(days=200)
    frozen = freeze(export(held, STEWARD, REACH), Weights(), late)
    text = agenda(held, Ranking(on=late, weights=frozen.weights, needs=frozen.needs))

    assert f"- new \\*one\\* (`{new.id}`, new)" in text
    assert f"- done (`{done.id}`, delivered): elm" in text
    assert f"1. new \\*one\\* (`{new.id}`, ordinary)" in text
    assert [one.id for one in checks_due(held, late)] == [done.id]
    assert checks_due(held, ON) == ()
