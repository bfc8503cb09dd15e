"""Recipes: all of them, each on its page; a virtual package has a page of the same address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.pages.paging import page_of
from peso.portal.store.models import (
    ProductRecipe,
    Recipe,
    RecipeDependency,
    RecipeProvided,
    ReleaseUnit,
    StackRoot,
    Upstream,
)

_SHOWN: Final = 200
_NEEDED: Final = 150
"""Dependencies on one page."""
_CONDITIONS: Final = 8
"""Conditions of one dependency on a page."""
_RULES: Final = 60
"""Conflicts and requirements on a page."""
_VARIANTS: Final = 120
_VALUES: Final = 24
"""Values of one variant on a page."""
_FLAGS: Final = {"True": "on", "False": "off"}
_LONGEST: Final = 300
"""Letters of one condition on a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """That something is so, under some conditions."""

    name: str
    types: str
    always: bool
    conditions: tuple[str, ...]
    more: int
    """Conditions that are not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What must not be, or must be, where a condition holds."""

    said: str
    when: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A variant."""

    name: str
    default: str
    values: str
    description: str
    when: str


@require_safe
def recipes(request: HttpRequest) -> HttpResponse:
    """Show the list."""
    rows = Recipe.objects.only(
        "name", "version", "description", "license", "dependents", "readable"
    )
    q, order = request.GET.get("q", ""), request.GET.get("order", "")
    for word in q.replace("\0", "").casefold().split()[:8]:
        rows = rows.filter(words__contains=word)
    if order == "dependents":
        rows = rows.order_by("-dependents", "name")
    found = page_of(request, rows, 100)
    part = getattr(request, "htmx", False)
    return render(
        request,
        "recipes/found.html" if part else "recipes/list.html",
        {**found, "q": q, "order": order, "all": Recipe.objects.exists() if q else True},
    )


@require_safe
def recipe(request: HttpRequest, name: str) -> HttpResponse:
    """Show one recipe, or the virtual package of that name."""
    one = Recipe.objects.filter(name=name).first()
    needed = RecipeDependency.objects.filter(name=name).select_related("recipe")
    shown: dict[str, object] = {
        "trail": (("Recipes", "/recipes/"), (name, "")),
        "name": name,
        "providers": [
            (row.recipe, _under(row, row.specs.replace("\n", ", ")))
            for row in RecipeProvided.objects.filter(name=name)
            .select_related("recipe")
            .defer("recipe__data", "recipe__words")
            .order_by("recipe__name")
        ],
        "dependents": needed.only("recipe__name", "types").order_by("recipe__name")[:_SHOWN],
        "stacks": sorted(
            set(StackRoot.objects.filter(name=name).values_list("stack__name", flat=True))
        ),
    }
    if one is None:
        count = needed.count()
        if not count and not shown["providers"]:
            raise Http404(f"No recipe is called {name[:100]}, and none names it.")
        return render(request, "recipes/virtual.html", {**shown, "count": count})
    units = ReleaseUnit.objects.filter(name=name).select_related("release").defer("data")
    return render(
        request,
        "recipes/recipe.html",
        {
            **shown,
            **_rules(one.data),
            "recipe": one,
            "said": one.data,
            **_declared(one),
            "upstream": Upstream.objects.filter(name=name).first(),
            "products": ProductRecipe.objects.filter(recipe=name).select_related("product"),
            "units": units.order_by("-release__created")[:20],
        },
    )


def _declared(one: Recipe) -> dict[str, object]:
    """Return the versions of a recipe, what it may need and what it can stand for."""
    needs = list(one.needs.order_by("name"))
    return {
        "versions": one.declared.all()[:_SHOWN],
        "more_versions": max(0, one.versions - _SHOWN),
        "more_dependents": max(0, one.dependents - _SHOWN),
        "needs": [_under(row, row.types) for row in needs[:_NEEDED]],
        "more_needs": max(0, len(needs) - _NEEDED),
        "provides": [_under(row, "") for row in one.provided.order_by("name")],
    }


def _under(row: RecipeDependency | RecipeProvided, types: str) -> Under:
    conditions = row.when.split("\n") if row.when and not row.always else []
    return Under(
        name=row.name,
        types=types.replace(",", ", ") if isinstance(row, RecipeDependency) else types,
        always=row.always,
        conditions=tuple(_cut(one) for one in conditions[:_CONDITIONS]),
        more=max(0, len(conditions) - _CONDITIONS),
    )


def _rules(data: dict[str, Any]) -> dict[str, object]:
    """Return what a recipe's record says of variants, conflicts and requirements, bounded."""
    conflicts, requirements = data.get("conflicts", []), data.get("requirements", [])
    variants = data.get("variants", [])
    return {
        "variants": [_choice(one) for one in variants[:_VARIANTS]],
        "more_variants": max(0, len(variants) - _VARIANTS),
        "conflicts": [
            Rule(said=_cut(one["spec"]), when=_when(one), message=_cut(one.get("message", "")))
            for one in conflicts[:_RULES]
        ],
        "more_conflicts": max(0, len(conflicts) - _RULES),
        "requirements": [
            Rule(
                said=_cut(" or ".join(one["specs"])),
                when=_when(one),
                message=_cut(one.get("message", "")),
            )
            for one in requirements[:_RULES]
        ],
        "more_requirements": max(0, len(requirements) - _RULES),
    }


def _choice(one: dict[str, Any]) -> Choice:
    raw = [value.get("value", "") for value in one.get("values", [])]
    values = ["on", "off"] if set(raw) == {True, False} else [str(value) for value in raw]
    more = f" and {len(values) - _VALUES} more" if len(values) > _VALUES else ""
    default = one.get("default", "")
    return Choice(
        name=str(one.get("name", "")),
        default=_joined(default if isinstance(default, list) else [default]),
        values=", ".join(values[:_VALUES]) + more,
        description=_cut(str(one.get("description", ""))),
        when=_when(one),
    )


def _joined(values: Iterable[object]) -> str:
    return ", ".join(_FLAGS.get(str(one), str(one)) for one in values)


def _when(one: dict[str, Any]) -> str:
    return _cut(" and ".join(one.get("when", ())))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
