"""What recipes say of a unit, its license and sources: the port, and the one that never knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from peso.base.finding import Unknown
from peso.products.engines.native import SourceFile
from peso.products.engines.spack.concrete import Concrete


class RecipeFacts(Protocol):
    """What the recipes at hand say."""

    def license_of(self, unit: Concrete) -> str | Unknown:
        """Return the SPDX license expression that applies to the unit."""
        ...

    def sources_of(self, unit: Concrete) -> tuple[SourceFile, ...] | Unknown:
        """Return what the unit is made from; nothing for what has no source of its own."""
        ...


class NoRecipes:
    """Knows nothing, for a reason: no recipe repository is at hand, say."""

    def __init__(self, reason: str) -> None:
        self._unknown = Unknown(unknown=reason)

    def license_of(self, unit: Concrete) -> str | Unknown:  # noqa: ARG002 - it never knows
        """Say why it is not known."""
        return self._unknown

    def sources_of(self, unit: Concrete) -> tuple[SourceFile, ...] | Unknown:  # noqa: ARG002
        """Say why it is not known."""
        return self._unknown


class FactsOf:
    """Knows what others know, of some units only: recipes of the rest are not read."""

    def __init__(self, wanted: Callable[[Concrete], bool], facts: RecipeFacts) -> None:
        self._wanted = wanted
        self._facts = facts
        self._nothing = NoRecipes("it was not asked about")

    def license_of(self, unit: Concrete) -> str | Unknown:
        """Return the license of a unit that is asked about."""
        return (self._facts if self._wanted(unit) else self._nothing).license_of(unit)

    def sources_of(self, unit: Concrete) -> tuple[SourceFile, ...] | Unknown:
        """Return the sources of a unit that is asked about."""
        return (self._facts if self._wanted(unit) else self._nothing).sources_of(unit)
