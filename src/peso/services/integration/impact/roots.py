"""Which roots of a stack a change touches, and how.

1. The first step is judged by the root itself: what its spec rules out (`hdf5~mpi`) does not count,
   what it says (`hdf5+mpi`) counts as unconditional. Below the root, conditions stay conditions:
   what a solver would choose is not known here.
2. A provider that the root names (`^openmpi`) is the one it takes.
3. A root that asks for another version of the changed recipe is not touched by this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from peso.errors import BadInput
from peso.products.environments.record import Environment
from peso.products.lint.specs import Specs
from peso.products.recipes.record import Dependency, Recipe
from peso.products.spec.spec import Spec
from peso.services.integration.impact.graph import TYPES, Graph
from peso.services.integration.impact.port import Recipes
from peso.services.integration.impact.reach import ALLOWED, Reach, Setting
from peso.services.integration.impact.record import Kind, RootTouched, StackTouched, Step
from peso.services.integration.impact.settings import required, setting_of

Way = tuple[Kind, bool, tuple[Step, ...]]


@dataclass(slots=True, kw_only=True)
class Stacks:
    """Looks at stacks, one after the other; what several have in common is done once."""

    graph: Graph
    source: int
    recipes: Recipes
    specs: Specs
    version: Spec | None = None
    """The changed version, as a constraint on the changed recipe."""
    refused: frozenset[int] = frozenset()
    _reaches: dict[tuple[object, ...], Reach] = field(default_factory=dict)
    _ways: dict[tuple[int, str], Way | None] = field(default_factory=dict)
    _known: dict[str, Recipe | None] = field(default_factory=dict)

    def touched(self, name: str, file: str, environment: Environment) -> StackTouched:
        """Return which roots of an environment are touched."""
        setting = setting_of(environment, self.graph, self.specs)
        note = self._spared(environment, setting)
        if note:
            return StackTouched(name=name, file=file, roots=len(environment.roots), note=note)
        reach = self._reach(setting)
        found: list[RootTouched] = []
        for root in environment.roots:
            key = (id(reach), root.spec)
            if key not in self._ways:
                self._ways[key] = self._way(root.spec, reach)
            way = self._ways[key]
            if way is not None:
                kind, always, chain = way
                certain = always and not root.doubts
                found.append(
                    RootTouched(
                        spec=root.spec,
                        where=str(root.place),
                        kind=kind,
                        always=certain,
                        chain=chain,
                    )
                )
        return StackTouched(
            name=name, file=file, roots=len(environment.roots), touched=tuple(found)
        )

    def _spared(self, environment: Environment, setting: Setting) -> str:
        changed = self.graph.names[self.source]
        if self.source in setting.external:
            return f"{changed} is external to it and never built"
        if self.version is not None:
            asked = required(environment, changed)
            if asked and not any(self._admits(text) for text in asked):
                return f"it requires {' or '.join(asked)} of {changed}"
        return ""

    def _admits(self, text: str) -> bool:
        spec = self.specs.spec(text)
        return spec is None or self.version is None or self.specs.meet(self.version, spec)

    def _reach(self, setting: Setting) -> Reach:
        key = (frozenset(setting.chosen.items()), setting.external)
        if key not in self._reaches:
            self._reaches[key] = Reach(
                self.graph, self.source, replace(setting, refused=self.refused)
            )
        return self._reaches[key]

    def _way(self, text: str, reach: Reach) -> Way | None:
        """Return the strongest and shortest way to a root; None where there is none."""
        spec = self.specs.spec(text)
        node = self.graph.number.get(spec.name) if spec else None
        if spec is None or node is None or not self._same_version(spec):
            return None
        if node == self.source:
            return Kind.LINK, True, ()
        if node in reach.setting.external or reach.kind(node) is None:
            return None
        recipe = self._recipe(spec.name)
        if recipe is None:
            kind, always = reach.kind(node) or (Kind.TEST, False)
            return kind, always, reach.chain(node, kind, always=always)
        ways = _ways(spec, recipe, reach, self.specs)
        return min(ways, key=_strength, default=None)

    def _same_version(self, root: Spec) -> bool:
        if self.version is None:
            return True
        changed = self.graph.names[self.source]
        asked = (node for node in root.walk() if node.name == changed)
        return all(self.specs.meet(self.version, replace(node, edges=())) for node in asked)

    def _recipe(self, name: str) -> Recipe | None:
        if name not in self._known:
            try:
                found = self.recipes.recipe(name)
            except BadInput:
                self._known[name] = None
            else:
                self._known[name] = found if isinstance(found, Recipe) else None
        return self._known[name]


def _strength(way: Way) -> tuple[int, bool, int]:
    kind, always, chain = way
    return list(Kind).index(kind), not always, len(chain)


def _ways(spec: Spec, recipe: Recipe, reach: Reach, specs: Specs) -> Iterator[Way]:
    """Yield each way by which a change arrives at a root: one for each of its dependencies."""
    graph = reach.graph
    named = {edge.spec.name for edge in spec.edges}
    only = recipe.build_systems[0] if len(recipe.build_systems) == 1 else ""
    for dependency in recipe.dependencies:
        on = graph.number.get(dependency.name)
        if on is None or reach.level(on, Kind.TEST) is None:
            continue
        when = tuple(one for one in dependency.when if one != f"build_system={only}")
        if when and not specs.possible(spec, when):
            continue
        certain = not when or specs.certain(spec, when)
        own = [one for one in graph.providers.get(on, ()) if graph.names[one] in named]
        below = own[0] if own else on
        for kind, level in _kinds(dependency, below, reach):
            if own:  # the root itself names who provides it
                step = Step(
                    name=recipe.name,
                    types=dependency.types,
                    on=dependency.name,
                    provider=graph.names[below],
                )
            else:
                step = reach.step(recipe.name, dependency.types, on, kind, always=level)
            step = step if certain else replace(step, when=" ".join(when))
            yield kind, certain and level, (step, *reach.chain(below, kind, always=level))


def _kinds(dependency: Dependency, on: int, reach: Reach) -> Iterator[tuple[Kind, bool]]:
    """Yield the strongest kind by which a change comes through a dependency, if there is one."""
    mask = sum(TYPES.get(kind, 0) for kind in dependency.types)
    for kind, allowed in ALLOWED.items():
        level = reach.level(on, kind)
        if mask & allowed and level is not None:
            yield kind, level
            return
