"""The port of reach: how many recipes need any of some products, to link or run, by any chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from peso.base.finding import Unknown
from peso.base.record import Record


class Reach(Protocol):
    """Who depends on what."""

    def of(self, products: tuple[str, ...]) -> int | Unknown:
        """Return how many depend on any of the products; each once."""


class Reached(Record):
    """One answer of the port, as a snapshot keeps it."""

    products: tuple[str, ...]
    count: int | Unknown


@dataclass(frozen=True, slots=True)
class KnownReach:
    """Answers that were kept, by products in order."""

    counts: Mapping[tuple[str, ...], int | Unknown]

    def of(self, products: tuple[str, ...]) -> int | Unknown:
        """Return what was kept."""
        return self.counts.get(products, Unknown(unknown="nobody looked how many depend on it"))


@dataclass(frozen=True, slots=True)
class TableReach:
    """A table of who depends on each product."""

    dependents: Mapping[str, frozenset[str]]

    def of(self, products: tuple[str, ...]) -> int | Unknown:
        """Return the size of the union; unknown where a product is not in the table."""
        missing = [one for one in products if one not in self.dependents]
        if missing:
            return Unknown(unknown=f"no recipe is known for {', '.join(missing)}")
        return len(frozenset[str]().union(*(self.dependents[one] for one in products)))


def known_reach(several: Iterable[Reached]) -> KnownReach:
    """Return the answers of a snapshot's export as a port."""
    return KnownReach({one.products: one.count for one in several})


def wanted(products: tuple[str, ...]) -> tuple[str, ...]:
    """Return products as the port is asked for them: each once, in order."""
    return tuple(sorted(set(products)))
