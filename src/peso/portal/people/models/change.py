"""The audit: who changed what, when, from what to what. Rows are added, never changed or deleted.

A name or an address is personal: what the audit says of it stands in `Personal`, which can be
blanked, so that a person can be forgotten and the audit stays as it is.
"""

from __future__ import annotations

from typing import Any, ClassVar, Never

from django.db import models
from django.utils import timezone

from peso.portal.people.models.account import Account
from peso.portal.people.roles import Kind


def _never() -> Never:
    raise TypeError("the audit is added to, never changed")


class Rows(models.QuerySet["Change"]):
    """Rows that can be read and added."""

    def update(self, **_kwargs: Any) -> int:  # noqa: ANN401 - Django's
        """Refuse."""
        _never()

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse."""
        _never()

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> int:  # noqa: ANN401 - Django's
        """Refuse."""
        _never()


class Change(models.Model):
    """One change."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="made")
    """Who did it; nobody: a runner (`runner`), or whoever runs the portal, from its own machine."""
    about = models.ForeignKey(Account, models.PROTECT, null=True, related_name="changes")
    """Whom it concerns."""
    what = models.CharField(max_length=60, db_index=True)
    """In words that stay, e.g. `role granted`."""
    kind = models.CharField(
        max_length=20, choices=[(one.value, one.value) for one in Kind], default=Kind.PORTAL
    )
    slug = models.CharField(max_length=120, blank=True)
    """With `kind`: the thing it concerns."""
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    """A personal value is `{"personal": number}`, of a row of `Personal`."""

    objects: ClassVar[Any] = Rows.as_manager()

    class Meta:
        """The newest first."""

        db_table = "peso_change"
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=("kind", "slug"), name="change_thing"),)

    def __str__(self) -> str:
        """Say it."""
        return self.what

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        """Add it; one that was added is refused."""
        if not self._state.adding:
            _never()
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:  # noqa: ANN401 - Django's
        """Refuse."""
        _never()

    @property
    def runner(self) -> str:
        """Return the name of the runner that did it; empty: none did."""
        said = self.after.get("runner", "") if self.by_id is None else ""
        return said if isinstance(said, str) else ""


class Personal(models.Model):
    """A name or an address that the audit speaks of; blanked when its person is forgotten."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="personal")
    value = models.CharField(max_length=254, blank=True)

    class Meta:
        """A table of its own."""

        db_table = "peso_personal"

    def __str__(self) -> str:
        """Say it."""
        return self.value
