"""Units of a lock as concrete specs, to be matched with the conditions that recipes write.

1. A unit is made into a spec when first asked for; most conditions need the unit alone.
2. A condition on a dependency (`^mpi`, `%gcc`) is matched with all that is below the unit through
   link and run dependencies, and with what it depends on itself. Each unit below is looked at
   once, with its own dependencies and no further: a lock is no tree.
3. A condition that cannot be read, or whose answer takes what the lock does not say, raises
   `Unanswerable`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from msgspec.structs import replace

from peso.products.engines.spack.document import Node, Value
from peso.products.spec.faults import SpecError, Unanswerable
from peso.products.spec.parse import parse_spec
from peso.products.spec.satisfies import satisfies
from peso.products.spec.spec import FLAG_KINDS, Arch, Edge, Flag, Spec, Variant
from peso.products.spec.versions import Versions, parse_version

_RUNS_WITH = frozenset(("link", "run"))
_parsed = lru_cache(maxsize=4096)(parse_spec)


@dataclass(frozen=True, slots=True, eq=False)
class Concrete:
    """One unit, with all it depends on at hand."""

    node: Node
    lock: ConcreteSpecs

    def satisfies(self, condition: str) -> bool:
        """Say whether the unit meets a condition of a recipe.

        Raises:
            Unanswerable: The condition is no spec, or it takes what the lock does not say.
        """
        try:
            asked = _parsed(condition)
            spec = (
                self.lock.deep(self.node.hash) if asked.edges else self.lock.alone(self.node.hash)
            )
        except SpecError as error:
            raise Unanswerable(f"{condition!r} cannot be matched: {error.message}") from error
        return satisfies(spec, asked)


class ConcreteSpecs:
    """The units of a lock as specs, each made once."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._nodes = nodes
        self._alone: dict[str, Spec] = {}
        self._deep: dict[str, Spec] = {}
        self._above: dict[str, list[Concrete]] | None = None

    def above(self, hash_: str) -> tuple[Concrete, ...]:
        """Return the units that depend on a unit themselves."""
        if self._above is None:
            self._above = {}
            for node in self._nodes.values():
                for one in node.dependencies:
                    self._above.setdefault(one.hash, []).append(Concrete(node, self))
        return tuple(self._above.get(hash_, ()))

    def alone(self, hash_: str) -> Spec:
        """Return a unit without its dependencies."""
        if (made := self._alone.get(hash_)) is None:
            made = self._alone[hash_] = _spec(self._nodes[hash_])
        return made

    def deep(self, hash_: str) -> Spec:
        """Return a unit with its own dependencies, and those below that it runs with."""
        if (made := self._deep.get(hash_)) is None:
            below = self._edges(hash_, near=True)
            edges = (*below, *self._further(hash_))
            made = self._deep[hash_] = replace(self.alone(hash_), edges=edges)
        return made

    def _edges(self, hash_: str, *, near: bool) -> tuple[Edge, ...]:
        """Return the dependencies of a unit; `near`: with those they have themselves."""
        return tuple(
            Edge(
                replace(self.alone(one.hash), edges=self._edges(one.hash, near=False))
                if near
                else self.alone(one.hash),
                direct=True,
                types=one.parameters.deptypes,
                virtuals=one.parameters.virtuals,
            )
            for one in self._nodes[hash_].dependencies
        )

    def _further(self, hash_: str) -> tuple[Edge, ...]:
        own = {one.hash for one in self._nodes[hash_].dependencies}
        seen, waiting, found = set[str](), [hash_], list[Edge]()
        while waiting:
            for one in self._nodes[waiting.pop()].dependencies:
                if one.hash in seen or _RUNS_WITH.isdisjoint(one.parameters.deptypes):
                    continue
                seen.add(one.hash)
                waiting.append(one.hash)
                if one.hash not in own:
                    spec = replace(self.alone(one.hash), edges=self._edges(one.hash, near=False))
                    found.append(
                        Edge(
                            spec,
                            types=one.parameters.deptypes,
                            virtuals=one.parameters.virtuals,
                        )
                    )
        return tuple(found)


def _spec(node: Node) -> Spec:
    named = node.parameters.items()
    return Spec(
        name=node.name,
        namespace=node.namespace,
        versions=Versions((parse_version(node.version),)),
        variants=tuple(
            Variant(name, _value(value)) for name, value in named if name not in FLAG_KINDS
        ),
        flags=tuple(
            Flag(kind, str(text))
            for kind, texts in named
            if kind in FLAG_KINDS and isinstance(texts, list)
            for text in texts
        ),
        arch=Arch(node.arch.platform, node.arch.platform_os, node.arch.microarchitecture),
        hash=node.hash,
    )


def _value(value: Value) -> bool | tuple[str, ...]:
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return tuple(sorted(map(str, value)))
    return () if value is None else (str(value),)
