"""The course of a build: what was heard of each unit while Spack worked, and when.

1. A line of Spack names a unit by a few characters of its hash, its name and its version. Where
   two units of a lock fit, a full hash in the line's text decides; where none does, the line is
   nobody's: an account never guesses.
2. A unit's time begins with the first word of the attempt that counts: one that looked for a binary
   and found none, then waited for what it is built with, begins when it is built.
3. Progress counts the units that Spack has to bring about: not externals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from peso.products.engines.native import NativeLock, NativeUnit
from peso.products.engines.port import Progress
from peso.products.engines.spack.events import Event, Kind

MISSED = "no binary available"
"""What Spack says where no cache had a unit."""
UNPACKED = "relocating"
"""What Spack says while it unpacks a unit that came from a cache."""
_SHORT = 7
_DID = {"done": "is there", "failed": "failed", "external": "is the machine's own"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was heard of one unit."""

    first: float
    """When the attempt that counts began, by the caller's clock."""
    last: float
    kind: Kind
    """Of the last word."""
    phase: str = ""
    """The last phase named."""
    text: str = ""
    """Of the last word: the prefix, or the log of a failure."""
    cached: bool = False
    """Whether it was unpacked from a cache."""

    @property
    def seconds(self) -> float:
        """From the first to the last word of the attempt that counts."""
        return round(self.last - self.first, 3)


class Course:
    """What is heard of the units of a lock, in the order it is heard."""

    def __init__(self, lock: NativeLock, there: Iterable[str] = ()) -> None:
        """Begin; `there` names the units that are installed already."""
        self._units: dict[str, list[NativeUnit]] = {}
        for unit in lock.units:
            self._units.setdefault(unit.hash[:_SHORT], []).append(unit)
        ours = {unit.hash for unit in lock.units if unit.external is None}
        self._total = len(ours)
        self._done = ours.intersection(there)
        self._heard: dict[str, Heard] = {}

    def hear(self, event: Event, at: float) -> Progress | None:
        """Take in an event; return the progress, or None where the event is nobody's."""
        unit = self._unit(event)
        if unit is None:
            return None
        self._heard[unit.hash] = _after(self._heard.get(unit.hash), event, at)
        if event.kind in {"done", "failed"} and unit.external is None:
            self._done.add(unit.hash)
        did = _DID.get(event.kind, event.text)
        return self.progress(f"{unit.name}@{unit.version} {did}".rstrip())

    def progress(self, line: str) -> Progress:
        """Return how far the build is."""
        return Progress(done=len(self._done), total=self._total, line=line)

    def of(self, hash_: str) -> Heard | None:
        """Return what was heard of a unit; None where nothing was."""
        return self._heard.get(hash_)

    @property
    def silent(self) -> bool:
        """Whether nothing was heard of any unit."""
        return not self._heard

    def _unit(self, event: Event) -> NativeUnit | None:
        fitting = [
            unit
            for unit in self._units.get(event.hash[:_SHORT], ())
            if unit.hash.startswith(event.hash)
            and (unit.name, unit.version) == (event.name, event.version)
        ]
        if len(fitting) > 1:
            fitting = [unit for unit in fitting if unit.hash in event.text]
        return fitting[0] if len(fitting) == 1 else None


def _after(before: Heard | None, event: Event, at: float) -> Heard:
    """Return what is known of a unit after one more word."""
    if before is None or before.phase == MISSED:
        before = Heard(first=at, last=at, kind="phase")
    if event.kind != "phase":
        return replace(before, last=at, kind=event.kind, text=event.text)
    cached = before.cached or event.text == UNPACKED
    return replace(before, last=at, kind="phase", phase=event.text, text="", cached=cached)
