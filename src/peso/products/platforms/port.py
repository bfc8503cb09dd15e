"""What every platform answers: what it is, and what became of a job.

A job is an argv, never a shell line. A platform puts the MPI launcher before it, keeps its output
in files, and ends every descendant when the job ends or a limit is met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from peso.base.record import Record


class Host(Record):
    """A machine as detected; figures as of the detection."""

    name: str
    system: str
    machine: str
    distribution: str
    libc: str
    """e.g. `glibc 2.36`."""
    cores: int
    memory: int
    """Bytes."""
    python: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A command somebody wants run, with its limits for the whole process tree."""

    argv: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str]
    ranks: int | None
    """MPI ranks; None runs the argv as it is, without a launcher."""
    launcher: tuple[str, ...] = ()
    """e.g. `("/prefix/bin/mpiexec",)`; used where `ranks` is a number."""
    seconds: float
    memory: int | None
    """Bytes, for the whole process tree."""
    stdout: Path
    stderr: Path


class JobEnd(Record):
    """How a job ended."""

    ended: Literal["exit", "signal", "time", "memory", "not-started"]
    code: int | None
    """The exit status, or the signal's number; None where it was not started."""
    seconds: float
    peak_memory: int | None
    """Bytes, sampled over the whole process tree."""
    left_behind: tuple[str, ...]
    """Command lines of processes that were still there when the first one ended."""
    message: str = ""


class Platform(Protocol):
    """What every platform answers."""

    def describe(self) -> Host:
        """Say what this machine is."""

    def run(self, job: Job) -> JobEnd:
        """Run a job to its end; every descendant is gone when this returns."""
