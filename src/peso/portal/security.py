"""What every answer says to the browser: run nothing that is not a file of ours, be in no frame.

There is no inline script and no inline style in the portal, so the policy has no exception. And
what others wrote turns nothing round: no page has a letter that its reader cannot see.
Sources: Content Security Policy Level 3 (W3C); OWASP Secure Headers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from peso.portal.visible import visible_bytes

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",  # also where Django's own middleware is not reached
}
ORIGINS: Final = {"orcid": "https://orcid.org", "github": "https://github.com"}
"""Where somebody is sent who signs in elsewhere: a form of ours leads there."""


def headers_for(providers: Iterable[str]) -> dict[str, str]:
    """Return the headers of a portal that lets people sign in elsewhere."""
    ours = "form-action 'self'"
    policy = HEADERS["Content-Security-Policy"]
    leads = " ".join((ours, *(ORIGINS[one] for one in providers)))
    return {**HEADERS, "Content-Security-Policy": policy.replace(ours, leads)}


class Headers:
    """Adds the headers to every answer that does not say them itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response
        self._headers = headers_for(one.name for one in settings.CONFIG.providers)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers."""
        response = self._next(request)
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)
        return response


class Visible:
    """Shows what is hidden in a page, whatever brought it there: a record, an address, a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with every letter in sight."""
        response = self._next(request)
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/") and not response.streaming:
            response.content = visible_bytes(response.content)
        return response
