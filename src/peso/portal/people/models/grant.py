"""A grant: a role that somebody holds, for what, since when, until when, and who gave it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from peso.portal.people.models.account import Account
from peso.portal.people.roles import SCOPES, Role


class Grant(models.Model):
    """A role for somebody."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=30, choices=[(one.value, one.value) for one in SCOPES])
    scope = models.SlugField(max_length=120, blank=True)
    """The slug of what it is for, as files of the ecosystem name it; empty: the whole portal."""
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    """When it ends, or ended; a grant is never deleted."""
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="given")
    """Who gave it; nobody: whoever runs the portal, from its own machine."""

    class Meta:
        """The newest first."""

        db_table = "peso_grant"
        ordering = ("-since", "-pk")
        indexes = (models.Index(fields=("role", "scope"), name="grant_role"),)

    def __str__(self) -> str:
        """Say it."""
        return f"{self.role} {self.scope}".strip()

    @property
    def kind(self) -> str:
        """Return the kind of thing it is for."""
        return SCOPES[Role(self.role)].value
