"""What recipes say of a unit, its license and sources: the port, and the one that never knows."""

from __future__ import annotations

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
