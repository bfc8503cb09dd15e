"""Matrix: product by platform of one release, and from a cell the way to the log of what failed."""

from __future__ import annotations

from collections import Counter
from typing import Final

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.pages.addresses import path_of
from peso.portal.pages.paging import page_of
from peso.portal.pages.releases import named
from peso.portal.store.models import Cell, Platform, Product, Release, state_of

_COUNTS: Final = ("passed", "failed", "unknown", "skipped")
PER_PAGE: Final = 40
"""Products on one page: with twenty platforms it stays below 150 kB."""


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Show the matrix of one release; without one named, of the newest that was tested."""
    said = request.GET.get("release", "")
    tested = Release.objects.defer("data").filter(
        Exists(Cell.objects.filter(release=OuterRef("pk")))
    )
    one = named(said) if said else tested.first()
    if one is None:
        return render(request, "matrix/matrix.html", {"release": None})
    cells = Cell.objects.filter(release=one)
    every = Product.objects.filter(pk__in=cells.values("product")).only("slug", "name", "sorted_as")
    paged = page_of(request, every, PER_PAGE)
    products: list[Product] = list(paged["page"])  # type: ignore[call-overload]
    platforms = list(Platform.objects.filter(pk__in=cells.values("platform")))
    at = {(cell.product_id, cell.platform_id): cell for cell in cells.filter(product__in=products)}
    # Counted from plain rows: a release has some thousand cells, and as many objects take long.
    counts = list(cells.values_list("passed", "failed", "unknown", "skipped"))
    states = Counter(state_of(*row[:3]) for row in counts)
    sums = dict(zip(_COUNTS, map(sum, zip(*counts, strict=True)), strict=False))
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
