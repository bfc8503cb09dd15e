"""Doors: a page that not everybody may see names the line of the table that opens it.

1. A visitor is sent to sign in, and comes back; who is signed in and may not is told why. What a
   visitor sent is not kept: the page where they sign in says so.
2. What is behind a door is kept nowhere: not by us, not by a browser.
3. What gives power or a key asks who sends it for a password again (`sure`), unless it did so
   minutes ago: to have signed in is not enough, nor is a screen left open. That page says in words
   what goes on (`again.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from peso.portal.pages import again
from peso.portal.people.asking import person_of
from peso.portal.people.permissions import may
from peso.portal.people.roles import PORTAL, Thing

V = TypeVar("V", bound=Callable[..., HttpResponse])


def door(
    name: str,
    thing: Callable[..., Thing] | None = None,
    *,
    sure: Callable[..., str] | None = None,
) -> Callable[[V], V]:
    """Guard a page.

    Args:
        name: The permission that opens it.
        thing: Says of the address's parts what the page is about; without it, the portal.
        sure: Says of the request and the address's parts what was sent, after "to go on with:";
            who sends to it gives their password or a code again.
    """

    def guard(view: V) -> V:
        behind = _asking_again(view, sure) if sure else view

        @wraps(view)
        def guarded(request: HttpRequest, **parts: str) -> HttpResponse:
            person = person_of(request)
            answer = may(person, name, thing(**parts) if thing else PORTAL)
            if answer.yes:
                return closed(behind(request, **parts))
            if not person.signed_in:
                return closed(_to_sign_in(request))
            return closed(refused(request, answer.why))

        return cast("V", guarded)

    return guard


def _asking_again(
    view: Callable[..., HttpResponse], words: Callable[..., str]
) -> Callable[..., HttpResponse]:
    """Let who sends something be asked again, and note what it was."""
    asked = reauthentication_required(enabled=_sends)(view)

    @wraps(view)
    def asking(request: HttpRequest, **parts: str) -> HttpResponse:
        try:
            return cast("HttpResponse", asked(request, **parts))
        except ReauthenticationRequired:
            again.note(request, words(request, **parts))
            raise

    return asking


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a visitor to sign in; what they sent is not kept, and the page there says so."""
    to = redirect_to_login(request.get_full_path())
    if _sends(request):
        to.headers["Location"] += "&unsent=1"
    return to


def _sends(request: HttpRequest) -> bool:
    return request.method == "POST"


def refused(request: HttpRequest, why: str) -> HttpResponse:
    """Say that this is not allowed, and why."""
    return render(request, "errors/forbidden.html", {"why": why}, status=403)


def closed(answer: HttpResponse) -> HttpResponse:
    """Let nobody keep an answer."""
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
