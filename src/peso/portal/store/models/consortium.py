"""The consortium, as its files describe it: one record, read whole by each page."""

from __future__ import annotations

from django.db import models


class Consortium(models.Model):
    """What the last ingest made of a workspace's files; one row. No address is in it."""

    data = models.JSONField()
    """The public record (`peso.partnerships.consortium`)."""
    taken = models.DateTimeField()
    """When it was taken in."""
    workspace = models.CharField(max_length=200, default="")
    """Whose files say it: what is new of it is proposed there."""

    class Meta:
        """One row."""

        db_table = "peso_consortium"

    def __str__(self) -> str:
        """Say when."""
        return f"as of {self.taken:%Y-%m-%d}"
