"""The front page: what there is, what is new, where it hurts."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.store.models import (
    Cell,
    Member,
    Product,
    Recipe,
    Release,
    ReleaseFinding,
    Source,
    Stack,
)

_NEWEST = 6
_RED = 8


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Show the front page."""
    releases = list(Release.objects.defer("data")[:_NEWEST])
    red = Cell.objects.filter(failed__gt=0, release__in=[one.pk for one in releases])
    faulty = Stack.objects.filter(errors__gt=0).only("name", "errors")
    return render(
        request,
        "front.html",
        {
            "products": Product.objects.filter(curated=True).count(),
            "members": Member.objects.annotate(n=Count("products")).order_by("-n", "name"),
            "recipes": Recipe.objects.count(),
            "stacks": Stack.objects.count(),
            "releases_count": Release.objects.count(),
            "releases": releases,
            "red": red.select_related("product", "platform", "release")
            .defer("product__data", "product__words", "product__description", "release__data")
            .order_by("-release__created", "product__sorted_as")[:_RED],
            "red_count": red.count(),
            "exploited": ReleaseFinding.objects.filter(
                exploited="known", release__in=[one.pk for one in releases]
            )
            .select_related("release")
            .defer("release__data")
            .order_by("-release__created", "rule", "subject")[:_RED],
            "faulty": list(faulty[:_RED]),
            "refused": Source.objects.filter(state=Source.State.REFUSED).count(),
        },
    )
