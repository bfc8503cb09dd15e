from __future__ import annotations

from tests.native_locks import OPENMPI, Piece, full, lock_of

from peso.products.engines.native import NativeUnit
from peso.services.integration.first_causes import FirstCauses
from peso.services.integration.unit_changes import Change, Compared, as_differences


def both(
    before: tuple[Piece, ...], after: tuple[Piece, ...]
) -> tuple[dict[str, NativeUnit], dict[str, NativeUnit]]:
    old, new = lock_of(*before), lock_of(*after)
    return {one.hash: one for one in old.units}, {one.hash: one for one in new.units}


def changes(before: tuple[Piece, ...], after: tuple[Piece, ...]) -> tuple[Change, ...]:
    """Compare the first unit of each."""
    old, new = both(before, after)
    return Compared().changes(next(iter(old.values())), next(iter(new.values())))


MPICH = Piece("mpich", "mpich", virtuals=("mpi",))
GCC = Piece("gcc", "gcc", virtuals=("c", "cxx"))
LLVM = Piece("llvm", "llvm", virtuals=("c", "cxx"))
RUNTIME = Piece("rt", "gcc-runtime")


def app(word: str, **needs: str) -> Piece:
    return Piece(word, "app", needs=needs)


def test_another_provider_is_told_once_and_not_its_edges_beside_it() -> None:
    openmpi = Piece("openmpi", "openmpi", virtuals=("mpi",))

    assert changes((app("a", mpich="link"), MPICH), (app("b", openmpi="link"), openmpi)) == (
        Change("provider", "mpi", "mpich", "openmpi"),
    )


def test_a_compiler_takes_its_runtime_along() -> None:
    found = changes(
        (app("a", gcc="build", rt="link"), GCC, RUNTIME), (app("b", llvm="build"), LLVM)
    )

    assert found == (Change("provider", "c,cxx", "gcc", "llvm"),)


def test_what_is_used_as_nothing_any_more_is_a_change_by_itself() -> None:
    plain = Piece("mpich", "mpich")

    assert changes((app("a", mpich="link"), MPICH), (app("b", mpich="link"), plain)) == (
        Change("provider", "mpi", "mpich", ""),
    )


def test_a_provider_that_is_new_is_told_by_its_edge() -> None:
    assert changes((app("a"),), (app("b", mpich="link"), MPICH)) == (
        Change("dependency", "mpich", "", "link"),
    )


def test_a_provider_that_stays_needed_for_something_else_is_told_as_that_too() -> None:
    llvm = Piece("llvm", "llvm")
    found = changes(
        (app("a", gcc="build", llvm="link"), GCC, llvm),
        (app("b", llvm="build,link"), LLVM),
    )

    assert found == (
        Change("provider", "c,cxx", "gcc", "llvm"),
        Change("dependency", "llvm", "link", "build,link"),
    )


def test_an_external_beside_what_was_built_says_only_that() -> None:
    built = Piece("a", "openmpi", "4.1.4", variants={"fabrics": "ofi"}, needs={"gcc": "build"})
    found = changes((built, GCC), (Piece("b", "openmpi", "4.1.4", external=OPENMPI),))

    assert found == (Change("external", "", "", "/home/somebody/mpi"),)


def test_changes_are_told_with_what_weighs_most_first() -> None:
    found = changes(
        (Piece("a", "app", "1", variants={"mpi": "true"}, target="zen3"),),
        (Piece("b", "app", "2", variants={"mpi": "false"}, target="zen4"),),
    )

    assert [one.kind for one in as_differences(found)] == ["version", "target", "variant"]


def test_the_provider_is_one_cause_of_all_that_switched() -> None:
    openmpi = Piece("openmpi", "openmpi", virtuals=("mpi",))

    def two(provider: Piece, word: str) -> tuple[Piece, ...]:
        needs = {provider.word: "link"}
        return (
            Piece(f"{word}one", "one", needs=needs),
            Piece(f"{word}two", "two", needs=needs),
            provider,
        )

    old, new = both(two(MPICH, "a"), two(openmpi, "b"))
    first = FirstCauses(old, new)
    masks = {first.of(old[full(f"a{name}")], new[full(f"b{name}")]).all for name in ("one", "two")}

    [cause] = first.causes()
    assert masks == {cause.bit}
    assert (cause.kind, cause.package, len(cause.places)) == ("provider", "", 2)
    assert cause.changes() == (Change("provider", "mpi", "mpich", "openmpi"),)


def test_two_dependencies_of_one_name_go_together_by_their_types() -> None:
    def with_two(top: str, build: str, link: str) -> tuple[Piece, ...]:
        return (
            Piece(top, "app", needs={build: "build", link: "link"}),
            Piece(build, "python"),
            Piece(link, "python"),
        )

    old, new = both(with_two("a1", "b1", "l1"), with_two("a2", "l2", "b2"))
    pairs = Compared().edge_pairs(old[full("a1")], new[full("a2")])

    assert {(one.hash, other.hash) for one, other in pairs} == {
        (full("b1"), full("l2")),
        (full("l1"), full("b2")),
    }


def test_a_chain_of_thousands_is_no_recursion() -> None:
    def chain(version: str) -> tuple[Piece, ...]:
        return (
            *(
                Piece(f"{version}{at}", f"n{at}", needs={f"{version}{at + 1}": "link"})
                for at in range(3000)
            ),
            Piece(f"{version}3000", "n3000", version),
        )

    old, new = both(chain("1"), chain("2"))
    first = FirstCauses(old, new)
    top = (next(iter(old.values())), next(iter(new.values())))

    assert first.of(*top).all == first.causes()[0].bit
    assert len(first.chain(*top, first.causes()[0].bit)) == 3000
