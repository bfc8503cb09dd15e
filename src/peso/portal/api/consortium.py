"""The consortium through the API, in its own words: the records are those of the Python API.

No answer has an address to write to, for the record has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from peso.partnerships.consortium.consortium import Consortium
from peso.partnerships.consortium.due import Due, due
from peso.partnerships.consortium.record import Organization, Person, WorkingGroup
from peso.partnerships.consortium.view import (
    GroupView,
    OrganizationView,
    PersonView,
    Summary,
    group_view,
    organization_view,
    person_view,
    summary,
)
from peso.portal.api import shapes
from peso.portal.api.asking import Limit, Offset, Text, answers
from peso.portal.store.consortium import kept
from peso.portal.store.generation import today

router = Router()


def _known() -> Consortium:
    held = kept()
    if held is None:
        raise Http404("No consortium was taken in.")
    return held.consortium


def _many(rows: Sequence[Any], limit: int, offset: int) -> dict[str, Any]:
    items = rows[offset : offset + limit]
    return {"count": len(rows), "limit": limit, "offset": offset, "items": items}


@router.get("/consortium", response=answers(Summary), by_alias=True, summary="The consortium")
def whole(request: HttpRequest) -> Summary:  # noqa: ARG001 - ninja's
    """Return the consortium in numbers, with its officers."""
    return summary(_known(), today())


@router.get(
    "/consortium/organizations",
    response=answers(shapes.Many[Organization]),
    by_alias=True,
    summary="Organizations",
)
def organizations(
    request: HttpRequest,  # noqa: ARG001 - ninja's
    kind: Text = "",
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List members, affiliates, former members, facilities and vendors, or one kind of them."""
    held = kept()
    rows = held.consortium.organizations if held else ()
    return _many([one for one in rows if kind in {"", one.kind}], limit, offset)


@router.get(
    "/consortium/organizations/{slug}",
    response=answers(OrganizationView),
    by_alias=True,
    summary="An organization",
)
def organization(request: HttpRequest, slug: str) -> OrganizationView:  # noqa: ARG001 - ninja's
    """Return one organization: its people, seats, liaisons, products, and what is due."""
    consortium = _known()
    one = consortium.organization(slug)
    if one is None:
        raise Http404("There is no such organization.")
    return organization_view(consortium, one, today())


@router.get(
    "/consortium/people", response=answers(shapes.Many[Person]), by_alias=True, summary="People"
)
def people(
    request: HttpRequest,  # noqa: ARG001 - ninja's
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List people by public name. How to write to them is not told."""
    held = kept()
    return _many(held.consortium.people if held else (), limit, offset)


@router.get(
    "/consortium/people/{slug}", response=answers(PersonView), by_alias=True, summary="A person"
)
def one_person(request: HttpRequest, slug: str) -> PersonView:  # noqa: ARG001 - ninja's
    """Return one person: affiliations, roles, and what is due."""
    consortium = _known()
    one = consortium.person(slug)
    if one is None:
        raise Http404("There is no such person.")
    return person_view(consortium, one, today())


@router.get(
    "/consortium/due", response=answers(shapes.Many[Due]), by_alias=True, summary="What is due"
)
def what_is_due(
    request: HttpRequest,  # noqa: ARG001 - ninja's
    state: Text = "",
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List what the by-laws ask for, the most urgent first, or what is in one state."""
    held = kept()
    rows = due(held.consortium, today()) if held else ()
    return _many([one for one in rows if state in {"", one.state}], limit, offset)


@router.get(
    "/groups", response=answers(shapes.Many[WorkingGroup]), by_alias=True, summary="Working groups"
)
def groups(
    request: HttpRequest,  # noqa: ARG001 - ninja's
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List working groups with their charters."""
    held = kept()
    return _many(held.consortium.groups if held else (), limit, offset)


@router.get("/groups/{slug}", response=answers(GroupView), by_alias=True, summary="A working group")
def group(request: HttpRequest, slug: str) -> GroupView:  # noqa: ARG001 - ninja's
    """Return one working group: charter, chairs, and what is due."""
    consortium = _known()
    one = consortium.group(slug)
    if one is None:
        raise Http404("There is no such working group.")
    return group_view(consortium, one, today())
