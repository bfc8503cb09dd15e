"""Events into a register: a pure fold.

1. Events are put in their own order first, so the order they were read in changes nothing. The same
   event twice is one.
2. An event that is not intact, that is about no need there is, or that a rule forbids is refused
   with its reason and kept in `not_taken`; it changes nothing.
3. An organization endorses once; a second endorsement is refused, whatever its level.
4. A need is merged only into one that everybody who may see it may see too, and no revision may
   break that: so nobody loses sight of a need, and nobody learns of one through another.
5. No event removes a need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from peso.partnerships.needs import events
from peso.partnerships.needs.events import Event
from peso.partnerships.needs.record import (
    Answer,
    Check,
    Decision,
    Endorsement,
    Held,
    Link,
    Offer,
)
from peso.partnerships.needs.register import Aside, NotTaken, Register
from peso.partnerships.needs.states import unanswered, why_not
from peso.partnerships.needs.vocabulary import Status, covers

_Held = dict[str, Held]


def fold(several: Iterable[Event], not_taken: Iterable[NotTaken] = ()) -> Register:
    """Return the register that events make; `not_taken` are lines that are no events."""
    ordered = sorted({one.sha256: one for one in several}.values(), key=lambda one: one.order)
    held: _Held = {}
    aside: list[Aside] = []
    refused = (*not_taken, *_refused(held, aside, ordered))
    needs = tuple(held[name] for name in sorted(held))
    return Register(needs=needs, not_taken=refused, aside=tuple(aside))


def continued(register: Register, later: Iterable[Event]) -> Register:
    """Return a register with some more events, all later than those it was made of.

    It is what `fold` makes of all of them together.
    """
    ordered = sorted({one.sha256: one for one in later}.values(), key=lambda one: one.order)
    held, aside = {one.need.id: one for one in register.needs}, list(register.aside)
    refused = (*register.not_taken, *_refused(held, aside, ordered))
    needs = tuple(held[name] for name in sorted(held))
    return Register(needs=needs, not_taken=refused, aside=tuple(aside))


def refusals(register: Register, later: Iterable[Event]) -> tuple[NotTaken, ...]:
    """Return which of some events, later than all a register was made of, would be refused."""
    return _refused({one.id: one for one in register.needs}, [], later)


def _refused(held: _Held, aside: list[Aside], several: Iterable[Event]) -> tuple[NotTaken, ...]:
    found = [(one, _apply(held, aside, one)) for one in several]
    return tuple(NotTaken(what=it.id, about=it.body.about, reason=why) for it, why in found if why)


def _apply(held: _Held, aside: list[Aside], one: Event) -> str:
    if not one.intact:
        return "its digest is not that of what it says: it was changed"
    body = one.body
    if isinstance(body, events.SetAside):
        aside.append(Aside(source=body.source, faults=body.faults))
        return ""
    if isinstance(body, events.Raised):
        return _raise(held, body, one)
    if body.about not in held:
        return "there is no such need"
    return _STEPS[body.did](held, body, one)


def _raise(held: _Held, body: events.Raised, one: Event) -> str:
    if body.about in held:
        return "a need of this id was raised already"
    held[body.about] = Held(need=body.need, raised=one.time, status=Status.NEW)
    return ""


def _revise(held: _Held, body: events.Revised, _one: Event) -> str:
    now = held[body.about]
    new = body.need.visibility
    if now.merged_into and not covers(held[now.merged_into].need.visibility, new):
        return f"it is merged into {now.merged_into}, which fewer may see; unmerge it first"
    if new != now.need.visibility and any(
        one.merged_into == now.id and not covers(new, one.need.visibility) for one in held.values()
    ):
        return "a need that more may see is merged into it; unmerge that first"
    held[now.id] = now.model_copy(update={"need": body.need})
    return ""


def _endorse(held: _Held, body: events.Endorsed, one: Event) -> str:
    now = held[body.about]
    slug = body.organization.slug
    before = next((it for it in now.endorsements if it.organization.slug == slug), None)
    if before is not None:
        return f"{slug} endorsed it already, on {before.on:%Y-%m-%d}; withdraw that to say another"
    said = Endorsement(
        organization=body.organization, level=body.level, note=body.note, by=one.actor, on=one.time
    )
    both = (*now.endorsements, said)
    ordered = tuple(sorted(both, key=lambda it: it.organization.slug))
    held[now.id] = now.model_copy(update={"endorsements": ordered})
    return ""


def _withdraw_endorsement(held: _Held, body: events.EndorsementWithdrawn, _one: Event) -> str:
    now = held[body.about]
    left = tuple(it for it in now.endorsements if it.organization.slug != body.organization)
    if len(left) == len(now.endorsements):
        return f"{body.organization} did not endorse it"
    held[now.id] = now.model_copy(update={"endorsements": left})
    return ""


def _offer(held: _Held, body: events.Offered, one: Event) -> str:
    said = Offer(
        organization=body.organization, days=body.days, note=body.note, by=one.actor, on=one.time
    )
    return _add(held, body.about, "offers", said)


def _follow(held: _Held, body: events.Followed, _one: Event) -> str:
    now = held[body.about]
    others = {one for one in now.followers if one != body.person}
    followers = {*others, body.person} if body.follows else others
    held[now.id] = now.model_copy(update={"followers": tuple(sorted(followers))})
    return ""


def _merge(held: _Held, body: events.Merged, _one: Event) -> str:
    now, into = held[body.about], held.get(body.into)
    if into is None:
        return f"there is no need {body.into} to merge it into"
    if now.merged_into:
        return f"it is merged into {now.merged_into} already; unmerge it first"
    if not covers(into.need.visibility, now.need.visibility):
        return f"fewer may see {into.id} than may see it: {into.need.visibility}"
    at: str | None = into.id
    while at is not None:
        if at == now.id:
            return f"{into.id} is this need itself, or is merged into it"
        at = held[at].merged_into
    held[now.id] = now.model_copy(update={"merged_into": into.id})
    return ""


def _unmerge(held: _Held, body: events.Unmerged, _one: Event) -> str:
    now = held[body.about]
    if not now.merged_into:
        return "it is not merged into another"
    held[now.id] = now.model_copy(update={"merged_into": None})
    return ""


def _decide(held: _Held, body: events.Decided, one: Event) -> str:
    now = held[body.about]
    if why := why_not(now, body.status, body.reason):
        return why
    said = Decision(status=body.status, reason=body.reason, by=one.actor, on=one.time)
    held[now.id] = now.model_copy(
        update={"status": body.status, "decisions": (*now.decisions, said)}
    )
    return ""


def _link(held: _Held, body: events.Linked, one: Event) -> str:
    said = Link(kind=body.kind, where=body.where, sha256=body.sha256, on=one.time)
    return _add(held, body.about, "links", said)


def _answer(held: _Held, body: events.Answered, one: Event) -> str:
    _add(held, body.about, "answers", Answer(text=body.text, to=body.to, by=one.actor, on=one.time))
    now = held[body.about]
    if now.status is Status.DELIVERED and not unanswered(now):
        said = Decision(status=Status.ANSWERED, by=one.actor, on=one.time)
        held[now.id] = now.model_copy(
            update={"status": Status.ANSWERED, "decisions": (*now.decisions, said)}
        )
    return ""


def _check(held: _Held, body: events.Checked, one: Event) -> str:
    if held[body.about].status not in {Status.DELIVERED, Status.ANSWERED}:
        return f"it is {held[body.about].status}; whether it helped is asked once it is delivered"
    said = Check(
        organization=body.organization,
        helped=body.helped,
        note=body.note,
        by=one.actor,
        on=one.time,
    )
    return _add(held, body.about, "checks", said)


def _add(held: _Held, need: str, where: str, said: object) -> str:
    now = held[need]
    held[need] = now.model_copy(update={where: (*getattr(now, where), said)})
    return ""


_STEPS: dict[str, Callable[[_Held, Any, Event], str]] = {
    "revised": _revise,
    "endorsed": _endorse,
    "endorsement-withdrawn": _withdraw_endorsement,
    "offered": _offer,
    "followed": _follow,
    "merged": _merge,
    "unmerged": _unmerge,
    "decided": _decide,
    "linked": _link,
    "answered": _answer,
    "checked": _check,
}
