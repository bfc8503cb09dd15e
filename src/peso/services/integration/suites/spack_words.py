"""What `spack -v test run` prints, read: the parts of a unit's tests, and what became of each.

Facts from Spack 1.3.0.dev0, by running it. Exit status 0 says less than it seems: it is also what
comes of a unit with no tests, of one that is not installed, and of one whose parts were all
skipped. So the counts at the end decide, and where there are none nothing is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

State = Literal["PASSED", "FAILED", "SKIPPED", "NO_TESTS"]

_PART = re.compile(r"^(PASSED|FAILED|SKIPPED|NO_TESTS): \w+::(\S+?)(?:: (.*))?$", re.MULTILINE)
_COUNTS = re.compile(r"^=+ \d+ \w+(?:, \d+ \w+)* of \d+ specs? =+$", re.MULTILINE)
_COUNT = re.compile(r"(\d+) (passed|failed|skipped|no_tests)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf:
    """One part of a unit's tests."""

    name: str
    state: State
    why: str = ""
    """What Spack says beside it: how it failed, why it was skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTested:
    """What Spack said of the tests of one unit."""

    parts: tuple[PartOf, ...]
    counted: frozenset[State] | None
    """How the unit is counted at the end; None where Spack did not come to an end."""

    def of(self, state: State) -> tuple[PartOf, ...]:
        """Return the parts in a state."""
        return tuple(part for part in self.parts if part.state == state)

    def only(self, state: State) -> bool:
        """Say whether the unit is counted as this and nothing else."""
        return self.counted == frozenset((state,))


def read_self_test(text: str) -> SelfTested:
    """Read what a run for one unit printed."""
    parts: list[PartOf] = []
    for found in _PART.finditer(text):
        state, name, why = found.groups()
        if state != "NO_TESTS":
            parts.append(PartOf(name=name, state=_state(state), why=(why or "").rstrip(": ")))
    counts = [found.group() for found in _COUNTS.finditer(text)]
    if not counts:
        return SelfTested(parts=tuple(parts), counted=None)
    said = (found.groups() for found in _COUNT.finditer(counts[-1]))
    counted = frozenset(_state(word.upper()) for number, word in said if int(number))
    return SelfTested(parts=tuple(parts), counted=counted)


def _state(word: str) -> State:
    match word:
        case "PASSED" | "FAILED" | "SKIPPED":
            return word
        case _:
            return "NO_TESTS"
