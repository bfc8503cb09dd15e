"""Where what the store holds came from, what became of it, and which state the store is in."""

from __future__ import annotations

from django.db import models


class Source(models.Model):
    """One thing that was taken in, or refused with its reason."""

    class Kind(models.TextChoices):
        """What kind of thing it is."""

        PRODUCTS = "products"
        CONSORTIUM = "consortium"
        RECIPES = "recipes"
        STACK = "stack"
        LEDGER = "ledger"
        PUBLICATION = "publication"
        RECORD = "record"

    class State(models.TextChoices):
        """What became of it."""

        TAKEN = "taken"
        REFUSED = "refused"

    kind = models.CharField(max_length=20, choices=Kind)
    place = models.CharField(max_length=1000)
    """The path below the folder it was taken from, never one of this machine."""
    digest = models.CharField(max_length=64)
    """sha256; what was taken in with this digest is not read again."""
    state = models.CharField(max_length=10, choices=State)
    reason = models.TextField(blank=True)
    """Why it was refused."""
    seen = models.DateTimeField()

    class Meta:
        """Found by what it is and where it lay."""

        db_table = "peso_source"
        constraints = (models.UniqueConstraint(fields=("kind", "place"), name="one_source"),)
        indexes = (models.Index(fields=("state", "kind"), name="source_state"),)

    def __str__(self) -> str:
        """Name it."""
        return f"{self.kind} {self.place}"


class Generation(models.Model):
    """The state the store is in; one row. `store/generation.py` says what for."""

    mark = models.CharField(max_length=32)
    at = models.DateTimeField()
    """When it changed."""

    class Meta:
        """One row."""

        db_table = "peso_generation"

    def __str__(self) -> str:
        """Say it."""
        return self.mark
