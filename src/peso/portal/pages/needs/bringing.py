"""Bringing needs from a file: the form, what the file comes to, and what was set aside so far.

1. Sending a file writes nothing. It leads to a page that shows, line by line, what would be raised,
   what is there already, what would be set aside and why, and what is no need.
2. A button of that page takes it. Who brings another file meanwhile, or waits too long, brings the
   file again; nothing is taken that was not shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from peso.errors import BadInput, PesoError
from peso.portal.needs import bringing
from peso.portal.needs.bringing import Brought, Looked
from peso.portal.needs.ledger import kept
from peso.portal.needs.seeing import words
from peso.portal.pages.door import door
from peso.portal.pages.needs.forms import BringForm
from peso.portal.pages.needs.showing import TRAIL
from peso.portal.pages.paging import page_of
from peso.portal.people.models import Account
from peso.portal.store.consortium import kept as consortium_kept

_HERE: Final = ("Bring needs from a file", "/needs/bring/")
_FAULTS: Final = 20
"""So many faults of a file that cannot be read are shown at its field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of what a file comes to."""

    comes_to: str
    where: str
    statement: str = ""
    visibility: str = ""
    need: str = ""
    said: tuple[str, ...] = ()


@require_http_methods(["GET", "HEAD", "POST"])
@door("need.decide")
def bring(request: HttpRequest) -> HttpResponse:
    """Take a file to be looked at; and show what was set aside so far."""
    account = _by(request)
    form = BringForm(organizations=_organizations())
    if request.method == "POST":
        form = BringForm(request.POST, request.FILES, organizations=_organizations())
        if form.is_valid():
            said = form.cleaned_data
            one = Brought(
                name=said["file"].name,
                data=said["file"].read(),
                visibility=said["visibility"],
                products=words(said["products"]),
            )
            try:
                bringing.look(one)
            except BadInput as no:
                _say(form, no)
            else:
                return redirect("needs-brought", digest=bringing.keep(one, account))
    waits = bringing.waiting(account)
    return render(
        request,
        "needs/bring.html",
        {
            "trail": (TRAIL, (_HERE[0], "")),
            **page_of(request, kept().register.aside[::-1]),
            "form": form,
            "waits": waits,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@door("need.decide")
def brought(request: HttpRequest, digest: str) -> HttpResponse:
    """Show what a file comes to, and take it or drop it."""
    account = _by(request)
    one = bringing.waiting(account)
    if one is None or one.digest != digest:
        return render(request, "needs/bring_gone.html", {"trail": (TRAIL, _HERE)}, status=404)
    if request.method == "POST":
        return _ended(request, one, account)
    looked = bringing.look(one)
    rows = _entries(looked)
    show = request.GET.get("show", "")
    counts = [(name, len(several)) for name, several in rows.items()]
    shown = rows.get(show) or [it for several in rows.values() for it in several]
    return render(
        request,
        "needs/brought.html",
        {
            "trail": (TRAIL, _HERE, (one.name, "")),
            **page_of(request, shown),
            "one": one,
            "counts": counts,
            "show": show if rows.get(show) else "",
            "new": len(looked.news.needs),
            "aside": len(looked.news.aside),
        },
    )


def _ended(request: HttpRequest, one: Brought, account: Account) -> HttpResponse:
    """Take a file, or drop it; what the register refuses leaves it waiting."""
    if request.POST.get("do") == "drop":
        bringing.drop(account)
        messages.success(request, "Nothing was taken.")
        return redirect("needs-bring")
    try:
        messages.success(request, _came(bringing.take(one, account)))
    except PesoError as no:
        messages.error(request, f"Nothing was taken: {no.message}.")
        return redirect("needs-brought", digest=one.digest)
    return redirect("needs-bring")


def _entries(looked: Looked) -> dict[str, list[Entry]]:
    """Return every line that a page shows, by what it comes to."""
    found, intake = looked.news, looked.intake
    statements = {it.source.where: it.statement for it in intake.needs}
    said = {(it.source.where, fault) for it in intake.aside for fault in it.faults}
    return {
        "set aside": [
            Entry(comes_to="set aside", where=it.source.where, said=it.faults) for it in found.aside
        ],
        "not understood": [
            Entry(comes_to="not understood", where=it.where, said=(it.message,))
            for it in intake.not_understood
            if (it.where, it.message) not in said
        ],
        "raised": [
            Entry(
                comes_to="raised",
                where=it.source.where,
                statement=it.statement,
                visibility=it.visibility,
            )
            for it in found.needs
        ],
        "there already": [
            Entry(
                comes_to="there already",
                where=it.where,
                statement=statements.get(it.where, ""),
                need=it.need,
            )
            for it in found.known
        ],
        "skipped": [
            Entry(comes_to="skipped", where=it.where, said=(it.message,)) for it in intake.skipped
        ],
    }


def _came(done: Looked) -> str:
    """Say what was taken."""
    new, aside = done.news, {it.source.where for it in done.news.aside}
    lines = {it.where for it in done.intake.not_understood} - aside
    count, odd = len(new.needs), len(lines)
    said = f"{count} need{'' if count == 1 else 's'} raised, {len(new.aside)} set aside"
    said = f"{said}, {len(new.known)} there already."
    if not odd:
        return said
    word = "line" if odd == 1 else "lines"
    return f"{said} Of {odd} {word} not all was understood; each need keeps its own."


def _say(form: BringForm, no: PesoError) -> None:
    """Say at the file what is wrong with it, where, and what to do."""
    faults = no.faults if isinstance(no, BadInput) else ()
    for fault in faults[:_FAULTS]:
        form.add_error("file", f"{fault.where}: {fault.message}.")
    if len(faults) > _FAULTS:
        form.add_error("file", f"There are {len(faults) - _FAULTS} more like these.")
    said = f"{no.where}: {no.message}." if no.where else f"{no.message[0].upper()}{no.message[1:]}."
    form.add_error("file", f"{said} What to do: {no.hint}." if no.hint else said)


def _organizations() -> tuple[str, ...]:
    held = consortium_kept()
    return tuple(sorted(one.slug for one in held.consortium.organizations)) if held else ()


def _by(request: HttpRequest) -> Account:
    return cast("Account", request.user)
