"""Matrix: product by platform of one release, and from a cell the way to the log of what failed."""

from __future__ import annotations

from collections import Counter
from typing import Final

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.pages.addresses import path_of
from peso.portal.pages.paging import page_of
from peso.portal.pages.releases import named
from peso.portal.store.models import Cell, Platform, Product, Release

PER_PAGE: Final = 40
"""Products on one page: with twenty platforms it stays below 150 kB."""


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Show the matrix of one release; without one named, of the newest that was tested."""
    said = request.GET.get("release", "")
    tested = Release.objects.filter(cells__isnull=False).distinct()
    one = named(said) if said else tested.first()
    if one is None:
        return render(request, "matrix/matrix.html", {"release": None})
    paged = page_of(request, Product.objects.filter(cells__release=one).distinct(), PER_PAGE)
    products: list[Product] = list(paged["page"])  # type: ignore[call-overload]
    platforms = list(Platform.objects.filter(cells__release=one).distinct())
    at = {
        (cell.product_id, cell.platform_id): cell
        for cell in Cell.objects.filter(release=one, product__in=products)
    }
    sums = one.cells.aggregate(
        passed=Sum("passed"), failed=Sum("failed"), unknown=Sum("unknown"), skipped=Sum("skipped")
    )
    states = Counter(cell.state for cell in one.cells.all())
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
            "states": [(word, states[word]) for word in ("fail", "unknown", "pass", "not tested")],
            "all": tested[:50],
        },
    )
