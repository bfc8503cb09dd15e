from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.integration.made_dags import Made, MadeLock, dags, made

from peso.errors import BadInput
from peso.services.integration.rebuild import RebuildCause, Rebuilt, rebuild

OPENSSL, CURL, CMAKE, APP, OTHER = range(5)
STACK = [
    Made("openssl", "3.4.1"),
    Made("curl", needs={OPENSSL: ("build", "link")}),
    Made("cmake", needs={CURL: ("build", "link")}),
    Made("app", needs={CMAKE: ("build",)}, root=True),
    Made("other", root=True),
]


def changed(units: list[Made], at: int, **said: object) -> list[Made]:
    return [
        replace(one, **said) if number == at else one  # type: ignore[arg-type]
        for number, one in enumerate(units)
    ]


def only(found: Rebuilt) -> RebuildCause:
    [cause] = found.causes
    return cause


def names(found: Rebuilt) -> list[str]:
    return [one.unit.name for one in found.fresh]


def test_a_new_version_below_is_the_first_cause_of_all_above() -> None:
    before, after = made(STACK), made(changed(STACK, OPENSSL, version="3.4.2"))
    found = rebuild(before, after, names=("old", "new"))

    cause = only(found)
    assert (cause.kind, cause.package) == ("version", "openssl")
    assert cause.differences[0].values == ("3.4.1", "3.4.2")
    assert names(found) == ["openssl", "curl", "cmake", "app"]
    assert (cause.rebuilds.units, cause.alone.units, cause.only_built) == (4, 4, 1)
    assert (found.kept, found.removed) == (1, ())
    assert [one.own for one in found.fresh[1:]] == [(), (), ()]
    assert {one.how for one in found.fresh} == {"only"}


def test_two_causes_are_told_with_what_each_rebuilds_alone() -> None:
    after = changed(changed(STACK, OPENSSL, version="3.4.2"), CMAKE, variants={"gui": "true"})
    found = rebuild(made(STACK), made(after))

    assert [
        (one.kind, one.package, one.rebuilds.units, one.alone.units) for one in found.causes
    ] == [("version", "openssl", 4, 2), ("variant", "cmake", 2, 0)]


def test_another_target_is_one_cause_over_all_names() -> None:
    after = [replace(one, target="zen4") for one in STACK]
    cause = only(rebuild(made(STACK), made(after)))

    assert (cause.kind, cause.package, cause.rebuilds.units) == ("target", "", 5)
    assert len(cause.places) == 5
    assert cause.differences[0].values == ("x86_64_v3", "zen4")


def test_what_comes_with_a_version_is_one_cause_with_it() -> None:
    after = changed(STACK, CURL, version="9", variants={"http3": "true"}, package_hash="q")
    cause = only(rebuild(made(STACK), made(after)))

    assert [one.kind for one in cause.differences] == ["version", "variant"]


def test_another_recipe_of_the_same_version_is_told() -> None:
    cause = only(rebuild(made(STACK), made(changed(STACK, CURL, package_hash="q"))))

    assert (cause.kind, cause.package, cause.rebuilds.units) == ("recipe", "curl", 3)


def test_an_edge_that_is_added_is_a_change_of_the_unit_itself() -> None:
    after = changed(STACK, OTHER, needs={OPENSSL: ("link",)})
    found = rebuild(made(STACK), made(after))

    assert only(found).differences[0].values == ("", "link")
    assert names(found) == ["other"]


def test_an_edge_of_other_types_is_a_change_too() -> None:
    after = changed(STACK, APP, needs={CMAKE: ("build", "run")})

    assert only(rebuild(made(STACK), made(after))).differences[0].values == ("build", "build,run")


def test_an_external_is_a_cause_and_is_not_built() -> None:
    before = changed(STACK, OPENSSL, prefix="/usr")
    after = changed(STACK, OPENSSL, prefix="/opt/openssl")
    found = rebuild(made(before), made(after))

    assert only(found).kind == "external"
    assert (found.cost.units, found.fresh[0].external, found.fresh[0].timed) == (
        3,
        True,
        "not-built",
    )


def test_an_external_instead_of_what_was_built_does_not_tell_what_it_was_built_with() -> None:
    after = changed(STACK, CMAKE, prefix="/usr", needs={})
    cause = only(rebuild(made(STACK), made(after)))

    assert [one.kind for one in cause.differences] == ["external"]


def test_what_the_lock_does_not_say_is_not_known() -> None:
    before = made(STACK)
    unit = before.units[OTHER].model_copy(update={"hash": "z" * 32})
    after = MadeLock((*before.units[:OTHER], unit), ())

    assert only(rebuild(before, after)).kind == "not-known"


def test_a_unit_that_took_another_of_two_is_told_by_how_the_two_differ() -> None:
    two = [Made("hdf5", "1.14"), Made("hdf5", "1.10"), Made("sz", needs={0: ("link",)})]
    found = rebuild(made(two), made([two[0], two[1], replace(two[2], needs={1: ("link",)})]))

    assert names(found) == ["sz"]
    assert only(found).package == "hdf5"
    assert only(found).differences[0].values == ("1.14", "1.10")


def test_what_is_added_says_who_asks_for_it_and_what_is_gone_is_removed() -> None:
    before = [Made("app", root=True), Made("gone")]
    after = [Made("zlib"), Made("app", needs={0: ("link",)}, root=True)]
    found = rebuild(made(before), made(after))

    zlib = found.fresh[0]
    assert (zlib.how, zlib.before, [one.name for one in zlib.askers]) == ("added", None, ["app"])
    assert [one.name for one in found.removed] == ["gone"]
    assert (found.cost.units, found.added.units) == (2, 1)


def test_times_are_told_apart_by_whose_they_are() -> None:
    before, after = made(STACK), made(changed(STACK, OPENSSL, version="3.4.2"))
    seconds = {after.units[0].hash: 10.0, before.units[1].hash: 5.0, before.units[0].hash: 99.0}
    found = rebuild(before, after, seconds=seconds)

    assert [one.timed for one in found.fresh] == ["itself", "counterpart", "not-known", "not-known"]
    cost = found.cost
    assert (cost.seconds, cost.measured, cost.as_before, cost.not_known) == (15.0, 1, 1, 2)
    assert only(found).rebuilds == cost


def test_one_unit_is_told_with_the_way_to_each_cause() -> None:
    before, after = made(STACK), made(changed(STACK, OPENSSL, version="3.4.2"))
    found = rebuild(before, after, asked=[after.units[APP].hash], asked_as="app")

    [app] = found.fresh
    [chain] = app.chains
    assert [step.name for step in chain.steps] == ["cmake", "curl", "openssl"]
    assert chain.steps[0].types == ("build",)
    assert [one.label for one in app.askers] == []
    assert found.causes[0].rebuilds.units == 4


def test_a_unit_that_is_the_same_in_both_is_not_rebuilt() -> None:
    with pytest.raises(BadInput, match="is the same unit in both"):
        rebuild(made(STACK), made(STACK), asked=[made(STACK).units[0].hash], asked_as="openssl")


@given(dags(names=5))
def test_a_lock_and_itself_differ_in_nothing(units: list[Made]) -> None:
    found = rebuild(made(units), made(units))

    assert (found.fresh, found.causes, found.removed, found.cost.units) == ((), (), (), 0)


@given(dags(names=5), dags(names=5))
def test_each_unit_that_is_new_is_told_once_and_why(one: list[Made], other: list[Made]) -> None:
    before, after = made(one), made(other)
    found = rebuild(before, after)
    old, new = ({unit.hash for unit in lock.units} for lock in (before, after))

    told = [each.unit.hash for each in found.fresh]
    assert len(told) == len(set(told))
    assert set(told) == new - old
    known = {each.name for each in before.units}
    for each in found.fresh:
        assert bool(each.causes) == (each.before is not None) == (each.unit.name in known)
        assert (each.how == "added") == (each.before is None)
    stand_for = [each.before.hash for each in found.fresh if each.before and each.how != "beside"]
    assert len(stand_for) == len(set(stand_for))
    removed = [each.hash for each in found.removed]
    assert sorted([*stand_for, *removed]) == sorted(old - new)
    assert {number for each in found.fresh for number in each.causes} == {
        cause.number for cause in found.causes
    }


@given(dags(names=4), dags(names=4))
def test_the_order_of_the_locks_decides_nothing(one: list[Made], other: list[Made]) -> None:
    before, after = made(one), made(other)
    found = rebuild(before, after)
    again = rebuild(before.reversed(), after.reversed())

    assert again.causes == found.causes
    assert {each.unit.hash: each for each in again.fresh} == {
        each.unit.hash: each for each in found.fresh
    }
    assert {each.hash for each in again.removed} == {each.hash for each in found.removed}


PLANTED: dict[str, dict[str, object]] = {
    "version": {"version": "9.9"},
    "variant": {"variants": {"mpi": "true", "planted": "yes"}},
    "recipe": {"package_hash": "planted"},
    "target": {"target": "zen4"},
    "system": {"system": "ubuntu24.04"},
    "compiler": {"compiler": "llvm@20"},
}


@given(dags(most=20), st.data(), st.sampled_from(sorted(PLANTED)))
def test_a_planted_change_is_the_only_first_cause_of_all_that_stands_on_it(
    units: list[Made], data: st.DataObject, kind: str
) -> None:
    at = data.draw(st.integers(0, len(units) - 1))
    if kind == "variant":
        units = changed(units, at, variants={"mpi": "true"})
    found = rebuild(made(units), made(changed(units, at, **PLANTED[kind])))

    above = {at}
    for number, one in enumerate(units):
        if above & one.needs.keys():
            above.add(number)
    assert {one.unit.name for one in found.fresh} == {units[each].name for each in above}
    cause = only(found)
    assert cause.kind == kind
    assert [(one.before.name, one.after.name) for one in cause.places] == [
        (units[at].name, units[at].name)
    ]
    assert cause.rebuilds.units == cause.alone.units == len(above)
