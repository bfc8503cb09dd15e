"""Components: all known vulnerabilities of a release, and who knows each of its components."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.known import covered, scales, sources, weighed
from peso.portal.pages.addresses import path_of
from peso.portal.pages.ecosystem.releases import found
from peso.portal.pages.paging import page_of
from peso.portal.store.models import Release

_PAGE: Final = 100
LEVELS: Final = ("critical", "high", "unknown", "medium", "low", "note")


@require_safe
def findings(request: HttpRequest, channel: str, stack: str, version: str) -> HttpResponse:
    """Show every known vulnerability of a release."""
    one = found(channel, stack, version)
    rows = one.findings.filter(source="scan").select_related("product")
    rows = rows.defer("product__data", "product__words", "product__description")
    level = request.GET.get("level", "")
    if level:
        rows = rows.filter(level=level)
    shown = page_of(request, rows, _PAGE)
    return render(
        request,
        "releases/findings.html",
        {
            "trail": _trail(one, "Known vulnerabilities"),
            "release": one,
            "level": level,
            "levels": LEVELS,
            "found": weighed(shown["page"], scales(one.data)),
            **shown,
        },
    )


@require_safe
def components(request: HttpRequest, channel: str, stack: str, version: str) -> HttpResponse:
    """Show every component of a release, and which sources of advisories know it."""
    one = found(channel, stack, version)
    rows = one.coverage.all()
    bare = request.GET.get("covered", "") == "no"
    if bare:
        rows = rows.filter(sources=[])
    shown = page_of(request, rows, _PAGE)
    return render(
        request,
        "releases/components.html",
        {
            "trail": _trail(one, "Components"),
            "release": one,
            "bare": bare,
            "rows": [covered(row) for row in shown["page"]],
            "asked": sources(one.data),
            **shown,
        },
    )


def _trail(one: Release, here: str) -> tuple[tuple[str, str], ...]:
    return (("Releases", "/releases/"), (str(one), path_of(one)), (here, ""))
