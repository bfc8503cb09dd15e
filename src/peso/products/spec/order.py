"""The one order of dependencies in a spec, so that equal specs are equal records.

By name; then what the edge says; then the node. How versions were written does not count.
"""

from __future__ import annotations

from collections.abc import Iterable

from peso.products.spec.spec import DEPENDENCY_TYPES, Edge, Spec
from peso.products.spec.versions import Version


def ordered(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """Sort dependencies."""
    known = tuple(edges)
    if len(known) < 2:  # noqa: PLR2004 - one needs no order
        return known
    if len({edge.spec.name for edge in known}) == len(known):
        return tuple(sorted(known, key=_name))
    return tuple(sorted(known, key=_edge_key))


def ordered_types(types: Iterable[str]) -> tuple[str, ...]:
    """Sort dependency types: build, link, run, test."""
    said = frozenset(types)
    return tuple(kind for kind in DEPENDENCY_TYPES if kind in said)


def _name(edge: Edge) -> str:
    return edge.spec.name


def _edge_key(edge: Edge) -> tuple[str, str]:
    """Return the name, then all else as a text; what is compared has parts of several types."""
    return edge.spec.name, repr(
        (
            edge.direct,
            edge.types,
            edge.virtuals,
            edge.propagate,
            None if edge.when is None else _content(edge.when),
            _content(edge.spec),
        )
    )


def _content(spec: Spec) -> tuple[object, ...]:
    versions = [
        (item.rank, item.ref) if isinstance(item, Version) else (item.low.rank, item.stop)
        for item in spec.versions.items
    ]
    return (
        (spec.name, spec.namespace, versions, spec.variants, spec.flags, spec.arch, spec.hash),
        [_edge_key(edge) for edge in spec.edges],
    )
