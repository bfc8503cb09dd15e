"""Units and what became of them: which are there, what they need, what they are called."""

from __future__ import annotations

import pytest
from tests.services.integration.suites.world import World, edge, unit

from peso.products.engines.native import Outcome
from peso.services.integration.suites.units import Placed, variants_text


@pytest.mark.parametrize(
    ("outcome", "there"),
    [
        ("built", True),
        ("reused", True),
        ("not-needed", False),
        ("failed", False),
        ("not-tried", False),
        ("not-known", False),
    ],
)
def test_only_what_is_installed_is_there(world: World, outcome: Outcome, *, there: bool) -> None:
    world.place(unit("gmp"), outcome)
    (placed,) = world.units.values()
    assert (placed.there, bool(placed.prefix)) == (there, there)


def test_a_unit_the_build_says_nothing_of_is_not_there() -> None:
    placed = Placed(part="native", unit=unit("gmp"), became=None)
    assert not placed.there
    assert placed.absence == "the build says nothing of gmp@1.0/gmp1000"


def test_an_external_is_where_its_distribution_put_it(world: World) -> None:
    world.place(unit("gmp", external="/usr"))
    assert [one.prefix for one in world.units.values()] == ["/usr"]


def test_units_the_environment_asks_for_come_before_all_of_the_name(world: World) -> None:
    first, second = unit("hdf5", "1.10", root=False), unit("hdf5", "1.14")
    world.place(first)
    units = world.site("hdf5").units
    assert [one.unit.version for one in units.named("hdf5")] == ["1.10"]
    world.place(second)
    assert [one.unit.version for one in units.named("hdf5")] == ["1.14"]


def test_a_provider_may_be_below(world: World) -> None:
    mpi = unit("mpich", "4", root=False)
    middle = unit("middle", "1", edge(mpi, virtuals=("mpi",)), root=False)
    build_only = unit("cmake", "3", root=False)
    top = unit("top", "1", edge(middle), edge(build_only, "build"))
    for one in (mpi, middle, top, build_only):
        world.place(one)
    units = world.site().units
    assert units.provider(top.hash, "mpi") is units.placed[mpi.hash]
    assert units.provider(top.hash, "blas") is None
    assert [one.unit.name for one in units.needed(top.hash)] == ["top", "middle", "mpich"]


def test_variants_are_written_as_spack_does() -> None:
    one = unit("k", has={"mpi": "true", "cuda": "false", "precision": "double", "libs": "a,b"})
    assert variants_text(one) == "~cuda+mpi libs=a,b precision=double"
    assert not variants_text(unit("k"))
