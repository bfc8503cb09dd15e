"""Matrix: product by platform of one release, and from a cell the way to the log of what failed."""

from __future__ import annotations

from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.pages.addresses import path_of
from peso.portal.pages.ecosystem.releases import named
from peso.portal.pages.paging import page_of
from peso.portal.store.models import Cell, Platform, Product, Release

PER_PAGE: Final = 40
"""Products on one page: with twenty platforms it stays below 150 kB."""
_WORDS: Final = ("fail", "unknown", "pass", "not_tested")
_STATES: Final = {
    "cells_fail": Q(failed__gt=0),
    "cells_unknown": Q(failed=0, unknown__gt=0),
    "cells_pass": Q(failed=0, unknown=0, passed__gt=0),
    "cells_not_tested": Q(failed=0, unknown=0, passed=0),
}
"""What `Cell.state` says, as the database asks it."""


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Show the matrix of one release; without one named, of the newest that was tested."""
    said = request.GET.get("release", "")
    tested = Release.objects.filter(Exists(Cell.objects.filter(release=OuterRef("pk")))).defer(
        "data"
    )
    one = named(said) if said else tested.first()
    if one is None:
        return render(request, "matrix/matrix.html", {"release": None})
    cells = Cell.objects.filter(release=one)
    rows = Product.objects.filter(pk__in=cells.values("product")).only("slug", "name", "sorted_as")
    paged = page_of(request, rows, PER_PAGE)
    products: list[Product] = list(paged["page"])
    platforms = list(Platform.objects.filter(pk__in=cells.values("platform")).defer("data"))
    at = {(cell.product_id, cell.platform_id): cell for cell in cells.filter(product__in=products)}
    sums = cells.aggregate(
        runs_passed=Sum("passed"),
        runs_failed=Sum("failed"),
        runs_unknown=Sum("unknown"),
        runs_skipped=Sum("skipped"),
        **{word: Count("id", filter=asked) for word, asked in _STATES.items()},
    )
    return render(
        request,
        "matrix/matrix.html",
        {
            **paged,
            "release": one,
            "path": path_of(one),
            "platforms": platforms,
            "rows": [
                (product, [(where, at.get((product.pk, where.pk))) for where in platforms])
                for product in products
            ],
            "sums": sums,
            "states": [(word.replace("_", " "), sums[f"cells_{word}"]) for word in _WORDS],
            "all": tested[:50],
        },
    )
