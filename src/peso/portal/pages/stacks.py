"""Stacks: what is curated, as its file defines it, with what lint says at the line."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from peso.portal.store.models import Release, Stack, StackFinding

_LINES: Final = 3000


@require_safe
def stacks(request: HttpRequest) -> HttpResponse:
    """Show the list."""
    rows = Stack.objects.defer("text", "data")
    return render(request, "stacks/list.html", {"stacks": rows})


@require_safe
def stack(request: HttpRequest, name: str) -> HttpResponse:
    """Show one stack."""
    one = get_object_or_404(Stack, name=name)
    findings = list(one.findings.all())
    at: dict[int, list[StackFinding]] = defaultdict(list)
    elsewhere: list[StackFinding] = []
    for finding in findings:
        if finding.file in {one.file, ""}:
            at[finding.line].append(finding)
        else:
            elsewhere.append(finding)
    text = one.text.splitlines()
    return render(
        request,
        "stacks/stack.html",
        {
            "trail": (("Stacks", "/stacks/"), (name, "")),
            "stack": one,
            "roots": one.roots.all(),
            "lines": [
                (number, line, at.get(number, ())) for number, line in enumerate(text[:_LINES], 1)
            ],
            "more": max(0, len(text) - _LINES),
            "findings": findings,
            "elsewhere": elsewhere,
            "releases": Release.objects.filter(stack=one.title)[:10],
            "doubts": one.data.get("doubts", ()),
        },
    )
