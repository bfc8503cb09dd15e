"""The consortium in the store: read once for each state of it.

Each process keeps the record under the store's mark; inside a transaction it is read anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import connection

from peso.partnerships.consortium.consortium import Consortium
from peso.portal.store import models
from peso.portal.store.generation import current


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The consortium, and when it was taken in, of which workspace."""

    consortium: Consortium
    taken: datetime
    workspace: str
    """Whose files say it."""


def kept() -> Held | None:
    """Return the consortium; None where none was taken in."""
    generation = None if connection.in_atomic_block else current()
    return _read() if generation is None else _held(generation.mark)


@lru_cache(maxsize=1)
def _held(_mark: str) -> Held | None:
    return _read()


def _read() -> Held | None:
    row = models.Consortium.objects.first()
    if row is None:
        return None
    said = Consortium.model_validate(row.data)
    return Held(consortium=said, taken=row.taken, workspace=row.workspace)
