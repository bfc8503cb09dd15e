"""Stacks as their files define them, with what is wrong at which line."""

from __future__ import annotations

from django.db import models


class Stack(models.Model):
    """A stack's definition."""

    name = models.CharField(max_length=200, unique=True)
    title = models.CharField(max_length=300, blank=True)
    workspace = models.CharField(max_length=200, blank=True)
    """Whose it is."""
    form = models.CharField(max_length=10)
    """`peso` or `spack`."""
    file = models.CharField(max_length=1000)
    """Its file below the workspace."""
    text = models.TextField()
    """The file as it stands."""
    errors = models.PositiveIntegerField(default=0)
    hints = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    """What `peso stack show` says of it."""

    class Meta:
        """In order of names."""

        db_table = "peso_stack"
        ordering = ("name",)

    def __str__(self) -> str:
        """Name it."""
        return self.name


class StackRoot(models.Model):
    """A root of a stack."""

    stack = models.ForeignKey(Stack, models.CASCADE, related_name="roots")
    name = models.CharField(max_length=200, db_index=True)
    spec = models.TextField()

    class Meta:
        """In order of names."""

        db_table = "peso_stack_root"
        ordering = ("name", "spec")

    def __str__(self) -> str:
        """Say it."""
        return self.spec


class StackFinding(models.Model):
    """What lint says of a stack."""

    stack = models.ForeignKey(Stack, models.CASCADE, related_name="findings")
    rule = models.CharField(max_length=100)
    level = models.CharField(max_length=10)
    file = models.CharField(max_length=1000, blank=True)
    line = models.PositiveIntegerField(default=0)
    column = models.PositiveIntegerField(default=0)
    message = models.TextField()
    hint = models.TextField(blank=True)

    class Meta:
        """In order of lines."""

        db_table = "peso_stack_finding"
        ordering = ("file", "line", "column", "rule")

    def __str__(self) -> str:
        """Name it."""
        return f"{self.rule} {self.line}"
