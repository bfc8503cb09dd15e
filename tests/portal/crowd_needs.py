"""A register with many needs in it: with details, endorsed, merged, delivered, refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from peso.partnerships.needs import events
from peso.partnerships.needs.events import Body, event, need_id
from peso.partnerships.needs.record import Evidence, Need, Source, Speaker
from peso.partnerships.needs.vocabulary import (
    Grade,
    Level,
    LinkKind,
    OrganizationKind,
    Status,
)
from peso.portal.needs.frozen import freeze_now
from peso.portal.needs.models import NeedEvent
from peso.portal.store.generation import NEEDS, changed

COUNT: Final = 300
_BEGAN: Final = datetime(2026, 1, 5, tzinfo=UTC)
_STEPS: Final = (Status.ACKNOWLEDGED, Status.ACCEPTED, Status.IN_PROGRESS)
_WORDS: Final = "sparse dense mesh solver tensor graph particle spectral parallel adaptive".split()  # noqa: SIM905


def fill_needs() -> dict[str, str]:
    """Add the needs, and two frozen rankings; returns a few of their ids."""
    several = [_need(at) for at in range(COUNT)]
    _write(_raised(several), 0)
    freeze_now("public", by=None)
    _write(_decided(several), 10_000)
    freeze_now("public", by=None)
    return {"open": several[1].id, "done": several[0].id, "merged": several[7].id}


def _need(at: int) -> Need:
    words = " ".join(_WORDS[(at + it * it) % len(_WORDS)] for it in range(8))
    statement = f"As a user of many machines I need number {at}, {words}, so that work goes on"
    source = Source(kind="test", where=str(at))
    return Need(
        id=need_id(statement, time=_BEGAN, actor="crowd", source=source),
        statement=statement,
        detail=f"{words}. " * 40,
        products=(f"r{at % 50}", "r0"),
        facilities=("o0", "o2"),
        evidence=(Evidence(grade=Grade.MEASURED, text="A report", link="https://example.org/"),),
        visibility="public",
        source=source,
    )


def _raised(several: list[Need]) -> Iterator[Body]:
    for one in several:
        yield events.Raised(need=one)
    for at, one in enumerate(several):
        for who in range(40 if at < 2 else at % 6):
            kind = list(OrganizationKind)[who % 3]
            organization = Speaker(slug=f"o{who}", kind=kind)
            note = "It holds us up, and all who work with us."
            level = list(Level)[(at + who) % 3]
            yield events.Endorsed(about=one.id, organization=organization, level=level, note=note)


def _decided(several: list[Need]) -> Iterator[Body]:
    for at, one in enumerate(several):
        if at % 10 == 0:
            yield from (events.Decided(about=one.id, status=step) for step in _STEPS)
            where, kind = "https://example.org/release", LinkKind.RELEASE
            yield events.Linked(about=one.id, kind=kind, where=where, sha256="0" * 64)
            yield events.Decided(about=one.id, status=Status.DELIVERED)
            yield events.Answered(about=one.id, text="It came with the release. " * 10)
        elif at % 10 == 5:
            yield events.Decided(about=one.id, status=Status.REFUSED, reason="Others do it. " * 10)
        elif at % 10 == 7:
            yield events.Merged(about=one.id, into=several[1].id)


def _write(bodies: Iterator[Body], after: int) -> None:
    made = (
        event(body, time=_BEGAN + timedelta(seconds=after + at), actor="crowd")
        for at, body in enumerate(bodies)
    )
    NeedEvent.objects.bulk_create(
        NeedEvent(
            event=one.id,
            about=one.body.about,
            time=one.time,
            data=one.canonical().decode(),
            sha256=one.sha256,
        )
        for one in made
    )
    changed(NEEDS)
