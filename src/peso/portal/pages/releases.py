"""Releases: the list, each on its page, its units and its tests, and any two beside each other."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from peso.portal.pages.paging import page_of
from peso.portal.store.models import Release, ReleaseUnit, TestResult

_WORST_FIRST = ("failed", "not-tried", "not-known")
_SHOWN = 40


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """Show the list."""
    # Grouping drops the table's own order, so it is said again.
    rows = Release.objects.annotate(n=Count("products")).order_by("-created", "stack", "version")
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
    cells = one.cells.select_related("platform", "product").order_by("product__sorted_as")
    covered = one.coverage.exclude(sources=[]).count()
    return render(
        request,
        "releases/release.html",
        {
            "trail": (("Releases", "/releases/"), (str(one), "")),
            "release": one,
            "path": request.path,
            "products": one.products.select_related("product"),
            "outcomes": units.values("outcome").annotate(n=Count("id")).order_by("-n"),
            "trouble": trouble[:_SHOWN],
            "cells": cells,
            "findings": one.findings.select_related("product"),
            "components": one.coverage.count(),
            "covered": covered,
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
            "trail": (("Releases", "/releases/"), (str(one), _path(one)), ("Units", "")),
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
                (str(one), _path(one)),
                ("Units", f"{_path(one)}units/"),
                (row.name, ""),
            ),
            "release": one,
            "unit": row,
        },
    )


@require_safe
def tests(request: HttpRequest, channel: str, stack: str, version: str) -> HttpResponse:
    """Show the runs of tests of a release; the failed ones come first."""
    one = found(channel, stack, version)
    rows = TestResult.objects.filter(release=one).select_related("product", "platform")
    product, platform = request.GET.get("product", ""), request.GET.get("platform", "")
    outcome = request.GET.get("outcome", "")
    if product:
        rows = rows.filter(product__slug=product)
    if platform:
        rows = rows.filter(platform__name=platform)
    if outcome:
        rows = rows.filter(outcome=outcome)
    return render(
        request,
        "releases/tests.html",
        {
            "trail": (("Releases", "/releases/"), (str(one), _path(one)), ("Tests", "")),
            "release": one,
            "outcome": outcome,
            "product": product,
            "platform": platform,
            **page_of(request, rows.order_by("product", "platform", "test", "ranks")),
        },
    )


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show what differs between two releases."""
    said = request.GET.get("a", ""), request.GET.get("b", "")
    pair = [_named(one) for one in said if one]
    shown: dict[str, object] = {
        "trail": (("Releases", "/releases/"), ("Compare", "")),
        "all": Release.objects.values_list("channel", "stack", "version")[:200],
        "a": said[0],
        "b": said[1],
    }
    if len(pair) == 2:  # noqa: PLR2004 - two are compared
        shown |= {"first": pair[0], "second": pair[1], **_differences(pair[0], pair[1])}
    return render(request, "compare/compare.html", shown)


def _named(text: str) -> Release:
    parts = text.split("/")
    if len(parts) != 3:  # noqa: PLR2004 - channel, stack, version
        raise Http404("A release is named by channel/stack/version.")
    return found(*parts)


def _differences(first: Release, second: Release) -> dict[str, object]:
    """Return products and cells that are not the same in both."""
    before = {one.name: one.version for one in first.products.all()}
    after = {one.name: one.version for one in second.products.all()}
    names = sorted(before.keys() | after.keys())
    products = [
        (name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name) != after.get(name)
    ]
    cells: dict[tuple[str, str, str], dict[str, str]] = {}
    for which, one in (("a", first), ("b", second)):
        for cell in one.cells.select_related("product", "platform"):
            key = (cell.product.name, cell.product.slug, cell.platform.name)
            cells.setdefault(key, {})[which] = cell.state
    moved = [
        (*key, states.get("a", "not tested"), states.get("b", "not tested"))
        for key, states in sorted(cells.items())
        if states.get("a") != states.get("b")
    ]
    rules = {
        which: set(one.findings.values_list("rule", "subject"))
        for which, one in (("a", first), ("b", second))
    }
    known = {rule for rule, _ in rules["a"]}, {rule for rule, _ in rules["b"]}
    units = {
        which: set(one.units.values_list("name", "version"))
        for which, one in (("a", first), ("b", second))
    }
    return {
        "products": products,
        "same": len(names) - len(products),
        "moved": moved,
        "fixed": sorted(known[0] - known[1]),
        "appeared": sorted(known[1] - known[0]),
        "units_gone": sorted(units["a"] - units["b"])[:200],
        "units_new": sorted(units["b"] - units["a"])[:200],
    }


def _path(one: Release) -> str:
    return f"/releases/{one.channel}/{one.stack}/{one.version}/"


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Show product by platform, of one release; without one, of the newest."""
    said = request.GET.get("release", "")
    one = _named(said) if said else Release.objects.filter(cells__isnull=False).first()
    rows: dict[tuple[str, str], dict[str, object]] = {}
    platforms: dict[str, None] = {}
    if one is not None:
        for cell in one.cells.select_related("product", "platform").order_by(
            "product__sorted_as", "platform__name"
        ):
            platforms[cell.platform.name] = None
            key = (cell.product.name, cell.product.slug)
            rows.setdefault(key, {})[cell.platform.name] = cell
    return render(
        request,
        "matrix/matrix.html",
        {
            "release": one,
            "path": _path(one) if one else "",
            "platforms": [*platforms],
            "rows": [
                (name, slug, [(where, cells.get(where)) for where in platforms])
                for (name, slug), cells in rows.items()
            ],
            "all": Release.objects.filter(Q(cells__isnull=False)).distinct()[:50],
        },
    )
