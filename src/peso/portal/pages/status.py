"""Status: where everything here came from, when, and what was refused."""

from __future__ import annotations

from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.store.models import Cell, Product, Recipe, Release, Source, Stack

_SHOWN = 200


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show it."""
    return render(
        request,
        "status/status.html",
        {
            "taken": Source.objects.filter(state=Source.State.TAKEN).order_by("-seen")[:_SHOWN],
            "taken_count": Source.objects.filter(state=Source.State.TAKEN).count(),
            "refused": Source.objects.filter(state=Source.State.REFUSED).order_by("-seen")[:_SHOWN],
            "counts": (
                ("products", Product.objects.count()),
                ("recipes", Recipe.objects.count()),
                ("stacks", Stack.objects.count()),
                ("releases", Release.objects.count()),
                ("test runs", _runs()),
            ),
        },
    )


def _runs() -> int:
    """Return how many runs of tests there are: cells know; counting a million takes long."""
    every = F("passed") + F("failed") + F("unknown") + F("skipped")
    return Cell.objects.aggregate(n=Sum(every))["n"] or 0
