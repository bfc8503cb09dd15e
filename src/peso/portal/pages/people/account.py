"""A person's own page: how they are shown, their roles, how they sign in, and what changed."""

from __future__ import annotations

from typing import cast

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from peso.portal.pages.door import door
from peso.portal.pages.forms import NameForm
from peso.portal.pages.paging import page_of
from peso.portal.people.asking import person_of
from peso.portal.people.audit import concerning, lines, personal, record
from peso.portal.people.grants import current
from peso.portal.people.models import Account
from peso.portal.settings import CONFIG

_NEWEST = 10


@require_http_methods(["GET", "HEAD", "POST"])
@door("account.own")
def account(request: HttpRequest) -> HttpResponse:
    """Show it, and change the name."""
    own, person = cast("Account", request.user), person_of(request)
    form = NameForm(request.POST or None, initial={"name": own.name})
    if request.method == "POST" and form.is_valid():
        rename(own, form.cleaned_data["name"], by=own)
        messages.success(request, "Your name is changed.")
        return redirect("account")
    changes = concerning(person)[: _NEWEST + 1]
    return render(
        request,
        "account/own.html",
        {
            "own": own,
            "form": form,
            "grants": current().filter(account=own).select_related("by"),
            "waiting": sorted(one.role.value for one in person.waiting),
            "two_factors": person.two_factors,
            "sessions": UserSession.objects.filter(user=own).count(),
            "recovery": Authenticator.objects.filter(
                user=own, type=Authenticator.Type.RECOVERY_CODES
            ).exists(),
            "providers": [one.name for one in CONFIG.providers],
            "changes": lines(changes[:_NEWEST]),
            "more": len(changes) > _NEWEST,
        },
    )


@require_safe
@door("changes.own")
def changes(request: HttpRequest) -> HttpResponse:
    """Show every change that somebody made, or that is about them."""
    said = page_of(request, concerning(person_of(request)))
    trail = (("Your account", "/account/"), ("Changes", ""))
    return render(
        request,
        "changes/list.html",
        {**said, "changes": lines(said["page"]), "trail": trail, "title": "Your changes"},
    )


def rename(own: Account, name: str, *, by: Account) -> None:
    """Show somebody by another name from now on."""
    if name == own.name:
        return
    with transaction.atomic():
        before = personal(own, own.name)
        own.name = name
        own.save(update_fields=["name"])
        record(
            "name changed",
            by=by,
            about=own,
            before={"name": before},
            after={"name": personal(own, name)},
        )
