"""Releases: the list, each on its page, its units and its tests."""

from __future__ import annotations

from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from peso.portal.known import license_rule, scales, sources, statements, weighed
from peso.portal.pages.addresses import path_of
from peso.portal.pages.paging import page_of
from peso.portal.store.models import Recipe, Release, ReleaseUnit, TestResult

_WORST_FIRST = ("failed", "not-tried", "not-known")
_SHOWN = 40
_CELLS = 60
"""Cells on the page of a release, the worst first; the matrix has all."""
_FINDINGS = 40
_STATEMENTS = 100
_COUNTS = ("release", "passed", "failed", "unknown", "skipped")
_OUTCOMES = {"pass": "passed", "fail": "failed", "unknown": "unknown", "skipped": "skipped"}


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """Show the list."""
    rows = Release.objects.defer("data").annotate(n=Count("products", distinct=True))
    rows = rows.order_by("-created", "stack", "version")
    stack, channel = request.GET.get("stack", ""), request.GET.get("channel", "")
    if stack:
        rows = rows.filter(stack=stack)
    if channel:
        rows = rows.filter(channel=channel)
    return render(request, "releases/list.html", {**page_of(request, rows, 30), "stack": stack})


def found(channel: str, stack: str, version: str) -> Release:
    """Return a release by its name; raises `Http404`."""
    return get_object_or_404(Release, channel=channel, stack=stack, version=version)


@require_safe
def release(request: HttpRequest, channel: str, stack: str, version: str) -> HttpResponse:
    """Show one release."""
    one = found(channel, stack, version)
    units = one.units.all()
    trouble = units.filter(outcome__in=_WORST_FIRST)
    cells = (
        one.cells.select_related("platform", "product")
        .only(*_COUNTS, "platform__name", "product__slug", "product__name")
        .order_by("-failed", "-unknown", "product__sorted_as", "platform__name")
    )
    count = one.cells.count()
    several = list(
        one.findings.filter(source="scan")
        .select_related("product")
        .defer("product__data", "product__words", "product__description")[: _FINDINGS + 1]
    )
    components = one.coverage.count()
    bare = one.coverage.filter(sources=[]).count()
    return render(
        request,
        "releases/release.html",
        {
            "trail": (("Releases", "/releases/"), (str(one), "")),
            "release": one,
            "path": request.path,
            "products": one.products.select_related("product").only(
                "release", "name", "version", "product__slug"
            ),
            "outcomes": units.values("outcome").annotate(n=Count("id")).order_by("-n"),
            "trouble": trouble[:_SHOWN],
            "cells": cells[:_CELLS],
            "more_cells": max(0, count - _CELLS),
            "found": weighed(several[:_FINDINGS], scales(one.data)),
            "more_findings": len(several) > _FINDINGS,
            "components": components,
            "covered": components - bare,
            "bare": bare,
            "asked": sources(one.data),
            "exploited_asked": any(row["exploited"] for row in sources(one.data)),
            "statements": statements(one.data)[:_STATEMENTS],
            "scanned": one.data.get("scanned"),
            "licenses": one.data.get("licenses"),
            "license_rule": license_rule(one.data),
            "evidence": one.evidence.all(),
            "others": Release.objects.filter(stack=one.stack).exclude(pk=one.pk)[:10],
            "gate": one.data.get("gate", ()),
        },
    )


@require_safe
def units(request: HttpRequest, channel: str, stack: str, version: str) -> HttpResponse:
    """Show the units of a release."""
    one = found(channel, stack, version)
    rows = one.units.all()
    name, outcome = request.GET.get("q", ""), request.GET.get("outcome", "")
    if name:
        rows = rows.filter(name__contains=name)
    if outcome:
        rows = rows.filter(outcome=outcome)
    return render(
        request,
        "releases/units.html",
        {
            "trail": (("Releases", "/releases/"), (str(one), path_of(one)), ("Units", "")),
            "release": one,
            "q": name,
            "outcome": outcome,
            "outcomes": one.units.values_list("outcome", flat=True).distinct().order_by("outcome"),
            **page_of(request, rows, 100),
        },
    )


@require_safe
def unit(request: HttpRequest, channel: str, stack: str, version: str, hash_: str) -> HttpResponse:
    """Show one unit."""
    one = found(channel, stack, version)
    row = get_object_or_404(ReleaseUnit, release=one, hash=hash_)
    return render(
        request,
        "releases/unit.html",
        {
            "trail": (
                ("Releases", "/releases/"),
                (str(one), path_of(one)),
                ("Units", f"{path_of(one)}units/"),
                (row.name, ""),
            ),
            "release": one,
            "unit": row,
            "recipe": row.name if Recipe.objects.filter(name=row.name).exists() else "",
            "product": next(
                (
                    asked.product
                    for asked in one.products.filter(name=row.name).select_related("product")
                ),
                None,
            ),
            "elsewhere": ReleaseUnit.objects.filter(name=row.name)
            .exclude(release=one)
            .select_related("release")
            .order_by("-release__created")[:10],
        },
    )


@require_safe
def tests(request: HttpRequest, channel: str, stack: str, version: str) -> HttpResponse:
    """Show the runs of tests of a release; the failed ones come first."""
    one = found(channel, stack, version)
    rows = TestResult.objects.filter(release=one).select_related("product", "platform")
    rows = rows.defer("product__data", "product__words", "product__description", "platform__data")
    product, platform = request.GET.get("product", ""), request.GET.get("platform", "")
    outcome = request.GET.get("outcome", "")
    if product:
        rows = rows.filter(product__slug=product)
    if platform:
        rows = rows.filter(platform__name=platform)
    if outcome:
        rows = rows.filter(outcome=outcome)
    # `fail` is the first of the words; the rest is the order of an index, so that one page of
    # fifty thousand runs is read, and not all of them.
    rows = rows.order_by("outcome", "product_id", "platform_id", "test", "ranks")
    return render(
        request,
        "releases/tests.html",
        {
            "trail": (("Releases", "/releases/"), (str(one), path_of(one)), ("Tests", "")),
            "release": one,
            "outcome": outcome,
            "product": product,
            "platform": platform,
            **page_of(request, rows, count=_count(one, product, platform, outcome)),
        },
    )


def _count(one: Release, product: str, platform: str, outcome: str) -> int:
    """Return how many runs of a release there are: its cells have counted them."""
    cells = one.cells.all()
    if product:
        cells = cells.filter(product__slug=product)
    if platform:
        cells = cells.filter(platform__name=platform)
    if outcome and outcome not in _OUTCOMES:
        return 0
    fields = (_OUTCOMES[outcome],) if outcome else tuple(_OUTCOMES.values())
    sums = cells.aggregate(**{f"n_{name}": Sum(name) for name in fields})
    return sum(value or 0 for value in sums.values())


def named(text: str) -> Release:
    """Return a release by `channel/stack/version`; raises `Http404`."""
    parts = text.split("/")
    if len(parts) != 3:  # noqa: PLR2004 - channel, stack, version
        raise Http404("A release is named by channel/stack/version.")
    return found(*parts)
