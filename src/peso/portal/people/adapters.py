"""How allauth is told what this portal does its own way.

1. Nobody signs up: an account is made by an invitation, also for those who sign in elsewhere.
2. Links in mail begin with the portal's own address, whatever host a request named.
3. What a second factor is checked against is encrypted with the portal's secret: who reads the
   database alone cannot make codes.
"""

from __future__ import annotations

import base64
import logging
from hashlib import sha256
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.http import HttpRequest
from django.urls import reverse

from peso.portal.posting import why_not
from peso.portal.settings import CONFIG

if TYPE_CHECKING:
    from allauth.account.models import EmailConfirmation
    from allauth.socialaccount.models import SocialLogin

_LOG: Final = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts with a password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's
        """Say no: an invitation makes an account."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link of a mail that lets a password be chosen anew."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "U", "key": "K"})
        return f"{CONFIG.url}{path.replace('U-K', key)}"

    def get_email_confirmation_url(
        self,
        request: HttpRequest,  # noqa: ARG002 - allauth's
        emailconfirmation: EmailConfirmation,
    ) -> str:
        """Return the link of a mail that proves an address."""
        return f"{CONFIG.url}{reverse('account_confirm_email', args=[emailconfirmation.key])}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail; where that fails, the page goes on, and the portal's log says so."""
        portal = SimpleNamespace(name="the PESO portal", domain=CONFIG.url)
        try:
            super().send_mail(template_prefix, email, {"current_site": portal, **context})
        except OSError as no:  # smtplib's faults are of this kind too
            _LOG.warning("a mail (%s) could not be sent: %s", template_prefix, why_not(no))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Codes of an app, and recovery codes."""

    def encrypt(self, text: str) -> str:
        """Return a secret as the database keeps it."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret that the database kept."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Accounts elsewhere: connected by somebody who is signed in, never a way to get one here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002 - allauth's
        """Say no: an invitation makes an account."""
        return False

    def list_apps(self, *args: Any, **kwargs: Any) -> list[Any]:  # noqa: ANN401 - allauth's
        """Return what the environment names; rows of a database make no way in."""
        return [one for one in super().list_apps(*args, **kwargs) if one.pk is None]


def _cipher() -> Fernet:
    key = sha256(b"peso second factor\0" + CONFIG.secret().encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
