"""Invented people: somebody of each role, who sign in, with a second factor where they have one."""

from __future__ import annotations

import time

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from tests.portal.standing import Portal

from peso.portal.people.grants import grant
from peso.portal.people.models import Account
from peso.portal.people.roles import SCOPES, TWO_FACTORS, Held, Kind, Role

PASSWORD = "a long walk by the Ill 1842"
SECRET = "JBSWY3DPEHPK3PXP"
THINGS = {Kind.PRODUCT: "hypre", Kind.ORGANIZATION: "pond", Kind.GROUP: "metrics", Kind.PORTAL: ""}
"""What our people hold their roles for."""
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def account(name: str, *held: Held, two_factors: bool = False, password: str = "") -> Account:
    """Make somebody who can sign in."""
    email = f"{name.lower().replace(' ', '.')}@example.org"
    made = Account.objects.create_user(email, name, password or None)
    EmailAddress.objects.create(user=made, email=email, verified=True, primary=True)
    for one in held:
        grant(made, one, by=None)
    if two_factors:
        TOTP.activate(made, SECRET)
        RecoveryCodes.activate(made)
    return made


def somebody(role: Role, *, two_factors: bool | None = None) -> Account:
    """Make somebody who holds one role, for `THINGS`."""
    two = role in TWO_FACTORS if two_factors is None else two_factors
    held = [] if role is Role.USER else [Held(role=role, scope=THINGS[SCOPES[role]])]
    return account(f"Some {role.value} {two}", *held, two_factors=two, password=PASSWORD)


def code() -> str:
    """Return the code that the authenticator app of our people shows now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(SECRET, counter)))


def signed_in(portal: Portal, one: Account, *, sure: bool = True) -> Client:
    """Return a browser in which somebody is signed in.

    `sure` says that they gave their password again a moment ago.
    """
    client = portal.client()
    client.force_login(one, backend=BACKEND)
    if sure:
        session = client.session
        asked = {"method": "password", "at": time.time(), "reauthenticated": True}
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [asked]
        session["account_authentication_methods_user"] = str(one.pk)
        session.save()
    return client
