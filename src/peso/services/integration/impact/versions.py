"""Which dependents a version of the changed recipe concerns: those whose constraints admit it.

1. What a recipe asks of the changed one without a condition must admit the version, and something
   it asks must. Else it is named, with what it asks, as `Excluded`.
2. Through a virtual package: the version must provide it, in a version the recipe asks for. Another
   provider that itself depends on the changed recipe does not bring such a recipe back.
3. What cannot be decided admits the version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from peso.errors import BadInput
from peso.products.lint.specs import Specs
from peso.products.recipes.record import Recipe
from peso.products.spec.spec import Spec
from peso.services.integration.impact.graph import PROVIDES, Graph
from peso.services.integration.impact.port import Recipes
from peso.services.integration.impact.record import Excluded


def version_spec(name: str, version: str, specs: Specs) -> Spec:
    """Return a version as a constraint; one version means that version alone.

    Raises:
        BadInput: It is no version.
    """
    alone = not any(sign in version for sign in ":,=")
    spec = specs.spec(f"{name}@{'=' if alone else ''}{version}")
    if spec is None or spec.name != name or spec.edges or spec.variants:
        raise BadInput(
            f"{version!r} is no version", hint=f"write it like {name}@1.2 or {name}@1.2:1.4"
        )
    return spec


class Admission:
    """Decides for each dependent whether a version concerns it."""

    def __init__(self, graph: Graph, recipes: Recipes, specs: Specs, version: Spec) -> None:
        self._graph, self._recipes, self._specs = graph, recipes, specs
        self._version = version
        self.refused: set[int] = set()
        """The edges of the graph that do not count."""
        self._excluded: dict[str, list[str]] = {}
        self._admitted: set[str] = set()
        source = graph.number[version.name]
        self._decide(source, version.name, (version,))
        for edge in graph.edges(source):
            if graph.mask[edge] & PROVIDES:
                self._decide_virtual(edge)

    @property
    def excluded(self) -> tuple[Excluded, ...]:
        """Recipes that depend on the changed one only in other versions."""
        return tuple(
            Excluded(name=name, asks=tuple(dict.fromkeys(asks)))
            for name, asks in sorted(self._excluded.items())
            if name not in self._admitted
        )

    def _decide_virtual(self, edge: int) -> None:
        virtual = self._graph.names[self._graph.to[edge]]
        provided = tuple(self._provided(virtual))
        if provided:
            self._decide(self._graph.to[edge], virtual, provided)
        else:
            self.refused.add(edge)

    def _provided(self, virtual: str) -> Iterator[Spec]:
        """Yield the virtual specs that the changed recipe provides in this version."""
        recipe = self._recipe(self._version.name)
        for one in recipe.provided if recipe else ():
            if virtual in one.names and self._specs.possible(self._version, one.when):
                found = (self._specs.spec(text) for text in one.specs)
                yield from (spec for spec in found if spec is not None and spec.name == virtual)

    def _decide(self, node: int, name: str, offered: tuple[Spec, ...]) -> None:
        for dependent, edges in self._dependents(node):
            asks = tuple(self._asks(dependent, name))
            if not asks or self._admits(asks, offered):
                self._admitted.add(dependent)
            else:
                self.refused.update(edges)
                self._excluded.setdefault(dependent, []).extend(text for text, _ in asks)

    def _dependents(self, node: int) -> Iterable[tuple[str, list[int]]]:
        found: dict[str, list[int]] = {}
        for edge in self._graph.edges(node):
            if not self._graph.mask[edge] & PROVIDES:
                found.setdefault(self._graph.names[self._graph.to[edge]], []).append(edge)
        return found.items()

    def _asks(self, dependent: str, name: str) -> Iterator[tuple[str, bool]]:
        """Yield what a recipe asks of a package, and whether it always does."""
        recipe = self._recipe(dependent)
        for one in recipe.dependencies if recipe else ():
            if one.name == name:
                yield one.spec, not one.when

    def _admits(self, asks: tuple[tuple[str, bool], ...], offered: tuple[Spec, ...]) -> bool:
        answers = [(self._meets(text, offered), always) for text, always in asks]
        return all(yes for yes, always in answers if always) and any(yes for yes, _ in answers)

    def _meets(self, text: str, offered: tuple[Spec, ...]) -> bool:
        asked = self._specs.spec(text)
        return asked is None or any(
            self._specs.meet(replace(one, variants=()), replace(asked, edges=())) for one in offered
        )

    def _recipe(self, name: str) -> Recipe | None:
        try:
            found = self._recipes.recipe(name)
        except BadInput:
            return None
        return found if isinstance(found, Recipe) else None
