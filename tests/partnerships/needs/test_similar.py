"""Suggestions of what may be the same: found by words and products, and never applied."""

from __future__ import annotations

from hypothesis import given
from tests.partnerships.needs.histories import histories, need, register

from peso.partnerships.needs import events
from peso.partnerships.needs.events import Event
from peso.partnerships.needs.record import Need
from peso.partnerships.needs.similar import Likeness

SAID = (
    need("As a user I need HDF5 with MPI on GPU nodes", products=("hdf5",)),
    need("HDF5 should be built with MPI for GPU nodes", products=("hdf5",)),
    need("We need a tutorial on checkpointing with HDF5", products=("hdf5",)),
    need("Security patches for zlib within two weeks", products=("zlib",)),
    need("hypre fails to build with the newest compiler", products=("hypre",)),
    need("Builds of hypre fail with new compilers", products=("hypre",)),
    need("A policy for deprecating old releases"),
)


def test_paraphrases_come_first() -> None:
    found = Likeness(SAID).pairs(like=200)
    pairs = [{one.one, one.other} for one in found[:2]]

    assert {SAID[0].id, SAID[1].id} in pairs
    assert {SAID[4].id, SAID[5].id} in pairs
    assert found[0].products
    assert SAID[6].id not in {name for one in found for name in (one.one, one.other)}


def test_a_new_one_is_compared_with_those_there_are() -> None:
    new = need("I need HDF5 on GPU nodes, with MPI", products=("HDF5",))
    found = Likeness(SAID).to(new)

    assert {found[0].one, found[0].other} - {new.id} <= {SAID[0].id, SAID[1].id}
    assert Likeness(()).to(new) == ()


@given(histories())
def test_the_order_changes_nothing_and_likeness_is_mutual(
    made: tuple[tuple[Need, ...], tuple[Event, ...]],
) -> None:
    several = made[0]
    pairs = Likeness(several).pairs(like=1)

    assert Likeness(reversed(several)).pairs(like=1) == pairs
    assert all(0 < one.likeness <= 1000 for one in pairs)
    for one in several:
        near = Likeness(several).to(one, like=1)
        assert set(near) == {it for it in pairs if one.id in {it.one, it.other}}


def test_suggestions_change_nothing() -> None:
    held = register(*(events.Raised(need=one) for one in SAID))
    before = held.needs
    Likeness(one.need for one in held.needs).pairs()

    assert held.needs == before
    assert not any(one.merged_into for one in held.needs)
