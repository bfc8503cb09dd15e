"""What may change something through the API: programs with a token, within limits.

1. No cookie counts here, so no page of another site can use somebody's session.
2. What does not work is 401; a token that is for something else, or whose owner may not, is 403 and
   says why.
3. Each token, and each address, may ask so often; more is 429.
"""

from __future__ import annotations

from typing import Final, cast

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer
from ninja.throttling import SimpleRateThrottle

from peso.portal.people.roles import PORTAL, Thing
from peso.portal.people.tokens import Caller, caller

_LONGEST: Final = 200


class Bearer(HttpBearer):
    """A token in the header `Authorization: Bearer …`."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:  # noqa: ARG002 - ninja's
        """Return who asks."""
        return caller(token) if len(token) <= _LONGEST else None


class PerToken(SimpleRateThrottle):
    """So many questions for each token."""

    def get_cache_key(self, request: HttpRequest) -> str | None:
        """Name the token."""
        return f"peso-token-{caller_of(request).token}"


class PerAddress(SimpleRateThrottle):
    """So many questions for each address of the network."""

    def get_cache_key(self, request: HttpRequest) -> str | None:
        """Name the address."""
        return f"peso-push-{self.get_ident(request)}"


def caller_of(request: HttpRequest) -> Caller:
    """Return who asks; only behind `Bearer`."""
    return cast("Caller", request.auth)  # type: ignore[attr-defined]


def allowed(request: HttpRequest, name: str, thing: Thing = PORTAL) -> Caller:
    """Return who asks, if they may. Raises `HttpError` 403 with the reason."""
    who = caller_of(request)
    answer = who.may(name, thing)
    if not answer.yes:
        raise HttpError(403, answer.why)
    return who
