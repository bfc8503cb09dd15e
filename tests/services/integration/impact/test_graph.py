"""The graph: who depends on whom, and that what is kept is what was made."""

from __future__ import annotations

from pathlib import Path

from tests.services.integration.impact.house import BUILD as BUILT
from tests.services.integration.impact.house import HOUSE, Fake, recipe
from tests.services.integration.impact.house import LINK as LINKED

from peso.services.integration.impact.graph import (
    BUILD,
    LINK,
    PROVIDES,
    Graph,
    build_graph,
    keep_graph,
    read_graph,
)

GRAPH = build_graph(Fake())


def _edges(graph: Graph, name: str) -> dict[str, tuple[int, str, int]]:
    return {
        graph.names[graph.to[edge]]: (
            graph.mask[edge],
            graph.conditions[graph.when[edge]],
            graph.others[edge],
        )
        for edge in graph.edges(graph.number[name])
    }


def test_an_edge_leads_to_what_depends_on_it() -> None:
    assert _edges(GRAPH, "hdf5")["app"] == (LINK | BUILD, "", 0)
    assert _edges(GRAPH, "mpi")["hdf5"] == (LINK | BUILD, "+mpi", 0)


def test_a_provider_leads_to_what_it_provides() -> None:
    assert _edges(GRAPH, "zlib")["zlib-api"][0] & PROVIDES
    mpi, mpich = GRAPH.number["mpi"], GRAPH.number["mpich"]
    assert set(GRAPH.providers[mpi]) == {mpich, GRAPH.number["openmpi"]}
    assert GRAPH.owners[GRAPH.providers[mpi][mpich]] == mpich


def test_the_only_build_system_of_a_recipe_is_no_condition() -> None:
    assert _edges(GRAPH, "cmake")["app"] == (BUILD, "", 0)


def test_one_of_several_build_systems_is_a_condition() -> None:
    both = recipe("both", ("a", LINKED, "build_system=cmake"), build_systems=("cmake", "autotools"))

    graph = build_graph(Fake((recipe("a"), both)))

    assert _edges(graph, "a")["both"][1] == "build_system=cmake"


def test_no_condition_wins_over_conditions_and_others_are_counted() -> None:
    twice = recipe("twice", ("a", BUILT), ("a", LINKED, "+x"), ("a", LINKED, "+y"))

    graph = build_graph(Fake((recipe("a"), twice)))

    several = [
        (graph.mask[edge], graph.conditions[graph.when[edge]], graph.others[edge])
        for edge in graph.edges(graph.number["a"])
    ]
    assert sorted(several) == [(LINK, "+x", 1), (BUILD, "", 0)]


def test_a_dependency_nobody_has_a_recipe_of_leads_from_nowhere() -> None:
    graph = build_graph(Fake((recipe("lost", ("gone", LINKED)),)))

    assert graph.names == ["lost"]
    assert not graph.to


def test_virtual_packages_are_not_counted_among_packages() -> None:
    assert GRAPH.packages == len(HOUSE)


def test_what_is_kept_is_what_was_made(tmp_path: Path) -> None:
    keep_graph(tmp_path / "graph", 7, GRAPH)

    assert read_graph(tmp_path / "graph", 7) == GRAPH


def test_a_graph_of_another_index_is_not_taken(tmp_path: Path) -> None:
    keep_graph(tmp_path / "graph", 3, GRAPH)

    assert read_graph(tmp_path / "graph", 4) is None


def test_a_damaged_graph_is_not_taken(tmp_path: Path) -> None:
    keep_graph(tmp_path / "graph", 3, GRAPH)
    whole = (tmp_path / "graph").read_bytes()
    (tmp_path / "graph").write_bytes(whole[: len(whole) // 2])

    assert read_graph(tmp_path / "graph", 3) is None
    assert read_graph(tmp_path / "none", 3) is None
