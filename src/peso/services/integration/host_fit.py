"""Host fit: what of caches could run on a machine at all, and why the rest cannot.

For a unit and all it needs where it is used:

1. Platform and operating system are the machine's: Spack takes no binary of another system.
2. The machine's target is the unit's, or descends from it (archspec); a name that archspec does not
   know, and that is not the machine's, is unknown.
3. The C library it was built with is not newer than the machine's.
4. An external is at its prefix. That can be looked up on this machine only, or in the list of a
   host file; else it is unknown.

What is unknown is counted as that, with its reason; it is not counted among what could run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from peso.base.record import Record
from peso.products.engines.native import NativeUnit
from peso.products.engines.native_graph import SHIPPING
from peso.products.spec.targets import runs_on
from peso.products.spec.versions import parse_version
from peso.services.integration.cached import Caches
from peso.services.integration.choices import LIBRARIES

_EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """A machine, in Spack's words; what is empty is not known."""

    name: str
    platform: str
    system: str
    """E.g. `debian12`."""
    target: str
    """E.g. `zen4`."""
    libc: str
    """E.g. `glibc 2.36`."""
    there: Callable[[str], bool | None]
    """Says whether a path is there; None where that is not known."""


class Obstacle(Record):
    """One reason for which units cannot run, or may not."""

    reason: str
    units: int
    """That have it, themselves or by something they need."""
    examples: tuple[str, ...]
    """Labels of the first that have it themselves."""


class HostFit(Record):
    """What could run on a machine."""

    host: str
    platform: str
    system: str
    target: str
    libc: str
    units: int
    """Looked at: held, built, and of a name the stack needs."""
    could: int
    cannot: int
    unknown: int
    """That nothing is known to be against, and something is not known of."""
    obstacles: tuple[Obstacle, ...]
    """Those that most units have come first."""
    doubts: tuple[Obstacle, ...]


Reasons = frozenset[str]
Runs = Literal["yes", "no", "unknown"]


class HostLook:
    """A look at what caches hold, for one machine.

    Args:
        caches: What is held.
        host: The machine.
    """

    def __init__(self, caches: Caches, host: HostFacts) -> None:
        self._caches, self._host = caches, host
        self._found: dict[str, tuple[Reasons, Reasons]] = {}
        self._own: dict[str, dict[str, str]] = {}
        """For each reason the units that have it themselves: label by hash."""

    def fit(self, names: frozenset[str]) -> HostFit:
        """Say what of some names could run."""
        host = self._host
        looked = [unit for name in sorted(names) for unit in self._caches.by_name.get(name, ())]
        counts = Counter(self.runs(unit) for unit in looked)
        return HostFit(
            host=host.name,
            platform=host.platform,
            system=host.system,
            target=host.target,
            libc=host.libc,
            units=len(looked),
            could=counts["yes"],
            cannot=counts["no"],
            unknown=counts["unknown"],
            obstacles=self._told(looked, sure=True),
            doubts=self._told(looked, sure=False),
        )

    def runs(self, unit: NativeUnit) -> Runs:
        """Say whether a unit that the caches describe could run."""
        against, doubts = self._reasons_of(unit)
        return "no" if against else "unknown" if doubts else "yes"

    def _reasons_of(self, unit: NativeUnit) -> tuple[Reasons, Reasons]:
        """Return what is against a unit, and what is not known of it."""
        waiting = [unit.hash]
        while waiting:
            at = self._caches.known.get(waiting[-1])
            if waiting[-1] in self._found:
                waiting.pop()
                continue
            below = self._below(at)
            left = [one for one in below if one not in self._found]
            if left:
                waiting.extend(left)
                continue
            hash_ = waiting.pop()
            against, doubts = self._reasons(at)
            for one in below:
                against |= self._found[one][0]
                doubts |= self._found[one][1]
            self._found[hash_] = (against, doubts)
        return self._found[unit.hash]

    def _told(self, looked: list[NativeUnit], *, sure: bool) -> tuple[Obstacle, ...]:
        """Return the reasons, with how many units have each."""
        having: dict[str, int] = {}
        for unit in looked:
            for reason in self._found[unit.hash][0 if sure else 1]:
                having[reason] = having.get(reason, 0) + 1
        return tuple(
            Obstacle(
                reason=reason,
                units=units,
                examples=tuple(sorted(self._own[reason].values())[:_EXAMPLES]),
            )
            for reason, units in sorted(having.items(), key=lambda one: (-one[1], one[0]))
        )

    def _below(self, unit: NativeUnit | None) -> list[str]:
        if unit is None or unit.external is not None:
            return []
        return [one.hash for one in unit.depends if not SHIPPING.isdisjoint(one.types)]

    def _reasons(self, unit: NativeUnit | None) -> tuple[Reasons, Reasons]:
        if unit is None:
            return frozenset(), frozenset(self._say("something it needs is in no index", None))
        found = list(self._external(unit) if unit.external else self._built(unit))
        return (
            frozenset(reason for sure, text in found if sure for reason in self._say(text, unit)),
            frozenset(
                reason for sure, text in found if not sure for reason in self._say(text, unit)
            ),
        )

    def _say(self, reason: str, unit: NativeUnit | None) -> Iterator[str]:
        own = self._own.setdefault(reason, {})
        if unit is not None:
            own[unit.hash] = unit.label
        yield reason

    def _built(self, unit: NativeUnit) -> Iterator[tuple[bool, str]]:
        """Give what is against a built unit (True), or not known of it (False)."""
        host = self._host
        if host.platform and unit.platform != host.platform:
            yield True, f"it is for {unit.platform}"
        if host.system and unit.system != host.system:
            yield True, f"it is for {unit.system}, the host is {host.system}"
        runs = runs_on(unit.target, host.target) if host.target else None
        if runs is None:
            yield False, f"whether {host.target or 'the host'} runs {unit.target} is not known"
        elif not runs:
            yield True, f"it is for {unit.target}, which {host.target} does not run"

    def _external(self, unit: NativeUnit) -> Iterator[tuple[bool, str]]:
        if unit.name in LIBRARIES:
            name, _, version = self._host.libc.partition(" ")
            if not version:
                yield False, f"it needs {unit.name} {unit.version}; the host's is not known"
            elif name != unit.name:
                yield True, f"it needs {unit.name}; the host has {name}"
            elif parse_version(unit.version).rank > parse_version(version).rank:
                yield True, f"it needs {unit.name} {unit.version}; the host has {version}"
            return
        prefix = unit.external.prefix if unit.external else ""
        there = self._host.there(prefix) if prefix else None
        place = (
            f"{unit.name} {unit.version} at {prefix}" if prefix else f"the module of {unit.name}"
        )
        if there is None:
            yield False, f"whether {place} is on the host is not known"
        elif not there:
            yield True, f"{place} is not on the host"
