"""Adding: a file that is not there yet is proposed, looked at, and accepted as a patch.

1. It is one of an organization that the consortium has, and goes to that consortium's workspace.
2. Before anything is kept, its maker sees the patch, and what about it is only a remark.
"""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from peso.errors import BadInput
from peso.portal.pages.door import door
from peso.portal.pages.people.proposal_forms import AddForm
from peso.portal.people import proposals
from peso.portal.people.addable import Known, remarks_on
from peso.portal.people.additions import drafted_new
from peso.portal.people.editable import EDITABLE
from peso.portal.people.models import Account, Proposal
from peso.portal.people.proposals import File, NotProposedError
from peso.portal.people.roles import Thing
from peso.portal.store.consortium import Held, kept
from peso.portal.store.models import WorkspaceFile


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, what: str, organization: str) -> HttpResponse:
    """Show the form for a new file, and take what is proposed."""
    return door(EDITABLE[what].propose, _thing)(_add)(request, what=what, organization=organization)


def _thing(what: str, organization: str) -> Thing:
    return Thing(kind=EDITABLE[what].kind, slug=organization)


def _add(request: HttpRequest, what: str, organization: str) -> HttpResponse:
    held = kept()
    one = held.consortium.organization(organization) if held else None
    if held is None or one is None:
        raise Http404("No consortium that was taken in has this organization.")
    if not held.workspace:
        raise Http404("Whose files say it is not known: it is to be taken in again first.")
    names = _known(held)
    form = AddForm(what, organization, request.POST or None)
    draft = _drafted(form, held, names)
    if draft and request.POST.get("action") == "propose":
        by = cast("Account", request.user)
        made = proposals.propose(draft, why=form.cleaned_data["why"], by=by)
        messages.success(request, "It is proposed.")
        return redirect("proposal", number=made.pk)
    title = f"Propose a new {EDITABLE[what].title} of {one.short_name}"
    context = {
        "form": form,
        "draft": draft,
        "remarks": remarks_on(what, form.said, names) if draft else (),
        "title": title,
        "trail": (("Proposals", "/proposals/"), (title, "")),
    }
    return render(request, "proposals/add.html", context)


def _known(held: Held) -> Known:
    """Return the names that lead somewhere in the consortium, and in its workspace."""
    products = WorkspaceFile.objects.filter(workspace=held.workspace, what="product")
    return Known(
        people=frozenset(one.name for one in held.consortium.people),
        organizations=frozenset(one.slug for one in held.consortium.organizations),
        products=frozenset(products.values_list("slug", flat=True)),
    )


def _drafted(form: AddForm, held: Held, names: Known) -> Proposal | None:
    """Return what a form proposes; None, and its faults at its fields, where it is not right."""
    if not form.is_bound or not form.is_valid():
        return None
    rows = WorkspaceFile.objects.filter(workspace=held.workspace, what=form.what)
    own = rows.filter(scope=form.organization)
    there = [File(workspace=one.workspace, path=one.path, text=one.text) for one in own]
    taken = rows.values_list("path", flat=True)
    try:
        return drafted_new(
            form.what, held.workspace, form.said, there=there, taken=taken, known=names
        )
    except NotProposedError as no:
        form.blame(no)
    except BadInput as no:
        form.add_error(None, f"{no.message[0].upper()}{no.message[1:]}.")
    return None
