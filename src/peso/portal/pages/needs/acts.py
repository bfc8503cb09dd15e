"""What can be said or done about a need: for each act its form, and the events it makes.

1. An organization speaks through those who may (`SPOKEN`); those who run the register do the rest
   (`STEERED`). The register's rules are not repeated here: what they forbid is told at the form.
2. A release that is linked is one that the portal holds: so "delivered" has a proven manifest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from pydantic import ValidationError

from peso.partnerships.needs import events
from peso.partnerships.needs.events import Body
from peso.partnerships.needs.record import Effort, Held, Need, Speaker
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.states import unanswered
from peso.partnerships.needs.vocabulary import OPEN, Helped, Kind, Level, LinkKind, Status
from peso.portal.needs.intake import no_need
from peso.portal.needs.seeing import words
from peso.portal.pages.addresses import path_of
from peso.portal.pages.needs import forms as given
from peso.portal.settings import CONFIG
from peso.portal.store.models import Release

Said = Mapping[str, Any]
_DONE: Final = (Status.DELIVERED, Status.ANSWERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that can be done about a need."""

    title: str
    button: str
    form: Callable[..., forms.Form]
    bodies: Callable[[Register, Held, Said, Speaker | None], Iterable[Body]]
    offered: Callable[[Held, str], bool] = lambda _held, _slug: True
    """Whether it makes sense now, for an organization."""


def _endorsed(held: Held, slug: str) -> bool:
    return any(one.organization.slug == slug for one in held.endorsements)


def _endorse(_all: Register, held: Held, said: Said, who: Speaker | None) -> Iterator[Body]:
    if who:
        level = Level(said["level"])
        yield events.Endorsed(about=held.id, organization=who, level=level, note=said["note"])


def _take_back(_all: Register, held: Held, said: Said, who: Speaker | None) -> Iterator[Body]:
    if who:
        yield events.EndorsementWithdrawn(
            about=held.id, organization=who.slug, reason=said["reason"]
        )


def _offer(_all: Register, held: Held, said: Said, who: Speaker | None) -> Iterator[Body]:
    if who:
        yield events.Offered(about=held.id, organization=who, days=said["days"], note=said["note"])


def _check(_all: Register, held: Held, said: Said, who: Speaker | None) -> Iterator[Body]:
    if who:
        helped = Helped(said["helped"])
        yield events.Checked(about=held.id, organization=who, helped=helped, note=said["note"])


def _decide(_all: Register, held: Held, said: Said, _who: Speaker | None) -> Iterator[Body]:
    yield events.Decided(about=held.id, status=Status(said["status"]), reason=said["reason"])


def _merge(all_: Register, held: Held, said: Said, _who: Speaker | None) -> Iterator[Body]:
    yield events.Merged(about=held.id, into=all_.get(said["into"]).id, reason=said["reason"])


def _unmerge(_all: Register, held: Held, said: Said, _who: Speaker | None) -> Iterator[Body]:
    yield events.Unmerged(about=held.id, reason=said["reason"])


def _link(_all: Register, held: Held, said: Said, _who: Speaker | None) -> Iterator[Body]:
    kind = LinkKind(said["kind"])
    if kind is LinkKind.RELEASE:
        one = Release.objects.defer("data").get(manifest=said["release"], published=True)
        where = f"{CONFIG.url}{path_of(one)}"
        yield events.Linked(about=held.id, kind=kind, where=where, sha256=one.manifest)
    else:
        yield events.Linked(about=held.id, kind=kind, where=said["where"])


def _answer(all_: Register, held: Held, said: Said, _who: Speaker | None) -> Iterator[Body]:
    """Answer each need of the family by itself: nobody is told of organizations they cannot see."""
    for one in all_.family(held.id):
        if (to := unanswered(one)) or one.id == held.id:
            yield events.Answered(about=one.id, text=said["text"], to=to)


def _estimate(_all: Register, held: Held, said: Said, _who: Speaker | None) -> Iterator[Body]:
    effort = Effort(low=said["low"], high=said["high"], estimated_by=said["estimated_by"])
    changes: dict[str, Any] = {"effort": effort}
    if said["places"]:
        changes["places"] = said["places"]
    need = held.need.model_copy(update=changes)
    yield events.Revised(need=need, reason=f"estimated by {said['estimated_by']}")


def _revise(_all: Register, held: Held, said: Said, _who: Speaker | None) -> Iterator[Body]:
    changes = {
        "statement": said["statement"],
        "detail": said["detail"],
        "kind": said["kind"] or Kind.UNSORTED,
        "products": words(said["products"]),
        "facilities": words(said["facilities"].lower()),
        "visibility": said["visibility"].strip(),
        "needed_by": said["needed_by"] or held.need.needed_by,
    }
    try:
        need = Need(**(dict(held.need) | changes))
    except ValidationError as no:
        raise no_need(no) from no
    yield events.Revised(need=need, reason=said["reason"])


def _as_it_is(held: Held) -> dict[str, Any]:
    """Return what a need says, as its form has it."""
    need = held.need
    return {
        "statement": need.statement,
        "detail": need.detail,
        "kind": "" if need.kind is Kind.UNSORTED else need.kind.value,
        "products": ", ".join(need.products),
        "facilities": ", ".join(need.facilities),
        "visibility": need.visibility,
        "needed_by": need.needed_by if isinstance(need.needed_by, date) else None,
    }


def _by_itself(held: Held, _slug: str) -> bool:
    """Say whether a need stands by itself: what is merged stands where the other one stands."""
    return not held.merged_into


SPOKEN: Final[Mapping[str, Act]] = {
    "endorse": Act(
        title="Endorse",
        button="Endorse it",
        form=given.EndorseForm,
        bodies=_endorse,
        offered=lambda held, slug: held.status in OPEN and not _endorsed(held, slug),
    ),
    "take-back": Act(
        title="Take the endorsement back",
        button="Take it back",
        form=given.ReasonForm,
        bodies=_take_back,
        offered=_endorsed,
    ),
    "offer": Act(
        title="Offer work",
        button="Offer it",
        form=given.OfferForm,
        bodies=_offer,
        offered=lambda held, _slug: held.status in OPEN,
    ),
    "check": Act(
        title="Say whether it helped",
        button="Say it",
        form=given.CheckForm,
        bodies=_check,
        offered=lambda held, _slug: held.status in _DONE,
    ),
}
"""What an organization says."""
STEERED: Final[Mapping[str, Act]] = {
    "decide": Act(
        title="Decide", button="Decide", form=given.DecideForm, bodies=_decide, offered=_by_itself
    ),
    "estimate": Act(
        title="Estimate",
        button="Keep the estimate",
        form=given.EstimateForm,
        bodies=_estimate,
        offered=_by_itself,
    ),
    "link": Act(
        title="Link work",
        button="Link it",
        form=given.LinkForm,
        bodies=_link,
        offered=_by_itself,
    ),
    "answer": Act(
        title="Answer",
        button="Answer everybody",
        form=given.AnswerForm,
        bodies=_answer,
        offered=_by_itself,
    ),
    "revise": Act(
        title="Correct it", button="Keep the correction", form=given.ReviseForm, bodies=_revise
    ),
    "merge": Act(
        title="Merge",
        button="Merge it",
        form=given.MergeForm,
        bodies=_merge,
        offered=_by_itself,
    ),
    "unmerge": Act(
        title="Take the merge back",
        button="Take it back",
        form=given.ReasonForm,
        bodies=_unmerge,
        offered=lambda held, _slug: bool(held.merged_into),
    ),
}
"""What those who run the register do."""


def form_of(act: Act, held: Held, data: Any, into: str = "") -> forms.Form:  # noqa: ANN401 - Django's
    """Return an act's form, for a need; `into` is the need that it may be merged into."""
    if act.form is given.DecideForm:
        return act.form(data, now=held.status)
    if act.form is given.ReviseForm:
        return act.form(data, initial=_as_it_is(held))
    return act.form(data, initial={"into": into} if into else None)
