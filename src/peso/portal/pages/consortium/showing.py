"""The consortium: organizations, people, working groups, and what its by-laws ask for.

1. Every page says by which files and which day it counts; unknown is said, with its reason.
2. Nothing here has an address to write to: what the pages are made of has none.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.partnerships.consortium.consortium import Consortium
from peso.partnerships.consortium.due import due, pressing
from peso.partnerships.consortium.record import Kind, Seat
from peso.partnerships.consortium.view import (
    Role,
    group_view,
    organization_view,
    person_view,
    roles,
)
from peso.portal.pages.paging import PER_PAGE
from peso.portal.store.consortium import Held, kept
from peso.portal.store.generation import today

KINDS: Final[tuple[tuple[Kind, str, str], ...]] = (
    ("member", "Members", "They steward products, and each has a seat."),
    ("affiliate", "Affiliates", "They support the consortium, and share seats."),
    ("facility", "Facilities", "They run machines and install releases."),
    ("vendor", "Vendors", "They make the machines, and what runs on them."),
    ("former", "Former members", "They were in it once."),
    ("other", "Others", "How they stand to the consortium is not known."),
)
_PRESSING: Final = 8


@require_safe
def consortium(request: HttpRequest) -> HttpResponse:
    """Show who is in it, who speaks for it, and what presses."""
    held, day = kept(), today()
    shown: dict[str, object] = {}
    if held:
        one = held.consortium
        every = due(one, day)
        urgent = pressing(every)
        shown = {
            "sections": _sections(one),
            "offices": [(office, office.current(day)) for office in one.offices],
            "seats": [_seat(one, seat, day) for seat in one.seats],
            "groups_count": len(one.groups),
            "people_count": len(one.people),
            "urgent": urgent[:_PRESSING],
            "urgent_count": len(urgent),
        }
    return _page(request, "consortium/consortium.html", held, day, shown)


@require_safe
def due_page(request: HttpRequest) -> HttpResponse:
    """Show what the by-laws ask for, and the by-laws' rules."""
    held, day = kept(), today()
    shown: dict[str, object] = {"trail": (("Consortium", "/consortium/"), ("What is due", ""))}
    if held:
        every = due(held.consortium, day)
        shown |= {
            "now": pressing(every),
            "unknown": [one for one in every if one.state == "unknown"],
            "later": [one for one in every if one.state == "later"],
            "bylaws": held.consortium.bylaws,
        }
    return _page(request, "consortium/due.html", held, day, shown)


@require_safe
def organization(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one organization."""
    held, day = _held(), today()
    one = held.consortium.organization(slug)
    if one is None:
        raise Http404("There is no such organization.")
    view = organization_view(held.consortium, one, day)
    shown = {
        "trail": (("Consortium", "/consortium/"), (one.short_name, "")),
        "view": view,
        "one": one,
        "kind": next(title for kind, title, _ in KINDS if kind == one.kind),
        "named": _by_person(view.people),
        "seats": [_seat(held.consortium, seat, day) for seat in view.seats],
        "stewards": [held_ for held_ in view.stewardships if not held_.over(day)],
        "stewarded": [held_ for held_ in view.stewardships if held_.over(day)],
        "names": {row.slug: row.short_name for row in held.consortium.organizations},
    }
    return _page(request, "consortium/organization.html", held, day, shown)


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Show everybody, by public name."""
    held, day = kept(), today()
    shown: dict[str, object] = {"trail": (("Consortium", "/consortium/"), ("People", ""))}
    if held:
        paginator: Paginator[Any] = Paginator(held.consortium.people, PER_PAGE)
        page = paginator.get_page(request.GET.get("page"))
        by_person = _roles_by_slug(held.consortium, day)
        shown |= {
            "page": page,
            "kept": "",
            "rows": [(one, by_person.get(one.slug, [])) for one in page],
        }
    return _page(request, "consortium/people.html", held, day, shown)


@require_safe
def one_person(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one person: where they work, what they do here."""
    held, day = _held(), today()
    one = held.consortium.person(slug)
    if one is None:
        raise Http404("There is no such person.")
    trail = (("Consortium", "/consortium/"), ("People", "/consortium/people/"), (one.name, ""))
    shown = {
        "trail": trail,
        "view": person_view(held.consortium, one, day),
        "one": one,
        "names": {row.slug: row.short_name for row in held.consortium.organizations},
    }
    return _page(request, "consortium/person.html", held, day, shown)


@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """Show the working groups, and when each is reviewed."""
    held, day = kept(), today()
    shown: dict[str, object] = {"trail": (("Consortium", "/consortium/"), ("Working groups", ""))}
    if held:
        reviews = {
            one.subject: one
            for one in due(held.consortium, day)
            if one.kind == "working-group" and one.rule != "chair-vacant"
        }
        shown["rows"] = [(one, reviews.get(one.slug)) for one in held.consortium.groups]
    return _page(request, "consortium/groups.html", held, day, shown)


@require_safe
def group(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one working group: charter, chairs, links, and what is due."""
    held, day = _held(), today()
    one = held.consortium.group(slug)
    if one is None:
        raise Http404("There is no such working group.")
    shown = {
        "trail": (("Consortium", "/consortium/"), ("Working groups", "/groups/"), (one.name, "")),
        "view": group_view(held.consortium, one, day),
        "one": one,
    }
    return _page(request, "consortium/group.html", held, day, shown)


def _held() -> Held:
    held = kept()
    if held is None:
        raise Http404("No consortium was taken in.")
    return held


def _page(
    request: HttpRequest, template: str, held: Held | None, day: date, shown: dict[str, Any]
) -> HttpResponse:
    slugs = held.consortium.slugs() if held else {}
    return render(request, template, {**shown, "held": held, "day_counted": day, "slugs": slugs})


def _sections(one: Consortium) -> list[dict[str, object]]:
    """Return the kinds of organizations there are, each with its own and its products."""
    products: dict[str, int] = {}
    for stewardship in one.stewardships:
        products[stewardship.organization] = products.get(stewardship.organization, 0) + 1
    found: list[dict[str, object]] = []
    for kind, title, what in KINDS:
        rows = [(row, products.get(row.slug, 0)) for row in one.organizations if row.kind == kind]
        if rows or kind != "other":
            found.append({"kind": kind, "title": title, "what": what, "rows": rows})
    return found


def _seat(one: Consortium, seat: Seat, day: date) -> dict[str, object]:
    """Return a seat as a page shows it: whose it is, who holds it, who sits there now."""
    sits = one.sits(seat, day)
    return {
        "seat": seat,
        "whose": [row for row in one.organizations if row.slug in seat.organizations],
        "delegate": sits if isinstance(sits, str) and sits != seat.holder else "",
    }


def _by_person(several: tuple[Role, ...]) -> list[tuple[str, list[str]]]:
    """Return each name once, with all its roles."""
    by: dict[str, list[str]] = {}
    for one in several:
        by.setdefault(one.person, []).append(one.role)
    return list(by.items())


def _roles_by_slug(one: Consortium, day: date) -> dict[str, list[Role]]:
    by: dict[str, list[Role]] = {}
    for role in roles(one, day):
        by.setdefault(role.slug, []).append(role)
    return by
