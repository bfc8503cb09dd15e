"""Whether a spec satisfies another, or can be met together with it.

As Spack's `Spec.satisfies` and `Spec.intersects` on abstract specs (facts from 1.3.0.dev0; where
this departs from it is in `docs/accuracy/spec.md`). The rules, in order:

1. `satisfies(a, b)`: whatever meets `a` meets `b`. `intersects(a, b)`: something meets both.
2. Names must be the same, or one be missing; or one provides the other, a virtual. What provides
   what is not in a spec: the caller's `provides` says; by default nobody provides anything.
3. Each dependency in `b` whose condition can hold for `a` needs a dependency in `a`: with the same
   name, or with it as a virtual on the edge; with all its types and virtuals; satisfying its node.
   `%` looks at what `a` itself depends on, `^` also below, through link and run dependencies.
4. Where the answer takes the version of a bare git reference, it is `Unanswerable`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeAlias

from peso.products.spec.nodes import node_intersects, node_satisfies
from peso.products.spec.spec import EMPTY, Edge, Spec

Provides: TypeAlias = Callable[[Spec, Spec], bool]
"""Says whether a package, in these versions and variants, provides a virtual in its versions."""

_RUNS_WITH = frozenset(("link", "run"))


def nobody(_provider: Spec, _virtual: Spec) -> bool:
    """Know no virtuals: nobody provides anything."""
    return False


def satisfies(spec: Spec, constraint: Spec, *, provides: Provides = nobody) -> bool:
    """Say whether whatever meets the spec meets the constraint.

    Raises:
        Unanswerable: It takes the version of a bare git reference.
    """
    if not _satisfies_node(spec, constraint, provides):
        return False
    return not constraint.edges or all(
        _edge_is_met(spec, edge, provides) for edge in constraint.edges
    )


def _satisfies_node(mine: Spec, theirs: Spec, provides: Provides) -> bool:
    if mine.name != theirs.name and mine.name and theirs.name:
        return provides(mine, theirs)
    return node_satisfies(mine, theirs)


def _edge_is_met(spec: Spec, asked: Edge, provides: Provides) -> bool:
    if asked.when is not None and not intersects(spec, asked.when, provides=provides):
        return True
    return any(_edge_satisfies(had, asked, provides) for had in _reachable(spec, asked.direct))


def _reachable(spec: Spec, direct: bool) -> Iterator[Edge]:  # noqa: FBT001 - `%` or `^`
    """Yield the dependencies a constraint can mean: `%` those of the spec, `^` also those below."""
    yield from spec.edges
    if direct:
        return
    waiting = deque(edge.spec for edge in spec.edges if _runs_with(edge))
    while waiting:
        node = waiting.popleft()
        for edge in node.edges:
            if _runs_with(edge):
                yield edge
                waiting.append(edge.spec)


def _runs_with(edge: Edge) -> bool:
    return not edge.types or not _RUNS_WITH.isdisjoint(edge.types)


def _edge_satisfies(had: Edge, asked: Edge, provides: Provides) -> bool:
    named = not asked.spec.name or had.spec.name == asked.spec.name
    if not named and asked.spec.name not in had.virtuals:
        return False
    if had.when is not None and not satisfies(asked.when or EMPTY, had.when, provides=provides):
        return False
    if not set(asked.virtuals) <= set(had.virtuals) or not set(asked.types) <= set(had.types):
        return False
    if named:
        met = node_satisfies(had.spec, asked.spec)
    else:
        met = asked.spec.versions.any or provides(had.spec, asked.spec)
    return met and all(_edge_is_met(had.spec, below, provides) for below in asked.spec.edges)


def intersects(one: Spec, other: Spec, *, provides: Provides = nobody) -> bool:
    """Say whether something can meet both; which is asked first does not matter.

    Raises:
        Unanswerable: It takes the version of a bare git reference.
    """
    if one.name != other.name and one.name and other.name:
        return provides(one, other) or provides(other, one)
    return node_intersects(one, other) and edges_meet(one, other, provides)


def edges_meet(one: Spec, other: Spec, provides: Provides) -> bool:
    """Say whether what both ask of a dependency can be met at once, for each they both name."""
    if not one.edges or not other.edges:
        return True
    common = {edge.spec.name for edge in one.edges} & {edge.spec.name for edge in other.edges}
    return all(
        any(
            intersects(mine.spec, theirs.spec, provides=provides)
            for mine in one.edges
            if mine.spec.name == name
            for theirs in other.edges
            if theirs.spec.name == name
        )
        for name in common
    )
