"""Test results, and the cells of the matrix they add up to.

A million results are looked at through their cells: a cell is one product on one platform in one
release, kept right in the transaction that brings results in. What reads single results asks for
one release or for one product, and both have an index in the order that is shown; a log is looked
for by its digest.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from peso.portal.store.models.product import Product
from peso.portal.store.models.release import Release


class Platform(models.Model):
    """Where products are built and tested."""

    name = models.CharField(max_length=200, unique=True)
    data = models.JSONField(default=dict)

    class Meta:
        """In order of names."""

        db_table = "peso_platform"
        ordering = ("name",)

    def __str__(self) -> str:
        """Name it."""
        return self.name


class Outcome(models.TextChoices):
    """What came of a test; unknown and not tested are never pass."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class TestResult(models.Model):
    """One run of one test."""

    __test__: ClassVar[bool] = False  # nothing for pytest

    release = models.ForeignKey(Release, models.CASCADE, related_name="results", db_index=False)
    platform = models.ForeignKey(Platform, models.CASCADE, related_name="results", db_index=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="results", db_index=False)
    test = models.CharField(max_length=200)
    ranks = models.PositiveIntegerField(default=1)
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.TextField(blank=True)
    seconds = models.FloatField(null=True)
    at = models.DateTimeField()
    figures = models.JSONField(default=dict)
    """Name to number."""
    log = models.CharField(max_length=64, blank=True)
    """sha256 of its log."""
    error_line = models.PositiveIntegerField(default=0)
    error_text = models.TextField(blank=True)
    key = models.CharField(max_length=64, unique=True)
    """sha256 over what makes it this run: the same run is taken in once."""

    class Meta:
        """A way to ask, an index."""

        db_table = "peso_test_result"
        indexes = (
            models.Index(fields=("release", "product", "platform"), name="result_release"),
            models.Index(
                fields=("release", "outcome", "product", "platform"), name="result_outcome"
            ),
            models.Index(fields=("product", "-at"), name="result_product"),
            models.Index(fields=("log",), name="result_log", condition=~models.Q(log="")),
        )

    def __str__(self) -> str:
        """Name it."""
        return f"{self.test} {self.outcome}"


def state_of(passed: int, failed: int, unknown: int) -> str:
    """Return the state of a cell: the worst that came of its runs; with none, `not tested`."""
    if failed:
        return "fail"
    if unknown:
        return "unknown"
    return "pass" if passed else "not tested"


class Cell(models.Model):
    """A product on a platform in a release: what its runs add up to."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="cells")
    platform = models.ForeignKey(Platform, models.CASCADE, related_name="cells")
    product = models.ForeignKey(Product, models.CASCADE, related_name="cells")
    passed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    last = models.DateTimeField(null=True)

    class Meta:
        """One for each."""

        db_table = "peso_cell"
        constraints = (
            models.UniqueConstraint(fields=("release", "platform", "product"), name="one_cell"),
        )

    def __str__(self) -> str:
        """Say it."""
        return self.state

    @property
    def state(self) -> str:
        """The worst that came of its runs; with none, `not tested`."""
        return state_of(self.passed, self.failed, self.unknown)
