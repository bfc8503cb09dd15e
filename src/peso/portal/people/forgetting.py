"""Forgetting a person: name and address are replaced everywhere, and what they did stays.

1. The account stays, under its key: the audit names it. Its name and address are replaced, and the
   personal values that the audit refers to are blanked.
2. Nobody can sign in to it any more: password, second factors, sessions, connections and tokens go.
3. Its roles end. Who runs the portal alone cannot be forgotten.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from peso.portal.people.audit import record
from peso.portal.people.grants import current, end
from peso.portal.people.models import Account, Invitation, Personal, Token


def forget(account: Account, *, by: Account | None) -> None:
    """Take a person out of the portal, for good. Raises `BadInput`."""
    with transaction.atomic():
        for one in current().filter(account=account):
            end(one, by=by)
        shut_out(account)
        for model in (EmailAddress, Authenticator, SocialAccount):
            model.objects.filter(user=account).delete()
        Token.objects.filter(account=account, revoked=None).update(revoked=timezone.now())
        Token.objects.filter(account=account).update(name="")
        Invitation.objects.filter(account=account).update(email="")
        Personal.objects.filter(account=account).update(value="")
        account.name = f"Former member {account.key[:6]}"
        account.email = f"{account.key}@forgotten.invalid"
        account.is_active = False
        account.forgotten = timezone.now()
        account.set_unusable_password()
        account.save()
        record("person forgotten", by=by, about=account)


def shut_out(account: Account) -> None:
    """End every session of an account."""
    for session in UserSession.objects.filter(user=account):
        session.end()
