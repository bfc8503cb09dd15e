"""Invitations: the only way to an account, by a link that works once.

1. A link holds a random token; the database holds its digest. Nobody can read a link out of it.
2. It is bound to an address, to the roles it grants, and to a time. The set-up link of a portal
   that nobody runs yet is bound to no address: whoever has it runs the portal's machine.
3. Accepting it is one transaction, and the second of two is refused.
4. An address with an account is never given a second one, nor another password: its owner signs
   in, and the roles are added.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from peso.base.digest import sha256_bytes
from peso.errors import BadInput
from peso.portal.people.audit import personal, record
from peso.portal.people.grants import checked, grant
from peso.portal.people.models import Account, Invitation
from peso.portal.people.roles import SCOPES, Held, Role
from peso.portal.settings import CONFIG

LASTS: Final = timedelta(days=14)
SET_UP_LASTS: Final = timedelta(days=1)
_TOKEN_BYTES: Final = 32
GONE: Final = "this invitation was used, withdrawn, or has ended"


def invite(
    email: str, roles: Sequence[Held], *, by: Account | None, lasts: timedelta = LASTS
) -> str:
    """Make an invitation; returns its link, which is kept nowhere.

    Args:
        email: Whom it is for; empty: whoever has the link.
        roles: What it grants.
        by: Who invites; None: whoever runs the portal, from its own machine.
        lasts: How long it can be accepted.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    held = [checked(one.role, one.scope) for one in roles]
    with transaction.atomic():
        made = Invitation.objects.create(
            digest=_digest(token),
            email=email.strip().lower(),
            roles=[[one.role.value, one.scope] for one in held],
            expires=timezone.now() + lasts,
            by=by,
        )
        record("invitation made", by=by, after={"invitation": made.key, "roles": roles_text(held)})
    return f"{CONFIG.url}/invitation/{token}/"


def set_up() -> str:
    """Return a link that makes the first administrator; one made before works no more."""
    with transaction.atomic():
        for one in Invitation.objects.filter(email="", accepted=None, withdrawn=None):
            withdraw(one, by=None)
        return invite("", [Held(role=Role.ADMINISTRATOR)], by=None, lasts=SET_UP_LASTS)


def find(token: str) -> Invitation | None:
    """Return the invitation of a link, if it can be accepted."""
    one = Invitation.objects.filter(digest=_digest(token)).first()
    return one if one and one.state == "open" else None


def role_of(text: str) -> Held:
    """Return a role from `ROLE` or `ROLE:SLUG`. Raises `BadInput`."""
    role, _, scope = text.partition(":")
    known = {one.value: one for one in SCOPES}
    if role not in known:
        raise BadInput(f"there is no role {role}", hint=f"one of: {', '.join(known)}")
    return checked(known[role], scope)


def held_by(one: Invitation) -> list[Held]:
    """Return what an invitation grants."""
    return [Held(role=Role(role), scope=scope) for role, scope in one.roles]


def roles_text(roles: Sequence[Held]) -> list[str]:
    """Return roles as the audit says them."""
    return [f"{one.role.value} {one.scope}".strip() for one in roles]


def accept_new(one: Invitation, *, email: str, name: str, password: str) -> Account:
    """Make the account of an invitation, with what it grants. Raises `BadInput`."""
    address = (one.email or email).strip().lower()
    with transaction.atomic():
        _use(one)
        if Account.objects.filter(email=address).exists():
            raise BadInput("there is an account with this address", hint="sign in to accept")
        account = Account.objects.create_user(address, name, password)
        EmailAddress.objects.create(user=account, email=address, verified=True, primary=True)
        record(
            "account made",
            by=account,
            about=account,
            after={"name": personal(account, name), "address": personal(account, address)},
        )
        _grant(one, account)
    return account


def accept(one: Invitation, account: Account) -> None:
    """Give an account what its invitation grants. Raises `BadInput`."""
    if one.email and one.email != account.email:
        raise BadInput("this invitation is for another address", hint="sign in with that one")
    with transaction.atomic():
        _use(one)
        _grant(one, account)


def withdraw(one: Invitation, *, by: Account | None) -> None:
    """Let an invitation work no more. Raises `BadInput`."""
    with transaction.atomic():
        _end(one, "withdrawn")
        record("invitation withdrawn", by=by, before={"invitation": one.key})


def _use(one: Invitation) -> None:
    if one.expires <= timezone.now():
        raise BadInput(GONE, hint="ask for a new one")
    _end(one, "accepted")


def _end(one: Invitation, field: str) -> None:
    """Mark an invitation; only the first of several who try succeeds."""
    still = Invitation.objects.filter(pk=one.pk, accepted=None, withdrawn=None)
    if not still.update(**{field: timezone.now(), "email": ""}):
        raise BadInput(GONE, hint="ask for a new one")


def _grant(one: Invitation, account: Account) -> None:
    Invitation.objects.filter(pk=one.pk).update(account=account)
    record("invitation accepted", by=account, about=account, after={"invitation": one.key})
    for held in held_by(one):
        grant(account, held, by=one.by)


def _digest(token: str) -> str:
    return sha256_bytes(token.encode())
