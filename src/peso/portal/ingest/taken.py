"""What ingesting came to: each thing that was looked at, and what became of it."""

from __future__ import annotations

from typing import Literal

from peso.base.record import Record

State = Literal["taken", "unchanged", "refused"]


class Taken(Record):
    """One thing that was looked at."""

    kind: str
    place: str
    state: State
    reason: str = ""
    """Why it was refused."""
    rows: int = 0
    """How many rows it brought, where it was taken in."""


class Ingested(Record):
    """All of them."""

    taken: tuple[Taken, ...]

    @property
    def ok(self) -> bool:
        """Whether something was looked at, and nothing refused."""
        return bool(self.taken) and all(one.state != "refused" for one in self.taken)
