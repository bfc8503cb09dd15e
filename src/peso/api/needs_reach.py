"""Reach by the catalog of recipes: how many recipes depend on the products of a need."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from peso.api.explain import recipes_at_hand
from peso.base.finding import Unknown
from peso.ecosystem import workspace_root
from peso.errors import BadInput
from peso.partnerships.needs.reach import KnownReach, Reach
from peso.products.claims import read_claims
from peso.services.integration.impact.dependents import Dependents

Where = str | Path


@dataclass(frozen=True, slots=True)
class CatalogReach:
    """The port of reach over all recipes."""

    dependents: Dependents
    packages: Mapping[str, tuple[str, ...]]
    """The packages of products, by the product's name in lower case; else it is its own package."""

    def of(self, products: tuple[str, ...]) -> int | Unknown:
        """Return how many recipes depend on any of the products; each once."""
        named = {
            package
            for one in products
            for package in self.packages.get(one.lower()) or (one.lower(),)
        }
        missing = sorted(one for one in named if one not in self.dependents.number)
        if missing:
            return Unknown(unknown=f"no recipe is known for {', '.join(missing)}")
        return self.dependents.count(named)


def reach_at_hand(repos: tuple[Where, ...], folder: Path) -> Reach:
    """Return reach by the recipes that are meant; by none, where none was indexed, all is unknown.

    Raises:
        BadInput: one that is named is no repository.
    """
    try:
        catalog = recipes_at_hand(repos, folder, os.environ)
    except BadInput:
        if repos:
            raise
        return KnownReach({})
    root = workspace_root(folder)
    claims = read_claims(root)[0] if root else ()
    packages = {one.name.lower(): one.spack for one in claims}
    return CatalogReach(Dependents.of_graph(catalog.graph()), packages)
