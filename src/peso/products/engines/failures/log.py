"""A log of a build as it is searched: bytes, lower case, one line after the other.

1. What is searched has the length of the log, byte for byte: small ASCII letters, a carriage return
   is a line's end (progress bars), NUL is a space. So a place found there is a place in the log.
2. Colours and links of terminals are taken out before (`plain`). A line is read to `LONGEST` bytes;
   what is no UTF-8 is replaced. Line numbers count newlines only, as editors and `sed` do.
3. Spack's own marks divide a log: a phase begins, a command is started. What is before the last of
   them ended well, so the last stretch is where to look first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

LONGEST = 1500
"""Bytes of a line that are looked at."""
_FLAT = bytes(
    ord("\n") if code == ord("\r") else ord(" ") if code == 0 else ord(chr(code).lower())
    for code in range(128)
) + bytes(range(128, 256))
_PHASE = b": executing phase: '"
_COMMAND = b"\n==> ["
_TESTS = b"==> testing package "
_FAILED = (b"*** [", b"exited with status ", b"build stopped: ")
_TERMINAL = re.compile(
    rb"\x1b\[[0-9;:?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]"
    rb"|[\x1b\x08\x0e\x0f]"
)


def plain(data: bytes) -> bytes:
    """Take out what only a terminal understands; the lines stay as many as they are."""
    return _TERMINAL.sub(b"", data) if b"\x1b" in data else data


@dataclass(frozen=True)  # without slots, for what is worked out when first asked for
class Log:
    """A plain log, and what is known of its structure."""

    data: bytes
    skipped: int = 0
    """Newlines of a middle part that was left out."""
    skipped_at: int = 0
    """Where it was."""

    @cached_property
    def flat(self) -> bytes:
        """What is searched."""
        return self.data.translate(_FLAT)

    @cached_property
    def stretches(self) -> tuple[tuple[int, int], ...]:
        """From where to where: the last command, the phase before it, and all before that."""
        marked = self.flat.rfind(_PHASE)
        phase = self.start_of_line(marked) if marked >= 0 else 0
        command = max(self.flat.rfind(_COMMAND, phase) + 1, phase)
        return ((command, len(self.data)), (phase, command), (0, phase))

    @cached_property
    def testing(self) -> int:
        """Where the tests of a recipe begin; the log's length if there are none."""
        found = self.flat.rfind(_TESTS)
        return len(self.data) if found < 0 else found

    @cached_property
    def last_failure(self) -> int:
        """Where for the last time one says that something below had failed; -1 for never."""
        return max(self.flat.rfind(needle) for needle in _FAILED)

    @cached_property
    def _lasts(self) -> dict[bytes, int]:
        return {}

    def last(self, needle: bytes) -> int:
        """Return the last place of lower-case bytes, or -1; searched for once."""
        if needle not in self._lasts:
            self._lasts[needle] = self.flat.rfind(needle)
        return self._lasts[needle]

    def start_of_line(self, place: int) -> int:
        """Return where the line of a place starts."""
        return self.flat.rfind(b"\n", 0, place) + 1

    def end_of_line(self, place: int) -> int:
        """Return where the line of a place ends."""
        end = self.flat.find(b"\n", place)
        return len(self.data) if end < 0 else end

    def line(self, start: int) -> str:
        """Read the line that starts there."""
        end = min(self.end_of_line(start), start + LONGEST)
        return self.data[start:end].decode(errors="replace").replace("\0", " ").rstrip()

    def number(self, place: int) -> int:
        """Return the number of the line of a place, from 1."""
        before = self.skipped if place >= self.skipped_at else 0
        return self.data.count(b"\n", 0, place) + before + 1

    def phase(self, place: int) -> str:
        """Return the phase of the build that a place is in, or nothing."""
        found = self.flat.rfind(_PHASE, 0, place)
        if found < 0:
            return ""
        start = found + len(_PHASE)
        return self.data[start : start + 100].partition(b"'")[0].decode(errors="replace")
