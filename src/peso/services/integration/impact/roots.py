"""Which roots of a stack a change touches, and how.

1. The first step is judged by the root itself: what its spec rules out (`hdf5~mpi`) does not count,
   what it says (`hdf5+mpi`) counts as unconditional. Below the root, conditions stay conditions:
   what a solver would choose is not known here.
2. A provider that the root names (`^openmpi`) is the one it takes.
3. A root that asks for another version of the changed recipe is not touched by this one.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from peso.errors import BadInput
from peso.products.environments.record import Environment
from peso.products.lint.specs import Specs, bare
from peso.products.recipes.record import Condition, Recipe
from peso.products.spec.spec import Spec
from peso.services.integration.impact.graph import TYPES, Graph
from peso.services.integration.impact.port import Recipes
from peso.services.integration.impact.reach import ALLOWED, Reach, Setting
from peso.services.integration.impact.record import Kind, RootTouched, StackTouched, Step
from peso.services.integration.impact.settings import required, setting_of

Way = tuple[Kind, bool, tuple[Step, ...]]


class Stacks(Struct, kw_only=True):
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
    _candidates: dict[tuple[int, str], list[Candidate]] = field(default_factory=dict)
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
        key = (id(reach), spec.name)
        if key not in self._candidates:
            self._candidates[key] = sorted(_candidates(recipe, reach), key=_least)
        candidates, named = self._candidates[key], frozenset(_named(spec))
        if named:
            more = _candidates(recipe, reach, named)
            candidates = sorted((*candidates, *more), key=_least)
        return _best(spec, candidates, named, reach, self.specs)

    def _same_version(self, root: Spec) -> bool:
        if self.version is None:
            return True
        changed = self.graph.names[self.source]
        asked = (node for node in root.walk() if node.name == changed)
        return all(self.specs.meet(self.version, bare(node)) for node in asked)

    def _recipe(self, name: str) -> Recipe | None:
        if name not in self._known:
            try:
                found = self.recipes.recipe(name)
            except BadInput:
                self._known[name] = None
            else:
                self._known[name] = found if isinstance(found, Recipe) else None
        return self._known[name]


class Candidate(Struct, frozen=True):
    """A dependency by which a change may arrive, and how at best."""

    recipe: str
    name: str
    types: tuple[str, ...]
    when: Condition
    below: int
    """What it leads to: a package, or a virtual package."""
    provider: str
    """Who provides that, where a root must name it for this to count."""
    kind: Kind
    level: bool
    """Whether what is below is always reached."""
    length: int


_ORDER = {kind: at for at, kind in enumerate(Kind)}


def _least(one: Candidate) -> tuple[int, bool, int]:
    """Return the best that a candidate can be: its kind, whether not always, its length."""
    return _ORDER[one.kind], not one.level, one.length


def _candidates(
    recipe: Recipe, reach: Reach, named: frozenset[str] = frozenset()
) -> Iterator[Candidate]:
    """Yield each dependency of a recipe that leads to the source, once for each condition.

    With names: only those that one of these packages provides.
    """
    graph = reach.graph
    only = f"build_system={recipe.build_systems[0]}" if len(recipe.build_systems) == 1 else ""
    told: dict[tuple[str, tuple[str, ...]], list[Condition]] = {}
    for dependency in recipe.dependencies:
        told.setdefault((dependency.name, dependency.types), []).append(dependency.when)
    for (name, types), conditions in told.items():
        on = graph.number.get(name)
        if on is None:
            continue
        own = [node for node in graph.providers.get(on, ()) if graph.names[node] in named]
        for below in own if named else [on]:
            for kind, level in _kinds(types, below, reach):
                length = 1 + len(reach.chain(below, kind, always=level))
                provider = graph.names[below] if named else ""
                for said in dict.fromkeys(conditions):
                    when = tuple(one for one in said if one != only)
                    yield Candidate(
                        recipe.name, name, types, when, below, provider, kind, level, length
                    )


def _kinds(types: tuple[str, ...], on: int, reach: Reach) -> Iterator[tuple[Kind, bool]]:
    """Yield the strongest kind by which a change comes through a dependency, if there is one."""
    mask = sum(TYPES.get(kind, 0) for kind in types)
    for kind, allowed in ALLOWED.items():
        level = reach.level(on, kind)
        if mask & allowed and level is not None:
            yield kind, level
            return


def _named(spec: Spec) -> Iterator[str]:
    return (edge.spec.name for edge in spec.edges)


def _best(
    spec: Spec, candidates: list[Candidate], named: frozenset[str], reach: Reach, specs: Specs
) -> Way | None:
    """Return the strongest way to a root; candidates come with the best at first."""
    graph = reach.graph
    best: tuple[tuple[int, bool, int], Candidate, bool] | None = None
    for one in candidates:
        if best is not None and _least(one) >= best[0]:
            break
        if (
            not one.provider
            and named
            and any(graph.names[node] in named for node in graph.providers.get(one.below, ()))
        ):
            continue  # the root itself names who provides it
        if one.when and not specs.possible(spec, one.when):
            continue
        certain = not one.when or specs.certain(spec, one.when)
        strength = (_ORDER[one.kind], not (certain and one.level), one.length)
        if best is None or strength < best[0]:
            best = strength, one, certain
    return None if best is None else _way_of(best[1], reach, certain=best[2])


def _way_of(one: Candidate, reach: Reach, *, certain: bool) -> Way:
    if one.provider:
        step = Step(name=one.recipe, types=one.types, on=one.name, provider=one.provider)
    else:
        step = reach.step(one.recipe, one.types, one.below, one.kind, always=one.level)
    step = step if certain else step._replace(when=" ".join(one.when))
    chain = reach.chain(one.below, one.kind, always=one.level)
    return one.kind, certain and one.level, (step, *chain)
