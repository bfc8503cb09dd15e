"""The units of a stack's native parts, each with what became of it: what suites are run against.

Built from the locks and the builds; nothing is looked up on the disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from peso.products.engines.native import NativeBuild, NativeLock, NativeUnit, UnitBuild
from peso.products.stack import Stack
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.results import Tested

_THERE = frozenset(("built", "reused", "external"))
_RUNS_WITH = frozenset(("link", "run"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A unit, and where it is."""

    part: str
    unit: NativeUnit
    became: UnitBuild | None
    """None where the build says nothing of it."""

    @property
    def there(self) -> bool:
        """Whether it can be used."""
        return self.became is not None and self.became.outcome in _THERE

    @property
    def prefix(self) -> str:
        """Where it is installed; empty where it is not."""
        if self.unit.external is not None:
            return self.unit.external.prefix
        return self.became.prefix if self.became is not None and self.there else ""

    @property
    def absence(self) -> str:
        """Why it is not there, in words."""
        if self.became is None:
            return f"the build says nothing of {self.unit.label}"
        because = f": {self.became.because}" if self.became.because else ""
        return f"the unit {self.unit.label} was not built ({self.became.outcome}{because})"

    @property
    def tested(self) -> Tested:
        """What a result says it is a result of."""
        unit = self.unit
        said = variants_text(unit)
        return Tested(hash=unit.hash, name=unit.name, version=unit.version, variants=said)

    def value(self, variant: str) -> str:
        """Return the value of a variant; empty where the unit has none of the name."""
        return next((one.value for one in self.unit.variants if one.name == variant), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """All units of the native parts, by hash, in the order of the locks."""

    placed: Mapping[str, Placed]
    products: tuple[str, ...]
    """What the stack is curated for, of its native parts: names of units."""

    def named(self, name: str) -> tuple[Placed, ...]:
        """Return the units of a name that the environment asks for; else all of the name."""
        found = [one for one in self.placed.values() if one.unit.name == name]
        return tuple(one for one in found if one.unit.root) or tuple(found)

    def needed(self, hash_: str) -> Iterator[Placed]:
        """Yield what a unit links with or runs, itself first, each once."""
        waiting, seen = [hash_], {hash_}
        while waiting:
            placed = self.placed.get(waiting.pop(0))
            if placed is None:
                continue
            yield placed
            for edge in placed.unit.depends:
                if edge.hash not in seen and not _RUNS_WITH.isdisjoint(edge.types):
                    seen.add(edge.hash)
                    waiting.append(edge.hash)

    def provider(self, hash_: str, virtual: str) -> Placed | None:
        """Return what a unit, or what it needs, uses as e.g. `mpi`; None where nothing."""
        for placed in self.needed(hash_):
            for edge in placed.unit.depends:
                if virtual in edge.virtuals and edge.hash in self.placed:
                    return self.placed[edge.hash]
        return None


def units_of(stack: Stack, plan: Plan, build: Build) -> Units:
    """Bring together what was planned and what became of it."""
    placed: dict[str, Placed] = {}
    for lock in plan.native:
        built = [part for part in build.native if part.part == lock.part]
        for one in _placed(lock, built[0] if built else None):
            before = placed.get(one.unit.hash)
            if before is None or not before.there:
                placed[one.unit.hash] = one
    native = {lock.part for lock in plan.native}
    listed = [one.name for one in stack.products if one.part in native]
    parts = {one.part for one in stack.products}
    for lock in plan.native:
        if lock.part not in parts:  # a part without products is curated for all it asks for
            listed += [unit.name for unit in lock.units if unit.root]
    return Units(placed=placed, products=tuple(dict.fromkeys(listed)))


def _placed(lock: NativeLock, build: NativeBuild | None) -> Iterator[Placed]:
    became = {one.hash: one for one in build.units} if build is not None else {}
    for unit in lock.units:
        yield Placed(part=lock.part, unit=unit, became=became.get(unit.hash))


def variants_text(unit: NativeUnit) -> str:
    """Return the variants of a unit as Spack writes them: `+mpi~cuda precision=double`."""
    said = sorted(unit.variants, key=lambda one: one.name)
    switches = [one for one in said if one.value in {"true", "false"}]
    switched = "".join(f"{'+' if one.value == 'true' else '~'}{one.name}" for one in switches)
    valued = [f"{one.name}={one.value}" for one in said if one not in switches]
    return " ".join([switched, *valued] if switched else valued)
