"""What is at hand here to read a lock with: the recipes in force.

A repository that cannot be opened, or is not fetched yet, makes licenses and sources unknown, with
that reason; it never stops a plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peso.errors import PesoError
from peso.products.engines.spack.configuration import repositories
from peso.products.engines.spack.facts import NoRecipes, RecipeFacts
from peso.products.engines.spack.recipe_facts import CatalogFacts
from peso.products.engines.spack.site import Site
from peso.products.recipes.catalog import Catalog

_DESCRIPTION = "repo.yaml"


@contextmanager
def facts_at_hand(site: Site, index: Path) -> Iterator[RecipeFacts]:
    """Yield what the recipes in force say.

    Args:
        site: How Spack is run.
        index: Where the index of recipes is kept; it can be deleted at any time.
    """
    folders = recipe_folders(site)
    try:
        catalog = Catalog.open(*folders, cache=index)
    except PesoError as error:
        yield NoRecipes(f"no recipes are at hand: {error.message}")
        return
    try:
        yield CatalogFacts(catalog)
    finally:
        catalog.close()


def recipe_folders(site: Site) -> tuple[Path, ...]:
    """Return the recipe repositories in force, the first comes first."""
    return tuple(place for used in repositories(site) for place in opened(used.folder))


def opened(folder: Path) -> tuple[Path, ...]:
    """Return a repository; of a clone, or a folder of clones, those that are in it."""
    if (folder / _DESCRIPTION).is_file():
        return (folder,)
    below = f"repos/spack_repo/*/{_DESCRIPTION}"
    found = [*folder.glob(below), *folder.glob(f"*/{below}")]
    return tuple(sorted(file.parent for file in found))
