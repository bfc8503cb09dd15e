"""Whether it helped: from when it is asked, which organizations are asked, and who has said so.

1. It is asked three months after a need was delivered, last; a need that was opened again is not
   asked about until it is delivered anew, and what was said before that does not count.
2. Every organization that endorsed it is asked, also through what was merged into it, until that
   organization itself has said. A need that is merged stands where the other one stands.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from peso.partnerships.needs.record import Held
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.vocabulary import Status

MONTHS = 3
"""After how many months it is asked whether it helped."""
DONE = (Status.DELIVERED, Status.ANSWERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An organization that is asked whether a need that was delivered helped."""

    held: Held
    organization: str
    delivered: date
    due: date


def delivered_on(held: Held) -> date | None:
    """Return the day a need was delivered last."""
    days = [one.on.date() for one in held.decisions if one.status is Status.DELIVERED]
    return days[-1] if days else None


def check_due(held: Held) -> date | None:
    """Return the day from which it is asked whether it helped: three months after delivery."""
    day = delivered_on(held)
    if day is None or held.status not in DONE:
        return None
    year, month = day.year + (day.month - 1 + MONTHS) // 12, (day.month - 1 + MONTHS) % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def asked(view: Register, on: date) -> tuple[Asked, ...]:
    """Return who is asked by a day, the longest due first."""
    found = [
        Asked(held=one, organization=it.organization.slug, delivered=day, due=due)
        for one in view.needs
        if (due := check_due(one)) is not None and due <= on and not one.merged_into
        if (day := delivered_on(one)) is not None
        for it in view.supporters(one.id)
        if it.organization.slug not in _said_since(one, view)
    ]
    return tuple(sorted(found, key=lambda it: (it.due, it.held.id, it.organization)))


def checks_due(view: Register, on: date) -> tuple[Held, ...]:
    """Return the needs of which it is to be asked by a day: not all who are asked have said.

    One that nobody endorsed is asked about until anybody has said.
    """
    waiting = {one.held.id for one in asked(view, on)}
    return tuple(one for one in view.needs if one.id in waiting or _of_nobody(one, view, on))


def _of_nobody(held: Held, view: Register, on: date) -> bool:
    due = check_due(held)
    open_ = due is not None and due <= on and not held.merged_into
    return open_ and not view.supporters(held.id) and not _said_since(held, view)


def _said_since(held: Held, view: Register) -> frozenset[str]:
    """Return the organizations that have said since it was delivered last, here or of its twins."""
    day = delivered_on(held)
    return frozenset(
        one.organization.slug
        for twin in view.family(held.id)
        for one in twin.checks
        if day is None or one.on.date() >= day
    )
