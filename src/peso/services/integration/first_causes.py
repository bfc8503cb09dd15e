"""First causes: why one unit has another hash than its counterpart, followed down to the ends.

Two units of one name are compared, and what they depend on pair by pair. The rules, in order:

1. What differs in the two themselves is a cause; so is what differs in two they depend on, however
   deep. A unit with a change of its own may have others below it: each alone would rebuild it.
2. Equal changes are one cause with several places. Target, system, namespace, compiler and the
   provider of a virtual package are decided for many units at once, and are one cause over all
   names. A new version is one cause of its package, with whatever else comes with it. Other changes
   are one cause where package and changes are the same.
3. Pairs are those of the edges: a unit that took another of two that were there before is told by
   how these two differ.
4. Where hashes differ and nothing that is in the lock does, that is a cause too: `not-known`. So is
   a dependency that is not in the lock.
5. A cause is `in use` for a unit where link and run dependencies lead to it; else it changed only
   what built it.

Nothing here depends on the order of units: causes are numbered as they are met, and told in their
own order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from peso.products.engines.native import Edge, NativeUnit
from peso.products.engines.native_graph import SHIPPING
from peso.services.integration.unit_changes import Change, Compared, Pair, in_order
from peso.services.integration.unit_differences import Kind, Named, Step, named

_SHARED: frozenset[Kind] = frozenset({"target", "system", "namespace", "compiler", "provider"})
CauseKey = tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class FoundCause:
    """One cause as it is found; grows while pairs are compared."""

    key: CauseKey
    kind: Kind
    package: str
    """Empty where it is one over all names."""
    bit: int
    places: dict[Pair, tuple[Change, ...]] = field(default_factory=dict)
    """The pairs that differ so, each with its changes."""

    def changes(self) -> tuple[Change, ...]:
        """Return what changes, of all its places, the first thing first."""
        met = {one for several in self.places.values() for one in several}
        lead = [one for one in met if one.kind == self.kind]
        if self.kind == "provider" and not self.package:
            names = sorted({name for one in lead for name in one.name.split(",")})
            return (lead[0]._replace(name=",".join(names)),)
        return (*in_order(lead), *in_order(met.difference(lead)))


@dataclass(frozen=True, slots=True)
class Masks:
    """The causes of a pair, as bits."""

    all: int
    used: int
    """Those that link and run dependencies lead to."""


class FirstCauses:
    """The first causes of pairs of units.

    Args:
        before: Units by hash, of what there was.
        after: Units by hash, of what there is now.
    """

    def __init__(
        self,
        before: Mapping[str, NativeUnit],
        after: Mapping[str, NativeUnit],
        compared: Compared | None = None,
    ) -> None:
        self._before, self._after = before, after
        self.compared = compared or Compared()
        self._causes: dict[CauseKey, FoundCause] = {}
        self._own: dict[Pair, int] = {}
        self._masks: dict[Pair, Masks] = {}

    def causes(self) -> tuple[FoundCause, ...]:
        """Return all causes that were met, by their keys."""
        return tuple(self._causes[key] for key in sorted(self._causes))

    def changes(self, before: NativeUnit, after: NativeUnit) -> tuple[Change, ...]:
        """Return in what a pair differs by itself."""
        return self.compared.changes(before, after)

    def of(self, before: NativeUnit, after: NativeUnit) -> Masks:
        """Return the causes for which two units differ; none where they are the same."""
        top = (before.hash, after.hash)
        if before.hash == after.hash:
            return Masks(0, 0)
        waiting = [top]
        while waiting:
            pair = waiting[-1]
            if pair in self._masks:
                waiting.pop()
                continue
            below = tuple(self._below(pair))
            left = [one for one, _ in below if one not in self._masks]
            if left:
                waiting.extend(left)
                continue
            waiting.pop()
            self._masks[pair] = self._gathered(pair, below)
        return self._masks[top]

    def named(self, pair: Pair) -> tuple[Named, Named]:
        """Return the two units of a pair, as records name them."""
        return named(self._before[pair[0]]), named(self._after[pair[1]])

    def chain(self, before: NativeUnit, after: NativeUnit, bit: int) -> tuple[Step, ...]:
        """Return a shortest way down from two units to where a cause is; empty: it is here.

        Link and run dependencies are tried first.
        """
        for shipped in (True, False):
            found = self._chain((before.hash, after.hash), bit, shipped=shipped)
            if found is not None:
                return found
        return ()

    def _chain(self, top: Pair, bit: int, *, shipped: bool) -> tuple[Step, ...] | None:
        left: deque[tuple[Pair, tuple[Step, ...]]] = deque([(top, ())])
        seen = {top}
        while left:
            pair, chain = left.popleft()
            if self._own_of(pair) & bit:
                return chain
            for below, edge in self._below(pair):
                if below in seen or (shipped and SHIPPING.isdisjoint(edge.types)):
                    continue
                if not self._masks[below].all & bit:
                    continue
                seen.add(below)
                step = Step(name=edge.name, types=edge.types, units=self.named(below))
                left.append((below, (*chain, step)))
        return None

    def _below(self, pair: Pair) -> Iterator[tuple[Pair, Edge]]:
        """Give the pairs below that can be compared, each with the newer edge."""
        for one, other in self.compared.edge_pairs(self._before[pair[0]], self._after[pair[1]]):
            if one.hash in self._before and other.hash in self._after:
                yield (one.hash, other.hash), other

    def _gathered(self, pair: Pair, below: tuple[tuple[Pair, Edge], ...]) -> Masks:
        every = used = self._own_of(pair)
        for one, edge in below:
            masks = self._masks[one]
            every |= masks.all
            if not SHIPPING.isdisjoint(edge.types):
                used |= masks.used
        if not every:
            after = self._after[pair[1]]
            change = Change("not-known", "", pair[0], pair[1])
            cause = self._cause(("not-known", after.name), "not-known", after.name)
            cause.places[pair] = (change,)
            every = used = self._own[pair] = cause.bit
        return Masks(every, used)

    def _own_of(self, pair: Pair) -> int:
        """Return the causes that are in a pair itself."""
        if (mask := self._own.get(pair)) is None:
            mask = 0
            for cause, changes in self._found(pair):
                cause.places[pair] = changes
                mask |= cause.bit
            self._own[pair] = mask
        return mask

    def _found(self, pair: Pair) -> Iterator[tuple[FoundCause, tuple[Change, ...]]]:
        before, after = self._before[pair[0]], self._after[pair[1]]
        changes = self.compared.changes(before, after)
        shared = {one for one in changes if _is_shared(one)}
        for one in shared:
            key: CauseKey = (one.kind, one.before, one.after)
            yield self._cause(key, one.kind, ""), (one,)
        rest = tuple(one for one in changes if one not in shared)
        if rest:
            version = next((one for one in rest if one.kind == "version"), None)
            told = (version,) if version else rest
            kind: Kind = "version" if version else _leading(rest)
            key = ("unit", after.name, *(part for one in told for part in one))
            yield self._cause(key, kind, after.name), rest
        for one_, other in self.compared.edge_pairs(before, after):
            if one_.hash not in self._before or other.hash not in self._after:
                change = Change("not-known", other.name, one_.hash, other.hash)
                unknown = self._cause(("not-known", other.name), "not-known", other.name)
                yield unknown, (change,)

    def _cause(self, key: CauseKey, kind: Kind, package: str) -> FoundCause:
        if (cause := self._causes.get(key)) is None:
            bit = 1 << len(self._causes)
            cause = self._causes[key] = FoundCause(key=key, kind=kind, package=package, bit=bit)
        return cause


def _is_shared(change: Change) -> bool:
    """Say whether a change is decided for many units at once.

    That a unit uses something as what it did not use it as is its own recipe's doing.
    """
    return change.kind in _SHARED and (
        change.kind != "provider" or bool(change.before and change.after)
    )


_LEADING: tuple[Kind, ...] = ("external", "variant", "recipe", "patches", "dependency", "provider")


def _leading(changes: tuple[Change, ...]) -> Kind:
    """Return the kind that says most of some changes."""
    kinds = {one.kind for one in changes}
    return next((kind for kind in _LEADING if kind in kinds), changes[0].kind)
