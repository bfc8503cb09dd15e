"""Boards: for each setting of the weights the keys of many needs in order, so that a rank is asked.

1. A need's keys are one whole number for each setting, the smaller the more it is before others.
2. Boards do not change: where few needs moved, new ones are made of those of before.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Self

Keys = Sequence[int]


@dataclass(frozen=True, slots=True, eq=False)
class Boards:
    """The keys of some needs, in order, at each setting."""

    boards: tuple[array[int], ...] = ()
    """64 bits for each key."""

    @classmethod
    def of(cls, several: Sequence[Keys]) -> Self:
        """Return the boards of some needs."""
        return cls(tuple(array("q", sorted(one)) for one in zip(*several, strict=True)))

    def moved(self, went: Sequence[Keys], came: Sequence[Keys]) -> Self:
        """Return the boards without some keys of theirs, and with others."""
        boards = tuple(array("q", one) for one in self.boards)
        for keys in went:
            for board, key in zip(boards, keys, strict=True):
                del board[bisect_left(board, key)]
        for keys in came:
            for board, key in zip(boards, keys, strict=True):
                insort(board, key)
        return type(self)(boards)

    def before(self, setting: int, keys: Sequence[int]) -> Iterator[int]:
        """Yield for each of some keys how many needs are before one that has it."""
        return map(bisect_left, repeat(self.boards[setting]), keys)

    def alike(self, key: int, setting: int) -> int:
        """Return how many needs have a key."""
        board = self.boards[setting]
        return bisect_right(board, key) - bisect_left(board, key)
