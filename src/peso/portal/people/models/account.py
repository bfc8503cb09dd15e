"""An account: who can sign in. An address, a name to be shown, and nothing else of a person."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone


def new_key() -> str:
    """Return a name for an account that says nothing about whose it is."""
    return secrets.token_hex(12)


class Accounts(BaseUserManager["Account"]):
    """Makes accounts, and finds them by address."""

    def create_user(self, email: str, name: str, password: str | None = None) -> Account:
        """Make an account; without a password nobody can sign in to it yet."""
        account = self.model(email=email.strip().lower(), name=name)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> Account:
        """Find one by its address, in whatever case it is written."""
        return self.get(email=(username or "").strip().lower())


class Account(AbstractBaseUser):
    """Who can sign in."""

    key = models.CharField(max_length=24, unique=True, default=new_key, editable=False)
    """Its name in addresses and in the audit."""
    email = models.EmailField(max_length=254, unique=True)
    """In lower case; never public."""
    name = models.CharField(max_length=120)
    """How the person wants to be shown: may be a pseudonym."""
    is_active = models.BooleanField(default=True)
    joined = models.DateTimeField(default=timezone.now)
    forgotten = models.DateTimeField(null=True, blank=True)
    """When its name and address were replaced, for good."""

    objects: ClassVar[Accounts] = Accounts()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        """In order of names."""

        db_table = "peso_account"
        ordering = ("name", "pk")

    def __str__(self) -> str:
        """Name it."""
        return self.name

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:  # noqa: ANN401 - Django's
        """Refuse: the audit names it. `forgetting.forget` takes the person out of it."""
        raise TypeError("an account is never deleted; forget it instead")
