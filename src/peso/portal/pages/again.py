"""Again: the page that asks for the password once more says what goes on after it.

1. What was sent waits in the session (allauth keeps it) and is done once the password or a code is
   right. The page says in words what that is, and that nothing was done yet.
2. One thing waits at a time. Where something else was sent meanwhile, or the session ended, what
   was sent before is not kept: the page says so, and so does the form that comes back. Nothing that
   was sent is lost without a word.
3. Words come from a door (`note`) or from the table here; of an address from elsewhere nothing is
   shown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeView
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

if TYPE_CHECKING:
    from django.forms import Form

_NOTE: Final = "peso_goes_on"
_LONGEST: Final = 80
_NOT_KEPT: Final = (
    "Nothing was done: what you sent before was not kept. Fill in the form, and send it again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page behind which somebody is asked again."""

    does: str
    """What it is for, after "to go on with:"."""
    sends: bool = False
    """Whether only what was sent to it is asked about, so that who comes from it sent something."""


_PAGES: Final = {
    "invitations": Page(does="invite somebody", sends=True),
    "person": Page(does="change an account", sends=True),
    "tokens": Page(does="make a token", sends=True),
    "runners": Page(does="register a runner", sends=True),
    "account_email": Page(does="change your address", sends=True),
    "account_set_password": Page(does="choose a password"),
    "mfa_activate_totp": Page(does="set up an authenticator app"),
    "mfa_deactivate_totp": Page(does="turn the second factor off"),
    "mfa_view_recovery_codes": Page(does="show your recovery codes"),
    "mfa_generate_recovery_codes": Page(does="make new recovery codes"),
    "mfa_download_recovery_codes": Page(does="download your recovery codes"),
    "socialaccount_connections": Page(does="connect or disconnect an account elsewhere"),
}
_ANY: Final = Page(does="go on to your account")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoesOn:
    """What goes on once somebody was asked again."""

    words: str
    waits: bool
    """What was sent waits, and is done then."""
    lost: bool
    """Something was sent, and is not kept."""


class _Says:
    """Adds to a page of allauth's what goes on."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - allauth's
        """Return what the page shows."""
        said: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return said | {"goes_on": goes_on(self.request)}

    def form_valid(self, form: Form) -> HttpResponse:
        """Go on; where what was sent is not kept, the page that comes says so."""
        if goes_on(self.request).lost:
            messages.warning(self.request, _NOT_KEPT)
        self.request.session.pop(_NOTE, None)
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer


@method_decorator(never_cache, name="dispatch")
class _ByPassword(_Says, ReauthenticateView):  # type: ignore[misc]
    """Asks for the password."""


@method_decorator(never_cache, name="dispatch")
class _ByCode(_Says, CodeView):  # type: ignore[misc]
    """Asks for a code."""


by_password = _ByPassword.as_view()
by_code = _ByCode.as_view()


def note(request: HttpRequest, words: str) -> None:
    """Keep in words what somebody sent, until they were asked again."""
    request.session[_NOTE] = {"path": request.path, "words": words}


def goes_on(request: HttpRequest) -> GoesOn:
    """Return what goes on after the page that asks again."""
    to = get_next_redirect_url(request) or ""
    page = _page(to)
    waits = bool(to) and _waiting(request) == to
    noted = request.session.get(_NOTE)
    words = noted["words"] if waits and noted and noted["path"] == to else page.does
    return GoesOn(words=words, waits=waits, lost=page.sends and not waits)


def said(text: str | None, otherwise: str) -> str:
    """Return what somebody sent as words, cut where it is long; else what stands for it."""
    whole = " ".join((text or "").split())
    cut = whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}…"
    return cut or otherwise


def _waiting(request: HttpRequest) -> str:
    """Return the address of what allauth keeps; empty: nothing waits."""
    state = request.session.get(STATE_SESSION_KEY) or {}
    return str(json.loads(state["request"])["path"]) if "request" in state else ""


def _page(to: str) -> Page:
    try:
        return _PAGES.get(resolve(to.partition("?")[0]).url_name or "", _ANY)
    except Http404:
        return _ANY
