"""Who needs a package by any chain, of all at once: the same as a walk from each by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from peso.services.integration.impact.dependents import Dependents, Nodes

SIZE = 7
nodes = st.lists(
    st.lists(st.integers(0, SIZE - 1), max_size=3, unique=True), min_size=SIZE, max_size=SIZE
)
NUMBER = {f"p{at}": at for at in range(SIZE)}


def _walk(source: int, needed_by: Nodes, stands_for: Nodes) -> set[int]:
    seen, wave, found = {source}, [source], set[int]()
    while wave:
        needs = {one for node in wave for one in needed_by[node]}
        found |= needs
        wave = list((needs | {one for node in wave for one in stands_for[node]}) - seen)
        seen.update(wave)
    return found - {source}


@given(nodes, nodes, st.sets(st.sampled_from(sorted(NUMBER))))
def test_every_chain_is_followed_circles_too(
    needed_by: Nodes, stands_for: Nodes, several: set[str]
) -> None:
    made = Dependents.of(NUMBER, needed_by, stands_for)

    each = [_walk(NUMBER[one], needed_by, stands_for) for one in several]
    expected = set[int]().union(*each)
    assert made.names(several) == {f"p{at}" for at in expected}
    assert made.count(several) == len(expected)


def test_what_is_provided_does_not_count_but_leads_on() -> None:
    number = {"giver": 0, "thing": 1, "taker": 2, "top": 3}
    made = Dependents.of(number, [[], [2], [3], []], [[1], [], [], []])

    assert made.names(["giver"]) == {"taker", "top"}
    assert made.count(["giver", "taker"]) == 2
    assert made.count([]) == 0


def test_a_long_chain_is_followed_to_its_end() -> None:
    """Longer than Python would follow by calling itself."""
    length = 5_000
    number = {f"p{at}": at for at in range(length)}
    made = Dependents.of(number, [[at + 1] for at in range(length - 1)] + [[]], [[]] * length)

    assert made.count(["p0"]) == length - 1
    assert made.count(["p4990"]) == 9
