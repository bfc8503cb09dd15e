"""Who asks: the account of a request as a frozen record, read once for each request."""

from __future__ import annotations

from typing import cast

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from peso.portal.people.grants import current
from peso.portal.people.models import Account
from peso.portal.people.roles import NOBODY, Held, Person, Role

_KEPT = "_peso_person"


def account_of(request: HttpRequest) -> Account | None:
    """Return the account of who asks; a request without a session asks the database nothing."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES and not hasattr(request, "_cached_user"):
        return None
    user = getattr(request, "user", None)
    return cast("Account", user) if user is not None and user.is_authenticated else None


def person_of(request: HttpRequest) -> Person:
    """Return who asks; a visitor where nobody is signed in."""
    known = getattr(request, _KEPT, None)
    if known is None:
        account = account_of(request)
        known = person(account) if account else NOBODY
        setattr(request, _KEPT, known)
    return cast("Person", known)


def person(account: Account) -> Person:
    """Return an account as rules see it."""
    if not account.is_active:
        return NOBODY
    rows = current().filter(account=account).values_list("role", "scope")
    granted = frozenset(Held(role=Role(role), scope=scope) for role, scope in rows)
    return Person(
        key=account.key,
        name=account.name,
        granted=granted,
        two_factors=Authenticator.objects.filter(
            user=account, type=Authenticator.Type.TOTP
        ).exists(),
    )
