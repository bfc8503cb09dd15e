"""From which status a need may go to which, as a table, and which steps need a reason.

1. What is not in the table is refused.
2. A refusal, a withdrawal, a reopening and a step back need a reason.
3. Delivered needs what carries it: a release whose manifest is named by digest; for documents,
   training and policies any link.
4. Nothing leads out of the register: from every end a need can be reopened.
"""

from __future__ import annotations

from peso.partnerships.needs.record import Held
from peso.partnerships.needs.vocabulary import WITHOUT_RELEASE, Status

_ENDS = (Status.REFUSED, Status.WITHDRAWN)
NEXT: dict[Status, tuple[Status, ...]] = {
    Status.NEW: (Status.ACKNOWLEDGED, *_ENDS),
    Status.ACKNOWLEDGED: (Status.ACCEPTED, Status.PLANNED, *_ENDS),
    Status.ACCEPTED: (Status.PLANNED, Status.IN_PROGRESS, *_ENDS),
    Status.PLANNED: (Status.IN_PROGRESS, Status.ACCEPTED, *_ENDS),
    Status.IN_PROGRESS: (Status.DELIVERED, Status.PLANNED, *_ENDS),
    Status.DELIVERED: (Status.ANSWERED, Status.REOPENED),
    Status.ANSWERED: (Status.REOPENED,),
    Status.REFUSED: (Status.REOPENED,),
    Status.WITHDRAWN: (Status.REOPENED,),
    Status.REOPENED: (Status.ACKNOWLEDGED, Status.ACCEPTED, Status.PLANNED, *_ENDS),
}
_BACK = {(Status.PLANNED, Status.ACCEPTED), (Status.IN_PROGRESS, Status.PLANNED)}


def why_not(held: Held, status: Status, reason: str) -> str:
    """Return why a need cannot go to a status; empty: it can."""
    now = held.status
    if status not in NEXT[now]:
        return f"it is {now}; from there it can become {', '.join(NEXT[now])}"
    if not reason.strip() and needs_reason(now, status):
        return f"from {now} to {status} needs a reason"
    if status is Status.DELIVERED and not _carried(held):
        what = "a page, a change or a release" if held.need.kind in WITHOUT_RELEASE else "a release"
        return f"nothing that carries it is linked: link {what} first"
    if status is Status.ANSWERED and (left := unanswered(held)):
        return f"not everybody who endorsed it was answered: {', '.join(left)}"
    return ""


def needs_reason(now: Status, status: Status) -> bool:
    """Say whether a step needs a reason."""
    return status in {*_ENDS, Status.REOPENED} or (now, status) in _BACK


def unanswered(held: Held) -> tuple[str, ...]:
    """Return the organizations that raised or endorsed a need and were not answered since.

    Since: since it was last decided on delivery or refusal, or else since ever.
    """
    ends = {Status.DELIVERED, Status.REFUSED}
    since = max((one.on for one in held.decisions if one.status in ends), default=None)
    told = {slug for one in held.answers if since is None or one.on >= since for slug in one.to}
    asked = {one.organization.slug for one in held.endorsements}
    if held.need.raised_by.organization:
        asked.add(held.need.raised_by.organization.slug)
    return tuple(sorted(asked - told))


def _carried(held: Held) -> bool:
    if held.need.kind in WITHOUT_RELEASE:
        return bool(held.links)
    return any(one.proven for one in held.links)
