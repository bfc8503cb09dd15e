"""A recipe as a row of the index: the record as JSON, and what is asked for often.

Made where the recipe is read (a worker), so that the writer has nothing to compute.
"""

from __future__ import annotations

import msgspec

from peso.products.recipes.index import FIGURES, Row
from peso.products.recipes.naming import spec_name
from peso.products.recipes.reader import Read
from peso.products.recipes.record import Recipe, Unreadable


def row_of(read: Read, repository: int, signature: str) -> Row:
    """Return the row of a recipe that was read."""
    recipe = read.recipe
    known = isinstance(recipe, Recipe)
    return Row(
        repository=repository,
        name=recipe.name,
        file=recipe.path,
        signature=signature,
        sha256=recipe.digest if isinstance(recipe, Recipe) else "",
        complete=read.complete,
        readable=known,
        words=_words(recipe),
        figures=_figures(recipe) if isinstance(recipe, Recipe) else (0,) * len(FIGURES),
        json=msgspec.json.encode(recipe),
        inputs=read.inputs,
        dependencies=_dependencies(recipe) if isinstance(recipe, Recipe) else (),
        provided=_provided(recipe) if isinstance(recipe, Recipe) else (),
    )


def _words(recipe: Recipe | Unreadable) -> str:
    if isinstance(recipe, Unreadable):
        return recipe.name
    virtual = (name for one in recipe.provided for name in one.names)
    more = dict.fromkeys((*virtual, *recipe.tags, *recipe.maintainers))
    return "\n".join([recipe.name, " ".join(more), recipe.description]).lower()


def _figures(recipe: Recipe) -> tuple[int, ...]:
    return (
        len(recipe.versions),
        sum(one.deprecated for one in recipe.versions),
        sum(not one.proven for one in recipe.versions) if recipe.has_code else 0,
        len(recipe.variants),
        len(recipe.dependencies),
        len(recipe.conflicts),
        len(recipe.patches),
        bool(recipe.licenses),
        bool(recipe.maintainers),
        any(not one.file for one in recipe.tests),
        len(recipe.unread),
        len(recipe.splices),
    )


def _dependencies(recipe: Recipe) -> tuple[tuple[str, str, str], ...]:
    found = dict.fromkeys([(one.name, one.types, one.when) for one in recipe.dependencies])
    return tuple(
        [(name, ",".join(types), "\n".join(when) if when else "") for name, types, when in found]
    )


def _provided(recipe: Recipe) -> tuple[tuple[str, str, str], ...]:
    found = (
        (spec_name(spec), spec, "\n".join(one.when))
        for one in recipe.provided
        for spec in one.specs
    )
    return tuple(dict.fromkeys(found))
