"""Keys that people give to programs: tokens of their own, and runners of their facility."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from peso.errors import BadInput
from peso.portal.pages.again import said
from peso.portal.pages.door import door
from peso.portal.pages.people.key_forms import RunnerForm, TokenForm
from peso.portal.people import runners, tokens
from peso.portal.people.asking import person_of
from peso.portal.people.models import Account, Runner, Token
from peso.portal.people.permissions import may


def _token_in_words(request: HttpRequest) -> str:
    return f"make the token {said(request.POST.get('name'), 'without a name')}"


@require_http_methods(["GET", "HEAD", "POST"])
@door("account.own", sure=_token_in_words)
def own_tokens(request: HttpRequest) -> HttpResponse:
    """List a person's tokens, and make one; it is shown once."""
    own, form, token = _by(request), TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        lasts = timedelta(days=given["days"])
        try:
            token = tokens.make(own, given["name"], given["scopes"], lasts=lasts)
        except BadInput as no:
            form.add_error(None, _sentence(no))
    return render(
        request,
        "account/tokens.html",
        {
            "form": TokenForm() if token else form,
            "token": token,
            "tokens": Token.objects.filter(account=own),
            "trail": (("Your account", "/account/"), ("Tokens", "")),
        },
    )


@require_POST
@door("account.own")
def revoke_token(request: HttpRequest, key: str) -> HttpResponse:
    """Let a token of one's own work no more."""
    own = _by(request)
    tokens.revoke(get_object_or_404(Token, key=key, account=own), by=own)
    messages.success(request, "The token is revoked.")
    return redirect("tokens")


@require_http_methods(["GET", "HEAD", "POST"])
@door("runners.see", runners.thing_of)
def of_organization(request: HttpRequest, organization: str) -> HttpResponse:
    """List the runners of an organization; whoever may change them registers one here."""
    if request.method == "POST":
        return _registered(request, organization=organization)
    return _runners(request, organization, RunnerForm())


def _runner_in_words(request: HttpRequest, organization: str) -> str:
    name, platform = (said(request.POST.get(one), "not named") for one in ("name", "platform"))
    return f"register the runner {name} of {organization}, for the platform {platform}"


@door("runners.change", runners.thing_of, sure=_runner_in_words)
def _registered(request: HttpRequest, organization: str) -> HttpResponse:
    form = RunnerForm(request.POST)
    if form.is_valid():
        given = {**form.cleaned_data, "until": _end_of(form.cleaned_data["until"])}
        try:
            runners.register(organization, **given, by=_by(request))
        except BadInput as no:
            form.add_error(None, _sentence(no))
        else:
            messages.success(request, "The runner is registered.")
            return redirect("runners", organization=organization)
    return _runners(request, organization, form)


def _runners(request: HttpRequest, organization: str, form: RunnerForm) -> HttpResponse:
    thing = runners.thing_of(organization)
    return render(
        request,
        "account/runners.html",
        {
            "organization": organization,
            "changer": may(person_of(request), "runners.change", thing).yes,
            "form": form,
            "runners": Runner.objects.filter(organization=organization).select_related("by"),
            "trail": (("Your account", "/account/"), (f"Runners of {organization}", "")),
        },
    )


@require_POST
@door("runners.change", lambda organization, key: runners.thing_of(organization))  # noqa: ARG005
def revoke_runner(request: HttpRequest, organization: str, key: str) -> HttpResponse:
    """Take no more of a runner's pushes."""
    one = get_object_or_404(Runner, organization=organization, key=key)
    runners.revoke(one, by=_by(request))
    messages.success(request, "The key is revoked: no push of it is taken any more.")
    return redirect("runners", organization=organization)


def _end_of(day: datetime) -> datetime:
    return datetime.combine(day, time.max, tzinfo=timezone.get_current_timezone())


def _sentence(no: BadInput) -> str:
    return f"{no.message[0].upper()}{no.message[1:]}: {no.hint}."


def _by(request: HttpRequest) -> Account:
    return cast("Account", request.user)
