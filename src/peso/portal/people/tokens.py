"""Tokens: what a program may do in somebody's name, and no more than they may themselves.

1. A token is random, shown once, and kept as a digest. It ends within a year.
2. Its scopes are lines of the table of permissions, from a closed list; each counts only as long as
   its owner may do that themselves: roles are looked at when the token is used.
3. Whoever holds it can revoke nothing but runners with it: tokens are made on pages, by people.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from peso.base.digest import sha256_bytes
from peso.errors import BadInput
from peso.portal.people.asking import person
from peso.portal.people.audit import record
from peso.portal.people.models import Account, Token
from peso.portal.people.permissions import Answer, may
from peso.portal.people.roles import PORTAL, Person, Thing

SCOPES: Final[Mapping[str, str]] = {
    "account.own": "read who you are here, and which roles you hold",
    "runners.see": "list the runners of your facility",
    "runners.change": "register and revoke runners of your facility",
}
"""Everything that a token can be for: lines of the table of permissions, in words."""
LONGEST: Final = timedelta(days=365)
MOST: Final = 20
"""Tokens of one account that work at the same time."""
_PREFIX: Final = "peso_"
_BYTES: Final = 32
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A program that asks, and for whom."""

    token: str
    """The token's name in addresses."""
    account: Account
    person: Person
    scopes: frozenset[str]

    def may(self, name: str, thing: Thing = PORTAL) -> Answer:
        """Say whether it may do something: its token is for it, and its owner may."""
        if name not in self.scopes:
            return Answer(yes=False, why=f"the token is not for {name}")
        return may(self.person, name, thing)


def make(account: Account, name: str, scopes: Sequence[str], *, lasts: timedelta) -> str:
    """Make a token; returns it, and it is kept nowhere.

    Raises:
        BadInput: A scope that is not in the list, none at all, too long, or too many tokens.
    """
    if not scopes or not set(scopes) <= SCOPES.keys():
        raise BadInput("this is nothing a token can be for", hint=f"choose of {', '.join(SCOPES)}")
    if not timedelta() < lasts <= LONGEST:
        raise BadInput("a token ends within a year", hint="choose up to 365 days")
    token = _PREFIX + secrets.token_urlsafe(_BYTES)
    now = timezone.now()
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        if working(account) >= MOST:
            raise BadInput(f"you have {MOST} tokens that work", hint="revoke one first")
        made = Token.objects.create(
            account=account,
            name=name,
            digest=sha256_bytes(token.encode()),
            scopes=sorted(set(scopes)),
            expires=now + lasts,
        )
        record(
            "token made",
            by=account,
            about=account,
            after={
                "token": made.key,
                "scopes": made.scopes,
                "until": made.expires.isoformat(),
            },
        )
    return token


def working(account: Account) -> int:
    """Return how many tokens of an account work."""
    return Token.objects.filter(account=account, revoked=None, expires__gt=timezone.now()).count()


def revoke(one: Token, *, by: Account) -> None:
    """Let a token work no more; one that does not is left as it is."""
    with transaction.atomic():
        if Token.objects.filter(pk=one.pk, revoked=None).update(revoked=timezone.now()):
            record("token revoked", by=by, about=one.account, before={"token": one.key})


def caller(token: str) -> Caller | None:
    """Return who asks with a token; None where it does not work."""
    now = timezone.now()
    rows = Token.objects.select_related("account")
    one = rows.filter(digest=sha256_bytes(token.encode()), revoked=None, expires__gt=now).first()
    if one is None or not one.account.is_active:
        return None
    if one.used is None or one.used < now - _HOUR:
        Token.objects.filter(pk=one.pk).update(used=now)
    return Caller(
        token=one.key,
        account=one.account,
        person=person(one.account),
        scopes=frozenset(one.scopes) & SCOPES.keys(),
    )
