"""Reminders: who is asked by mail whether what was delivered helped, and what they were sent.

1. Whoever may speak for an organization that is asked gets the mail, if their account is open and
   they may see the need. One mail lists all that is due for somebody.
2. Somebody is asked once about a need for an organization, again after some days, and after some
   times no more. A need that is delivered anew is asked about anew.
3. What was sent is on record; what could not be sent is not, and is tried again by the next run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max
from django.utils import timezone

from peso.partnerships.needs.asked import Asked, asked
from peso.partnerships.needs.visibility import Viewer, may_see
from peso.portal.needs.ledger import kept
from peso.portal.needs.models import Reminder
from peso.portal.needs.seeing import viewer_of
from peso.portal.needs.speakers import speakers
from peso.portal.people.asking import person
from peso.portal.people.models import Account
from peso.portal.settings import CONFIG
from peso.portal.visible import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What one person is asked."""

    account: Account
    asked: tuple[Asked, ...]

    @property
    def subject(self) -> str:
        """Say what it is about; nothing of it was written by others."""
        count = len(self.asked)
        return f"Did it help? {count} need{'' if count == 1 else 's'} to say a word about"

    @property
    def text(self) -> str:
        """Ask about each, with the address where it is answered."""
        said = "\n\n".join(map(_asking, self.asked))
        who = ", ".join(sorted({one.organization for one in self.asked}))
        return (
            "These were asked for, and delivered three months ago or more. Did they help?\n\n"
            f"{said}\n\n"
            f"All that is due for you: {CONFIG.url}/needs/due/\n\n"
            f"You get this mail because you may speak for {who}. It ends when somebody answers.\n"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How often an organization was reminded of a need."""

    people: int
    last: datetime


def due_mails(day: date, *, again: int, times: int) -> tuple[Mail, ...]:
    """Return the mails that are due, one for each person, by name."""
    everything = asked(kept().register, day)
    by_organization: dict[str, list[Asked]] = defaultdict(list)
    for one in everything:
        by_organization[one.organization].append(one)
    before = timezone.now() - timedelta(days=again)
    found = []
    for account, slugs in speakers(by_organization):
        viewer, sent = viewer_of(person(account)), _sent(account)
        several = tuple(
            one
            for slug in slugs
            for one in by_organization[slug]
            if _is_due(one, viewer, sent.get(_key(one), []), before, times)
        )
        if several:
            found.append(Mail(account=account, asked=several))
    return tuple(found)


def sent(mail: Mail) -> None:
    """Put a mail that was sent on record."""
    Reminder.objects.bulk_create(
        Reminder(account=mail.account, need=one.held.id, organization=one.organization, due=one.due)
        for one in mail.asked
    )


def told(several: Iterable[Asked]) -> dict[tuple[str, str, date], Told]:
    """Return how often organizations were reminded of what they are asked."""
    needs = {one.held.id for one in several}
    rows = Reminder.objects.order_by().values_list("need", "organization", "due")
    counted = rows.filter(need__in=needs).annotate(Count("account", distinct=True), Max("sent"))
    return {(need, slug, due): Told(people=n, last=at) for need, slug, due, n, at in counted}


def _is_due(
    one: Asked, viewer: Viewer, before: list[datetime], latest: datetime, times: int
) -> bool:
    """Say whether somebody is to be asked now, by when they were asked before."""
    if not may_see(viewer, one.held.need) or len(before) >= times:
        return False
    return not before or max(before) <= latest


def _sent(account: Account) -> dict[tuple[str, str, date], list[datetime]]:
    found: dict[tuple[str, str, date], list[datetime]] = defaultdict(list)
    rows = Reminder.objects.filter(account=account)
    for need, slug, due, at in rows.values_list("need", "organization", "due", "sent"):
        found[need, slug, due].append(at)
    return found


def _key(one: Asked) -> tuple[str, str, date]:
    return one.held.id, one.organization, one.due


def _asking(one: Asked) -> str:
    at = f"{CONFIG.url}/needs/{one.held.id}/for/{one.organization}/check/"
    statement = visible(one.held.need.statement)
    day = f"{one.delivered:%d %B %Y}".lstrip("0")
    return f"{statement}\nDelivered {day}. Say it for {one.organization}: {at}"
