"""What Spack's installer says while it works, as typed events: its lines, and its last words.

Where its output is no terminal, the installer prints a line each time something becomes of a unit:

    [ ] 4a3hfev gmake@4.3 build (12s)               it is in a phase
    [+] 4a3hfev gmake@4.3 /store/gmake-… (30s)      it is there
    [x] 4a3hfev gmake@4.3 failed: /stage/….log (9s) it failed, and where its log is
    [e] 4a3hfev gmake@4.3 /usr (0s)                 it is the machine's own

1. Lines come from outside: colors are taken off, a line that is none of these gives no event, a
   line or a tail without an end is bounded, and nothing is ever raised.
2. Standard error ends with what failed, by full hash, or with what kept Spack from working.

Knows nothing of locks, stores or files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["phase", "done", "failed", "external"]

LINE_LIMIT = 16 << 10
"""Bytes of a line; a longer one is no event."""
_MARKS: dict[str, Kind] = {"+": "done", "x": "failed", "e": "external"}
_COLOR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")
_EVENT = re.compile(
    r"\[(?P<mark>[ +xe])\] (?P<hash>[a-z0-9]{7,32}) (?P<name>[\w.-]+)@(?P<version>\S+)"
    r"(?: (?P<text>.*?))??(?: \((?P<took>[0-9hms]{1,12})\))?"
)
_TOOK = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_FAILED_LINE = re.compile(r"(?P<unit>\S+)/(?P<hash>[a-z0-9]{32}): (?P<log>/.+)")
_ERROR, _LIST = "==> Error: ", "The following packages failed to install"
_ERRORS, _ERROR_LINES = 20, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something became of a unit."""

    kind: Kind
    hash: str
    """The first characters of its hash, seven as a rule."""
    name: str
    version: str
    text: str = ""
    """The phase, the prefix, or the log of a failure; empty where the line had none."""
    seconds: int | None = None
    """As Spack counts them, whole ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedUnit:
    """One line of the list that Spack ends with."""

    hash: str
    log: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWords:
    """What Spack's standard error says at its end."""

    failed: tuple[FailedUnit, ...] = ()
    errors: tuple[str, ...] = ()
    """Its own errors, without that list; the first lines of each."""


def event_of(line: str) -> Event | None:
    """Return what a line says, or None where it is not of the installer's own."""
    found = _EVENT.fullmatch(_COLOR.sub("", line).rstrip())
    if found is None:
        return None
    kind = _MARKS.get(found["mark"], "phase")
    text = (found["text"] or "").strip()
    if kind == "failed":
        text = text.removeprefix("failed").removeprefix(":").strip()
    return Event(
        kind=kind,
        hash=found["hash"],
        name=found["name"],
        version=found["version"],
        text=text,
        seconds=_seconds(found["took"]),
    )


class Stream:
    """Events out of bytes as they come, in pieces of any size."""

    def __init__(self) -> None:
        self._tail = b""
        self._skipping = False

    def feed(self, data: bytes) -> Iterator[Event]:
        """Yield the events of the lines that these bytes complete."""
        *lines, tail = (self._tail + data).split(b"\n")
        for line in lines:
            if self._skipping or len(line) > LINE_LIMIT:
                self._skipping = False
                continue
            event = event_of(line.decode(errors="replace"))
            if event is not None:
                yield event
        self._skipping = self._skipping or len(tail) > LINE_LIMIT
        self._tail = b"" if self._skipping else tail


def last_words(stderr: str) -> LastWords:
    """Read the end of Spack's standard error: the units it says failed, and its own errors."""
    failed: dict[str, FailedUnit] = {}
    errors: list[list[str]] = []
    listing = telling = False
    for line in _COLOR.sub("", stderr).splitlines():
        if line.startswith(_ERROR):
            listing = line.startswith(_LIST, len(_ERROR))
            telling = not listing
            if telling:
                errors.append([line.removeprefix(_ERROR).strip()[:LINE_LIMIT]])
        elif line.startswith("==> "):
            listing = telling = False
        elif listing and (found := _FAILED_LINE.fullmatch(line.strip()[:LINE_LIMIT])):
            failed[found["hash"]] = FailedUnit(hash=found["hash"], log=found["log"])
        elif telling and line.strip() and len(errors[-1]) < _ERROR_LINES:
            errors[-1].append(line.strip()[:LINE_LIMIT])
    return LastWords(
        failed=tuple(failed.values()),
        errors=tuple("\n".join(lines) for lines in errors[-_ERRORS:]),
    )


def _seconds(text: str | None) -> int | None:
    found = _TOOK.fullmatch(text) if text else None
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = (int(one or 0) for one in found.groups())
    return 3600 * hours + 60 * minutes + seconds
