"""Product: all that is known of one: versions, proof, figures, findings, what stands on what.

1. What is not known is said, and why: an upstream version nobody looked up, a component that no
   source of advisories knows.
2. A product is proven on a platform by the newest release that was tested there, not by any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from peso.portal.known import covered, needed, newest_scan, scales, sources, upstream_of, weighed
from peso.portal.pages.addresses import path_of
from peso.portal.pages.ecosystem.charts import Chart, Run, Series, chart_of, series_of
from peso.portal.pages.ecosystem.metadata import embedded, structured
from peso.portal.settings import CONFIG
from peso.portal.store.models import (
    Cell,
    Product,
    Recipe,
    RecipeDependency,
    ReleaseFinding,
    ReleaseProduct,
    StackRoot,
    TestResult,
)

_DEPENDENTS: Final = 60
_NEEDS: Final = 60
_RUNS: Final = 12
_FINDINGS: Final = 60
_CELLS: Final = 120
_OF_FIGURES: Final = 400
"""Runs whose figures are looked at, from the newest on."""
_CHARTS: Final = 6
_POINTS: Final = 40
"""Runs in one chart, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place that names a version of a product; an empty version is not known, and why."""

    where: str
    link: str
    version: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the newest test on a platform says."""

    platform: str
    cell: Cell
    release_path: str
    older: int
    """Releases that were tested there before."""


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one product."""
    one = get_object_or_404(Product.objects.prefetch_related("members", "areas"), slug=slug)
    names = [*one.spack]
    recipes = list(Recipe.objects.filter(name__in=names).defer("data", "words").order_by("name"))
    delivered = list(
        ReleaseProduct.objects.filter(product=one)
        .select_related("release")
        .defer("release__data")
        .order_by("-release__created")[:20]
    )
    return render(
        request,
        "products/product.html",
        {
            "trail": (("Products", "/products/"), (one.name, "")),
            "product": one,
            "said": one.data,
            "recipes": recipes,
            "missing": sorted(set(names) - {row.name for row in recipes}),
            "places": _places(recipes, delivered),
            "upstream": upstream_of(one),
            "delivered": delivered,
            "published": next((row.release for row in delivered if row.release.published), None),
            "structured": embedded(structured(one, f"{CONFIG.url}/products/{slug}/", delivered)),
            "stacks": sorted(
                set(StackRoot.objects.filter(name__in=names).values_list("stack__name", flat=True))
            ),
            **_proven(one),
            **_found(one),
            **_licensed(delivered),
            "listed": one.listed,
            **_stands(names, recipes),
        },
    )


def _places(recipes: Sequence[Recipe], delivered: Sequence[ReleaseProduct]) -> list[Place]:
    """Return each place that names a version here: recipes and releases."""
    said = [
        Place(
            where=f"Recipe {row.name}",
            link=f"/recipes/{row.name}/",
            version=row.version,
            why="" if row.version else row.reason or "the recipe declares none",
        )
        for row in recipes
    ]
    said += [
        Place(
            where=f"Release {row.release.stack} {row.release.version}",
            link=path_of(row.release),
            version=row.version,
            why="" if row.version else "the release does not say",
        )
        for row in delivered[:6]
    ]
    return said


def _proven(one: Product) -> dict[str, object]:
    """Return what tests say: by platform, run by run, and its figures over time."""
    cells = list(
        Cell.objects.filter(product=one)
        .select_related("release", "platform")
        .defer("release__data", "platform__data")
        .order_by("-release__created", "platform__name")[:_CELLS]
    )
    runs = (
        TestResult.objects.filter(product=one)
        .select_related("release", "platform")
        .defer("release__data", "platform__data")
    )
    newest = list(runs.order_by("-at", "test", "ranks")[:_RUNS])
    series = _series(one)
    several = [row for row in series if len(row.points) > 1]
    moving = [row for row in several if not row.still]
    return {
        "proofs": _proofs(cells),
        "cells": cells,
        "runs": newest,
        "charts": [_chart(row) for row in moving[:_CHARTS]],
        "more_charts": max(0, len(moving) - _CHARTS),
        "still": [row for row in several if row.still],
        "single": len(series) - len(several),
    }


def _proofs(cells: Sequence[Cell]) -> list[Proof]:
    by: dict[str, list[Cell]] = {}
    for cell in cells:
        by.setdefault(cell.platform.name, []).append(cell)
    return [
        Proof(
            platform=name,
            cell=several[0],
            release_path=path_of(several[0].release),
            older=len(several) - 1,
        )
        for name, several in sorted(by.items())
    ]


def _series(one: Product) -> tuple[Series, ...]:
    """Return its figures over time, from plain rows: there are hundreds."""
    rows = (
        TestResult.objects.filter(product=one)
        .exclude(figures={})
        .order_by("-at")
        .values_list(
            *("release__channel", "release__stack", "release__version", "test", "ranks"),
            *("platform__name", "figures", "at", "outcome"),
        )[:_OF_FIGURES]
    )
    return series_of(
        Run(
            test=test,
            ranks=ranks,
            platform=platform,
            figures=figures,
            label=version,
            link=f"/releases/{channel}/{stack}/{version}/",
            at=at,
            outcome=outcome,
        )
        for channel, stack, version, test, ranks, platform, figures, at, outcome in rows
    )


def _chart(row: Series) -> Chart:
    return chart_of(
        Series(
            figure=row.figure,
            test=row.test,
            ranks=row.ranks,
            platform=row.platform,
            points=row.points[-_POINTS:],
        )
    )


def _found(one: Product) -> dict[str, object]:
    """Return what the newest scan that looked at it says, and who knows its components."""
    newest, components = newest_scan(one)
    if newest is None:
        return {"found": (), "coverage": ()}
    rows = ReleaseFinding.objects.filter(product=one, release=newest, source="scan")
    return {
        "found": weighed(rows[:_FINDINGS], scales(newest.data)),
        "coverage": [covered(row) for row in components[:_FINDINGS]],
        "exploited_asked": any(row["exploited"] for row in sources(newest.data)),
        "scanned": newest,
        "scanned_path": path_of(newest),
    }


def _licensed(delivered: Sequence[ReleaseProduct]) -> dict[str, object]:
    """Return the licenses of what it needs, as the newest release that says so delivers it."""
    row = next((row for row in delivered if row.data.get("licenses")), None)
    if row is None:
        return {"needed": ()}
    said = row.data["licenses"]
    return {
        "needed": needed(row.data),
        "named": said["named"],
        "more_named": said["more"],
        "license_asked": said["asked"],
        "licensed_by": row.release,
        "licensed_path": f"{path_of(row.release)}#licenses",
    }


def _stands(names: Sequence[str], recipes: Sequence[Recipe]) -> dict[str, object]:
    """Return what it stands on, and what stands on it."""
    dependents = RecipeDependency.objects.filter(name__in=names).exclude(recipe__name__in=names)
    on_it = sorted(set(dependents.values_list("recipe__name", flat=True)))
    needs = RecipeDependency.objects.filter(recipe__in=recipes).exclude(name__in=names)
    under: dict[str, bool] = {}
    for name, always in needs.values_list("name", "always"):
        under[name] = under.get(name, False) or always
    ordered = sorted(under.items(), key=lambda row: (not row[1], row[0]))
    return {
        "needs": ordered[:_NEEDS],
        "more_needs": max(0, len(ordered) - _NEEDS),
        "dependents": on_it[:_DEPENDENTS],
        "dependents_count": len(on_it),
        "more_dependents": max(0, len(on_it) - _DEPENDENTS),
    }
