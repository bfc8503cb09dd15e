from __future__ import annotations

from tests.native_locks import Piece, full, lock_of

from peso.products.engines.native_graph import ALL, LINKING, NativeGraph

LOCK = lock_of(
    Piece("a", "app", needs={"l": "build,link", "t": "build", "p": "run"}, root=True),
    Piece("l", "lib", needs={"z": "link", "t": "build"}),
    Piece("t", "tool", needs={"z2": "link", "p": "run"}),
    Piece("p", "python", needs={"z": "link"}),
    Piece("z", "zlib"),
    Piece("z2", "zlib", "2.0"),
    Piece("other", "other", needs={"gone": "link"}),
)


def words(several: object) -> set[str]:
    assert isinstance(several, frozenset)
    return {one.rstrip("x") for one in several}


def test_what_is_shipped_is_what_roots_reach_by_link_and_run() -> None:
    graph = NativeGraph(LOCK)

    assert words(graph.shipped()) == {"a", "l", "p", "z"}
    assert words(graph.reached([full("a")], LINKING)) == {"a", "l", "z"}
    assert words(graph.reached([full("a")], ALL)) == {"a", "l", "p", "z", "t", "z2"}


def test_who_needs_a_unit() -> None:
    graph = NativeGraph(LOCK)

    asked = [(unit.name, edge.types) for unit, edge in graph.dependents(full("t"))]
    assert asked == [("app", ("build",)), ("lib", ("build",))]
    assert [unit.name for unit in graph.standing_on(full("z2"))] == ["app", "lib", "tool"]
    assert graph.standing_on(full("a")) == ()


def test_the_shortest_chain_says_how_each_step_is_used() -> None:
    graph = NativeGraph(LOCK)

    chain = graph.chain(full("a"), full("z"))
    assert chain is not None
    assert [(unit.name, types) for unit, types in chain] == [
        ("app", ("build", "link")),
        ("lib", ("link",)),
        ("zlib", ()),
    ]
    assert graph.chain(full("a"), full("z2")) is None
    built = graph.chain(full("a"), full("z2"), ALL)
    assert built is not None
    assert [unit.name for unit, _ in built] == ["app", "tool", "zlib"]
    assert graph.chain(full("a"), full("a")) == ((graph.units[full("a")], ()),)


def test_an_edge_to_what_is_not_in_the_lock_leads_nowhere() -> None:
    graph = NativeGraph(LOCK)

    assert words(graph.reached([full("other")])) == {"other"}


def test_a_circle_ends() -> None:
    graph = NativeGraph(
        lock_of(
            Piece("a", "a", needs={"b": "link"}, root=True),
            Piece("b", "b", needs={"a": "link"}),
        )
    )

    assert words(graph.shipped()) == {"a", "b"}
    assert [unit.name for unit in graph.standing_on(full("a"))] == ["b"]
