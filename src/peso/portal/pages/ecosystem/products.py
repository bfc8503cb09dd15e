"""Products: found by what one knows of them."""

from __future__ import annotations

from typing import Final

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.pages.paging import page_of
from peso.portal.store.models import (
    Area,
    Member,
    Product,
    ProductRecipe,
    Release,
    ReleaseProduct,
)

LANGUAGES: Final = ("C", "C++", "Fortran", "Python", "Rust", "Go", "Julia", "Java")


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
    language = django_filters.ChoiceFilter(
        method="tongue",
        empty_label="Any",
        choices=tuple((one, one) for one in LANGUAGES),
        label="Language",
    )
    release = django_filters.ModelChoiceFilter(
        method="delivered",
        queryset=Release.objects.all(),
        label="In the release",
        empty_label="Any",
    )
    where = django_filters.ChoiceFilter(
        method="carried",
        label="Carried by",
        empty_label="Any",
        choices=(
            ("release", "A release"),
            ("spack", "Spack"),
            ("pypi", "PyPI"),
            ("none", "None of them"),
        ),
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
            return rows.filter(pk__in=ReleaseProduct.objects.values("product"))
        if value == "spack":
            return rows.filter(pk__in=ProductRecipe.objects.values("product"))
        if value == "pypi":
            return rows.exclude(pypi="")
        return rows.filter(releases=None, recipes=None, pypi="")

    def tongue(self, rows: QuerySet[Product], _name: str, value: str) -> QuerySet[Product]:
        """Keep what is written in a language: C is not a part of C++."""
        several = Q(language=value) | Q(language__startswith=f"{value}, ")
        several |= Q(language__endswith=f", {value}") | Q(language__contains=f", {value},")
        return rows.filter(several)

    def delivered(self, rows: QuerySet[Product], _name: str, value: Release) -> QuerySet[Product]:
        """Keep what a release delivers."""
        return rows.filter(pk__in=value.products.values("product"))


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """Show the list."""
    asked = ProductFilter(request.GET, queryset=Product.objects.all())
    rows = asked.qs.prefetch_related("members", "areas")
    found = {**page_of(request, rows), "filter": asked, "all": Product.objects.count()}
    part = getattr(request, "htmx", False)
    return render(request, "products/found.html" if part else "products/list.html", found)
