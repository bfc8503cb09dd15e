from __future__ import annotations

from tests.native_locks import OPENMPI, Piece, full, lock_of

from peso.products.engines.native import NativeLock
from peso.services.integration.interoperability import (
    Interoperability,
    Pairs,
    Repeated,
    interoperability,
)


def found(lock: NativeLock, name: str) -> Repeated:
    [one] = [one for one in interoperability(lock).repeated if one.name == name]
    return one


def said(one: Repeated) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(each.kind, each.name): each.values for each in one.differences}


TWO_ROOTS = lock_of(
    Piece("a", "adios2", needs={"h1": "link"}, root=True),
    Piece("b", "netcdf", needs={"h1": "build,link"}, root=True),
    Piece("c", "paraview", needs={"h2": "link", "h3": "build"}, root=True),
    Piece("h1", "hdf5", "1.14.6", variants={"mpi": "true", "shared": "true"}),
    Piece("h2", "hdf5", "1.14.6", variants={"mpi": "false", "shared": "true"}),
    Piece("h3", "hdf5", "1.8.23", variants={"mpi": "false", "shared": "true"}),
)


def test_who_asks_for_which_and_which_roots_end_up_on_it() -> None:
    hdf5 = found(TWO_ROOTS, "hdf5")

    assert hdf5.meets == "between-roots"
    first, second, third = hdf5.units
    assert first.unit.label == "hdf5@1.14.6/h1xxxxx"
    assert [(one.unit.name, one.types) for one in first.askers] == [
        ("adios2", ("link",)),
        ("netcdf", ("build", "link")),
    ]
    assert [one.name for one in first.roots] == ["adios2", "netcdf"]
    assert [one.name for one in second.roots] == ["paraview"]
    assert (third.shipped, [one.name for one in third.building]) == (False, ["paraview"])


def test_differences_are_named_with_every_value() -> None:
    assert said(found(TWO_ROOTS, "hdf5")) == {
        ("version", ""): ("1.14.6", "1.14.6", "1.8.23"),
        ("variant", "mpi"): ("true", "false", "false"),
    }
    assert found(TWO_ROOTS, "hdf5").causes == ()


def test_pairs_of_roots_that_cannot_be_used_together_are_counted() -> None:
    assert interoperability(TWO_ROOTS).pairs == Pairs(of=3, apart=2, linked_apart=2)


def test_two_of_a_name_within_one_root_come_first() -> None:
    lock = lock_of(
        Piece("r", "root", needs={"a": "link", "b": "link"}, root=True),
        Piece("q", "quiet", needs={"t1": "build", "t2": "build"}, root=True),
        Piece("a", "a", needs={"z1": "link", "p1": "run"}),
        Piece("b", "b", needs={"z2": "link", "p2": "run"}),
        *(Piece(f"z{n}", "zlib", str(n)) for n in (1, 2)),
        *(Piece(f"t{n}", "tool", str(n)) for n in (1, 2)),
        *(Piece(f"p{n}", "python", str(n)) for n in (1, 2)),
    )
    seen = interoperability(lock)

    assert [(one.name, one.how, one.root.name) for one in seen.clashes] == [
        ("zlib", "link", "root"),
        ("python", "run", "root"),
    ]
    ways = [[step.unit.name for step in way.chain] for way in seen.clashes[0].ways]
    assert ways == [["root", "a", "zlib"], ["root", "b", "zlib"]]
    assert [(one.name, one.meets) for one in seen.repeated] == [
        ("python", "within-a-root"),
        ("zlib", "within-a-root"),
        ("tool", "building-only"),
    ]
    assert seen.pairs.apart == 0


def test_the_first_cause_is_found_below() -> None:
    lock = lock_of(
        Piece("a", "a", needs={"h1": "link"}, root=True),
        Piece("b", "b", needs={"h2": "link"}, root=True),
        Piece("h1", "hwloc", needs={"x1": "link", "c1": "build"}),
        Piece("h2", "hwloc", needs={"x2": "link", "c2": "build"}),
        Piece("x1", "xml", needs={"z1": "link"}),
        Piece("x2", "xml", needs={"z2": "link"}),
        Piece("z1", "zlib", variants={"new": "true"}),
        Piece("z2", "zlib", variants={"new": "false"}),
        Piece("c1", "cmake", "3.1"),
        Piece("c2", "cmake", "3.2"),
    )
    [cause] = found(lock, "hwloc").causes

    assert [step.name for step in cause.chain] == ["xml", "zlib"]
    [difference] = cause.differences
    assert (difference.kind, difference.name, difference.values) == (
        "variant",
        "new",
        ("true", "false"),
    )
    assert cause.shipped


def test_units_that_differ_in_what_built_them_are_told_apart_from_that() -> None:
    lock = lock_of(
        Piece("a", "a", needs={"h1": "link"}, root=True),
        Piece("b", "b", needs={"h2": "link"}, root=True),
        Piece("h1", "hwloc", needs={"c1": "build"}),
        Piece("h2", "hwloc", needs={"c2": "build"}),
        Piece("c1", "cmake", "3.1"),
        Piece("c2", "cmake", "3.2"),
    )
    [cause] = found(lock, "hwloc").causes

    assert (cause.shipped, cause.differences[0].values) == (False, ("3.1", "3.2"))
    assert interoperability(lock).pairs == Pairs(of=1, apart=1, linked_apart=1, only_built_apart=1)


def test_a_dependency_that_one_has_and_the_other_has_not_is_a_difference() -> None:
    lock = lock_of(
        Piece("a", "lib", needs={"z": "link"}, root=True),
        Piece("b", "lib", needs={"t": "build"}, root=True),
        Piece("z", "zlib"),
        Piece("t", "tool"),
    )

    assert said(found(lock, "lib")) == {
        ("dependency", "zlib"): ("needed", ""),
        ("build-dependency", "tool"): ("", "needed"),
    }


def test_an_external_beside_a_built_one_is_the_difference() -> None:
    lock = lock_of(
        Piece("a", "openmpi", external=OPENMPI, root=True),
        Piece("b", "openmpi", needs={"t": "build"}, root=True),
        Piece("t", "tool"),
    )

    assert said(found(lock, "openmpi")) == {("external", ""): ("/home/somebody/mpi", "")}


def test_recipes_are_the_reason_only_where_nothing_else_is() -> None:
    lock = lock_of(
        Piece("a", "lib", root=True, package_hash="one"),
        Piece("b", "lib", root=True, package_hash="two"),
    )
    assert said(found(lock, "lib")) == {("recipe", ""): ("one", "two")}

    lock = lock_of(Piece("a", "lib", root=True), Piece("b", "lib", root=True))
    [cause] = found(lock, "lib").causes
    assert [one.kind for one in cause.differences] == ["not-known"]


def test_nothing_is_held_twice() -> None:
    seen = interoperability(lock_of(Piece("a", "a", root=True)))

    assert (seen.repeated, seen.clashes, seen.pairs) == (
        (),
        (),
        Pairs(of=0, apart=0, linked_apart=0),
    )


def test_the_record_can_be_written_and_read() -> None:
    seen = interoperability(TWO_ROOTS)

    assert Interoperability.parse(seen.canonical()) == seen
    assert seen.repeated[0].units[0].unit.hash == full("h1")
