"""Which recipes an answer is given by, for questions that can also be answered without any."""

from __future__ import annotations

from pathlib import Path

from peso.api.catalog import open_catalog
from peso.ecosystem import recipe_repositories, workspace_root
from peso.errors import BadInput
from peso.products.engines.spack.facts import NoRecipes, RecipeFacts
from peso.products.engines.spack.recipe_facts import CatalogFacts

Where = str | Path


def recipe_facts(repositories: tuple[Where, ...], folder: Where) -> RecipeFacts:
    """Return what recipes say: of those named, of the workspace's, of those last indexed; or none.

    Raises:
        BadInput: one that is named is no repository.
    """
    root = workspace_root(Path(folder))
    named = repositories or (recipe_repositories(root) if root else ())
    try:
        return CatalogFacts(open_catalog(*named, folder=folder))
    except BadInput:
        if named:
            raise
        return NoRecipes("no recipes are at hand: name a repository, or index one")
