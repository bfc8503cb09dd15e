"""What meets two specs at once, as one spec.

As Spack's `Spec.constrain`, without changing either. Dependencies with the same name and the same
condition become one; any other dependency is added. Both specs' constraints hold in the answer.
"""

from __future__ import annotations

from msgspec.structs import replace

from peso.products.spec.faults import Contradiction
from peso.products.spec.nodes import arch_intersects, variants_intersect
from peso.products.spec.order import ordered, ordered_types
from peso.products.spec.satisfies import Provides, edges_meet, nobody
from peso.products.spec.spec import Arch, Edge, Flag, Spec, Variant
from peso.products.spec.targets import targets_in_both
from peso.products.spec.versions import Versions


def constrain(spec: Spec, constraint: Spec, *, provides: Provides = nobody) -> Spec:
    """Return the spec with the constraint's constraints added.

    Raises:
        Contradiction: Nothing can meet both; the message says why.
        Unanswerable: It takes the version of a bare git reference.
    """
    if spec.name and constraint.name and spec.name != constraint.name:
        raise Contradiction(f"{spec.name} is not {constraint.name}")
    if spec.namespace and constraint.namespace and spec.namespace != constraint.namespace:
        raise Contradiction(f"namespace {spec.namespace} is not {constraint.namespace}")
    return Spec(
        name=spec.name or constraint.name,
        namespace=spec.namespace or constraint.namespace,
        versions=_versions(spec.versions, constraint.versions),
        variants=_variants(spec.variants, constraint.variants),
        flags=_flags(spec.flags, constraint.flags),
        arch=_arch(spec.arch, constraint.arch),
        hash=_hash(spec.hash, constraint.hash),
        edges=_edges(spec, constraint, provides),
    )


def _versions(mine: Versions, theirs: Versions) -> Versions:
    both = mine.intersection(theirs)
    if not both.items:
        raise Contradiction(f"no version is in both @{mine} and @{theirs}")
    return both


def _hash(mine: str, theirs: str) -> str:
    if mine.startswith(theirs):
        return mine
    if theirs.startswith(mine):
        return theirs
    raise Contradiction(f"/{mine} is not /{theirs}")


def _variants(mine: tuple[Variant, ...], theirs: tuple[Variant, ...]) -> tuple[Variant, ...]:
    if not mine or not theirs:
        return mine or theirs
    both = {one.name: one for one in mine}
    for one in theirs:
        had = both.get(one.name)
        both[one.name] = one if had is None else _variant(had, one)
    return tuple(both[name] for name in sorted(both))


def _variant(mine: Variant, theirs: Variant) -> Variant:
    if not variants_intersect(mine, theirs):
        raise Contradiction(
            f"variant {mine.name}: no value meets both {mine.value!r} and {theirs.value!r}"
        )
    value: bool | tuple[str, ...]
    if isinstance(mine.value, tuple) and isinstance(theirs.value, tuple):
        value = tuple(sorted({*mine.value, *theirs.value}))
    else:
        value = theirs.value if isinstance(mine.value, tuple) else mine.value
    return Variant(
        mine.name,
        value,
        propagate=mine.propagate and theirs.propagate,
        exact=mine.exact or theirs.exact,
    )


def _flags(mine: tuple[Flag, ...], theirs: tuple[Flag, ...]) -> tuple[Flag, ...]:
    """Put flags together; one that both have is propagated only where both say so."""
    if not mine or not theirs:
        return mine or theirs
    had = {(flag.kind, flag.text) for flag in mine}
    here = {(flag.kind, flag.text) for flag in theirs if not flag.propagate}
    kept = (
        replace(flag, propagate=False) if (flag.kind, flag.text) in here else flag for flag in mine
    )
    more = (flag for flag in theirs if (flag.kind, flag.text) not in had)
    return tuple(sorted((*kept, *more), key=_kind))


def _kind(flag: Flag) -> str:
    return flag.kind


def _arch(mine: Arch, theirs: Arch) -> Arch:
    if mine == theirs:
        return mine
    if not arch_intersects(mine, theirs):
        raise Contradiction(f"no machine is both {mine} and {theirs}")
    return Arch(
        platform=_said(mine.platform, theirs.platform),
        os=_said(mine.os, theirs.os),
        target=_said(mine.target, theirs.target) or targets_in_both(mine.target, theirs.target),
    )


def _said(mine: str, theirs: str) -> str:
    """Return what both say, or the one that says something; `*` says little."""
    if not mine or not theirs or mine == theirs:
        return mine or theirs
    if "*" in {mine, theirs}:
        return theirs if mine == "*" else mine
    return ""


def _edges(spec: Spec, constraint: Spec, provides: Provides) -> tuple[Edge, ...]:
    if not constraint.edges:
        return spec.edges
    if not edges_meet(spec, constraint, provides):
        raise Contradiction("what both ask of a dependency cannot be met at once")
    if not all(edge.spec.name for node in constraint.walk() for edge in node.edges):
        raise Contradiction("a dependency without a name cannot be added to a spec")
    edges = list(spec.edges)
    for asked in constraint.edges:
        same = [
            index
            for index, had in enumerate(edges)
            if had.spec.name == asked.spec.name and had.when == asked.when
        ]
        if same:
            place = next((index for index in same if edges[index].types == asked.types), same[0])
            edges[place] = _edge(edges[place], asked, provides)
        else:
            edges.append(asked)
    return ordered(edges)


def _edge(had: Edge, asked: Edge, provides: Provides) -> Edge:
    return replace(
        had,
        spec=constrain(had.spec, asked.spec, provides=provides),
        direct=had.direct or asked.direct,
        types=ordered_types({*had.types, *asked.types}),
        virtuals=tuple(sorted({*had.virtuals, *asked.virtuals})),
    )
