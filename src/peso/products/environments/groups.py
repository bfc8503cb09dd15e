"""The groups of an environment: which specs belong to which, what they need, what they override."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import Final

from msgspec import Struct, field

from peso.base.yaml_nodes import Kind, Mapping, Node, Place, Scalar, Sequence, Trouble
from peso.products.environments.record import DEFAULT_GROUP, Group
from peso.products.environments.texts import Tell, as_spack, get, text_of, texts_of

_SHOWN: Final = 10
"""The most names that a message lists."""


class Listed(Struct, kw_only=True):
    """A group with its list of specs as written."""

    group: Group
    nodes: list[Node] = field(default_factory=list)


def read_groups(specs: Node | None, place: Place, tell: Tell) -> tuple[Listed, ...]:
    """Return the groups of `specs:`, the default one first.

    Args:
        specs: The value of the key; None where there is none.
        place: Where the environment's sections stand, for a file without `specs`.
        tell: Takes troubles.
    """
    default = Listed(group=Group(name=DEFAULT_GROUP, place=specs.place if specs else place))
    groups = {DEFAULT_GROUP: default}
    if isinstance(specs, Sequence):
        for node in specs.items:
            if isinstance(node, Mapping):
                _take(node, groups, tell)
            elif not (isinstance(node, Scalar) and node.kind is Kind.NOTHING):
                default.nodes.append(node)
    elif specs is not None and not (isinstance(specs, Scalar) and specs.kind is Kind.NOTHING):
        _no("list-shape", specs.place, "`specs` is not a list", "put `- ` before each spec", tell)
    _check_needs(groups, tell)
    return tuple(groups.values())


def _take(node: Mapping, groups: dict[str, Listed], tell: Tell) -> None:
    name = text_of(get(node, "group"))
    key = name.value if name else DEFAULT_GROUP
    if name is not None and key in groups and key != DEFAULT_GROUP:
        message = f"the group {key!r} is there twice; Spack refuses the environment"
        _no("group-twice", name.place, message, "put both into one", tell)
    if key not in groups:
        explicit, override = get(node, "explicit"), get(node, "override")
        groups[key] = Listed(
            group=Group(
                name=key,
                place=node.place,
                needs=texts_of(get(node, "needs")),
                explicit=not (isinstance(explicit, Scalar) and explicit.truth is False),
                override=override if isinstance(override, Mapping) else None,
            )
        )
    if "matrix" in node:
        groups[key].nodes.append(node)
        return
    specs = get(node, "specs")
    if isinstance(specs, Sequence):
        groups[key].nodes += specs.items
    elif "specs" not in node:
        wrong = ", ".join(repr(as_spack(entry.key)) for entry in node.entries) or "nothing"
        hint = "quote a spec that holds `: `; a group has `specs:`, a matrix `matrix:`"
        _no("list-shape", node.place, f"a mapping of {wrong} is no spec", hint, tell)


def _check_needs(groups: dict[str, Listed], tell: Tell) -> None:
    """Tell needs that name no group, and groups that need each other in a circle."""
    needs = {name: [need.value for need in one.group.needs] for name, one in groups.items()}
    for listed in groups.values():
        for need in listed.group.needs:
            if need.value not in groups:
                message = f"there is no group {need.value!r}"
                _no("group-unknown", need.place, message, _of(groups), tell)
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        [place, *_] = [one.place for one in groups[circle[0]].group.needs if one.value == circle[1]]
        message = f"groups need each other in a circle: {' -> '.join(circle[:_SHOWN])}"
        _no("group-circle", place, message, "remove one of the needs", tell)


def _of(groups: dict[str, Listed]) -> str:
    names = [name for name in groups if name != DEFAULT_GROUP]
    return f"one of {', '.join(names[:_SHOWN])}" if names else "define it"


def _no(rule: str, place: Place, message: str, hint: str, tell: Tell) -> None:
    tell(Trouble(rule=rule, place=place, message=message, hint=hint))
