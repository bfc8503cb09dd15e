"""Choices: what would have to be configured for a cached unit to be taken instead of a wanted one.

A new solve with Spack's `reuse` takes a cached unit as it is, with all it runs with; so only what
is used at run time counts here, over the whole closure of link and run dependencies:

1. A target, a version, the value of a variant, a compiler, a provider of a virtual package, an
   external: each is a choice that `packages:` can name, in the value that the cached unit has.
2. What `packages:` cannot name is a choice that only another machine or image can make (the
   system), or none at all (`never`): another namespace, a dependency that one of the two has for no
   reason that is told here.
3. What a solve does not ask of what it reuses is no choice: the recipe's hash, patches, what only
   built it, and a variant that one of the two recipes does not have.
4. A C library that is older than the wanted one, or the same, will do. A compiler's runtime follows
   the compiler.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from peso.products.engines.native import NativeUnit
from peso.products.engines.native_graph import SHIPPING
from peso.products.spec.versions import parse_version
from peso.services.integration.unit_changes import (
    LANGUAGES,
    RUNTIME,
    Change,
    Compared,
    Pair,
    is_used,
)

ChoiceKind = Literal[
    "target", "system", "compiler", "provider", "version", "variant", "external", "never"
]
LIBRARIES = frozenset({"glibc", "musl"})
"""C libraries: newer ones run what was built with older ones."""
NEVER = 1
"""The bit of what no configuration brings about."""


class Choice(NamedTuple):
    """One thing to choose."""

    kind: ChoiceKind
    name: str
    """The package, the virtual package; empty for what is chosen for all."""
    value: str
    """As the cached unit has it."""

    @property
    def setting(self) -> str:
        """The choice as it is written in an environment; empty where none can be written."""
        if self.kind == "external":
            spec, at, prefix = self.value.partition(" at ")
            version = spec.partition(",")[0].partition("@")[2]
            said = (
                f"externals: [{{spec: {spec}, prefix: {prefix}}}]"
                if at
                else f'externals:: [], buildable: true, require: ["@{version}"]'
            )
            return f"packages: {{{self.name}: {{{said}}}}}"
        asked = {
            "target": f"target={self.value}",
            "compiler": f"%{self.value}",
            "version": f"@{self.value}",
            "variant": self.value,
            "provider": self.value,
        }.get(self.kind)
        package = self.name or "all"
        return f'packages: {{{package}: {{require: ["{asked}"]}}}}' if asked else ""


class Choices:
    """What cached units take to be chosen, as bits.

    Args:
        cached: Every unit the caches describe, by hash.
        wanted: Every unit of the lock, by hash.
    """

    def __init__(
        self,
        cached: Mapping[str, NativeUnit],
        wanted: Mapping[str, NativeUnit],
        compared: Compared,
    ) -> None:
        self._cached, self._wanted, self._compared = cached, wanted, compared
        self._met = [Choice("never", "", "")]
        self._bits = {self._met[0]: NEVER}
        self._masks: dict[Pair, int] = {}

    def choice(self, bit: int) -> Choice:
        """Return the choice of a bit."""
        return self._met[bit.bit_length() - 1]

    def of(self, cached: NativeUnit, wanted: NativeUnit) -> int:
        """Return what has to be chosen for one to be taken for the other; 0: nothing."""
        top = (cached.hash, wanted.hash)
        waiting = [top]
        while waiting:
            pair = waiting[-1]
            if pair in self._masks:
                waiting.pop()
                continue
            below = list(self._below(pair))
            left = [one for one in below if one not in self._masks]
            if left:
                waiting.extend(left)
                continue
            waiting.pop()
            mask = 0
            for choice in self._own(pair):
                mask |= self._bit(choice)
            for one in below:
                mask |= self._masks[one]
            self._masks[pair] = mask
        return self._masks[top]

    def _bit(self, choice: Choice) -> int:
        if (bit := self._bits.get(choice)) is None:
            bit = self._bits[choice] = 1 << len(self._met)
            self._met.append(choice)
        return bit

    def _below(self, pair: Pair) -> Iterator[Pair]:
        for one, other in self._compared.edge_pairs(self._cached[pair[0]], self._wanted[pair[1]]):
            if (
                not SHIPPING.isdisjoint(one.types)
                and one.hash in self._cached
                and other.hash in self._wanted
            ):
                yield one.hash, other.hash

    def _own(self, pair: Pair) -> Iterator[Choice]:
        """Give the choices that are in a pair itself."""
        cached, wanted = self._cached[pair[0]], self._wanted[pair[1]]
        changes = self._compared.changes(cached, wanted)
        if cached.name in LIBRARIES:
            if _newer(cached.version, wanted.version):
                yield Choice("system", "", f"{cached.system} with {cached.name} {cached.version}")
            return
        if cached.external is not None or wanted.external is not None:
            if any(one.kind in {"version", "external"} for one in changes):
                at = f" at {cached.external.prefix}" if cached.external else ", built by Spack"
                yield Choice("external", cached.name, f"{cached.name}@{cached.version}{at}")
            return
        yield from self._compilers(cached, wanted)
        told = list(_told(cached, changes))
        yield from told
        decided = {"version", "variant", "provider", "target", "compiler", "system"}
        if not decided & {one.kind for one in told} and any(map(_used_edge, changes)):
            yield Choice("never", "", "")

    def _compilers(self, cached: NativeUnit, wanted: NativeUnit) -> Iterator[Choice]:
        """Give the compilers that the cached unit was built by and the wanted one is not."""
        if not cached.name.endswith(RUNTIME) and cached.compilers and wanted.compilers:
            mine, theirs = _by_language(cached), _by_language(wanted)
            other = {who for language, who in mine.items() if theirs.get(language, who) != who}
            yield from (Choice("compiler", "", one) for one in sorted(other))


def _told(cached: NativeUnit, changes: tuple[Change, ...]) -> Iterator[Choice]:
    """Give the choices of changes; what a solve does not ask is none."""
    for one in changes:
        if one.kind == "target":
            yield Choice("target", "", one.before)
        elif one.kind == "system":
            yield Choice("system", "", one.before.partition(" ")[2])
        elif one.kind == "namespace":
            yield Choice("never", "", "")
        elif one.kind == "version" and cached.name.endswith(RUNTIME):
            yield Choice("compiler", "", f"{cached.name.removesuffix(RUNTIME)}@{one.before}")
        elif one.kind == "version":
            yield Choice("version", cached.name, one.before)
        elif one.kind == "variant" and one.before and one.after:
            yield Choice("variant", cached.name, _spelt(one))
        elif one.kind == "provider" and one.before and not LANGUAGES & set(one.name.split(",")):
            yield Choice("provider", one.name.split(",")[0], one.before)


def _used_edge(change: Change) -> bool:
    """Say whether a change is a dependency that only one of the two has where it is used."""
    if change.kind != "dependency" or (change.before and change.after):
        return False
    return is_used(change) and not change.name.endswith(RUNTIME)


def _spelt(change: Change) -> str:
    if change.before in {"true", "false"}:
        return f"{'+' if change.before == 'true' else '~'}{change.name}"
    return f"{change.name}={change.before}"


def _by_language(unit: NativeUnit) -> dict[str, str]:
    """Return who compiled a unit, by language; a lock of an older form has one word for all."""
    found: dict[str, str] = {}
    for one in unit.compilers:
        languages, says, who = one.partition("=")
        names = languages.split(",") if says else sorted(LANGUAGES)
        found |= dict.fromkeys(names, who or languages)
    return found


def _newer(one: str, other: str) -> bool:
    return parse_version(one).rank > parse_version(other).rank
