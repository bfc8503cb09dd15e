"""The ledger as rows: the register that they make, kept in memory, and one way to add to it.

1. Who adds holds the mark's row, so that events are written one after the other and each is later
   than all before. Where a rule refuses one, none is written; each is a change in the audit.
2. A register is known by the last event. A process that has an older one goes on from there; where
   that one is not in the table any more, it begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from threading import Lock
from typing import Final

from django.db import transaction
from django.utils import timezone

from peso.errors import Refused
from peso.partnerships.needs.events import Body, Event, event
from peso.partnerships.needs.fold import continued, fold, refusals
from peso.partnerships.needs.register import Register
from peso.portal.needs.models import NeedEvent
from peso.portal.people.audit import record
from peso.portal.people.models import Account
from peso.portal.people.roles import PORTAL, Thing
from peso.portal.store.generation import NEEDS, changed

VISITOR: Final = "visitor"
"""The token of whoever has no account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The register as of its last event."""

    last: int = 0
    mark: str = ""
    """The digest of the last event."""
    newest: Event | None = None
    register: Register = field(default_factory=lambda: Register(()))


class _Shelf:
    """The newest register that this process has read."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept = Kept()

    def at(self, last: int, mark: str) -> Kept:
        """Return the register as of an event."""
        with self._lock:
            if (self._kept.last, self._kept.mark) != (last, mark):
                self._kept = _read(self._kept, last, mark)
            return self._kept


@cache
def _shelf() -> _Shelf:
    return _Shelf()


def kept() -> Kept:
    """Return the register as it stands."""
    newest = NeedEvent.objects.order_by("-pk").values_list("pk", "sha256").first()
    return _shelf().at(*newest) if newest else Kept()


def add(
    make: Callable[[Register], Iterable[Body]], *, by: Account | None, thing: Thing = PORTAL
) -> tuple[Event, ...]:
    """Add what `make` wants of the register as it stands. Raises `Refused`, `BadInput`."""
    actor = by.key if by else VISITOR
    with transaction.atomic():
        changed(NEEDS)
        before = kept()
        time = timezone.now()
        if before.newest:
            time = max(time, before.newest.time + timedelta(microseconds=1))
        made = tuple(
            event(body, time=time + timedelta(microseconds=at), actor=actor)
            for at, body in enumerate(make(before.register))
        )
        for no in refusals(before.register, made):
            raise Refused(no.reason, where=no.about)
        for one in made:
            _write(one, by, thing)
    return made


def _write(one: Event, by: Account | None, thing: Thing) -> None:
    NeedEvent.objects.create(
        event=one.id,
        about=one.body.about,
        time=one.time,
        data=one.canonical().decode(),
        sha256=one.sha256,
    )
    after = {"need": one.body.about, "event": one.id}
    record(f"need {one.body.did}", by=by, thing=thing, after=dict(after))


def _read(before: Kept, last: int, mark: str) -> Kept:
    rows = NeedEvent.objects.filter(pk__lte=last).order_by("pk")
    if before.last < last and rows.filter(pk=before.last, sha256=before.mark).exists():
        later = _events(rows.filter(pk__gt=before.last).values_list("data", flat=True))
        if before.newest and all(one.order > before.newest.order for one in later):
            register = continued(before.register, later)
            return Kept(last=last, mark=mark, newest=_newest(later), register=register)
    every = _events(rows.values_list("data", flat=True))
    return Kept(last=last, mark=mark, newest=_newest(every), register=fold(every))


def _events(lines: Iterable[str]) -> list[Event]:
    return [Event.model_validate_json(one) for one in lines]


def _newest(several: list[Event]) -> Event:
    return max(several, key=lambda one: one.order)
