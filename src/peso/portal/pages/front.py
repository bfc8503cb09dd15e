"""The front page: what there is, what is new, where it hurts."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.store.models import Member, Product, Recipe, Release, Stack

_NEWEST = 6


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Show the front page."""
    releases = Release.objects.all()[:_NEWEST]
    return render(
        request,
        "front.html",
        {
            "products": Product.objects.filter(curated=True).count(),
            "members": Member.objects.annotate(n=Count("products")).order_by("-n", "name"),
            "recipes": Recipe.objects.count(),
            "stacks": Stack.objects.aggregate(
                all=Count("id"), faulty=Count("id", filter=Q(errors__gt=0))
            ),
            "releases": releases,
        },
    )
