"""Generation: a mark that is another one after every change of what the store holds.

1. Who changes the store says so inside the same transaction, so that a reader who sees the change
   sees the new mark too. What is kept beside the store (pages, ETags) is kept under its mark.
2. A mark is random, never counted: one that was rolled back, or of a database that was deleted and
   made again, never comes back.
3. Two that write at once wait for each other here: the mark is one row.
"""

from __future__ import annotations

import secrets

from django.utils import timezone

from peso.portal.store.models import Generation

_ONLY = 1


def changed() -> None:
    """Say that the store is changed, inside the transaction that changes it."""
    said = {"mark": secrets.token_hex(16), "at": timezone.now()}
    Generation.objects.update_or_create(pk=_ONLY, defaults=said)


def current() -> Generation | None:
    """Return the mark; None where nothing was ever kept."""
    return Generation.objects.filter(pk=_ONLY).first()
