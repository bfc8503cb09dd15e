"""The ledger of a register: one file of JSON lines, one event each, only ever added to.

1. A line is an event in its canonical form. A line that is none (another version's, a torn one) is
   told with its number and reason, and stays.
2. Whoever adds holds the lock, and what is added is on the disk before the lock is given back. A
   new event is later than every one before, by a microsecond at least.
3. It is readable by its owner alone: there may be needs in it that not everybody may see.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from peso.base.files import disk, locked, make_folder, sync
from peso.errors import Reason, Refused
from peso.partnerships.needs.events import Body, Event, event
from peso.partnerships.needs.fold import fold, refusals
from peso.partnerships.needs.register import NotTaken, Register

FILE = "events.jsonl"
_LIMIT = 512 << 20
_SHOWN = 200


class Journal:
    """The file of events in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / FILE

    def read(self) -> tuple[tuple[Event, ...], tuple[NotTaken, ...]]:
        """Return the events, and the lines that are none. Raises `Refused`, `Outside`."""
        if not self.path.exists():
            return (), ()
        with disk(self.path, "read"), self.path.open("rb") as stream:
            data = stream.read(_LIMIT + 1)
        if len(data) > _LIMIT:
            raise Refused(
                f"the register is longer than {_LIMIT} bytes",
                where=str(self.path),
                reason=Reason.TOO_LARGE,
            )
        return parse(data)

    def register(self) -> Register:
        """Return the register as it stands."""
        return fold(*self.read())

    def add(
        self, actor: str, now: datetime, make: Callable[[Register], Iterable[Body]]
    ) -> tuple[Event, ...]:
        """Add what `make` wants of the register as it stands; returns the events as written.

        All of them are tried first: where one would be refused, none is written.

        Raises:
            Refused: A rule forbids it; with the reason.
        """
        make_folder(self.folder, mode=0o700)
        with locked(self.folder / ".lock", who="peso need", wait=True):
            before, lines = self.read()
            time = max((now, *(one.time + timedelta(microseconds=1) for one in before)))
            now_held = fold(before, lines)
            made = tuple(
                event(body, time=time + timedelta(microseconds=at), actor=actor)
                for at, body in enumerate(make(now_held))
            )
            for no in refusals(now_held, made):
                raise Refused(f"{no.about}: {no.reason}", where=str(self.path))
            if made:
                self._write(made)
        return made

    def _write(self, made: tuple[Event, ...]) -> None:
        data = b"".join(one.canonical() + b"\n" for one in made)
        with disk(self.path, "add to"):
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            descriptor = os.open(self.path, flags, 0o600)
            with os.fdopen(descriptor, "r+b", buffering=0) as stream:
                end = stream.seek(0, os.SEEK_END)
                if end and os.pread(descriptor, 1, end - 1) != b"\n":
                    data = b"\n" + data  # a torn line stays a line of its own
                rest = memoryview(data)
                while rest:
                    rest = rest[stream.write(rest) :]
                os.fsync(descriptor)
            sync(self.folder)


def parse(data: bytes) -> tuple[tuple[Event, ...], tuple[NotTaken, ...]]:
    """Return the events of a ledger's bytes, and the lines that are none."""
    found: list[Event] = []
    others: list[NotTaken] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            found.append(Event.model_validate_json(line))
        except ValidationError as error:
            text = line.decode(errors="replace")
            why = _why(line, error)
            others.append(NotTaken(what=f"line {number}", reason=why, text=text))
    return tuple(found), tuple(others)


def _why(line: bytes, error: ValidationError) -> str:
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        did = json.loads(line)["body"]["did"]
        known = [one for one in error.errors() if one["type"] == "union_tag_invalid"]
        if known:
            return f"nobody here knows what {str(did)[:_SHOWN]!r} does"
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"it is no event: {where or 'the line'}: {first['msg']}"
