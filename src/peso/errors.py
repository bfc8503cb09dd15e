"""The errors PESO shows to people: what happened, where, and what to do next.

Each kind carries the exit code of the command that meets it:

1. `Refused`   1, no or unknown: a gate, a test or a verification that did not say yes;
2. `BadInput`  2, wrong use or a bad input file, with every fault at once;
3. `Outside`   3, something outside failed: network, disk, a lock that is held, a missing tool;
4. `PesoError` 4, a fault of PESO itself.

`Reason` is the closed list a machine can act on. Nothing here catches or prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Reason(StrEnum):
    """Why an answer was no, from a closed list (the `reason` of `--json`)."""

    CHANGED = "changed"
    SWAPPED = "swapped"
    ROLLBACK = "rollback"
    FROZEN = "frozen"
    EXPIRED = "expired"
    UNKNOWN_SIGNER = "unknown-signer"
    BELOW_THRESHOLD = "below-threshold"
    MISSING = "missing"
    ADDITIONAL = "additional"
    TOO_LARGE = "too-large"
    UNSAFE_PATH = "unsafe-path"
    STALE_EVIDENCE = "stale-evidence"
    POLICY = "policy"
    NO_TRUSTED_ROOT = "no-trusted-root"
    DEVELOPMENT_KEYS = "development-keys"


class PesoError(Exception):
    """Something a person must be told; the base of every error PESO raises on purpose."""

    exit_code: ClassVar[int] = 4

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        reason: Reason | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.reason = reason

    def __str__(self) -> str:
        """Say where, what and what next, in that order."""
        said = f"{self.where}: {self.message}" if self.where else self.message
        return f"{said}\n  hint: {self.hint}" if self.hint else said


class Refused(PesoError):
    """The answer is no, or unknown, which is never yes."""

    exit_code = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with an input file."""

    where: str
    """`file:line:column`, or as much of it as is known."""
    message: str
    expected: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """Say the fault on one line."""
        said = f"{self.where}: {self.message}"
        if self.expected:
            said += f"; expected {self.expected}"
        return f"{said} (hint: {self.hint})" if self.hint else said


class BadInput(PesoError):
    """Wrong use, or a bad input file. Carries all faults, not the first."""

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        faults: tuple[Fault, ...] = (),
        where: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.faults = faults

    def __str__(self) -> str:
        """List every fault on a line of its own."""
        return "\n".join([super().__str__(), *(f"  {fault}" for fault in self.faults)])


class Outside(PesoError):
    """Something outside PESO failed; trying again, or elsewhere, may help."""

    exit_code = 3
