"""The reach of a need: every recipe that needs its products to link or run, by any chain.

The number is the one that the ranking counts. What is only built or tested with a product is not
among them; `/impact/NAME/` tells of these, and by which step.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.base.finding import Unknown
from peso.partnerships.needs.reach import wanted
from peso.portal.needs.reach import reached, store_reach
from peso.portal.pages.needs.showing import TRAIL, found
from peso.portal.pages.paging import page_of

_NAMES: Final = 400
"""Names on one page."""


@require_safe
def reach(request: HttpRequest, need: str) -> HttpResponse:
    """Name every recipe that needs a product of a need."""
    _, held = found(request, need)
    known, products = store_reach(), wanted(held.need.products)
    count = known.of(products)
    names = () if isinstance(count, Unknown) else sorted(known.names(products))
    return render(
        request,
        "needs/reach.html",
        {
            "trail": (TRAIL, (held.id, f"/needs/{held.id}/"), ("Reach", "")),
            "need": held.need,
            "products": reached(products),
            "count": count,
            **page_of(request, names, _NAMES),
        },
    )
