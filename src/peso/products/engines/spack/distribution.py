"""The package of the machine's distribution that a file is from: the port, and who never knows.

An external is a file of somebody else's package; the inventory names that package.
"""

from __future__ import annotations

from typing import Protocol

from peso.base.finding import Unknown
from peso.products.engines.native import DistributionPackage


class DistributionPackages(Protocol):
    """What the machine's package manager knows."""

    def owner_of(self, path: str) -> DistributionPackage | Unknown:
        """Return the package that a file, named by its absolute path, is from."""
        ...


class NoDistribution:
    """Knows no package, for a reason: the lock is from another machine, say."""

    def __init__(self, reason: str) -> None:
        self._unknown = Unknown(unknown=reason)

    def owner_of(self, path: str) -> DistributionPackage | Unknown:  # noqa: ARG002 - it never knows
        """Say why it is not known."""
        return self._unknown
