"""What files of different precedence say together, each value with its own place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.base.yaml_nodes import Mapping, Node
from peso.base.yaml_read import parse_yaml
from peso.products.environments.compare import said
from peso.products.environments.merge import merged, overlaid, shape


def _node(text: str, name: str = "f") -> Node:
    return parse_yaml(text, name=name).root


@pytest.mark.parametrize(
    ("lower", "higher", "both"),
    [
        ("{a: 1, b: 2}", "{b: 3, c: 4}", "{b: 3, c: 4, a: 1}"),
        ("{a: {x: 1, y: 2}}", "{a: {y: 3}}", "{a: {y: 3, x: 1}}"),
        ("{a: {x: 1, y: 2}}", "{'a:': {y: 3}}", "{a: {y: 3}}"),
        ("[a, b]", "[c, b]", "[c, b, a]"),
        ("[{x: 1}, b]", "[{'x': 1}]", "[{x: 1}, b]"),
        ("a", "b", "b"),
        ("[a]", "b", "b"),
        ("{a: [b]}", "{a: }", "{a: }"),
    ],
)
def test_both_together(lower: str, higher: str, both: str) -> None:
    assert said(merged(_node(lower), _node(higher))) == both


def test_a_value_keeps_the_file_it_came_from() -> None:
    both = merged(_node("{a: 1, b: 2}", "low"), _node("{b: 3}", "high"))

    assert isinstance(both, Mapping)
    places = {entry.key.text: entry.value.place.file for entry in both}
    assert places == {"a": "low", "b": "high"}


@pytest.mark.parametrize(
    ("override", "both"),
    [
        ("{a: [z]}", "{a: [z, x], b: y}"),
        ("{'a:': [z]}", "{a: [z], b: y}"),
        ("{'a-': [z]}", "{a: [x, z], b: y}"),
        ("{'b+': 'z '}", "{b: z y, a: [x]}"),
        ("{'b-': ' z'}", "{b: y z, a: [x]}"),
        ("{c: {d: 1}}", "{c: {d: 1}, a: [x], b: y}"),
    ],
)
def test_a_groups_override_may_join(override: str, both: str) -> None:
    lower, higher = _node("{a: [x], b: y}"), _node(override)
    assert isinstance(lower, Mapping)
    assert isinstance(higher, Mapping)

    assert said(overlaid(lower, higher)) == both


_PLAIN = st.recursive(
    st.sampled_from(["a", "b", "1"]),
    lambda below: (
        st.lists(below, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from("xyz"), below, max_size=3).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"
        )
    ),
    max_leaves=8,
)


@given(_PLAIN, _PLAIN)
def test_merging_again_changes_nothing(lower: str, higher: str) -> None:
    once = merged(_node(lower), _node(higher))

    assert shape(merged(once, _node(higher))) == shape(once)
    assert shape(merged(None, _node(higher))) == shape(_node(higher))
