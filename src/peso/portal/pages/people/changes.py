"""The audit, for those concerned: of one thing, and all of it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.pages.door import door
from peso.portal.pages.forms import ChangesForm
from peso.portal.pages.paging import page_of
from peso.portal.people.audit import lines, of
from peso.portal.people.models import Change
from peso.portal.people.roles import Kind, Thing

KINDS: Final = {
    "product": Kind.PRODUCT,
    "organization": Kind.ORGANIZATION,
    "group": Kind.GROUP,
}
"""Kinds of things as addresses name them."""


def _thing(kind: str, slug: str) -> Thing:
    return Thing(kind=KINDS[kind], slug=slug)


@require_safe
@door("changes.thing", _thing)
def changes_of(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Show every change of a product, an organization or a working group."""
    title = f"Changes of the {KINDS[kind].value} {slug}"
    said = page_of(request, of(_thing(kind, slug)))
    trail = (("Your account", "/account/"), (title, ""))
    context = {**said, "changes": lines(said["page"]), "trail": trail, "title": title}
    return render(request, "changes/list.html", context)


@require_safe
@door("changes.all")
def changes(request: HttpRequest) -> HttpResponse:
    """Show every change there was, filtered."""
    form = ChangesForm(request.GET or None)
    rows: QuerySet[Change] = Change.objects.select_related("by", "about")
    if form.is_bound and form.is_valid():
        rows = _filtered(rows, form.cleaned_data)
    said = page_of(request, rows)
    context = {**said, "changes": lines(said["page"]), "form": form, "title": "Every change"}
    return render(request, "changes/all.html", context)


def _filtered(rows: QuerySet[Change], asked: dict[str, Any]) -> QuerySet[Change]:
    if who := asked["who"]:
        named = Q(by__name__icontains=who) | Q(by__email__icontains=who)
        named |= Q(about__name__icontains=who) | Q(about__email__icontains=who)
        rows = rows.filter(named | Q(by=None, after__runner__icontains=who))
    if what := asked["what"]:
        rows = rows.filter(what__icontains=what)
    if slug := asked["thing"]:
        rows = rows.filter(slug=slug)
    if since := asked["since"]:
        rows = rows.filter(at__gte=datetime.combine(since, time(), tzinfo=UTC))
    if until := asked["until"]:
        day = datetime.combine(until, time(), tzinfo=UTC) + timedelta(days=1)
        rows = rows.filter(at__lt=day)
    return rows
