"""What a stack's configuration allows: which providers are taken, and what is external to it.

1. For a virtual package, providers that `packages: NAME: require` names are taken and no other;
   else those that `packages: all: providers` lists (to Spack a preference, so that it may still
   take another); besides those that a root names itself (`^openmpi`).
2. A package with externals that may not be built is on the machine: no change arrives through it.
3. A rule with a condition, and what a group overrides, is not taken into account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from peso.products.environments.record import Environment, PackageSettings, Strength
from peso.products.lint.specs import Specs
from peso.services.integration.impact.graph import Graph
from peso.services.integration.impact.reach import Setting


def setting_of(environment: Environment, graph: Graph, specs: Specs) -> Setting:
    """Return what an environment allows of the graph."""
    settings = {one.name.value: one for one in environment.packages}
    asked = set(_asked_for(environment, specs))
    chosen: dict[int, frozenset[int]] = {}
    for virtual, providers in graph.providers.items():
        named = set(_required(settings.get(graph.names[virtual]), specs))
        if not named & _names(graph, providers):
            named = set(_preferred(settings.get("all"), graph.names[virtual], specs))
            named |= asked if named else set()
        taken = frozenset(one for one in providers if graph.names[one] in named)
        if taken:
            chosen[virtual] = taken
    return Setting(chosen=chosen, external=frozenset(_external(settings, graph)))


def required(environment: Environment, package: str) -> tuple[str, ...]:
    """Return the specs of which a package must meet one, where a rule without condition says so."""
    return tuple(_texts(environment.settings(package)))


def _names(graph: Graph, nodes: Iterable[int]) -> set[str]:
    return {graph.names[one] for one in nodes}


def _asked_for(environment: Environment, specs: Specs) -> Iterator[str]:
    for text in {root.spec for root in environment.roots}:
        spec = specs.spec(text)
        if spec is not None:
            yield from (edge.spec.name for node in spec.walk() for edge in node.edges)


def _texts(settings: PackageSettings | None) -> Iterator[str]:
    for rule in settings.rules if settings else ():
        if rule.strength is Strength.REQUIRE and rule.when is None:
            yield from (text.value for text in rule.specs)


def _required(settings: PackageSettings | None, specs: Specs) -> Iterator[str]:
    for text in _texts(settings):
        spec = specs.spec(text)
        if spec is not None:
            yield spec.name


def _preferred(settings: PackageSettings | None, virtual: str, specs: Specs) -> Iterator[str]:
    for one in settings.providers if settings else ():
        if one.virtual.value == virtual:
            found = (specs.spec(text.value) for text in one.specs)
            yield from (spec.name for spec in found if spec is not None)


def _external(settings: dict[str, PackageSettings], graph: Graph) -> Iterator[int]:
    def never_built(name: str) -> bool:
        found = settings.get(name)
        return found is not None and found.buildable is not None and not found.buildable.value

    for name, one in settings.items():
        node = graph.number.get(name)
        if node is None or not one.externals:
            continue
        virtuals = (graph.names[v] for v, given in graph.providers.items() if node in given)
        own = one.buildable
        if own is not None:
            if not own.value:
                yield node
        elif never_built("all") or any(never_built(virtual) for virtual in virtuals):
            yield node
