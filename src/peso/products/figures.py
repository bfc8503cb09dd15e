"""The words for figures: what a figure's name looks like, and what a stack file may ask of one.

A comparison is an operator and a number (`== 0`, `< 1e-10`, `>= 3`, `!= 2`) or a range with both
ends in it (`0.9 .. 1.1`). Numbers are compared as they are: a tolerance is written as a range.
Nothing here reads what a test printed; that is `services/integration/figures.py`.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
"""What the name of a figure looks like."""
OPERATORS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {
        "==": operator.eq,
        "!=": operator.ne,
        "<=": operator.le,
        ">=": operator.ge,
        "<": operator.lt,
        ">": operator.gt,
    }
)
_COMPARISON = re.compile(r"\s*([=!<>~]+)\s*(\S+)\s*")
_RANGE = re.compile(r"\s*(\S+)\s+\.\.\s+(\S+)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a figure must be."""

    text: str
    """As the stack file has it."""
    terms: tuple[tuple[str, float], ...]
    """Operators, each with its number; all must hold."""

    def met(self, value: float) -> bool:
        """Say whether a figure is as it must be; one that is not finite never is."""
        return math.isfinite(value) and all(
            OPERATORS[sign](value, number) for sign, number in self.terms
        )


def parse_comparison(text: str) -> Comparison:
    """Read a comparison.

    Raises:
        ValueError: it is none; the message says why, in a sentence.
    """
    between = _RANGE.fullmatch(text)
    if between:
        low, high = (_number(end, text) for end in between.groups())
        if low > high:
            raise ValueError(f"the range {text!r} is empty: {low:g} is above {high:g}")
        return Comparison(text=text, terms=((">=", low), ("<=", high)))
    found = _COMPARISON.fullmatch(text)
    if not found:
        raise ValueError(
            f"{text!r} is not a comparison; write for example '< 1e-10', '== 0' or '0.9 .. 1.1'"
        )
    sign, number = found.groups()
    if sign not in OPERATORS:
        raise ValueError(f"{sign!r} in {text!r} is none of {', '.join(OPERATORS)}")
    return Comparison(text=text, terms=((sign, _number(number, text)),))


def _number(word: str, text: str) -> float:
    try:
        number = float(word)
    except ValueError:
        raise ValueError(f"{word!r} in {text!r} is not a number") from None
    if not math.isfinite(number):
        raise ValueError(f"{word!r} in {text!r} is not finite; no figure can be compared with it")
    return number
