"""A token: lets a program do a part of what its owner may, for a while; kept as a digest."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from peso.portal.people.models.account import Account, new_key


class Token(models.Model):
    """What a token lets a program do, and until when."""

    key = models.CharField(max_length=24, unique=True, default=new_key, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    """sha256 of the token."""
    scopes = models.JSONField(default=list)
    """Lines of the table of permissions."""
    made = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True, blank=True)
    """When it was last used, to the hour."""
    revoked = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The newest first."""

        db_table = "peso_token"
        ordering = ("-made", "-pk")

    def __str__(self) -> str:
        """Name it."""
        return self.name

    @property
    def state(self) -> str:
        """Say whether it works."""
        if self.revoked:
            return "revoked"
        return "works" if timezone.now() < self.expires else "expired"
