"""What a catalog answers, beside recipes: hits of a search, dependents, providers, counts."""

from __future__ import annotations

from msgspec import Struct

from peso.products.recipes.record import Condition


class Hit(Struct, frozen=True, kw_only=True):
    """A recipe that a search found."""

    name: str
    description: str
    """The first line."""


class Dependent(Struct, frozen=True, kw_only=True):
    """A recipe that depends on a package, under one condition."""

    name: str
    types: tuple[str, ...]
    when: Condition


class Provider(Struct, frozen=True, kw_only=True):
    """A recipe that provides a virtual package, under one condition."""

    name: str
    spec: str
    when: Condition


class RepositoryStats(Struct, frozen=True, kw_only=True):
    """One repository of a catalog."""

    label: str
    namespace: str
    recipes: int


class CatalogStats(Struct, frozen=True, kw_only=True):
    """How much a catalog holds; each recipe counts once, where it comes from."""

    repositories: tuple[RepositoryStats, ...]
    recipes: int
    unreadable: int
    versions: int
    deprecated: int
    """Versions that are deprecated."""
    unproven: int
    """Versions without checksum or commit, of packages with code."""
    variants: int
    dependencies: int
    conflicts: int
    patches: int
    licensed: int
    """Recipes that say their license."""
    maintained: int
    """Recipes that name a maintainer."""
    tested: int
    """Recipes with a stand-alone test of their own."""
    with_unread: int
    """Recipes in which something is not known."""
    unread: int
    virtuals: int
    """Virtual packages that some recipe provides."""
