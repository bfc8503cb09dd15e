"""Graph: refs made unique, edges put on components; what points nowhere is told.

A cycle is no fault here: whoever walks the graph remembers where it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from peso.services.assurance.bill import Need, Type
from peso.services.assurance.foreign.limits import MOST_EDGES, Told, finding, within
from peso.services.assurance.foreign.record import ForeignComponent


@dataclass(frozen=True, slots=True)
class Edge:
    """That one component needs another."""

    of: str
    to: str
    types: tuple[Type, ...] = ()
    tool: bool = False


class Refs:
    """Ids as the document uses them, and the unique refs made of them."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self._made: dict[str, list[str]] = {}
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def take(self, id_: str, label: str) -> str:
        """Return a ref for a component of an id."""
        several = self._made.setdefault(id_, [])
        ref, number = id_, self._next.get(id_, 2)
        while ref in self._taken:
            ref, number = f"{id_}#{number}", number + 1
        self._next[id_] = number
        if several:
            message = f"the id {id_!r} is used by {len(several) + 1} components"
            self.told.add(finding("sbom-id-twice", label, message))
        self._taken.add(ref)
        several.append(ref)
        return ref

    def of(self, id_: str) -> Sequence[str]:
        """Return the refs of an id; several where it was used twice."""
        return self._made.get(id_, ())


def joined(
    components: Iterable[ForeignComponent],
    edges: Sequence[Edge],
    refs: Refs,
    *,
    others: frozenset[str],
    where: str,
) -> tuple[ForeignComponent, ...]:
    """Put the edges on their components.

    Args:
        components: All of them.
        edges: By the document's ids.
        refs: What became of the ids; it takes findings too.
        others: Ids of what is no component here: the document, its subject, files.
        where: The document, for errors.
    """
    components = tuple(components)
    there = {one.ref for one in components}
    needs: dict[str, dict[str, Need]] = {}
    count = 0
    for edge in edges:
        for id_ in (edge.of, edge.to):
            if not refs.of(id_) and id_ not in others:
                message = "something is said of it, and it is not there"
                refs.told.add(finding("sbom-reference-missing", id_, message))
        for of in refs.of(edge.of):
            for to in refs.of(edge.to):
                count += 1
                within(count, MOST_EDGES, "dependencies", where)
                if of != to and to in there:
                    _put(needs.setdefault(of, {}), to, edge)
    return tuple(
        replace(one, depends=tuple(needs[one.ref].values())) if one.ref in needs else one
        for one in components
    )


def _put(needs: dict[str, Need], to: str, edge: Edge) -> None:
    known = needs.get(to)
    if known is None:
        needs[to] = Need(ref=to, types=edge.types, tool=edge.tool)
        return
    types = tuple(dict.fromkeys((*known.types, *edge.types)))
    needs[to] = Need(ref=to, types=types, tool=known.tool or edge.tool)


def only_building(components: Sequence[ForeignComponent]) -> frozenset[str]:
    """Return the refs of what is reached only by building or testing, from what nothing needs.

    How something is needed that the document does not say counts as used.
    """
    needed = {need.ref for one in components for need in one.depends}
    tops = [one.ref for one in components if one.ref not in needed]
    by_ref = {one.ref: one for one in components}
    used = _reached(tops, by_ref, used=True)
    return _reached(tops, by_ref, used=False) - used


def _reached(
    tops: Iterable[str], by_ref: Mapping[str, ForeignComponent], *, used: bool
) -> frozenset[str]:
    found = set(tops)
    waiting = list(found)
    while waiting:
        for need in by_ref[waiting.pop()].depends:
            if need.ref not in found and (need.used or not need.types or not used):
                found.add(need.ref)
                waiting.append(need.ref)
    return frozenset(found)
