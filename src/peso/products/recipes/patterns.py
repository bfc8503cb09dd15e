"""Regular expressions that recipes use while they are read: simple ones, on short texts only.

A pattern with groups or many repetitions may take for ever; such a one is refused.
"""

from __future__ import annotations

import re
from functools import lru_cache

from peso.products.recipes.machine import Machine
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.values import (
    Value,
)

LONGEST_TEXT = 200
_REPEATS = re.compile(r"[*+{?]")


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that surely ends soon; raises `CannotRead`."""
    if "(" in pattern or len(pattern) > LONGEST_TEXT or len(_REPEATS.findall(pattern)) > 2:  # noqa: PLR2004
        raise CannotRead("it uses a regular expression that may take long")
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise CannotRead(f"a regular expression is wrong: {error}", raised="error") from None


def search(
    way: str, args: list[Value], _kwargs: dict[str, Value], machine: Machine
) -> tuple[str, ...] | None:
    """Do `re.match`, `re.search` or `re.fullmatch`; the match is a tuple with its text."""
    if len(args) != 2 or not all(isinstance(one, (str, re.Pattern)) for one in args):  # noqa: PLR2004
        raise CannotRead("it uses a regular expression in a way that is not read")
    pattern = args[0] if isinstance(args[0], re.Pattern) else compiled(args[0])
    if len(args[1]) > LONGEST_TEXT:
        raise CannotRead("it uses a regular expression on a long text")
    machine.spend(LONGEST_TEXT)
    found = getattr(pattern, way)(args[1])
    return None if found is None else Match((found.group(),))


class Match(tuple[str, ...]):
    """What was found: its text, alone."""

    __slots__ = ()
