"""An invitation: a link that makes one account, or gives one account roles, once."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from peso.portal.people.models.account import Account, new_key


class Invitation(models.Model):
    """What a link grants, to whom, until when. The link itself is not kept."""

    key = models.CharField(max_length=24, unique=True, default=new_key, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    """sha256 of the token in the link."""
    email = models.EmailField(max_length=254, blank=True)
    """Whom it is for; taken out once it is accepted or withdrawn."""
    roles = models.JSONField(default=list)
    """`[[role, scope], …]`."""
    made = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField()
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="invited")
    accepted = models.DateTimeField(null=True, blank=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="invitations")
    """Who accepted it."""
    withdrawn = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The newest first."""

        db_table = "peso_invitation"
        ordering = ("-made", "-pk")

    def __str__(self) -> str:
        """Name it."""
        return self.key

    @property
    def state(self) -> str:
        """Say what became of it."""
        if self.accepted:
            return "accepted"
        if self.withdrawn:
            return "withdrawn"
        return "open" if timezone.now() < self.expires else "expired"
