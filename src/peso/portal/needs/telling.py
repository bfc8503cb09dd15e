"""Mails about a need: to those who follow it, and to the visitor who raised it.

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
from peso.portal.people.asking import person
from peso.portal.people.models import Account
from peso.portal.settings import CONFIG


def tell(need: str, what: str, *, but: Account | None) -> None:
    """Tell followers of a need, and of those merged into it, what happened; after the commit."""
    register = kept().register
    mails: dict[str, str] = {}
    for held in register.family(need):
        for address in addresses(held, but):
            mails.setdefault(address, _text(held, what))
    for address, text in mails.items():
        _later(address, text)


def _later(address: str, text: str) -> None:
    transaction.on_commit(lambda: send(address, "A need you follow", text))


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
