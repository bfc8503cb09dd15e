"""Status: where everything here came from, when, and what was refused."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.store.models import Product, Recipe, Release, Source, Stack, TestResult


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show it."""
    return render(
        request,
        "status/status.html",
        {
            "taken": Source.objects.filter(state=Source.State.TAKEN).order_by("-seen")[:200],
            "taken_count": Source.objects.filter(state=Source.State.TAKEN).count(),
            "refused": Source.objects.filter(state=Source.State.REFUSED).order_by("-seen")[:200],
            "counts": (
                ("products", Product.objects.count()),
                ("recipes", Recipe.objects.count()),
                ("stacks", Stack.objects.count()),
                ("releases", Release.objects.count()),
                ("test runs", TestResult.objects.count()),
            ),
        },
    )
