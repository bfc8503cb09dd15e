"""Which needs may be the same: suggestions for a person, never more.

1. A need is its words (of statement and detail: lower case, without the commonest, plurals cut) and
   its products. A word weighs the more the fewer needs have it: the number of binary digits of
   (needs / needs with it); a product weighs as the rarest word does, twice.
2. Likeness is the weight of what both have, of the weight of what either has (weighted Jaccard), in
   thousandths: whole numbers, the same on every machine.
3. Pairs are looked for among needs that share something that few have.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from peso.base.record import Record
from peso.partnerships.needs.record import Need

LIKE = 300
"""From which likeness on two needs are suggested, in thousandths."""
_FEW = 150
"""Something that more needs have than this brings no pair together."""
_WORD = re.compile(r"[^\W_]+")
_COMMON = (
    "a an and are as at be by can for from has have i in is it its my need needs not of on or our "
    "so that the their this to us want wants we when with without you your"
)
_PLAIN = frozenset(_COMMON.split(" "))


class Alike(Record):
    """Two needs that may be the same, and by what."""

    one: str
    other: str
    likeness: int
    """In thousandths."""
    words: tuple[str, ...]
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """What needs are compared by, and which needs have it."""

    own: Mapping[str, tuple[Need, frozenset[str]]]
    """What each need has, by its id."""
    holders: Mapping[str, frozenset[str]]
    """The needs that have something."""

    @classmethod
    def of(cls, needs: Iterable[Need]) -> Self:
        """Return what some needs are compared by."""
        own = {one.id: (one, _tokens(one)) for one in needs}
        holders: dict[str, set[str]] = {}
        for name, (_, tokens) in own.items():
            for token in tokens:
                holders.setdefault(token, set()).add(name)
        return cls(own, {token: frozenset(several) for token, several in holders.items()})

    def now(self, needs: Iterable[Need]) -> Self:
        """Return what the same needs are compared by after some changed, and some more."""
        changed = [one for one in needs if self.own.get(one.id, (None,))[0] is not one]
        if not changed:
            return self
        own, holders = dict(self.own), dict(self.holders)
        for one in changed:
            before = own[one.id][1] if one.id in own else frozenset[str]()
            now = _tokens(one)
            for token in before - now:
                holders[token] -= {one.id}
            for token in now - before:
                holders[token] = holders.get(token, frozenset()) | {one.id}
            own[one.id] = one, now
        return type(self)(own, holders)


class Likeness:
    """Compares the needs that somebody sees, or a new one with them."""

    def __init__(self, needs: Iterable[Need], words: Words | None = None) -> None:
        """Compare some needs; `words` are those of a register that has them all, and maybe more."""
        several = tuple(needs)
        self._words = words or Words.of(several)
        self._seen = frozenset(one.id for one in several)
        self._held: dict[str, frozenset[str]] = {}
        self._weights: dict[str, int] = {}

    def now(self, needs: Iterable[Need], words: Words) -> Self:
        """Return what compares needs after some changed; itself where none did."""
        several = tuple(needs)
        same = words is self._words and self._seen == frozenset(one.id for one in several)
        return self if same else type(self)(several, words)

    def to(self, need: Need, *, like: int = LIKE) -> tuple[Alike, ...]:
        """Return the needs that are like one, the most first."""
        own = self._own(need.id) if need.id in self._seen else _tokens(need)
        return _ordered(self._pairs(need.id, own, like))

    def pairs(self, *, like: int = LIKE) -> tuple[Alike, ...]:
        """Return all pairs of needs that are alike, the most first."""
        found = (one for name in self._seen for one in self._pairs(name, self._own(name), like))
        return _ordered({(one.one, one.other): one for one in found}.values())

    def _pairs(self, name: str, own: frozenset[str], like: int) -> Iterator[Alike]:
        """Yield a pair with each other need that shares something few have, and is alike."""
        near = Counter[str]()
        common = 0
        for token in own:
            weight, holders = self._weight(token), self._holders(token)
            if len(holders) > _FEW:
                common += weight
                continue
            for other in holders:
                near[other] += weight
        total = self._total(own)
        for other, few in near.items():
            # At most this much is shared: most pairs need no closer look.
            if other == name or 1000 * (few + common) < like * total:
                continue
            theirs = self._own(other)
            both = own & theirs
            shared = self._total(both)
            likeness = 1000 * shared // max(1, total + self._total(theirs) - shared)
            if likeness >= like:
                one, two = sorted((name, other))
                words = (it for it in both if not it.startswith("product:"))
                products = (it.partition(":")[2] for it in both if it.startswith("product:"))
                yield Alike(
                    one=one,
                    other=two,
                    likeness=likeness,
                    words=tuple(sorted(words)),
                    products=tuple(sorted(products)),
                )

    def _own(self, need: str) -> frozenset[str]:
        return self._words.own[need][1]

    def _holders(self, token: str) -> frozenset[str]:
        """Return the needs that somebody sees and that have something."""
        if token not in self._held:
            self._held[token] = self._words.holders.get(token, frozenset()) & self._seen
        return self._held[token]

    def _total(self, tokens: Iterable[str]) -> int:
        return sum(map(self._weight, tokens))

    def _weight(self, token: str) -> int:
        if token not in self._weights:
            rarity = (len(self._seen) // max(1, len(self._holders(token)))).bit_length() or 1
            product = token.startswith("product:")
            self._weights[token] = 2 * len(self._seen).bit_length() if product else rarity
        return self._weights[token]


def _ordered(several: Iterable[Alike]) -> tuple[Alike, ...]:
    return tuple(sorted(several, key=lambda it: (-it.likeness, it.one, it.other)))


def _tokens(need: Need) -> frozenset[str]:
    words = _WORD.findall(f"{need.statement} {need.detail}".lower())
    kept = {_stem(word) for word in words if word not in _PLAIN and len(word) > 1}
    return frozenset((*kept, *(f"product:{one.lower()}" for one in need.products)))


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word  # noqa: PLR2004 - short words keep their s
