"""Impact: what breaks if a recipe changes, step by step, as the recipes say it.

1. A step is a dependency that is linked or run. Who needs a virtual package that the changed recipe
   stands for may be touched too, where that provider is chosen; at later steps names count only.
2. Every condition is taken as possible: this is who *may* be touched. `peso explain impact` says
   who is touched in any case, and under the choices of a stack.
3. What needs it only to be built is counted by itself, at the first step.
"""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.store.edges import edges
from peso.portal.store.models import (
    ProductRecipe,
    Recipe,
    RecipeDependency,
    RecipeProvided,
    StackRoot,
)

_STEPS: Final = 3
_WIDEST: Final = 300
"""Names of one step on a page."""


@require_safe
def impact(request: HttpRequest, name: str) -> HttpResponse:
    """Show what a change of a recipe, or of a virtual package, may touch."""
    needed = RecipeDependency.objects.filter(name=name)
    known = Recipe.objects.filter(name=name).exists()
    if not known and not needed.exists():
        raise Http404(f"No recipe is called {name[:100]}, and none names it.")
    levels, through = _levels(name)
    reached = {name, *(one for level in levels for one in level)}
    build = _only_built_with(name, reached)
    return render(
        request,
        "impact/impact.html",
        {
            "trail": (("Recipes", "/recipes/"), (name, f"/recipes/{name}/"), ("Impact", "")),
            "name": name,
            "levels": [
                (number, level[:_WIDEST], len(level), max(0, len(level) - _WIDEST))
                for number, level in enumerate(levels, 1)
            ],
            "through": through,
            "total": len(reached) - 1,
            "build": build[:_WIDEST],
            "build_count": len(build),
            "more_build": max(0, len(build) - _WIDEST),
            "stacks": _stacks(reached),
            "products": _products(reached),
            "any_products": ProductRecipe.objects.exists(),
        },
    )


def _levels(name: str) -> tuple[list[list[str]], list[str]]:
    """Return who may need it, at one step, at two …; and the virtual packages it stands for."""
    virtual = _provided_by(name)
    seen, waiting = {name}, [name, *virtual]
    levels: list[list[str]] = []
    needed_by = edges()
    for _ in range(_STEPS):
        found = {one for name in waiting for one in needed_by.get(name, ())}
        waiting = sorted(found - seen)
        if not waiting:
            break
        seen.update(waiting)
        levels.append(waiting)
    return levels, virtual


def _provided_by(name: str) -> list[str]:
    rows = RecipeProvided.objects.filter(recipe__name=name).exclude(name=name)
    return sorted(rows.values_list("name", flat=True))


def _only_built_with(name: str, reached: set[str]) -> list[str]:
    names = [name, *_provided_by(name)]
    rows = RecipeDependency.objects.filter(name__in=names, types__startswith="build")
    return sorted(set(rows.values_list("recipe__name", flat=True)) - reached)


def _stacks(reached: set[str]) -> list[str]:
    roots = StackRoot.objects.values_list("name", "stack__name")
    return sorted({stack for name, stack in roots if name in reached})


def _products(reached: set[str]) -> list[tuple[str, str]]:
    rows = ProductRecipe.objects.values_list("recipe", "product__name", "product__slug")
    touched = {(name, slug) for recipe, name, slug in rows if recipe in reached}
    return sorted(touched, key=lambda one: one[0].casefold())
