"""Gains: which changes of configuration would turn most misses into hits.

1. A miss would be a hit under some choices if a cached unit of its name is held with its whole
   run-time closure, and all in which the two closures differ is among these choices.
2. What needs no choice at all is told by itself: a new solve with Spack's `reuse` may take it.
3. Choices are counted as misses need them: each alone or, where a miss needs several at once, these
   together. A set that brings less than a tenth more than a smaller one in it is not told. What
   brings most for each choice comes first.
4. The way: what brings most, then what brings most once that is chosen, and so on. Its figures do
   not overlap.

All of this is an estimate: every unit is looked at by itself, while a solve has to find one answer
for all of a stack. So it is what could be reused at most, not what will be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from peso.base.record import Record
from peso.services.integration.choices import NEVER, Choice, ChoiceKind, Choices

MOST = 20
"""How many gains are told."""
TOGETHER = 4
"""How many choices a set has at most."""
STEPS = 5
"""How long the way is at most."""
_WORTH = 1.1
"""How many times what a smaller set brings a set has to bring, to be told."""
_TRIED = 300
_TRIED_NEXT = 100


class Chosen(Record):
    """One thing to choose."""

    kind: ChoiceKind
    name: str
    """The package, or the virtual package; empty for what is chosen for all."""
    value: str
    setting: str
    """As it is written in an environment; empty: only another system brings it about."""


class Gain(Record):
    """What some choices together would bring."""

    choices: tuple[Chosen, ...]
    units: int
    """Misses that would be hits, without those that need no choice; on the way, without those that
    the choices before it bring."""
    roots: int
    """Of these, roots of the stack."""


class Gains(Record):
    """What changes of configuration would bring."""

    as_it_is: int
    """Misses that a new solve with `reuse` may take from the cache with nothing changed."""
    never: int
    """Misses of which the caches hold the name, and that no choice told here makes hits."""
    gains: tuple[Gain, ...]
    """Each by itself; what brings most for each choice comes first."""
    way: tuple[Gain, ...]
    """One after the other."""


Needs = Mapping[str, frozenset[int]]
"""For a miss, by its hash: sets of choices, as bits, each of which makes it a hit."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """A set of choices, with the misses that it makes hits."""

    mask: int
    hits: frozenset[str]


def gains(needs: Needs, choices: Choices, roots: frozenset[str]) -> Gains:
    """Return which choices turn most misses into hits.

    Args:
        needs: What each miss takes, of those whose name is held.
        choices: Knows what the bits mean.
        roots: Hashes of the stack's roots.
    """
    least = {hash_: _least(masks) for hash_, masks in needs.items()}
    open_ = {hash_: masks for hash_, masks in least.items() if masks and 0 not in masks}

    def order(one: _Counted) -> tuple[float, int, tuple[Choice, ...]]:
        return -len(one.hits) / one.mask.bit_count(), -len(one.hits), _choices(one.mask, choices)

    def told(one: _Counted) -> Gain:
        chosen = tuple(
            Chosen(kind=each.kind, name=each.name, value=each.value, setting=each.setting)
            for each in _choices(one.mask, choices)
        )
        return Gain(choices=chosen, units=len(one.hits), roots=len(roots.intersection(one.hits)))

    way: list[Gain] = []
    left = open_
    while left and len(way) < STEPS:
        best = min(_counted(left, _TRIED_NEXT, choices), key=order, default=None)
        if best is None:
            break
        way.append(told(best))
        left = {
            hash_: frozenset(mask & ~best.mask for mask in masks)
            for hash_, masks in left.items()
            if hash_ not in best.hits
        }
    found = sorted(_not_for_nothing(_counted(open_, _TRIED, choices)), key=order)
    return Gains(
        as_it_is=sum(0 in masks for masks in least.values()),
        never=sum(not masks for masks in least.values()),
        gains=tuple(map(told, found[:MOST])),
        way=tuple(way),
    )


def _least(masks: Iterable[int]) -> frozenset[int]:
    """Return the sets that hold no other set, and nothing that cannot be chosen."""
    kept: list[int] = []
    for mask in sorted({one for one in masks if not one & NEVER}, key=int.bit_count):
        if not any(one & mask == one for one in kept):
            kept.append(mask)
    return frozenset(kept)


def _counted(open_: Needs, most: int, choices: Choices) -> list[_Counted]:
    """Return the sets of choices that most misses need, each with all that it makes hits."""
    tried = Counter(
        mask for masks in open_.values() for mask in masks if mask.bit_count() <= TOGETHER
    )
    order = sorted(tried.items(), key=lambda one: (-one[1], one[0].bit_count()))
    cut = order[most - 1][1] if len(order) > most else 0
    # Those that are needed as often as the last one are sorted out by what they are, not by when
    # they were met.
    sure = [mask for mask, count in order if count > cut]
    level = [mask for mask, count in order if count == cut]
    if cut:
        level = sorted(level, key=lambda one: _choices(one, choices))[: most - len(sure)]
    having: dict[int, set[str]] = {}
    for hash_, masks in open_.items():
        for mask in masks:
            having.setdefault(mask, set()).add(hash_)
    return [
        _Counted(one, frozenset().union(*(having[mask] for mask in having if not mask & ~one)))
        for one in (*sure, *level)
    ]


def _not_for_nothing(found: list[_Counted]) -> list[_Counted]:
    """Return the sets without those that bring little more than a smaller one in them."""
    return [
        one
        for one in found
        if not any(
            other.mask != one.mask
            and other.mask & one.mask == other.mask
            and len(other.hits) * _WORTH > len(one.hits)
            for other in found
        )
    ]


def _choices(mask: int, choices: Choices) -> tuple[Choice, ...]:
    return tuple(sorted(map(choices.choice, _bits(mask))))


def _bits(mask: int) -> Iterable[int]:
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit
