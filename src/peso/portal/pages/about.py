"""About: how the portal can be used by everybody, and how that is known."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.api.routes import api as routes
from peso.portal.pages.conformance import conformance


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return render(request, "about/accessibility.html", {"said": conformance()})


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Show the conformance report: every criterion, with what proves the answer."""
    said = conformance()
    parts = (("WCAG 2.2, levels A and AA", said.wcag), ("Section 508", said.section_508))
    trail = (("Accessibility", "/about/accessibility/"), ("Conformance report", ""))
    return render(request, "about/conformance.html", {"said": said, "parts": parts, "trail": trail})


@require_safe
def api(request: HttpRequest) -> HttpResponse:
    """Show what the API can be asked, from its own description."""
    described = routes.get_openapi_schema(path_prefix="/api/v1/")
    calls = [
        {
            "path": path,
            "verb": verb.upper(),
            "summary": said["summary"],
            "description": said.get("description", ""),
            "parameters": said.get("parameters", ()),
            "token": "security" in said,
        }
        for path, verbs in described["paths"].items()
        for verb, said in verbs.items()
    ]
    return render(request, "about/api.html", {"calls": calls})
