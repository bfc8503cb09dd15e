"""Granting roles, and ending grants; each is a change in the audit."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from peso.errors import BadInput
from peso.portal.people.audit import record
from peso.portal.people.models import Account, Grant
from peso.portal.people.roles import SCOPES, Held, Role
from peso.portal.people.scopes import scope_of


def checked(role: Role, scope: str) -> Held:
    """Return a role that can be granted. Raises `BadInput`."""
    if role not in SCOPES:
        raise BadInput(f"nobody is granted the role {role.value}", hint="choose another role")
    return Held(role=role, scope=scope_of(role, scope))


def current() -> QuerySet[Grant]:
    """Return every grant that counts now."""
    now = timezone.now()
    return Grant.objects.filter(Q(until=None) | Q(until__gt=now), since__lte=now)


def grant(
    account: Account, held: Held, *, by: Account | None, until: datetime | None = None
) -> Grant:
    """Grant a role; one that is held already is left as it is."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        known = current().filter(account=account, role=held.role.value, scope=held.scope).first()
        if known:
            return known
        made = Grant.objects.create(
            account=account, role=held.role.value, scope=held.scope, until=until, by=by
        )
        record(
            "role granted",
            by=by,
            about=account,
            thing=held.thing,
            after={"role": held.role.value, "until": until.isoformat() if until else ""},
        )
    return made


def end(one: Grant, *, by: Account | None) -> None:
    """End a grant now. Raises `BadInput` where nobody would be left who runs the portal."""
    with transaction.atomic():
        last = current().filter(role=Role.ADMINISTRATOR.value).select_for_update()
        if one.role == Role.ADMINISTRATOR and not last.exclude(account=one.account).exists():
            raise BadInput(
                "this is the last administrator", hint="grant the role to somebody else first"
            )
        before = one.until.isoformat() if one.until else ""
        one.until = timezone.now()
        one.save(update_fields=["until"])
        held = Held(role=Role(one.role), scope=one.scope)
        record(
            "role ended",
            by=by,
            about=one.account,
            thing=held.thing,
            before={"role": one.role, "until": before},
            after={"role": one.role, "until": one.until.isoformat()},
        )


def administered() -> bool:
    """Say whether somebody runs the portal who can sign in."""
    return current().filter(role=Role.ADMINISTRATOR.value, account__is_active=True).exists()
