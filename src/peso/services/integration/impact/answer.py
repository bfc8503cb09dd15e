"""What a change of one recipe touches: recipes, the roots of stacks, products, members.

1. The recipes: all that may depend on it, whatever is chosen; those that do in any case are marked.
2. Each stack by itself: its roots, under its own choices of providers and externals.
3. A product by the strongest way to any of its packages. Its members are touched with it.
4. What could not be known is said: recipes that were not read whole, stacks, products.

Dependencies that Spack adds by itself when it solves (a compiler's runtime, the C library) are not
in recipes, and so not in the answer.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from peso.base.collecting import uncollected
from peso.errors import BadInput
from peso.services.integration.impact.graph import PROVIDES, Graph
from peso.services.integration.impact.reach import Reach, Setting
from peso.services.integration.impact.record import (
    Excluded,
    Impact,
    Kind,
    ProductTouched,
    StackTouched,
    Touched,
)

if TYPE_CHECKING:
    from peso.products.claims import Claim
    from peso.products.environments.record import Environment
    from peso.products.spec.spec import Spec
    from peso.services.integration.impact.port import Recipes

T = TypeVar("T")
_SOME = 5
_ORDER = {kind: at for at, kind in enumerate(Kind)}


class Definition(Struct, frozen=True, kw_only=True):
    """An environment of a stack, and what the stack is called."""

    name: str
    file: str
    environment: Environment


def impact_of(  # noqa: PLR0913 - what is asked, of what, and beside what
    asked: str,
    graph: Graph,
    recipes: Recipes,
    *,
    stacks: Iterable[Definition] = (),
    claims: Iterable[Claim] = (),
    unknown: Iterable[str] = (),
) -> Impact:
    """Return what a change of `NAME` or `NAME@VERSION` touches.

    Raises:
        BadInput: Nobody knows the name, or it is no version.
    """
    name, _, version = asked.strip().partition("@")
    source = _node(name, graph)
    narrowed = _narrowed(name, version, graph, recipes) if version else _Narrowed()
    reach = Reach(graph, source, Setting(refused=narrowed.refused))
    with uncollected():
        recipes_touched = _touched(reach)
    looked_at = _looked_at(tuple(stacks), graph, source, recipes, narrowed)
    return Impact(
        name=name,
        version=version,
        provides=_provides(source, graph),
        recipes=recipes_touched,
        stacks=looked_at,
        products=_products(claims, reach),
        excluded=narrowed.excluded,
        of=graph.packages,
        unknown=(*_incomplete(graph, reach), *unknown),
        notes=tuple(_notes(name, version, recipes, looked_at)),
    )


class _Narrowed(Struct, frozen=True, kw_only=True):
    """What a version leaves of the graph."""

    version: Spec | None = None
    excluded: tuple[Excluded, ...] = ()
    refused: frozenset[int] = frozenset()


def _narrowed(name: str, version: str, graph: Graph, recipes: Recipes) -> _Narrowed:
    from peso.products.lint.specs import Specs  # noqa: PLC0415 - specs are not always needed
    from peso.services.integration.impact.versions import Admission, version_spec  # noqa: PLC0415

    specs = Specs()
    changed = version_spec(name, version, specs)
    admission = Admission(graph, recipes, specs, changed)
    return _Narrowed(
        version=changed, excluded=admission.excluded, refused=frozenset(admission.refused)
    )


def _looked_at(
    stacks: tuple[Definition, ...],
    graph: Graph,
    source: int,
    recipes: Recipes,
    narrowed: _Narrowed,
) -> tuple[StackTouched, ...]:
    if not stacks:
        return ()
    from peso.products.lint.specs import Specs  # noqa: PLC0415 - as above
    from peso.services.integration.impact.roots import Stacks  # noqa: PLC0415 - as above

    looked = Stacks(
        graph=graph,
        source=source,
        recipes=recipes,
        specs=Specs(),
        version=narrowed.version,
        refused=narrowed.refused,
    )
    return tuple(looked.touched(one.name, one.file, one.environment) for one in stacks)


def _node(name: str, graph: Graph) -> int:
    node = graph.number.get(name)
    if node is None:
        near = difflib.get_close_matches(name, graph.names, n=_SOME, cutoff=0.6)
        hint = f"did you mean {', '.join(near)}?" if near else "`peso catalog search` finds names"
        raise BadInput(f"there is no recipe {name!r}", hint=hint)
    return node


def _provides(source: int, graph: Graph) -> tuple[str, ...]:
    edges = (edge for edge in graph.edges(source) if graph.mask[edge] & PROVIDES)
    return tuple(graph.names[graph.to[edge]] for edge in edges)


def _touched(reach: Reach) -> tuple[Touched, ...]:
    """Return the recipes: the strongest kind first, then the shortest chain."""
    found: list[Touched] = []
    direct = reach.direct()
    for node, kind, always in reach.reached():
        name = reach.graph.names[node]
        chain = reach.chain(node, kind, always=always)
        if chain and chain[0].name == name:  # else a virtual package, which is no recipe
            found.append(
                Touched(name=name, kind=kind, always=always, chain=chain, direct=node in direct)
            )
    found.sort(key=_order)
    return tuple(found)


def _products(claims: Iterable[Claim], reach: Reach) -> tuple[ProductTouched, ...]:
    found = (one for claim in claims if (one := _product(claim, reach)) is not None)
    return tuple(sorted(found, key=_order))


def _product(claim: Claim, reach: Reach) -> ProductTouched | None:
    """Return how a product is touched: by the strongest way to one of its packages."""
    found = [
        Touched(
            name=package,
            kind=kind,
            always=always,
            chain=reach.chain(node, kind, always=always),
        )
        for package in claim.spack
        if (node := reach.graph.number.get(package)) is not None
        for kind, always in _level(node, reach)
    ]
    if not found:
        return None
    way = min(found, key=_order)
    return ProductTouched(
        name=claim.name,
        file=claim.file,
        package=way.name,
        kind=way.kind,
        always=way.always,
        members=claim.members,
        chain=way.chain,
    )


def _level(node: int, reach: Reach) -> Iterator[tuple[Kind, bool]]:
    if node == reach.source:
        yield Kind.LINK, True
    elif (found := reach.kind(node)) is not None:
        yield found


def _order(one: Touched | ProductTouched) -> tuple[int, int, bool, str]:
    """Put the strongest kind first, then the shortest chain."""
    return _ORDER[one.kind], len(one.chain), not one.always, one.name


def _incomplete(graph: Graph, reach: Reach) -> Iterator[str]:
    reached = {graph.names[node] for node, _, _ in reach.reached()}
    several = [name for name in graph.incomplete if name not in reached]
    if several:
        more = f" and {len(several) - _SOME} more" if len(several) > _SOME else ""
        yield (
            f"{len(several)} recipes were not read whole, so they may depend on it too: "
            f"{', '.join(several[:_SOME])}{more}"
        )


def _notes(
    name: str, version: str, recipes: Recipes, stacks: tuple[StackTouched, ...]
) -> Iterator[str]:
    if version and not any(sign in version for sign in ":,="):
        try:
            recipe = recipes.recipe(name)
        except BadInput:
            return
        known = {one.number for one in getattr(recipe, "versions", ())}
        if known and version not in known:
            yield f"the recipe has no version {version}: answered as for a new one"
    if any(one.roots for one in stacks):
        yield (
            "a stack's providers are those it requires or prefers; "
            "variants and versions below its roots are open until it is solved"
        )
