"""Proposals: a change of what a file says is proposed, looked at, and accepted as a patch.

1. The form shows what the file says; before anything is kept, its maker sees the patch.
2. A proposal that somebody may not see is not there for them.
3. Nothing here asks another machine for anything: an address is text.
"""

from __future__ import annotations

from typing import Any, Final, cast

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from peso.errors import BadInput
from peso.portal.pages.door import door, refused
from peso.portal.pages.markdown import as_html
from peso.portal.pages.paging import page_of
from peso.portal.pages.people.proposal_forms import EditForm, RefuseForm
from peso.portal.people import proposals
from peso.portal.people.addable import ADDABLE
from peso.portal.people.asking import person_of
from peso.portal.people.editable import EDITABLE, Form, shown, thing_of
from peso.portal.people.models import Account, Proposal
from peso.portal.people.permissions import may
from peso.portal.people.proposals import File, NotProposedError
from peso.portal.people.roles import Kind, Thing
from peso.portal.settings import CONFIG
from peso.portal.store.models import WorkspaceFile

_STATES: Final = {"accept": Proposal.State.ACCEPTED, "withdraw": Proposal.State.WITHDRAWN}
_SAID: Final = {
    "accept": "It is accepted: its patch is for whoever merges it.",
    "withdraw": "It is withdrawn.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, what: str, slug: str) -> HttpResponse:
    """Show the form for a file, and take what is proposed."""
    return door(EDITABLE[what].propose, _thing)(_edit)(request, what=what, slug=slug)


def _thing(what: str, slug: str) -> Thing:
    file = _file(what, slug)
    return thing_of(what, slug, file.said if file else {})


def _file(what: str, slug: str) -> File | None:
    row = WorkspaceFile.objects.filter(what=what, slug=slug).first()
    return File(workspace=row.workspace, path=row.path, text=row.text) if row else None


def _edit(request: HttpRequest, what: str, slug: str) -> HttpResponse:
    file = _file(what, slug)
    if file is None:
        raise Http404("No file that was taken in says this.")
    initial = shown(what, file.said)
    form = EditForm(what, file.said, request.POST or None, initial=initial)
    draft = _drafted(form, what, slug, file)
    if draft and request.POST.get("action") == "propose":
        by = cast("Account", request.user)
        made = proposals.propose(draft, why=form.cleaned_data["why"], by=by)
        messages.success(request, "It is proposed.")
        return redirect("proposal", number=made.pk)
    title = f"Propose a change of the {EDITABLE[what].title} {slug}"
    context = {
        "form": form,
        "draft": draft,
        "texts": _texts(draft) if draft else [],
        "file": file,
        "title": title,
        "trail": (("Proposals", "/proposals/"), (title, "")),
    }
    return render(request, "proposals/edit.html", context)


def _drafted(form: EditForm, what: str, slug: str, file: File) -> Proposal | None:
    """Return what a form proposes; None, and its faults at its fields, where it is not right."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return proposals.drafted(what, slug, file, form.changes)
    except NotProposedError as no:
        form.blame(no)
    except BadInput as no:
        form.add_error(None, f"{no.message[0].upper()}{no.message[1:]}.")
    return None


def _texts(one: Proposal) -> list[tuple[str, Any]]:
    """Return the texts that change, as a page would show them."""
    return [
        (key.label, as_html(str(one.wanted[key.name])))
        for key in EDITABLE[one.what].keys
        if key.form is Form.TEXT and key.name in one.wanted
    ]


@require_safe
@door("proposals.own")
def several(request: HttpRequest) -> HttpResponse:
    """List what somebody proposed, and what they are to decide."""
    person = person_of(request)
    said = page_of(request, proposals.seen_by(person))
    rows = [(one, proposals.may_decide(person, one)) for one in said["page"]]
    context = {**said, "rows": rows, "edits": _edits(request), "adds": _adds(request)}
    return render(request, "proposals/list.html", context)


def _adds(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Return what may be added of somebody's own organizations: address, kind, slug."""
    person = person_of(request)
    own = sorted(one.scope for one in person.held if one.thing.kind is Kind.ORGANIZATION)
    return [
        (f"/add/{what}/{slug}/", EDITABLE[what].title, slug)
        for slug in own
        for what in ADDABLE
        if may(person, EDITABLE[what].propose, Thing(kind=EDITABLE[what].kind, slug=slug)).yes
    ]


def _edits(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Return the files of somebody's own things: address, kind, slug."""
    person = person_of(request)
    own = {held.thing for held in person.held if held.scope}
    mine = Q()
    for what, kind in EDITABLE.items():
        slugs = [one.slug for one in own if one.kind is kind.kind]
        if slugs:
            mine |= Q(what=what, scope__in=slugs)
    rows = WorkspaceFile.objects.filter(mine) if mine else WorkspaceFile.objects.none()
    return [
        (f"/edit/{one.what}/{one.slug}/", EDITABLE[one.what].title, one.slug)
        for one in rows.defer("text")
        if may(
            person,
            EDITABLE[one.what].propose,
            Thing(kind=EDITABLE[one.what].kind, slug=one.scope),
        ).yes
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@door("proposals.own")
def proposal(request: HttpRequest, number: int) -> HttpResponse:
    """Show a proposal; it is decided here, or withdrawn."""
    one = _seen(request, number)
    if request.method != "POST":
        return _show(request, one)
    person, action = person_of(request), request.POST.get("action", "")
    mine = one.by.key == person.key
    if not (mine if action == "withdraw" else proposals.may_decide(person, one)):
        return refused(request, may(person, EDITABLE[one.what].decide, one.thing).why)
    form = RefuseForm(request.POST) if action == "refuse" else None
    if form is not None and not form.is_valid():
        return _show(request, one, form=form)
    if form is None and action not in _STATES:
        return _show(request, one, no="The form does not say what is to be done.")
    reason = form.cleaned_data["reason"] if form else ""
    state = _STATES.get(action, Proposal.State.REFUSED)
    try:
        proposals.decide(one, state, by=cast("Account", request.user), reason=reason)
    except BadInput as no:
        return _show(request, one, no=f"{no.message[0].upper()}{no.message[1:]}: {no.hint}.")
    messages.success(request, _SAID.get(action, "It is refused, with your reason."))
    return redirect("proposal", number=one.pk)


@require_safe
@door("proposals.own")
def patch(request: HttpRequest, number: int) -> HttpResponse:
    """Return an accepted proposal as `git am` takes it."""
    one = _seen(request, number)
    if one.state not in {Proposal.State.ACCEPTED, Proposal.State.IN_EFFECT}:
        raise Http404("Only what was accepted is a patch.")
    answer = HttpResponse(
        proposals.mail_of(one, url=CONFIG.url), content_type="text/plain; charset=utf-8"
    )
    name = proposals.file_name(one)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _seen(request: HttpRequest, number: int) -> Proposal:
    one = Proposal.objects.select_related("by", "decider").filter(pk=number).first()
    if one is None or not proposals.may_see(person_of(request), one):
        raise Http404("There is no such proposal.")
    return one


def _show(request: HttpRequest, one: Proposal, **more: object) -> HttpResponse:
    person = person_of(request)
    title = f"Proposal {one.pk}"
    return render(
        request,
        "proposals/proposal.html",
        {
            "one": one,
            "title": title,
            "open": one.state == Proposal.State.PROPOSED,
            "decides": proposals.may_decide(person, one),
            "mine": one.by.key == person.key,
            "form": RefuseForm(),
            "texts": _texts(one),
            "trail": (("Proposals", "/proposals/"), (title, "")),
            **more,
        },
    )
