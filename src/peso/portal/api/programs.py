"""What a program may do with a token: ask whom it speaks for, and see to a facility's runners."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import AwareDatetime, Field

from peso.errors import BadInput
from peso.portal.api import shapes
from peso.portal.api.writing import Bearer, PerToken, allowed, caller_of
from peso.portal.people import runners
from peso.portal.people.models import Runner

router = Router(auth=Bearer(), throttle=PerToken("120/m"))
_NO: Final[dict[Any, Any]] = dict.fromkeys((401, 403, 404, 429), shapes.Missing)


class Me(shapes.Shape):
    """Who a token speaks for."""

    name: str
    roles: list[str]
    """Those that count now, each with what it is for."""
    scopes: list[str]


class RunnerShape(shapes.Shape):
    """A runner."""

    key: str
    organization: str
    name: str
    platform: str
    keyid: str
    until: datetime
    state: str
    """`works`, `expired`, `revoked`."""


class NewRunner(Schema):
    """What is said of a new runner."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    platform: Annotated[str, Field(min_length=1, max_length=200)]
    public: Annotated[str, Field(max_length=4096)]
    """An Ed25519 public key in PEM."""
    until: AwareDatetime


@router.get("/account", response={200: Me, **_NO}, summary="Whom a token speaks for")
def me(request: HttpRequest) -> dict[str, Any]:
    """Return whom a token speaks for, and what it may do."""
    who = allowed(request, "account.own")
    roles = sorted(f"{one.role.value} {one.scope}".strip() for one in who.person.held)
    return {"name": who.person.name, "roles": roles, "scopes": sorted(who.scopes)}


@router.get("/runners/{slug}", response={200: list[RunnerShape], **_NO}, summary="Runners")
def listed(request: HttpRequest, slug: str) -> list[Runner]:
    """List the runners of an organization."""
    allowed(request, "runners.see", runners.thing_of(slug))
    return list(Runner.objects.filter(organization=slug))


@router.post(
    "/runners/{slug}",
    response={200: RunnerShape, **_NO, 422: shapes.NotUnderstood | shapes.Missing},
    summary="Register a runner",
)
def register(request: HttpRequest, slug: str, said: NewRunner) -> Runner:
    """Register a runner of an organization."""
    who = allowed(request, "runners.change", runners.thing_of(slug))
    try:
        return runners.register(slug, **said.model_dump(), by=who.account)
    except BadInput as no:
        raise HttpError(422, f"{no.message}: {no.hint}") from None


@router.post(
    "/runners/{slug}/{key}/revoke",
    response={200: RunnerShape, **_NO},
    summary="Revoke a runner's key",
)
def revoke(request: HttpRequest, slug: str, key: str) -> Runner:
    """Take no more of a runner's pushes."""
    allowed(request, "runners.change", runners.thing_of(slug))
    one = get_object_or_404(Runner, organization=slug, key=key)
    runners.revoke(one, by=caller_of(request).account)
    one.refresh_from_db()
    return one
