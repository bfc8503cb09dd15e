"""Needs that were delivered a while ago, as if their events had come then; and a postman."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from peso.partnerships.needs import events
from peso.partnerships.needs.events import Body, event, need_id
from peso.partnerships.needs.record import Need, Source, Speaker
from peso.partnerships.needs.vocabulary import (
    Helped,
    Kind,
    Level,
    LinkKind,
    OrganizationKind,
    Status,
)
from peso.portal.needs.models import NeedEvent
from peso.portal.reminding import Post
from peso.portal.store.generation import NEEDS, changed

STEPS = (Status.ACKNOWLEDGED, Status.ACCEPTED, Status.IN_PROGRESS, Status.DELIVERED)


def tell(several: Iterable[Body], at: datetime) -> None:
    """Write events as of a time."""
    changed(NEEDS)
    for number, body in enumerate(several):
        one = event(body, time=at + timedelta(microseconds=number), actor="past")
        NeedEvent.objects.create(
            event=one.id,
            about=one.body.about,
            time=one.time,
            data=one.canonical().decode(),
            sha256=one.sha256,
        )


def delivered(
    statement: str, *endorsers: str, visibility: str = "public", days: int = 100, into: str = ""
) -> str:
    """Have a need raised, endorsed and delivered (or merged into another); returns its id."""
    source = Source(kind="test", text=statement)
    at = timezone.now() - timedelta(days=days)
    identity = need_id(statement, time=at, actor="past", source=source)
    need = Need(
        id=identity, statement=statement, visibility=visibility, source=source, kind=Kind.DOCS
    )
    said: list[Body] = [events.Raised(need=need)]
    said += [
        events.Endorsed(
            about=identity,
            organization=Speaker(slug=slug, kind=OrganizationKind.MEMBER),
            level=Level.USEFUL,
        )
        for slug in endorsers
    ]
    if into:
        said.append(events.Merged(about=identity, into=into))
    else:
        said.append(
            events.Linked(about=identity, kind=LinkKind.PAGE, where="https://example.org/x")
        )
        said += [events.Decided(about=identity, status=one) for one in STEPS]
    tell(said, at)
    return identity


def checked(need: str, slug: str) -> events.Checked:
    """Return that an organization said it helped."""
    who = Speaker(slug=slug, kind=OrganizationKind.MEMBER)
    return events.Checked(about=need, organization=who, helped=Helped.YES)


@dataclass
class Postman:
    """A mail server that keeps what it is given; some addresses it does not take."""

    refuses: set[str] = field(default_factory=set)
    mails: list[tuple[str, str, str]] = field(default_factory=list)

    def __call__(self) -> AbstractContextManager[Post]:
        return self._open()

    @contextmanager
    def _open(self) -> Iterator[Post]:
        yield self._take

    def _take(self, to: str, subject: str, text: str) -> None:
        if to in self.refuses:
            raise OSError(f"550 no such mailbox: {to}")
        self.mails.append((to, subject, text))

    @property
    def to(self) -> list[str]:
        return sorted(one for one, _, _ in self.mails)
