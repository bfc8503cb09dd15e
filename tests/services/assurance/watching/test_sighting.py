from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from peso.services.assurance.inventory import Component
from peso.services.assurance.watching.sighting import needed_by


def component(name: str, *depends: str) -> Component:
    return Component(
        name=name,
        version="1",
        purl=f"pkg:x/{name}@1",
        part="p",
        license="MIT",
        sha256="",
        path="",
        depends=tuple(f"pkg:x/{one}@1" for one in depends),
    )


def needs(*components: Component) -> dict[str, tuple[str, ...]]:
    return {
        purl.removeprefix("pkg:x/").removesuffix("@1"): tuple(one.removesuffix("@1") for one in by)
        for purl, by in needed_by(components).items()
    }


def test_what_nothing_needs_is_needed_by_itself() -> None:
    assert needs(component("a")) == {"a": ("a",)}


def test_need_goes_over_all_steps() -> None:
    found = needs(component("a", "b"), component("b", "c"), component("c"), component("d", "c"))
    assert found == {"a": ("a",), "b": ("a",), "c": ("a", "d"), "d": ("d",)}


def test_a_circle_below_a_root_has_an_end() -> None:
    found = needs(component("a", "b"), component("b", "c"), component("c", "b"))
    assert found["b"] == ("a",)


def test_what_is_listed_twice_or_not_at_all() -> None:
    assert needs(component("a", "b", "b", "a", "never"), component("b")) == {
        "a": ("a",),
        "b": ("a",),
    }


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40))
def test_as_a_plain_walk_says(edges: list[tuple[int, int]]) -> None:
    """Edges go to higher numbers, so there is no circle; each root is walked by itself."""
    below: dict[int, set[int]] = {one: set() for one in range(12)}
    for one, other in edges:
        if one < other:
            below[one].add(other)
    tops = [one for one in below if not any(one in those for those in below.values())]
    expected: dict[str, set[str]] = {str(one): set() for one in below}
    for top in tops:
        walking = [top]
        while walking:
            at = walking.pop()
            expected[str(at)].add(str(top))
            walking.extend(below[at])
    made = [component(str(one), *map(str, sorted(those))) for one, those in below.items()]
    assert {name: set(by) for name, by in needs(*made).items()} == expected
