"""Compare: any two releases beside each other; what differs is worked out in `differences.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.pages.addresses import path_of
from peso.portal.pages.ecosystem import differences
from peso.portal.pages.ecosystem.releases import named
from peso.portal.store.models import Release, TestResult, state_of

_RUNS: Final = 1000
"""Runs of one release whose figures are compared."""
_SHOWN: Final = 100


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show what differs between two releases; without two named, the two newest of a stack."""
    said = request.GET.get("a", ""), request.GET.get("b", "")
    every = list(Release.objects.values_list("channel", "stack", "version")[:200])
    shown: dict[str, object] = {
        "trail": (("Releases", "/releases/"), ("Compare", "")),
        "all": [("/".join(one), f"{one[1]} {one[2]} ({one[0]})") for one in every],
        "a": said[0] or _other(every, said[1]),
        "b": said[1] or ("/".join(every[0]) if every else ""),
    }
    if all(said):
        first, second = named(said[0]), named(said[1])
        shown |= {
            "first": first,
            "second": second,
            "first_path": path_of(first),
            "second_path": path_of(second),
            **_differences(first, second),
        }
    return render(request, "compare/compare.html", shown)


def _other(every: list[tuple[str, str, str]], second: str) -> str:
    """Return the release before the second one, of the same stack where there is one."""
    at = next((one for one in every if "/".join(one) == second), every[0] if every else None)
    others = [one for one in every if one != at]
    same = [one for one in others if at and one[1] == at[1]]
    return "/".join((same or others)[0]) if others else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """What is compared of one release; each table is asked once."""

    products: dict[str, str]
    units: dict[str, str]
    licenses: dict[str, str]
    found: dict[tuple[str, str], str]
    cells: dict[tuple[str, str, str], str]
    figures: dict[differences.FigureKey, float]
    cut: bool
    """Whether there were too many runs to compare all figures."""


def _side(one: Release) -> _Side:
    units = list(one.units.values_list("name", "version", "license"))
    rows = one.findings.filter(source="scan").values_list("rule", "subject", "level")
    figures, cut = _figures(one)
    return _Side(
        products=differences.together(one.products.values_list("name", "version")),
        units=differences.together((name, version) for name, version, _ in units),
        licenses=differences.together((name, license_) for name, _, license_ in units),
        found={(rule, subject): level for rule, subject, level in rows},
        cells=_cells(one),
        figures=figures,
        cut=cut,
    )


def _differences(first: Release, second: Release) -> dict[str, object]:
    a, b = _side(first), _side(second)
    moved = differences.figures_moved(a.figures, b.figures)
    cells = differences.moved(a.cells, b.cells)
    products = differences.changed(a.products, b.products)
    units = differences.changed(a.units, b.units)
    both = a.units.keys() & b.units.keys()
    several = differences.changed(a.licenses, b.licenses)
    licenses = [one for one in several if one.name in both]
    covered = frozenset(
        differences.plain(subject)
        for subject, sources in second.coverage.values_list("subject", "sources")
        if sources
    )
    return {
        "products": products,
        "same": len(a.products.keys() & b.products.keys())
        - sum(bool(one.before and one.after) for one in products),
        "moved": cells[:_SHOWN],
        "more_moved": max(0, len(cells) - _SHOWN),
        "figures": moved[:_SHOWN],
        "more_figures": max(0, len(moved) - _SHOWN),
        "figures_in_both": len(a.figures.keys() & b.figures.keys()),
        "cut": a.cut or b.cut,
        "runs": _RUNS,
        "units": units[:_SHOWN],
        "more_units": max(0, len(units) - _SHOWN),
        "units_in_both": len(both),
        "licenses": licenses[:_SHOWN],
        "more_licenses": max(0, len(licenses) - _SHOWN),
        "findings": differences.found(a.found, b.found, covered)[:_SHOWN],
        "findings_in_both": len(a.found.keys() & b.found.keys()),
        "covered": len(covered),
    }


def _cells(one: Release) -> dict[tuple[str, str, str], str]:
    rows = one.cells.values_list(
        "product__name", "product__slug", "platform__name", "passed", "failed", "unknown"
    )
    return {(name, slug, platform): state_of(*counts) for name, slug, platform, *counts in rows}


def _figures(one: Release) -> tuple[dict[differences.FigureKey, float], bool]:
    """Return the newest value of each figure, and whether there were too many runs."""
    rows = (
        TestResult.objects.filter(release=one)
        .exclude(figures={})
        .values_list("product__name", "test", "ranks", "platform__name", "figures")
        .order_by("product_id", "platform_id", "at")[: _RUNS + 1]
    )
    found: dict[differences.FigureKey, float] = {}
    many = list(rows)
    for product, test, ranks, platform, figures in many[:_RUNS]:
        for name, value in figures.items():
            if isinstance(value, int | float):
                key = differences.FigureKey(
                    product=product, test=test, ranks=ranks, platform=platform, figure=name
                )
                found[key] = float(value)
    return found, len(many) > _RUNS
