"""Why, and what if: what a change of one recipe touches.

Imports nothing of the workspace: a question must be answered at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from peso.api.catalog import open_catalog
from peso.ecosystem import (
    recipe_repositories,
    said_once,
    stack_definitions,
    workspace_root,
)
from peso.errors import BadInput
from peso.services.integration.impact.answer import Definition, impact_of
from peso.services.integration.impact.record import Impact
from peso.services.integration.impact.source import AllRecipes

if TYPE_CHECKING:
    from peso.products.claims import Claim
    from peso.products.environments.record import Doubt

Where = str | Path


def explain_impact(
    recipe: str,
    *,
    stacks: Iterable[Where] = (),
    repos: Iterable[Where] = (),
    folder: Where = ".",
    environment: Mapping[str, str] | None = None,
) -> Impact:
    """Return what a change of a recipe touches: recipes, stacks, products and members.

    Args:
        recipe: `NAME`, or `NAME@VERSION` for what that version concerns.
        stacks: files, or folders with stacks in them; by default those of the workspace.
        repos: recipe repositories in order; else the workspace's `recipes`, else the last indexed.
        folder: the workspace, or a folder in it.
        environment: the environment variables; this process's by default.

    Raises:
        BadInput: nobody knows the recipe, or there are no recipes or no such stacks.
        Outside: the disk or git failed.
    """
    variables = os.environ if environment is None else environment
    root = workspace_root(Path(folder))
    catalog = recipes_at_hand(tuple(repos), Path(folder), variables)
    graph = catalog.graph()
    named = tuple(Path(one) for one in stacks)
    unknown: list[str] = []
    files = stack_definitions(named or ((root,) if root else ()))
    below = named or ((root,) if root else ())
    claims = _claims(root, unknown) if root else ()
    definitions = tuple(_definitions(files, below, variables, unknown)) if files else ()
    return impact_of(recipe, graph, catalog, stacks=definitions, claims=claims, unknown=unknown)


def recipes_at_hand(
    repos: tuple[Where, ...], folder: Path, variables: Mapping[str, str]
) -> AllRecipes:
    """Open the recipes that are meant: as named, else the workspace's, else those last indexed."""
    root = workspace_root(folder)
    named = repos or (recipe_repositories(root) if root else ())
    opened = open_catalog(*named, folder=folder, environment=variables)
    return AllRecipes.open(*opened.repositories, cache=opened.path.parent.parent)


def _definitions(
    files: tuple[Path, ...],
    below: tuple[Path, ...],
    variables: Mapping[str, str],
    unknown: list[str],
) -> Iterator[Definition]:
    from peso.products.environments.facts import facts_of_this_machine  # noqa: PLC0415 - takes time
    from peso.products.environments.read import Reader  # noqa: PLC0415 - as above
    from peso.products.stack_forms import load_form  # noqa: PLC0415 - as above

    reader = Reader(facts_of_this_machine(variables))
    doubts: list[Doubt] = []
    for file in files:
        try:
            form = load_form(file, reader)
        except BadInput as error:
            unknown.append(f"{file}: cannot be read: {error.message}")
            continue
        name = _name(file, below)
        for one in form.environments:
            part = f" ({one.part})" if one.part else ""
            doubts.extend(one.environment.doubts)
            yield Definition(name=f"{name}{part}", file=str(file), environment=one.environment)
        if form.stack is not None and not form.environments:
            unknown.append(f"{file}: it has no part of Spack's; what it is made of is in no recipe")
    unknown.extend(said_once(doubts))


def _claims(root: Path, unknown: list[str]) -> tuple[Claim, ...]:
    from peso.products.claims import read_claims  # noqa: PLC0415 - only in a workspace

    claims, unread = read_claims(root)
    unknown.extend(f"{one.file}: {one.reason}" for one in unread)
    return claims


def _name(file: Path, below: tuple[Path, ...]) -> str:
    """Return a stack's name: its folder below the one that was named."""
    folder = file.absolute().parent
    for place in (one.absolute() for one in below):
        if place == folder or place not in folder.parents:
            continue
        inside = str(folder.relative_to(place))
        return inside if len(below) == 1 else f"{place.name}/{inside}"
    return folder.name
