"""Mails about a need: to those who follow it, and to the visitor who raised it.

An answer goes to more: to all who may speak for an organization that raised or endorsed it.

Who may not see a need (any more) is told nothing of it; whoever acts is not told of their own act.
"""

from __future__ import annotations

from django.db import transaction

from peso.partnerships.needs.record import Held
from peso.partnerships.needs.visibility import ANYBODY, may_see
from peso.portal.needs.intake import send
from peso.portal.needs.ledger import kept
from peso.portal.needs.models import Sent
from peso.portal.needs.seeing import viewer_of
from peso.portal.needs.speakers import speakers
from peso.portal.people.asking import person
from peso.portal.people.models import Account
from peso.portal.settings import CONFIG


def tell(need: str, what: str, *, but: Account | None, answer: bool = False) -> None:
    """Tell people what happened to a need, and to those merged into it; after the commit.

    Args:
        need: Its id.
        what: What happened.
        but: Who did it, and is not told.
        answer: Whether it is an answer to all who asked, and not only to who follows it.
    """
    register = kept().register
    mails: dict[str, str] = {}
    for held in register.family(need):
        asked = askers(held, but) if answer else []
        for address in (*addresses(held, but), *asked):
            mails.setdefault(address, _text(held, what))
    subject = "An answer to what you asked for" if answer else "A need you follow"
    for address, text in mails.items():
        _later(address, subject, text)


def _later(address: str, subject: str, text: str) -> None:
    transaction.on_commit(lambda: send(address, subject, text))


def askers(held: Held, but: Account | None) -> list[str]:
    """Return the addresses of those who may speak for an organization that asked for a need."""
    asked = {one.organization.slug for one in held.endorsements}
    if raiser := held.need.raised_by.organization:
        asked.add(raiser.slug)
    return [
        one.email
        for one, _ in speakers(asked)
        if one != but and may_see(viewer_of(person(one)), held.need)
    ]


def addresses(held: Held, but: Account | None) -> list[str]:
    """Return whom to write to about a need."""
    accounts = Account.objects.filter(key__in=held.followers, is_active=True)
    found = [
        one.email for one in accounts if one != but and may_see(viewer_of(person(one)), held.need)
    ]
    if may_see(ANYBODY, held.need):
        found += (
            Sent.objects.filter(about=held.id).exclude(email="").values_list("email", flat=True)
        )
    return found


def _text(held: Held, what: str) -> str:
    return f"{held.need.statement}\n\n{what}\n\n{CONFIG.url}/needs/{held.id}/\n"
