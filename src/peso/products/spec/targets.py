"""Ranges of microarchitectures (`target=x86_64_v3:`): which targets are in two of them.

1. `a:b` is what descends from `a` and is an ancestor of `b`, themselves included, as archspec
   knows it; an end that is not said is open. Several ranges or names stand between commas.
2. A name archspec does not know is of a family of its own: it is in a range only as its end.
"""

from __future__ import annotations

import archspec.cpu


def targets_in_both(mine: str, theirs: str) -> str:
    """Return the targets in both, as a text after `target=`; empty: none."""
    both = (_both(one, other) for one in mine.split(",") for other in theirs.split(","))
    return ",".join(dict.fromkeys(one for one in both if one))


def _both(mine: str, theirs: str) -> str:
    my_low, mine_ranges, my_high = mine.partition(":")
    their_low, theirs_ranges, their_high = theirs.partition(":")
    if not mine_ranges and not theirs_ranges:
        return mine if mine == theirs else ""
    if not mine_ranges:
        return mine if _in(mine, their_low, their_high) else ""
    if not theirs_ranges:
        return theirs if _in(theirs, my_low, my_high) else ""
    lows = _two(my_low, their_low)
    highs = _two(my_high, their_high)
    if lows is None or highs is None:
        return ""
    low, high = lows[1], highs[0]
    if low and high and not _descends(high, low):
        return ""
    return low if low and low == high else f"{low}:{high}"


def _in(target: str, low: str, high: str) -> bool:
    return (not low or _descends(target, low)) and (not high or _descends(high, target))


def _two(one: str, other: str) -> tuple[str, str] | None:
    """Return ancestor and descendant of two ends, or none where neither is the other's."""
    if not one or not other:
        return one or other, one or other
    if _descends(other, one):
        return one, other
    return (other, one) if _descends(one, other) else None


def _descends(target: str, ancestor: str) -> bool:
    if target == ancestor:
        return True
    known = archspec.cpu.TARGETS.get(target)
    return known is not None and any(above.name == ancestor for above in known.ancestors)


def runs_on(target: str, machine: str) -> bool | None:
    """Say whether what is made for a target runs on a machine of another.

    None where archspec does not know one of them, and they are not the same.
    """
    if target == machine:
        return True
    if target not in archspec.cpu.TARGETS or machine not in archspec.cpu.TARGETS:
        return None
    return _descends(machine, target)


def family_of(target: str) -> str:
    """Return the family a microarchitecture is of, e.g. `x86_64`; itself where it is not known."""
    known = archspec.cpu.TARGETS.get(target)
    return str(known.family) if known is not None else target
