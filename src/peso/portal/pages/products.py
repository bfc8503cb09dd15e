"""Products: found by what one knows of them, and each on a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import django_filters
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from peso.portal.pages.paging import page_of
from peso.portal.store.models import (
    Area,
    Cell,
    Member,
    Product,
    Recipe,
    RecipeDependency,
    ReleaseFinding,
    ReleaseProduct,
    StackRoot,
    TestResult,
)

_DEPENDENTS = 60
_RUNS = 12


class ProductFilter(django_filters.FilterSet):  # type: ignore[misc]
    """What products can be asked for."""

    q = django_filters.CharFilter(method="words", label="Name or words")
    area = django_filters.ModelChoiceFilter(
        field_name="areas",
        to_field_name="slug",
        queryset=Area.objects.all(),
        label="Area",
        empty_label="Any",
    )
    member = django_filters.ModelChoiceFilter(
        field_name="members",
        to_field_name="slug",
        queryset=Member.objects.all(),
        label="Member",
        empty_label="Any",
    )
    license = django_filters.CharFilter(lookup_expr="icontains", label="License")
    gpu = django_filters.ChoiceFilter(
        method="flag",
        empty_label="Any",
        choices=(("true", "Has a GPU variant"), ("false", "Has none")),
        label="GPU",
    )
    tested = django_filters.ChoiceFilter(
        method="flag",
        empty_label="Any",
        choices=(("true", "Has a test"), ("false", "Has none")),
        label="Tests",
    )
    where = django_filters.ChoiceFilter(
        method="carried",
        label="Carried by",
        empty_label="Any",
        choices=(("release", "A release"), ("spack", "Spack"), ("none", "Neither")),
    )

    class Meta:
        """Fields are named above."""

        model = Product
        fields: tuple[str, ...] = ()

    def flag(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        """Keep what is so, or is not."""
        return rows.filter(**{name: value == "true"})

    def words(self, rows: QuerySet[Product], _name: str, value: str) -> QuerySet[Product]:
        """Keep what has every word."""
        for word in value.casefold().split()[:8]:
            rows = rows.filter(words__contains=word)
        return rows

    def carried(self, rows: QuerySet[Product], _name: str, value: str) -> QuerySet[Product]:
        """Keep what a release delivers, or Spack has a recipe of."""
        if value == "release":
            return rows.filter(releases__isnull=False).distinct()
        if value == "spack":
            return rows.filter(recipes__isnull=False).distinct()
        return rows.filter(releases=None, recipes=None)


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """Show the list."""
    asked = ProductFilter(request.GET, queryset=Product.objects.all())
    rows = asked.qs.prefetch_related("members", "areas")
    found = {**page_of(request, rows), "filter": asked, "all": Product.objects.count()}
    part = getattr(request, "htmx", False)
    return render(request, "products/found.html" if part else "products/list.html", found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place that names a version of a product."""

    where: str
    link: str
    version: str


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one product."""
    one = get_object_or_404(Product.objects.prefetch_related("members", "areas"), slug=slug)
    names = [*one.spack]
    recipes = list(Recipe.objects.filter(name__in=names))
    delivered = list(
        ReleaseProduct.objects.filter(product=one)
        .select_related("release")
        .order_by("-release__created")[:20]
    )
    cells = list(
        Cell.objects.filter(product=one)
        .select_related("release", "platform")
        .order_by("-release__created", "platform__name")[:60]
    )
    runs = list(
        TestResult.objects.filter(product=one)
        .select_related("release", "platform")
        .order_by("-at", "test", "ranks")[:_RUNS]
    )
    newest = delivered[0].release_id if delivered else None
    findings = ReleaseFinding.objects.filter(product=one, release=newest) if newest else ()
    dependents = RecipeDependency.objects.filter(name__in=names).select_related("recipe")
    needs = RecipeDependency.objects.filter(recipe__in=recipes).order_by("name")
    return render(
        request,
        "products/product.html",
        {
            "trail": (("Products", "/products/"), (one.name, "")),
            "product": one,
            "said": one.data,
            "recipes": recipes,
            "places": _places(recipes, delivered),
            "delivered": delivered,
            "cells": cells,
            "runs": runs,
            "findings": findings,
            "needs": needs,
            "dependents": dependents.order_by("recipe__name")[:_DEPENDENTS],
            "dependents_count": dependents.aggregate(n=Count("recipe", distinct=True))["n"],
            "stacks": StackRoot.objects.filter(name__in=names).select_related("stack"),
        },
    )


def _places(recipes: list[Recipe], delivered: list[ReleaseProduct]) -> list[Place]:
    """Return each place that names a version: recipes, then releases."""
    said = [
        Place(where=f"recipe {one.name}", link=f"/recipes/{one.name}/", version=one.version)
        for one in recipes
    ]
    return said + [
        Place(
            where=f"{one.release.title} {one.release.version}",
            link=f"/releases/{one.release.channel}/{one.release.stack}/{one.release.version}/",
            version=one.version,
        )
        for one in delivered[:5]
    ]


def structured(one: Product, url: str) -> dict[str, Any]:
    """Return what a search engine reads of a product (schema.org, SoftwareSourceCode)."""
    links = {str(link.get("label")): link.get("url") for link in one.data.get("links", ())}
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "SoftwareSourceCode",
        "name": one.name,
        "description": one.description,
        "url": url,
        "license": one.license,
        "codeRepository": links.get("Repository"),
        "maintainer": [
            {"@type": "Organization", "name": member.title or member.name}
            for member in one.members.all()
        ],
    }
    return {name: value for name, value in said.items() if value}


def codemeta(one: Product, url: str) -> dict[str, Any]:
    """Return what CodeMeta 3.0 says of a product (https://codemeta.github.io/terms/)."""
    said = structured(one, url)
    return {
        **said,
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "identifier": one.slug,
        "keywords": [area.name for area in one.areas.all()],
        "license": _spdx(one.license),
    }


def _spdx(expression: str) -> str:
    """Return a single license as the address SPDX has for it; an expression as it is."""
    plain = expression and " " not in expression and "(" not in expression
    return f"https://spdx.org/licenses/{expression}" if plain else expression
