"""What is at hand here to read a lock with: the recipes in force, and the machine's packages.

A repository that cannot be opened, or is not fetched yet, makes licenses and sources unknown, with
that reason; it never stops a plan.
"""

from __future__ import annotations

from peso.products.engines.spack.distribution import DistributionPackages, NoDistribution
from peso.products.engines.spack.facts import NoRecipes, RecipeFacts
from peso.products.engines.spack.site import Site


def facts_at_hand(site: Site) -> RecipeFacts:
    """Return what the recipes in force say."""
    return NoRecipes(f"recipes of {site.spack.label} are not read yet")


def packages_at_hand() -> DistributionPackages:
    """Return what the machine's package manager knows."""
    return NoDistribution("the package manager is not asked yet")
