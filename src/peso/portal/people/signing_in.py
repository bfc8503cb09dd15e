"""What people change of how they sign in: allauth does it, and says so here; it goes to the audit.

A password or a code is never written down, only that it was changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social
from django.db import transaction
from django.dispatch import Signal

from peso.portal.people.audit import Value, personal, record
from peso.portal.people.models import Account

Said = dict[str, Any]


def _second(said: Said) -> dict[str, Value]:
    one: Authenticator = said["authenticator"]
    return {"kind": str(one.get_type_display()).lower()}


def _elsewhere(said: Said) -> dict[str, Value]:
    login = said.get("sociallogin")
    one = login.account if login is not None else said["socialaccount"]
    return {"at": str(one.provider)}


_SAID: Final[Mapping[str, tuple[Signal, Callable[[Said], dict[str, Value]]]]] = {
    "password changed": (account.password_changed, lambda _said: {}),
    "password chosen": (account.password_set, lambda _said: {}),
    "password reset": (account.password_reset, lambda _said: {}),
    "second factor added": (mfa.authenticator_added, _second),
    "second factor removed": (mfa.authenticator_removed, _second),
    "second factor made anew": (mfa.authenticator_reset, _second),
    "connected": (social.social_account_added, _elsewhere),
    "disconnected": (social.social_account_removed, _elsewhere),
}


def listen() -> None:
    """Write down what allauth says from now on; asked again, nothing is written twice."""
    for what, (signal, after) in _SAID.items():
        signal.connect(_writer(what, after), weak=False, dispatch_uid=f"peso {what}")
    account.email_changed.connect(_address, dispatch_uid="peso address")


def _writer(what: str, after: Callable[[Said], dict[str, Value]]) -> Callable[..., None]:
    def write(**said: Any) -> None:  # noqa: ANN401 - a signal's
        login = said.get("sociallogin")
        whose = said.get("user") or (login.user if login is not None else None)
        whose = whose or said["socialaccount"].user
        record(what, by=whose, about=whose, after=after(said))

    return write


def _address(**said: Any) -> None:  # noqa: ANN401 - a signal's
    whose: Account = said["user"]
    before, after = said["from_email_address"], said["to_email_address"]
    with transaction.atomic():
        record(
            "address changed",
            by=whose,
            about=whose,
            before={"address": personal(whose, before.email if before else "")},
            after={"address": personal(whose, after.email)},
        )
