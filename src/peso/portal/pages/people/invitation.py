"""An invitation's page: who is invited to what, and the account that it makes.

1. A link that does not work says so alike, whether it was used, withdrawn, ended or never was.
2. Somebody who has an account with that address signs in, and takes the roles there.
3. The address of this page goes to no other site: `Referrer-Policy` is `same-origin` everywhere,
   and not less, for a browser that tells nothing cannot send a form from it.
"""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from peso.errors import BadInput
from peso.portal.pages.door import closed
from peso.portal.pages.forms import AcceptForm
from peso.portal.people import invitations
from peso.portal.people.asking import account_of
from peso.portal.people.models import Account, Invitation
from peso.portal.people.roles import TWO_FACTORS


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show it, and accept it."""
    return closed(_answer(request, token))


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    one = invitations.find(token)
    if one is None:
        return render(request, "account/invitation_gone.html", status=404)
    own = account_of(request)
    if own is not None:
        return _by_account(request, one, own)
    if one.email and Account.objects.filter(email=one.email).exists():
        return render(request, "account/invitation_sign_in.html", {"next": request.path})
    return _by_nobody(request, one)


def _by_account(request: HttpRequest, one: Invitation, own: Account) -> HttpResponse:
    if request.method == "POST":
        try:
            invitations.accept(one, own)
        except BadInput as no:
            return _show(request, one, own=own, no=no)
        return _done(request, one)
    return _show(request, one, own=own)


def _by_nobody(request: HttpRequest, one: Invitation) -> HttpResponse:
    form = AcceptForm(request.POST or None, bound=one.email)
    if request.method != "POST" or not form.is_valid():
        return _show(request, one, form=form)
    said = form.cleaned_data
    try:
        account = invitations.accept_new(
            one, email=said["email"], name=said["name"], password=said["password"]
        )
    except BadInput as no:
        form.add_error(None, f"{no.message[0].upper()}{no.message[1:]}: {no.hint}.")
        return _show(request, one, form=form)
    answer: HttpResponseBase = perform_login(
        request, account, redirect_url=_next(one), email_verification="none"
    )
    messages.success(request, "Welcome: your account is made.")
    return answer if isinstance(answer, HttpResponse) else redirect("account")


def _show(request: HttpRequest, one: Invitation, **more: object) -> HttpResponse:
    held = invitations.held_by(one)
    return render(
        request,
        "account/invitation.html",
        {
            "one": one,
            "held": held,
            "takes_two": any(role.role in TWO_FACTORS for role in held),
            **more,
        },
    )


def _done(request: HttpRequest, one: Invitation) -> HttpResponse:
    messages.success(request, "You have these roles now.")
    return redirect(_next(one))


def _next(one: Invitation) -> str:
    """Return where to go on: to the second factor, where a role needs one."""
    needs = any(held.role in TWO_FACTORS for held in invitations.held_by(one))
    return "/account/2fa/" if needs else "/account/"
