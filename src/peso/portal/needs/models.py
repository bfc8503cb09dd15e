"""The tables of the register. Events and snapshots are added, never changed or deleted.

A visitor's address stands in `Sent` alone, which can be blanked; no event has it. A reminder is a
mail that was sent, by the account it went to; it holds no address.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from peso.portal.people.models import Account


class NeedEvent(models.Model):
    """Something that happened to the register, as `peso need` writes it in its ledger."""

    event = models.CharField(max_length=18, unique=True)
    about = models.CharField(max_length=12, blank=True, db_index=True)
    time = models.DateTimeField()
    data = models.TextField()
    """The event in its canonical form."""
    sha256 = models.CharField(max_length=64)

    class Meta:
        """In the order they were written."""

        db_table = "peso_need_event"
        ordering = ("pk",)

    def __str__(self) -> str:
        """Name it."""
        return self.event


class NeedSnapshot(models.Model):
    """A ranking that was frozen, and the export it is made of, as bytes that anybody can check."""

    on = models.DateField()
    audience = models.CharField(max_length=20)
    made = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="snapshots")
    sha256 = models.CharField(max_length=64)
    snapshot = models.TextField()
    export = models.TextField()

    class Meta:
        """The newest first."""

        db_table = "peso_need_snapshot"
        ordering = ("-pk",)

    def __str__(self) -> str:
        """Name it."""
        return f"{self.on} for {self.audience}"


class Sent(models.Model):
    """What somebody without an account sent, and confirms by a link in a mail, once."""

    digest = models.CharField(max_length=64, unique=True)
    """sha256 of the token in the link."""
    email = models.EmailField(max_length=254, blank=True)
    need = models.TextField(blank=True)
    """The need as it was sent; taken out once it is confirmed."""
    made = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField()
    confirmed = models.DateTimeField(null=True, blank=True)
    about = models.CharField(max_length=12, blank=True, db_index=True)
    """The id of the need that came of it."""

    class Meta:
        """The newest first."""

        db_table = "peso_need_sent"
        ordering = ("-pk",)

    def __str__(self) -> str:
        """Name it."""
        return str(self.pk)


class Reminder(models.Model):
    """That somebody was asked by mail whether something helped, for an organization."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="reminders")
    need = models.CharField(max_length=12)
    organization = models.SlugField(max_length=63, db_index=False)
    due = models.DateField()
    """From when it was asked: a need that is delivered anew is asked about anew."""
    sent = models.DateTimeField(default=timezone.now)

    class Meta:
        """In the order they were sent."""

        db_table = "peso_need_reminder"
        ordering = ("pk",)
        indexes = (models.Index(fields=("need", "organization"), name="need_reminder"),)

    def __str__(self) -> str:
        """Name it."""
        return f"{self.need} for {self.organization}"
