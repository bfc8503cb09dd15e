"""Stacks: what is curated, as its file defines it, with what lint says at the line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from peso.portal.store.models import (
    Recipe,
    RecipeProvided,
    Release,
    Stack,
    StackFinding,
    StackRoot,
)

_LINES: Final = 500
"""Lines of the file on a page."""
_GROUPS: Final = 300
"""Packages on a page."""
_FINDINGS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What lint says, and whether its line is on this page."""

    level: str
    rule: str
    file: str
    line: int
    message: str
    hint: str
    here: bool


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
    for finding in findings:
        if finding.file in {one.file, ""}:
            at[finding.line].append(finding)
    text = one.text.splitlines()
    roots = list(one.roots.all())
    groups = _grouped(roots)
    return render(
        request,
        "stacks/stack.html",
        {
            "trail": (("Stacks", "/stacks/"), (name, "")),
            "stack": one,
            "roots": roots,
            "groups": groups[:_GROUPS],
            "more_groups": max(0, len(groups) - _GROUPS),
            "lines": [
                (number, line, at.get(number, ())) for number, line in enumerate(text[:_LINES], 1)
            ],
            "more": max(0, len(text) - _LINES),
            "findings": [_said(finding, one) for finding in findings[:_FINDINGS]],
            "more_findings": max(0, len(findings) - _FINDINGS),
            "releases": Release.objects.filter(stack=one.title).defer("data")[:10],
            "doubts": one.data.get("doubts", ()),
        },
    )


def _said(finding: StackFinding, one: Stack) -> Said:
    return Said(
        level=finding.level,
        rule=finding.rule,
        file=finding.file,
        line=finding.line,
        message=finding.message,
        hint=finding.hint,
        here=finding.file in {one.file, ""} and 0 < finding.line <= _LINES,
    )


def _grouped(roots: Sequence[StackRoot]) -> list[tuple[str, list[str], bool]]:
    """Return each package with what is asked of it, and whether it has a page here."""
    by: dict[str, list[str]] = defaultdict(list)
    for root in roots:
        if root.spec not in by[root.name]:
            by[root.name].append(root.spec)
    known = set(Recipe.objects.filter(name__in=by).values_list("name", flat=True))
    known |= set(RecipeProvided.objects.filter(name__in=by).values_list("name", flat=True))
    return [(name, specs, name in known) for name, specs in by.items()]
