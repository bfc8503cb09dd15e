"""A runner: a machine of a facility that tests on one platform, known by its public key."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from peso.portal.people.models.account import Account, new_key


class Runner(models.Model):
    """Whose pushes are taken, for which platform, until when. The private key never comes here."""

    key = models.CharField(max_length=24, unique=True, default=new_key, editable=False)
    organization = models.SlugField(max_length=120)
    """The slug of the facility, as files of the ecosystem name it."""
    name = models.CharField(max_length=120)
    platform = models.CharField(max_length=200, db_index=True)
    keyid = models.CharField(max_length=64, unique=True)
    """The id of the public key, as DSSE envelopes name it."""
    public = models.TextField()
    """The public key, PEM."""
    made = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    by = models.ForeignKey(Account, models.PROTECT, related_name="runners")
    """Who registered it."""
    revoked = models.DateTimeField(null=True, blank=True)
    last = models.DateTimeField(null=True, blank=True)
    """The time that the last batch it sent says; the next one is later."""
    told = models.CharField(max_length=64, blank=True, default="")
    """The digest of what its platform's ledger held when the audit last told of a push to it."""

    class Meta:
        """The newest first."""

        db_table = "peso_runner"
        ordering = ("-made", "-pk")

    def __str__(self) -> str:
        """Name it."""
        return self.name

    @property
    def state(self) -> str:
        """Say whether its pushes are taken."""
        if self.revoked:
            return "revoked"
        return "works" if timezone.now() < self.until else "expired"
