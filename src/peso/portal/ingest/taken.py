"""What ingesting came to: each thing that was looked at, and what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from peso.base.record import Record
from peso.errors import BadInput, PesoError

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


def why(error: PesoError, file: Path) -> str:
    """Return why a file was refused, each fault with its line, and no path of this machine."""
    faults = error.faults if isinstance(error, BadInput) else ()
    said = (f"{str(one.where).removeprefix(f'{file}:')}: {one.message}" for one in faults)
    return "; ".join(dict.fromkeys((error.message, *said)))


class Ingested(Record):
    """All of them."""

    taken: tuple[Taken, ...]

    @property
    def ok(self) -> bool:
        """Whether something was looked at, and nothing refused."""
        return bool(self.taken) and all(one.state != "refused" for one in self.taken)
