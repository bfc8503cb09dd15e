"""The back office: people, their roles, and invitations; for those who run the portal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from peso.errors import BadInput
from peso.portal.pages.again import said
from peso.portal.pages.door import door
from peso.portal.pages.forms import InviteForm, RoleForm, SureForm
from peso.portal.pages.paging import page_of
from peso.portal.people import grants, invitations
from peso.portal.people.asking import person, person_of
from peso.portal.people.audit import concerning, lines, record
from peso.portal.people.forgetting import forget, shut_out
from peso.portal.people.models import Account, Grant, Invitation
from peso.portal.people.permissions import may

_NEWEST: Final = 20
_LONGEST: Final = 120


@require_http_methods(["GET", "HEAD"])
@door("people.see")
def people(request: HttpRequest) -> HttpResponse:
    """List accounts, by a part of a name, an address or a role."""
    asked = request.GET.get("q", "").replace("\0", "").strip()[:_LONGEST]
    held = grants.current().filter(account=OuterRef("pk"), role__icontains=asked)
    second = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    rows = Account.objects.annotate(second=Exists(second)).prefetch_related(
        Prefetch("grants", queryset=grants.current(), to_attr="now")
    )
    if asked:
        rows = rows.filter(Q(name__icontains=asked) | Q(email__icontains=asked) | Exists(held))
    page = page_of(request, rows.order_by("name", "pk"))
    return render(request, "office/people.html", {**page, "asked": asked})


@require_http_methods(["GET", "HEAD", "POST"])
@door("people.see")
def one_person(request: HttpRequest, key: str) -> HttpResponse:
    """Show an account; whoever may change people changes it here."""
    if request.method == "POST":
        return _changed(request, key=key)
    return _show(request, get_object_or_404(Account, key=key))


def _change_in_words(request: HttpRequest, key: str) -> str:
    one = Account.objects.filter(key=key).first()
    name = one.name if one else "nobody"
    role = _role_in_words(request)
    words = {
        "grant": f"grant {name} the role {role}",
        "end": f"end the role {role} of {name}",
        "close": f"close the account of {name}",
        "open": f"open the account of {name} again",
        "forget": f"forget {name}, for good",
    }
    return words.get(request.POST.get("action", ""), f"change the account of {name}")


def _role_in_words(request: HttpRequest) -> str:
    role, scope = (said(request.POST.get(one), "") for one in ("role", "scope"))
    return f"{role} of {scope}" if role and scope else role or "that was not chosen"


@door("people.change", sure=_change_in_words)
def _changed(request: HttpRequest, key: str) -> HttpResponse:
    """Do what was asked for; shows the page again with what is wrong."""
    account = get_object_or_404(Account, key=key)
    action = _ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        return _show(request, account, no="The form does not say what is to be done.")
    try:
        with transaction.atomic():
            return action(request, account)
    except BadInput as no:
        why = f"{no.message[0].upper()}{no.message[1:]}: {no.hint}."
        return _show(request, account, no=why)


def _grant(request: HttpRequest, account: Account) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _show(request, account, grant_form=form)
    grants.grant(account, form.held, by=_by(request))
    return _done(request, account, "The role is granted.")


def _end(request: HttpRequest, account: Account) -> HttpResponse:
    role, scope = request.POST.get("role", ""), request.POST.get("scope", "")
    one = grants.current().filter(account=account, role=role, scope=scope).first()
    if one is None:
        return _show(request, account, no="There is no such role to end.")
    grants.end(one, by=_by(request))
    return _done(request, account, "The role has ended.")


def _close(request: HttpRequest, account: Account) -> HttpResponse:
    if account == request.user:
        return _show(request, account, no="You cannot close your own account.")
    _active(account, on=False, by=_by(request))
    shut_out(account)
    return _done(request, account, "The account is closed, and its sessions are ended.")


def _open(request: HttpRequest, account: Account) -> HttpResponse:
    if account.forgotten:
        return _show(request, account, no="This person was forgotten, for good.")
    _active(account, on=True, by=_by(request))
    return _done(request, account, "The account is open again.")


def _forget(request: HttpRequest, account: Account) -> HttpResponse:
    form = SureForm(request.POST)
    if not form.is_valid():
        return _show(request, account, sure_form=form)
    forget(account, by=_by(request))
    return _done(request, account, "Name and address are replaced everywhere.")


def _active(account: Account, *, on: bool, by: Account) -> None:
    before, account.is_active = account.is_active, on
    account.save(update_fields=["is_active"])
    what = "account opened" if on else "account closed"
    record(what, by=by, about=account, before={"open": before}, after={"open": on})


_ACTIONS: Final[Mapping[str, Callable[[HttpRequest, Account], HttpResponse]]] = {
    "grant": _grant,
    "end": _end,
    "close": _close,
    "open": _open,
    "forget": _forget,
}


def _show(request: HttpRequest, account: Account, **more: object) -> HttpResponse:
    whole = person(account)
    rows = Grant.objects.filter(account=account).select_related("by", "account")
    now = set(grants.current().filter(account=account).values_list("pk", flat=True))
    return render(
        request,
        "office/person.html",
        {
            "one": account,
            "changer": may(person_of(request), "people.change").yes,
            "two_factors": whole.two_factors,
            "grants": [(grant, grant.pk in now) for grant in rows],
            "grant_form": RoleForm(),
            "sure_form": SureForm(),
            "changes": lines(concerning(whole)[:_NEWEST]),
            "trail": (("People", "/office/people/"), (account.name, "")),
            **more,
        },
    )


def _invitation_in_words(request: HttpRequest) -> str:
    who = said(request.POST.get("email"), "somebody")
    return f"invite {who} as {_role_in_words(request) if request.POST.get('role') else 'a user'}"


@require_http_methods(["GET", "HEAD", "POST"])
@door("people.invite", sure=_invitation_in_words)
def invited(request: HttpRequest) -> HttpResponse:
    """List invitations, and make one; its link is shown once."""
    form, link = InviteForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        held = [form.held] if form.cleaned_data["role"] else []
        link = invitations.invite(form.cleaned_data["email"], held, by=_by(request))
    rows = Invitation.objects.select_related("by", "account")
    return render(
        request,
        "office/invitations.html",
        {
            **page_of(request, rows),
            "form": InviteForm() if link else form,
            "link": link,
            "invited": form.cleaned_data["email"] if link else "",
            "trail": (("People", "/office/people/"), ("Invitations", "")),
        },
    )


@require_POST
@door("people.invite")
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Let an invitation work no more."""
    one = get_object_or_404(Invitation, key=key)
    try:
        invitations.withdraw(one, by=_by(request))
        messages.success(request, "The invitation is withdrawn.")
    except BadInput as no:
        messages.error(request, f"{no.message[0].upper()}{no.message[1:]}.")
    return redirect("invitations")


def _done(request: HttpRequest, account: Account, what: str) -> HttpResponse:
    messages.success(request, what)
    return redirect("person", key=account.key)


def _by(request: HttpRequest) -> Account:
    return cast("Account", request.user)
