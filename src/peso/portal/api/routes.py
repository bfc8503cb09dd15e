"""The API, version 1: read everything the portal knows; a token, or a runner's key, does more.

1. A list is `{count, limit, offset, items}`; `limit` is at most 1000.
2. What is not there is 404 with `detail`; what is not understood is 422 with every fault.
3. Every answer has an ETag; asked again with it, nothing is sent twice (Django's middleware).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import NinjaAPI

import peso
from peso.portal.api import consortium, needs, programs, push, shapes
from peso.portal.api.asking import Limit, Offset, Text, answers
from peso.portal.api.known import name_of, of_product, of_release
from peso.portal.store.models import (
    Cell,
    Product,
    Recipe,
    RecipeDependency,
    Release,
    Source,
    Stack,
    TestResult,
    state_of,
)

api = NinjaAPI(
    title="PESO portal",
    version=peso.__version__,
    description="Read everything the portal knows: products, releases, tests, recipes, stacks,"
    " the consortium with its people and working groups, and public needs.",
    docs_url=None,
    urls_namespace="api",
)


api.add_router("", consortium.router)
api.add_router("", programs.router)
api.add_router("", push.router)
api.add_router("", needs.router)


def _many(
    rows: QuerySet[Any], limit: int, offset: int, shape: Callable[[Any], Any] = lambda one: one
) -> dict[str, Any]:
    return {
        "count": rows.count(),
        "limit": limit,
        "offset": offset,
        "items": [shape(one) for one in rows[offset : offset + limit]],
    }


def _plain(text: str) -> str:
    """Return a text without what no database takes."""
    return text.replace("\0", "")


@api.get("/products", response=answers(shapes.Many[shapes.ProductShape]), summary="Products")
def products(  # noqa: PLR0913, PLR0917 - a parameter for each filter
    request: HttpRequest,  # noqa: ARG001 - ninja's
    q: Text = "",
    member: Text = "",
    area: Text = "",
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List products, by words, member (slug) or area (slug)."""
    rows = Product.objects.prefetch_related("members", "areas")
    for word in _plain(q).casefold().split()[:8]:
        rows = rows.filter(words__contains=word)
    if member:
        rows = rows.filter(members__slug=_plain(member))
    if area:
        rows = rows.filter(areas__slug=_plain(area))
    return _many(rows, limit, offset, _product)


@api.get("/products/{slug}", response=answers(shapes.WholeProduct), summary="A product")
def product(request: HttpRequest, slug: str) -> dict[str, Any]:  # noqa: ARG001 - ninja's
    """Return one product, with its releases and cells."""
    rows = Product.objects.prefetch_related("members", "areas")
    one = get_object_or_404(rows, slug=_plain(slug))
    delivered = one.releases.select_related("release").defer("release__data")
    releases = list(delivered.order_by("-release__created"))
    return {
        **_product(one),
        "data": one.data,
        "releases": [name_of(row.release) for row in releases],
        "cells": _cells(one.cells.all()),
        **of_product(one, releases),
    }


@api.get("/releases", response=answers(shapes.Many[shapes.ReleaseShape]), summary="Releases")
def releases(
    request: HttpRequest,  # noqa: ARG001 - ninja's
    stack: Text = "",
    channel: Text = "",
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List releases, the newest first."""
    rows = Release.objects.all()
    if stack:
        rows = rows.filter(stack=_plain(stack))
    if channel:
        rows = rows.filter(channel=_plain(channel))
    return _many(rows, limit, offset)


_ONE = "/releases/{channel}/{stack}/{version}"


def _found(channel: str, stack: str, version: str) -> Release:
    return get_object_or_404(
        Release, channel=_plain(channel), stack=_plain(stack), version=_plain(version)
    )


@api.get(_ONE, response=answers(shapes.WholeRelease), summary="A release")
def release(
    request: HttpRequest,  # noqa: ARG001 - ninja's
    channel: str,
    stack: str,
    version: str,
) -> dict[str, Any]:
    """Return one release, with what was found and proven."""
    one = _found(channel, stack, version)
    said = shapes.ReleaseShape.from_orm(one).model_dump()
    return {
        **said,
        "products": {row.name: row.version for row in one.products.all()},
        "gate": one.data.get("gate", []),
        "cells": _cells(one.cells.all()),
        **of_release(one),
        "evidence": {row.kind: row.sha256 for row in one.evidence.all()},
    }


@api.get(
    f"{_ONE}/units", response=answers(shapes.Many[shapes.UnitShape]), summary="Units of a release"
)
def units(  # noqa: PLR0913, PLR0917 - a parameter for each filter
    request: HttpRequest,  # noqa: ARG001 - ninja's
    channel: str,
    stack: str,
    version: str,
    outcome: Text = "",
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List the units of a release."""
    rows = _found(channel, stack, version).units.all()
    if outcome:
        rows = rows.filter(outcome=_plain(outcome))
    return _many(rows, limit, offset)


@api.get(
    f"{_ONE}/tests",
    response=answers(shapes.Many[shapes.ResultShape]),
    summary="Tests of a release",
)
def tests(  # noqa: PLR0913, PLR0917 - a parameter for each filter
    request: HttpRequest,  # noqa: ARG001 - ninja's
    channel: str,
    stack: str,
    version: str,
    outcome: Text = "",
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List the runs of tests of a release."""
    one = _found(channel, stack, version)
    rows = TestResult.objects.filter(release=one).select_related("product", "platform")
    rows = rows.defer("product__data", "product__words", "product__description", "platform__data")
    if outcome:
        rows = rows.filter(outcome=_plain(outcome))
    order = ("outcome", "product_id", "platform_id", "test", "ranks")
    return _many(rows.order_by(*order), limit, offset, _result)


@api.get("/recipes", response=answers(shapes.Many[shapes.RecipeShape]), summary="Recipes")
def recipes(
    request: HttpRequest,  # noqa: ARG001 - ninja's
    q: Text = "",
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List recipes, by words."""
    rows = Recipe.objects.defer("data", "words")
    for word in _plain(q).casefold().split()[:8]:
        rows = rows.filter(words__contains=word)
    return _many(rows, limit, offset)


@api.get("/recipes/{name}", response=answers(shapes.WholeRecipe), summary="A recipe")
def recipe(request: HttpRequest, name: str) -> Recipe:  # noqa: ARG001 - ninja's
    """Return one recipe with all that was read."""
    return get_object_or_404(Recipe, name=_plain(name))


@api.get(
    "/recipes/{name}/dependents",
    response=answers(shapes.Many[shapes.NeedShape]),
    summary="What may need a recipe",
)
def dependents(
    request: HttpRequest,  # noqa: ARG001 - ninja's
    name: str,
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List the recipes that name a package, or a virtual package."""
    rows = RecipeDependency.objects.filter(name=_plain(name)).select_related("recipe")
    return _many(rows.order_by("recipe__name"), limit, offset, _need)


@api.get("/stacks", response=answers(shapes.Many[shapes.StackShape]), summary="Stacks")
def stacks(
    request: HttpRequest,  # noqa: ARG001 - ninja's
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List stacks."""
    return _many(Stack.objects.defer("text", "data"), limit, offset)


@api.get("/stacks/{name}", response=answers(shapes.WholeStack), summary="A stack")
def stack(request: HttpRequest, name: str) -> dict[str, Any]:  # noqa: ARG001 - ninja's
    """Return one stack with its roots and what lint says."""
    one = get_object_or_404(Stack, name=_plain(name))
    said = shapes.StackShape.from_orm(one).model_dump()
    roots = [root.spec for root in one.roots.all()]
    return {**said, "roots": roots, "findings": list(one.findings.all())}


@api.get(
    "/sources", response=answers(shapes.Many[shapes.SourceShape]), summary="Where it comes from"
)
def sources(
    request: HttpRequest,  # noqa: ARG001 - ninja's
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List what was taken in, and what was refused and why."""
    return _many(Source.objects.order_by("-seen", "pk"), limit, offset)


def _product(one: Product) -> dict[str, Any]:
    return {
        "slug": one.slug,
        "name": one.name,
        "description": one.description,
        "license": one.license,
        "curated": one.curated,
        "spack": one.spack,
        "pypi": one.pypi,
        "gpu": one.gpu,
        "tested": one.tested,
        "members": [member.slug for member in one.members.all()],
        "areas": [area.slug for area in one.areas.all()],
    }


def _cells(cells: QuerySet[Cell]) -> list[dict[str, Any]]:
    """Return cells from plain rows: a release has some thousand, and as many objects take long."""
    rows = cells.order_by("product__slug", "platform__name", "release__created").values(
        *("passed", "failed", "unknown", "skipped", "last", "product__slug", "platform__name"),
        *("release__channel", "release__stack", "release__version"),
    )
    return [
        {
            "product": row["product__slug"],
            "platform": row["platform__name"],
            "release": "/".join(
                (row["release__channel"], row["release__stack"], row["release__version"])
            ),
            "state": state_of(row["passed"], row["failed"], row["unknown"]),
            **{name: row[name] for name in ("passed", "failed", "unknown", "skipped", "last")},
        }
        for row in rows
    ]


def _result(one: TestResult) -> dict[str, Any]:
    plain = shapes.ResultShape.model_fields.keys() - {"product", "platform"}
    return {
        **{name: getattr(one, name) for name in plain},
        "product": one.product.slug,
        "platform": one.platform.name,
    }


def _need(one: RecipeDependency) -> dict[str, Any]:
    return {
        "recipe": one.recipe.name,
        "name": one.name,
        "types": one.types,
        "always": one.always,
        "when": one.when,
    }
