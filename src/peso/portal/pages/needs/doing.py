"""Raising needs, and doing something about one: pages with forms.

What the register's rules forbid is said at the head of the form, in their own words.
"""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from peso.errors import BadInput, PesoError
from peso.partnerships.needs import events
from peso.partnerships.needs.record import Held, Source, Speaker
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.visibility import ANYBODY
from peso.portal.needs import intake
from peso.portal.needs.ledger import add
from peso.portal.needs.seeing import organization, organizations_of, viewer_of
from peso.portal.needs.telling import tell
from peso.portal.pages.door import closed, door
from peso.portal.pages.needs.acts import SPOKEN, STEERED, Act, form_of
from peso.portal.pages.needs.forms import OwnRaiseForm, VisitorRaiseForm
from peso.portal.pages.needs.showing import TRAIL, found, view_of_everything
from peso.portal.people.adapters import AccountAdapter
from peso.portal.people.asking import account_of, person_of
from peso.portal.people.models import Account
from peso.portal.people.roles import Kind, Thing

_NOT_NOW = (
    "Nothing was done: a merged need stands where the other one stands, and one that stands by "
    "itself has no merge to take back."
)
_TOLD = ("decide", "answer")
"""Acts that followers are told of."""


@require_http_methods(["GET", "HEAD", "POST"])
def raise_one(request: HttpRequest) -> HttpResponse:
    """Raise a need; somebody without an account confirms it by mail."""
    return closed(_by_account(request) if account_of(request) else _by_visitor(request))


def _by_account(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    viewer, mine = viewer_of(person), organizations_of(person)
    federation = viewer != ANYBODY
    form = OwnRaiseForm(request.POST or None, organizations=mine, federation=federation)
    if request.method == "POST" and not form.is_bound:
        form = OwnRaiseForm({}, organizations=mine, federation=federation)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        raiser = organization(said["organization"], person) if said["organization"] else None
        try:
            need = intake.need_of(
                said,
                raiser=raiser,
                visibility=said["visibility"],
                actor=person.key,
                source=Source(kind="form"),
            )
            intake.raise_need(need, by=account_of(request))
        except PesoError as no:
            _say(form, no)
        else:
            messages.success(request, "The need is raised.")
            return redirect("need", need=need.id)
    return _new(request, form)


def _by_visitor(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _new(request, VisitorRaiseForm(initial={"began": intake.begun()}))
    form = VisitorRaiseForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        if not intake.by_a_program(said) and (why := intake.sent_amiss(said)):
            form = VisitorRaiseForm({**request.POST.dict(), "began": intake.begun()})
            form.add_error(None, why)
            return _new(request, form)
        try:
            need = intake.visitor_need(said)
        except PesoError as no:
            _say(form, no)
            return _new(request, form)
        if intake.too_often(AccountAdapter(request).get_client_ip(request)):
            return render(request, "errors/too_many.html", status=429)
        if not intake.by_a_program(said):
            intake.wait(need, said["email"])
        return render(request, "needs/sent.html", {"trail": (TRAIL, ("Raise a need", ""))})
    return _new(request, form)


def _new(request: HttpRequest, form: forms.Form) -> HttpResponse:
    return render(request, "needs/new.html", {"form": form, "trail": (TRAIL, ("Raise a need", ""))})


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a visitor sent, and raise it once they say so."""
    one = intake.waiting(token)
    if one is None:
        return closed(render(request, "needs/gone.html", status=404))
    if request.method == "POST":
        try:
            return closed(redirect("need", need=intake.confirm(one)))
        except BadInput:
            return closed(render(request, "needs/gone.html", status=404))
    statement = intake.statement_of(one)
    return closed(render(request, "needs/confirm.html", {"statement": statement}))


@require_http_methods(["GET", "HEAD", "POST"])
@door("need.endorse", lambda slug, **_: Thing(kind=Kind.ORGANIZATION, slug=slug))
def speak(request: HttpRequest, need: str, slug: str, name: str) -> HttpResponse:
    """Say something about a need for an organization."""
    _, held = found(request, need)
    try:
        who = organization(slug, person_of(request))
    except BadInput as no:
        raise Http404("There is no such organization.") from no
    return _act(request, held, SPOKEN[name], name, who)


@require_http_methods(["GET", "HEAD", "POST"])
@door("need.decide")
def steer(request: HttpRequest, need: str, name: str) -> HttpResponse:
    """Do something about a need, for those who run the register."""
    _, held = found(request, need)
    if not STEERED[name].offered(held, ""):
        messages.error(request, _NOT_NOW)
        return redirect("need", need=held.id)
    return _act(request, held, STEERED[name], name, None)


def _act(
    request: HttpRequest, held: Held, act: Act, name: str, who: Speaker | None
) -> HttpResponse:
    posted = request.method == "POST"
    form = form_of(act, held, request.POST if posted else None, request.GET.get("into", ""))
    if posted and form.is_valid():
        thing = Thing(kind=Kind.ORGANIZATION, slug=who.slug) if who else Thing()

        def bodies(register: Register) -> list[events.Body]:
            return list(act.bodies(register, register.get(held.id), form.cleaned_data, who))

        try:
            add(bodies, by=_by(request), thing=thing)
        except PesoError as no:
            _say(form, no)
        else:
            if name in _TOLD:
                tell(held.id, _what(name, form), but=_by(request), answer=name == "answer")
            messages.success(request, "It is written into the register.")
            return redirect("need", need=held.id)
    title = f"{act.title}: {who.slug}" if who else act.title
    return render(
        request,
        "needs/act.html",
        {
            "trail": (TRAIL, (held.id, f"/needs/{held.id}/"), (title, "")),
            "one": held,
            "title": title,
            "button": act.button,
            "form": form,
        },
    )


def _what(name: str, form: forms.Form) -> str:
    said = form.cleaned_data
    if name == "answer":
        return str(said["text"])
    return f"It is {said['status']}. {said['reason']}".strip()


@require_POST
@door("need.follow")
def follow(request: HttpRequest, need: str) -> HttpResponse:
    """Follow a need, or no more."""
    _, held = found(request, need)
    account = _by(request)
    whole = view_of_everything().find(held.id)
    follows = whole is not None and account.key in whole.followers
    body = events.Followed(about=held.id, person=account.key, follows=not follows)
    add(lambda _register: (body,), by=account)
    said = "You follow it no more." if follows else "You follow it: you get a mail when it moves."
    messages.success(request, said)
    return redirect(reverse("need", kwargs={"need": held.id}))


def _say(form: forms.Form, no: PesoError) -> None:
    """Say at a form what is wrong: at the field it is about, else at its head."""
    faults = no.faults if isinstance(no, BadInput) else ()
    for fault in faults:
        field = fault.where.split(".")[0]
        form.add_error(field if field in form.fields else None, fault.message)
    if not faults:
        form.add_error(None, f"{no.message[0].upper()}{no.message[1:]}.")


def _by(request: HttpRequest) -> Account:
    return cast("Account", request.user)
