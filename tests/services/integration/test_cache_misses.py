from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.integration.made_dags import Made, MadeLock, dags, made

from peso.errors import BadInput
from peso.services.integration.cache_misses import CacheExplained, Miss, explain_misses
from peso.services.integration.cached import CachedUnits, Caches
from peso.services.integration.gains import Gain
from peso.services.integration.host_fit import HostFacts

ZLIB, HDF5, CMAKE, APP = range(4)
STACK = [
    Made("zlib", "1.3"),
    Made("hdf5", "1.14", needs={ZLIB: ("build", "link")}, variants={"mpi": "true"}),
    Made("cmake", "3.31"),
    Made("app", needs={HDF5: ("link",), CMAKE: ("build",)}, root=True),
]


def changed(units: list[Made], at: int, **said: object) -> list[Made]:
    return [
        replace(one, **said) if number == at else one  # type: ignore[arg-type]
        for number, one in enumerate(units)
    ]


def all_changed(units: list[Made], **said: object) -> list[Made]:
    return [replace(one, **said) for one in units]  # type: ignore[arg-type]


def cache(lock: MadeLock, where: str = "cache", *, without: tuple[str, ...] = ()) -> CachedUnits:
    held = frozenset(
        one.hash for one in lock.units if one.external is None and one.name not in without
    )
    return CachedUnits(where=where, units=lock.units, held=held)


def explained(
    wanted: list[Made], *held: list[Made], without: tuple[str, ...] = ()
) -> CacheExplained:
    caches = [
        cache(made(one), f"cache {number}", without=without) for number, one in enumerate(held)
    ]
    return explain_misses(made(wanted), Caches(caches), stack="stack")


def told(gain: Gain) -> tuple[str, ...]:
    return tuple(f"{one.kind} {one.name} {one.value}" for one in gain.choices)


def miss(found: CacheExplained, name: str) -> Miss:
    return next(one for one in found.misses if one.unit.name == name)


def test_what_is_held_is_a_hit_and_needs_no_word() -> None:
    found = explained(STACK, STACK)

    assert (found.units, found.hits, found.misses, found.causes) == (4, 4, (), ())
    assert (found.gains.gains, found.gains.way) == ((), ())


def test_a_miss_is_told_with_the_nearest_and_what_differs() -> None:
    held = changed(changed(STACK, HDF5, variants={"mpi": "false"}), APP, needs={})
    far = changed(STACK, HDF5, version="1.10", variants={"mpi": "false"})
    found = explained(STACK, far, held)

    near = miss(found, "hdf5").nearest
    assert near is not None
    assert near.where == "cache 1"
    assert [(one.kind, one.name, one.values) for one in near.own] == [
        ("variant", "mpi", ("false", "true"))
    ]
    assert miss(found, "hdf5").held == 2


def test_a_miss_that_differs_only_below_says_the_first_cause() -> None:
    found = explained(STACK, changed(STACK, ZLIB, version="1.2"))

    assert found.only_below == 2
    assert [(one.kind, one.package, one.misses, one.alone) for one in found.causes] == [
        ("version", "zlib", 3, 3)
    ]
    assert [one.values for one in found.causes[0].differences] == [("1.2", "1.3")]
    near = miss(found, "app").nearest
    assert near is not None
    assert (near.own, near.causes) == ((), (0,))


def test_a_name_of_which_nothing_is_held_is_told() -> None:
    found = explained(STACK, STACK[:1])

    assert found.none_of_the_name == 3
    assert miss(found, "cmake").nearest is None
    assert found.causes == ()


def test_what_only_builds_what_is_held_is_not_needed() -> None:
    found = explained(STACK, STACK, without=("cmake",))
    assert (found.not_needed, miss(found, "cmake").needed) == (1, False)

    found = explained(STACK, STACK, without=("cmake", "app"))
    assert (found.not_needed, miss(found, "cmake").needed) == (0, True)


def test_externals_are_neither_hits_nor_misses() -> None:
    stack = changed(STACK, ZLIB, prefix="/usr")
    found = explained(stack, stack)

    assert (found.externals, found.hits, found.misses) == (1, 3, ())


def test_the_first_cache_that_holds_a_unit_has_the_hit() -> None:
    found = explained(STACK, STACK[:1], STACK)

    assert [(one.held, one.of_these_names, one.hits) for one in found.caches] == [
        (1, 1, 1),
        (4, 4, 3),
    ]


def test_another_target_gains_all_that_is_held_for_it() -> None:
    found = explained(all_changed(STACK, target="zen4"), STACK)

    [gain] = found.gains.gains
    assert (told(gain), gain.units, gain.roots) == (("target  x86_64_v3",), 4, 1)
    assert gain.choices[0].setting == 'packages: {all: {require: ["target=x86_64_v3"]}}'
    assert found.gains.way == (gain,)


def test_two_choices_that_are_needed_at_once_are_told_together() -> None:
    found = explained(all_changed(STACK, target="zen4", compiler="gcc@14.1.0"), STACK)

    [gain] = found.gains.gains
    assert told(gain) == ("compiler  gcc@12.2.0", "target  x86_64_v3")
    assert gain.units == 4


def test_the_way_goes_on_from_what_was_chosen() -> None:
    users = [Made(f"user{at}", needs={ZLIB: ("link",)}) for at in range(3)]
    stack = [*STACK, *users]
    held = changed(changed(stack, ZLIB, version="1.2"), HDF5, variants={"mpi": "false"})
    found = explained(stack, held)

    # First zlib with its three users; then hdf5 and app need one more choice, and no longer two.
    assert [(told(one), one.units) for one in found.gains.way] == [
        (("version zlib 1.2",), 4),
        (("variant hdf5 ~mpi",), 2),
    ]


def test_a_unit_without_its_whole_closure_is_no_gain() -> None:
    held = all_changed(STACK, target="x86_64_v3")
    found = explained(all_changed(STACK, target="zen4"), held, without=("zlib",))

    assert [one.units for one in found.gains.gains] == [1]  # cmake: it needs no zlib


def test_what_a_new_solve_does_not_ask_needs_no_choice() -> None:
    held = changed(changed(STACK, CMAKE, version="3.25"), HDF5, package_hash="older")
    found = explained(STACK, held)

    assert found.gains.as_it_is == 2  # hdf5 and app; cmake is another version
    assert [told(one) for one in found.gains.gains] == [("version cmake 3.25",)]


def test_another_system_is_no_setting() -> None:
    [gain] = explained(all_changed(STACK, system="rhel9"), STACK).gains.gains

    assert (told(gain), gain.choices[0].setting) == (("system  debian12",), "")


def test_a_c_library_that_is_older_will_do_and_a_newer_one_will_not() -> None:
    def stack(version: str) -> list[Made]:
        return [Made("glibc", version, prefix="/usr"), Made("zlib", needs={0: ("link",)})]

    assert explained(stack("2.36"), stack("2.28")).gains.as_it_is == 1
    [gain] = explained(stack("2.28"), stack("2.36")).gains.gains
    assert told(gain) == ("system  debian12 with glibc 2.36",)


def test_an_external_elsewhere_is_a_choice() -> None:
    def stack(version: str, prefix: str) -> list[Made]:
        return [Made("mpich", version, prefix=prefix), Made("app", needs={0: ("link",)})]

    [gain] = explained(stack("5.0", "/opt/b"), stack("4.3", "/opt/a")).gains.gains
    assert gain.choices[0].setting == (
        "packages: {mpich: {externals: [{spec: mpich@4.3, prefix: /opt/a}]}}"
    )
    [gain] = explained(stack("5.0", "/opt/b"), stack("4.3", "")).gains.gains
    assert gain.choices[0].value == "mpich@4.3, built by Spack"


def test_a_dependency_that_only_one_has_is_brought_about_by_nothing() -> None:
    held = changed(STACK, HDF5, needs={})
    found = explained(STACK, held)

    assert (found.gains.never, found.gains.gains) == (2, ())


def test_what_the_host_cannot_run_is_no_gain() -> None:
    def gained(target: str) -> list[int]:
        host = HostFacts(
            name="host",
            platform="linux",
            system="debian12",
            target=target,
            libc="",
            there=lambda _path: None,
        )
        held = Caches([cache(made(all_changed(STACK, target="zen4")))])
        found = explain_misses(made(STACK), held, host=host)
        assert {one.nearest.runs for one in found.misses if one.nearest} == {
            "yes" if target == "zen5" else "no"
        }
        return [one.units for one in found.gains.gains]

    assert gained("zen5") == [4]
    assert gained("haswell") == []


def test_a_circle_in_a_cache_is_refused() -> None:
    one, other = made([Made("a"), Made("b", needs={0: ("link",)})]).units
    edge = other.depends[0].model_copy(update={"hash": other.hash, "name": "b"})
    units = (one.model_copy(update={"depends": (edge,)}), other)
    bad = CachedUnits(where="bad", units=units, held=frozenset({one.hash}))

    with pytest.raises(BadInput, match="in a circle"):
        Caches([bad])


def test_a_dependency_that_the_index_does_not_describe_is_said() -> None:
    held = made(changed(STACK, ZLIB, version="1.2"))
    part = CachedUnits(
        where="part", units=held.units[1:], held=frozenset(one.hash for one in held.units[1:])
    )
    found = explain_misses(made(STACK), Caches([part]))

    assert [(one.kind, one.package) for one in found.causes] == [("not-known", "zlib")]
    assert found.gains.gains == ()


@given(dags(names=4), dags(names=4))
def test_every_unit_is_a_hit_a_miss_or_external(one: list[Made], other: list[Made]) -> None:
    wanted = {unit.hash for unit in made(one).units}
    held = {unit.hash for unit in made(other).units}
    found = explained(one, other)

    assert found.hits == len(wanted & held)
    assert {each.unit.hash for each in found.misses} == wanted - held
    for each in found.misses:
        assert (each.nearest is None) == (each.held == 0)
        if each.nearest is not None:
            assert each.nearest.causes
            assert each.nearest.unit.name == each.unit.name


@given(dags(names=4), dags(names=4))
def test_the_order_decides_nothing(one: list[Made], other: list[Made]) -> None:
    def found(lock: MadeLock, held: MadeLock) -> CacheExplained:
        return explain_misses(lock, Caches([cache(held)]))

    first = found(made(one), made(other))
    again = found(made(one).reversed(), made(other).reversed())

    assert again.causes == first.causes
    assert again.gains == first.gains
    assert {each.unit.hash: each for each in again.misses} == {
        each.unit.hash: each for each in first.misses
    }


@given(dags(most=20), st.data())
def test_what_a_choice_gains_is_what_has_it_and_nothing_else_below(
    units: list[Made], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(units) - 1))
    held = changed(units, at, version="0.9")
    found = explained(units, held)

    users = {at}
    for number, one in enumerate(units):
        if any(
            below in users and {"link", "run"} & set(types) for below, types in one.needs.items()
        ):
            users.add(number)
    [gain] = found.gains.gains
    assert (told(gain), gain.units) == ((f"version {units[at].name} 0.9",), len(users))
    builders = len(found.misses) - len(users)
    assert found.gains.as_it_is == builders
