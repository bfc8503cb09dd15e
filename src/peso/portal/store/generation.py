"""Generation: a mark that is another one after every change of what the store holds.

1. Who changes the store says so inside the same transaction, so that a reader who sees the change
   sees the new mark too. What is kept beside the store (pages, ETags) is kept under its mark.
2. A mark is random, never counted: one that was rolled back, or of a database that was deleted and
   made again, never comes back.
3. Two that write at once wait for each other here: a mark is one row.
4. Needs change far more often than files are taken in, and have a mark of their own.
"""

from __future__ import annotations

import secrets
from datetime import date

from django.utils import timezone

from peso.portal.store.models import Generation

STORE, NEEDS = 1, 2
"""What has a mark of its own: what was taken in from files, and the register of needs."""


def changed(part: int = STORE) -> None:
    """Say that the store, or another part, is changed, inside the transaction that changes it."""
    said = {"mark": secrets.token_hex(16), "at": timezone.now()}
    Generation.objects.update_or_create(pk=part, defaults=said)


def current() -> Generation | None:
    """Return the mark of the store; None where nothing was ever kept."""
    return Generation.objects.filter(pk=STORE).first()


def everything() -> Generation | None:
    """Return one mark of all that pages are made of; None where nothing was ever kept."""
    rows = list(Generation.objects.filter(pk__in=(STORE, NEEDS)).order_by("pk"))
    if not rows or rows[0].pk != STORE:
        return None
    return Generation(mark=" ".join(one.mark for one in rows), at=max(one.at for one in rows))


def today() -> date:
    """Return the day, in UTC, by which pages count what is due."""
    return timezone.now().date()
