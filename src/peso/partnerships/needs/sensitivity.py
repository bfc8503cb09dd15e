"""The scores of a need at many settings of the weights: how much a rank hangs on them.

1. By half: each weight by itself is a half less, then a half more; all others stay. The span holds
   the ranks at these 16 settings and at the weights as they are, not at those between.
2. By any: all weights that are thirds of the whole: one term alone, two as one to two, three alike
   (120 settings for 8 terms). A sample of all weights there are, the same each time: under others a
   need may be better or worse still, so the true span is at least as wide.
3. Lanes stay as they are; only what is in a lane moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from typing import Final

from peso.partnerships.needs.terms import NAMES

_PLACE: Final = 1 << 48
"""More than any score, so lanes never mix; three of it fit into 64 bits."""
OWN, LOW, HIGH = 0, 1, 2
"""The settings: the weights as they are, at the middle of what is unknown and at both its ends."""
_HALVES: Final = 2 * len(NAMES)
HALF: Final = range(3, 3 + _HALVES)
THIRDS: Final = range(HALF.stop, HALF.stop + 120)


def keys_of(
    place: int, lows: Sequence[int], highs: Sequence[int], weights: Sequence[int]
) -> list[int]:
    """Return the key of a need at each setting: the smaller, the more it is before others.

    Args:
        place: Of its lane: 0, 1 or 2.
        lows: The values of its terms, at their low ends.
        highs: At their high ends.
        weights: What each term counts.
    """
    after = place * _PLACE
    return [after - score for score in _scores(lows, highs, weights)]


def _scores(lows: Sequence[int], highs: Sequence[int], weights: Sequence[int]) -> Iterator[int]:
    low, high = (sum(map(int.__mul__, several, weights)) for several in (lows, highs))
    yield low + high
    yield low
    yield high
    middles = list(map(int.__add__, lows, highs))
    for weight, value in zip(weights, middles, strict=True):
        by = weight * value
        yield 2 * (low + high) - by
        yield 2 * (low + high) + by
    yield from map(sum, combinations_with_replacement(middles, 3))
