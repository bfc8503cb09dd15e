"""Impact: what breaks if a recipe changes, step by step, as the recipes say it.

1. A step is a dependency that is linked or run, or a virtual package that is provided: what needs
   the virtual package may be touched where that provider is chosen.
2. Every condition is taken as possible: this is who *may* be touched. `peso explain impact` says
   who is touched in any case, and under the choices of a stack.
3. What needs it only to be built is counted by itself, at the first step.
"""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

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
_BATCH: Final = 500
"""Names in one question to the database."""


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
    """Return who may need it, at one step, at two …; and the virtual packages on the way."""
    seen, waiting = {name}, [name]
    levels: list[list[str]] = []
    through: set[str] = set()
    for _ in range(_STEPS):
        virtual = _asked(RecipeProvided, "recipe__name", "name", waiting)
        through |= virtual - {name}
        needs = RecipeDependency.objects.exclude(types__in=("build", "test", "build,test"))
        found: set[str] = set()
        names = sorted({*waiting, *virtual})
        for start in range(0, len(names), _BATCH):
            asked = needs.filter(name__in=names[start : start + _BATCH])
            found |= set(asked.values_list("recipe__name", flat=True))
        level = sorted(found - seen)
        if not level:
            break
        seen.update(level)
        levels.append(level)
        waiting = level
    return levels, sorted(through)


def _asked(model: type[RecipeProvided], field: str, wanted: str, names: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(names), _BATCH):
        rows = model.objects.filter(**{f"{field}__in": names[start : start + _BATCH]})
        found |= set(rows.values_list(wanted, flat=True))
    return found


def _only_built_with(name: str, reached: set[str]) -> list[str]:
    names = [name, *RecipeProvided.objects.filter(recipe__name=name).values_list("name", flat=True)]
    rows = RecipeDependency.objects.filter(name__in=names, types__startswith="build")
    return sorted(set(rows.values_list("recipe__name", flat=True)) - reached)


def _stacks(reached: set[str]) -> list[str]:
    roots = StackRoot.objects.values_list("name", "stack__name")
    return sorted({stack for name, stack in roots if name in reached})


def _products(reached: set[str]) -> list[tuple[str, str]]:
    rows = ProductRecipe.objects.values_list("recipe", "product__name", "product__slug")
    touched = {(name, slug) for recipe, name, slug in rows if recipe in reached}
    return sorted(touched, key=lambda one: one[0].casefold())
