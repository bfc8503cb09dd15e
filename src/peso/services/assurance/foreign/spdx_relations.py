"""Relationships of SPDX 2, turned into who needs whom, and how.

A relationship that says nothing of need (`AMENDS`, `GENERATED_FROM` …) is no edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from peso.services.assurance.bill import Type
from peso.services.assurance.foreign.graph import Edge
from peso.services.assurance.foreign.limits import shown
from peso.services.assurance.foreign.spdx_shape import Document, Relationship

_TYPES: tuple[Type, ...] = ("build", "link", "run", "test")


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a relationship from one element to another says."""

    types: tuple[Type, ...] = ()
    back: bool = False
    """Whether the second needs the first."""
    tool: bool = False
    contained: bool = False


_MEANINGS = MappingProxyType(
    {
        "DEPENDS_ON": _Meaning(),
        "CONTAINS": _Meaning(contained=True),
        "DYNAMIC_LINK": _Meaning(("link",)),
        "STATIC_LINK": _Meaning(("link",)),
        "HAS_PREREQUISITE": _Meaning(("run",)),
        "CONTAINED_BY": _Meaning(back=True, contained=True),
        "DEPENDENCY_OF": _Meaning(back=True),
        "OPTIONAL_DEPENDENCY_OF": _Meaning(back=True),
        "PROVIDED_DEPENDENCY_OF": _Meaning(back=True),
        "OPTIONAL_COMPONENT_OF": _Meaning(back=True),
        "RUNTIME_DEPENDENCY_OF": _Meaning(("run",), back=True),
        "PREREQUISITE_FOR": _Meaning(("run",), back=True),
        "BUILD_DEPENDENCY_OF": _Meaning(("build",), back=True),
        "DEV_DEPENDENCY_OF": _Meaning(("build",), back=True),
        "BUILD_TOOL_OF": _Meaning(("build",), back=True, tool=True),
        "DEV_TOOL_OF": _Meaning(("build",), back=True, tool=True),
        "TEST_DEPENDENCY_OF": _Meaning(("test",), back=True),
        "TEST_TOOL_OF": _Meaning(("test",), back=True, tool=True),
    }
)


@dataclass(frozen=True, slots=True)
class Relation(Edge):
    """An edge, and whether it only says that one lies in the other."""

    contained: bool = False


def edges_of(relations: Iterable[Relationship]) -> Iterator[Relation]:
    """Give who needs whom, by the document's ids."""
    for one in relations:
        meaning = _MEANINGS.get(one.relationship_type)
        if meaning is None:
            continue
        first, second = shown(one.spdx_element_id), shown(one.related_spdx_element)
        types = meaning.types
        if one.relationship_type == "DEPENDS_ON":
            said = {word.strip() for word in shown(one.comment).split(",")}
            types = tuple(one for one in _TYPES if one in said)
        of, to = (second, first) if meaning.back else (first, second)
        yield Relation(of, to, types, meaning.tool, meaning.contained)


def roots_of(document: Document, relations: Iterable[Relationship]) -> tuple[str, ...]:
    """Return the ids of what the document describes."""
    found = [one for one in document.document_describes or () if isinstance(one, str)]
    for one in relations:
        if one.relationship_type == "DESCRIBES":
            found.append(one.related_spdx_element)
        elif one.relationship_type == "DESCRIBED_BY":
            found.append(one.spdx_element_id)
    return tuple(dict.fromkeys(shown(one) for one in found))


def supplied_of(relations: Sequence[Relationship]) -> tuple[str, ...]:
    """Return the ids of what must be there already."""
    return tuple(
        shown(one.related_spdx_element)
        for one in relations
        if one.relationship_type == "HAS_PREREQUISITE"
    )
