"""Pushes: what a runner sends is taken when its signature proves it; no token counts, no cookie."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status
from ninja.errors import HttpError

from peso.base.files import locked
from peso.base.ledger import Blobs
from peso.errors import Outside, Reason
from peso.portal.api import shapes
from peso.portal.api.writing import PerAddress
from peso.portal.ingest.pushed import FOLDER, contents, file, ledger_of, missing
from peso.portal.ingest.run import Ways, ingest
from peso.portal.people import runners
from peso.portal.settings import CONFIG
from peso.services.delivery.pushing.batch import Answer, Doubt, Holding
from peso.services.delivery.pushing.proving import MESSAGE_LIMIT, Proven, Untaken, prove
from peso.workspace import this_machine

router = Router()


@router.post(
    "/push",
    response={200: dict[str, Any], 403: dict[str, Any], 429: shapes.Missing, 503: shapes.Missing},
    summary="A batch of a runner, signed by its key",
    throttle=[PerAddress("240/m")],
)
def push(request: HttpRequest) -> Status[dict[str, Any]]:
    """Take a batch of a runner; its signature says whose it is, and no token does."""
    data = request.read(MESSAGE_LIMIT + 1)
    try:
        proven = prove(data, runners.find, portal=CONFIG.url, now=timezone.now())
        return Status(200, _VERBS[proven.batch.verb](proven).plain())
    except Untaken as no:
        return Status(403, Answer(refused=no.doubts).plain())
    except Outside as error:
        raise HttpError(503, error.message) from None


def _claim(proven: Proven, *, holds: Holding | None = None) -> None:
    """Let no batch of the key that is older, or the same, be taken from now on."""
    if not runners.claim(proven.batch.runner, proven.batch.made, holds=holds):
        said = "a later batch of this key came first, or the key was revoked meanwhile"
        raise Untaken((Doubt(reason=Reason.ROLLBACK.value, where="the batch", message=said),))


def _asked(proven: Proven) -> Answer:
    _claim(proven)
    return Answer(missing=missing(CONFIG.folder, proven.batch.platform, proven.batch.items))


def _sent(proven: Proven) -> Answer:
    _claim(proven)
    return Answer(taken=file(CONFIG.folder, proven))


def _finished(proven: Proven) -> Answer:
    """Write down what a platform's ledger holds, then take it in; one at a time."""
    place = ledger_of(CONFIG.folder, proven.batch.platform)
    with locked(CONFIG.folder / FOLDER / ".lock", who="a push"):
        holds = contents(place)
        _claim(proven, holds=holds)
        done = ingest([place], _ways()).taken if holds else ()
    refused = tuple(
        Doubt(reason=Reason.CHANGED.value, where=one.place, message=one.reason)
        for one in done
        if one.state == "refused"
    )
    return Answer(taken=sum(one.state == "taken" for one in done), refused=refused)


def _ways() -> Ways:
    machine = this_machine()
    return Ways(
        blobs=Blobs(CONFIG.blobs),
        trust=machine.state,
        root=None,
        unsafe_development_keys=False,
        clock=machine.clock,
        seen=lambda _what: None,
    )


_VERBS: Final = {"ask": _asked, "send": _sent, "finish": _finished}
