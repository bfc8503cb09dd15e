"""Needs through the API, in their own words: the records are those of the Python API.

Whoever asks gets what is public, signed in or not: an answer of the API is for everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router

from peso.partnerships.needs.ranked import Ranked
from peso.partnerships.needs.record import Held
from peso.partnerships.needs.snapshot import Export, Snapshot
from peso.partnerships.needs.visibility import ANYBODY
from peso.portal.api import shapes
from peso.portal.api.asking import Limit, Offset, Text, answers
from peso.portal.needs.frozen import snapshots
from peso.portal.needs.models import NeedSnapshot
from peso.portal.needs.seeing import fits, view_of
from peso.portal.store.generation import today

router = Router()
_JSON: Final = "application/json; charset=utf-8"


def _many(rows: Sequence[Any], limit: int, offset: int) -> dict[str, Any]:
    items = rows[offset : offset + limit]
    return {"count": len(rows), "limit": limit, "offset": offset, "items": items}


@router.get("/needs", response=answers(shapes.Many[Held]), by_alias=True, summary="Needs")
def needs(  # noqa: PLR0913, PLR0917 - a parameter for each filter
    request: HttpRequest,  # noqa: ARG001 - ninja's
    q: Text = "",
    status: Text = "",
    kind: Text = "",
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List public needs with all that happened to them, by words, status or kind."""
    asked = q.casefold().split()[:8]
    rows = [
        one
        for one in view_of(ANYBODY).register.needs
        if status in {"", one.status} and kind in {"", one.need.kind} and fits(one, asked)
    ]
    return _many(rows, limit, offset)


@router.get("/needs/{need}", response=answers(Held), by_alias=True, summary="A need")
def one_need(request: HttpRequest, need: str) -> Held:  # noqa: ARG001 - ninja's
    """Return one public need."""
    held = view_of(ANYBODY).find(need)
    if held is None:
        raise Http404("There is no such need.")
    return held


@router.get(
    "/needs-ranking", response=answers(shapes.Many[Ranked]), by_alias=True, summary="The ranking"
)
def ranked(
    request: HttpRequest,  # noqa: ARG001 - ninja's
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List the open public needs in their order, with every term and how sure it is."""
    return _many(view_of(ANYBODY).standing(today()), limit, offset)


@router.get(
    "/needs-snapshots/{number}",
    response=answers(Snapshot),
    by_alias=True,
    summary="A frozen ranking",
)
def snapshot(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001 - ninja's
    """Return one frozen ranking of public needs, as the bytes that were frozen."""
    return HttpResponse(_row(number).snapshot, content_type=_JSON)


@router.get(
    "/needs-snapshots/{number}/export",
    response=answers(Export),
    by_alias=True,
    summary="What a frozen ranking is made of",
)
def exported(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001 - ninja's
    """Return all that one frozen ranking is made of, as the bytes that were frozen."""
    return HttpResponse(_row(number).export, content_type=_JSON)


def _row(number: int) -> NeedSnapshot:
    row = snapshots(ANYBODY).defer(None).filter(pk=min(number, 2**62)).first()
    if row is None:
        raise Http404("There is no such frozen ranking.")
    return row
