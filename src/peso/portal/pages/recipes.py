"""Recipes: all of them, each on its page, and what breaks if one changes."""

from __future__ import annotations

from collections import deque
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from peso.portal.pages.paging import page_of
from peso.portal.store.models import (
    ProductRecipe,
    Recipe,
    RecipeDependency,
    ReleaseUnit,
    StackRoot,
)

_SHOWN: Final = 200
_STEPS: Final = 3
_WIDEST: Final = 400


@require_safe
def recipes(request: HttpRequest) -> HttpResponse:
    """Show the list."""
    rows = Recipe.objects.only(
        "name", "version", "description", "license", "dependents", "readable"
    )
    q, order = request.GET.get("q", ""), request.GET.get("order", "")
    for word in q.casefold().split()[:8]:
        rows = rows.filter(words__contains=word)
    if order == "dependents":
        rows = rows.order_by("-dependents", "name")
    found = page_of(request, rows, 100)
    part = getattr(request, "htmx", False)
    return render(
        request,
        "recipes/found.html" if part else "recipes/list.html",
        {**found, "q": q, "order": order},
    )


@require_safe
def recipe(request: HttpRequest, name: str) -> HttpResponse:
    """Show one recipe."""
    one = get_object_or_404(Recipe, name=name)
    dependents = RecipeDependency.objects.filter(name=name).select_related("recipe")
    units = ReleaseUnit.objects.filter(name=name).select_related("release")
    return render(
        request,
        "recipes/recipe.html",
        {
            "trail": (("Recipes", "/recipes/"), (name, "")),
            "recipe": one,
            "said": one.data,
            "versions": one.declared.all()[:_SHOWN],
            "needs": one.needs.order_by("name"),
            "dependents": dependents.only("recipe__name", "types").order_by("recipe__name")[
                :_SHOWN
            ],
            "products": ProductRecipe.objects.filter(recipe=name).select_related("product"),
            "stacks": StackRoot.objects.filter(name=name).select_related("stack")[:50],
            "units": units.order_by("-release__created")[:20],
        },
    )


@require_safe
def impact(request: HttpRequest, name: str) -> HttpResponse:
    """Show what a change of a recipe touches, step by step, through all conditions."""
    get_object_or_404(Recipe.objects.only("name"), name=name)
    levels = _levels(name)
    reached = {name, *(one for level in levels for one, _ in level)}
    stacks = (
        StackRoot.objects.filter(name__in=reached).select_related("stack").order_by("stack__name")
        if len(reached) < _WIDEST * _STEPS
        else StackRoot.objects.none()
    )
    products = ProductRecipe.objects.filter(recipe__in=reached).select_related("product")
    return render(
        request,
        "impact/impact.html",
        {
            "trail": (("Recipes", "/recipes/"), (name, f"/recipes/{name}/"), ("Impact", "")),
            "name": name,
            "levels": [
                (number, level[:_WIDEST], len(level)) for number, level in enumerate(levels, 1)
            ],
            "total": len(reached) - 1,
            "stacks": sorted({root.stack for root in stacks}, key=lambda one: one.name),
            "products": sorted({one.product for one in products}, key=lambda one: one.sorted_as),
        },
    )


def _levels(name: str) -> list[list[tuple[str, str]]]:
    """Return who may need it, at one step, at two …: names with the types of the edge."""
    seen = {name}
    levels: list[list[tuple[str, str]]] = []
    waiting = deque([name])
    for _ in range(_STEPS):
        edges = (
            RecipeDependency.objects.filter(name__in=list(waiting))
            .exclude(types="build")
            .exclude(types="test")
            .values_list("recipe__name", "types")
            .order_by("recipe__name")
        )
        level: dict[str, str] = {}
        for dependent, types in edges:
            if dependent not in seen:
                level.setdefault(dependent, types)
        if not level:
            break
        seen.update(level)
        levels.append(sorted(level.items()))
        waiting = deque(level)
    return levels
