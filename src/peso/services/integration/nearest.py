"""Nearest: of what caches hold of a name, the units that are like one that is wanted.

The order is that of `distance.py`: what differs in the two themselves, then how many of their
dependencies are other units, then the hash. A first look at version, target, system and compilers
sorts the many of one name, and only the best of them are compared whole.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from peso.products.engines.native import NativeUnit
from peso.services.integration.distance import POINTS, distance
from peso.services.integration.unit_changes import Change, Compared

MOST = 40
"""How many of one name are compared whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A unit that is like the wanted one."""

    unit: NativeUnit
    changes: tuple[Change, ...]
    """In what the two differ by themselves, from it to the wanted one."""
    distance: int


def nearest(
    wanted: NativeUnit, held: Iterable[NativeUnit], compared: Compared, *, most: int = MOST
) -> tuple[Near, ...]:
    """Return the units of the wanted one's name that are nearest to it, the nearest first."""
    rough = list(held)
    if len(rough) > most:
        rough = heapq.nsmallest(most, rough, key=lambda one: (_rough(one, wanted), one.hash))
    found = (
        Near(
            unit=one,
            changes=compared.changes(one, wanted),
            distance=distance(one, wanted, compared),
        )
        for one in rough
    )
    return tuple(sorted(found, key=lambda one: (one.distance, one.unit.hash)))


def _rough(one: NativeUnit, wanted: NativeUnit) -> int:
    return (
        POINTS["version"] * (one.version != wanted.version)
        + POINTS["target"] * (one.target != wanted.target)
        + POINTS["system"] * ((one.platform, one.system) != (wanted.platform, wanted.system))
        + POINTS["compiler"] * (one.compilers != wanted.compilers)
        + POINTS["variant"] * len(set(one.variants) ^ set(wanted.variants))
        + sum(
            mine.hash != theirs.hash
            for mine, theirs in zip(one.depends, wanted.depends, strict=False)
        )
    )
