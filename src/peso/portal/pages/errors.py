"""What a reader sees where something is not there, not allowed, not understood, or our fault."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing at this address."""
    said = str(exception) if exception.args and isinstance(exception.args[0], str) else ""
    return render(request, "errors/not_found.html", {"said": said}, status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's
    """Say that the request was not understood."""
    return render(request, "errors/bad_request.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's
    """Say that this is not allowed."""
    return render(request, "errors/forbidden.html", status=403)


def fault(request: HttpRequest) -> HttpResponse:
    """Say that it is our fault."""
    return render(request, "errors/fault.html", status=500)


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's
    """Say that a form did not come from this portal, or too late."""
    said = "This form was not sent from a page of this portal, or the page was open for too long."
    return render(
        request, "errors/forbidden.html", {"said": said, "again": request.path}, status=403
    )


def too_many(request: HttpRequest) -> HttpResponse:
    """Say that somebody tried too often."""
    return render(request, "errors/too_many.html", status=429)
