"""What is said of a job that ended, the same for every kind of test: words, log, findings."""

from __future__ import annotations

import signal
import textwrap
from pathlib import Path

from peso.base.finding import Finding, Level
from peso.base.ledger import Blobs
from peso.products.engines.port import Artifact
from peso.products.platforms.port import JobEnd
from peso.products.stack import Limits
from peso.services.integration.results import TestResult

LOG_LIMIT = 4 << 20
"""Bytes kept of one output of a test."""
LOG_HEAD = 1 << 20
"""Bytes kept of the beginning of an output that is cut."""
TOLD = 5
"""Processes left behind that a finding names."""


def how_it_failed(end: JobEnd, limits: Limits) -> str:
    """Say in words how a job ended; nothing for exit status 0."""
    match end.ended:
        case "exit":
            return f"it ended with exit status {end.code}" if end.code else ""
        case "signal":
            return f"it was ended by {_signal(end.code)}"
        case "time":
            return f"it did not end within {limits.time}"
        case "memory":
            return f"its processes used more memory than {limits.memory}"
        case "not-started":
            return f"it was not started: {end.message or 'nobody knows why'}"


def _signal(number: int | None) -> str:
    try:
        return signal.Signals(number or 0).name
    except ValueError:
        return f"signal {number}"


def keep(path: Path, name: str, blobs: Blobs) -> Artifact:
    """Store an output of a test: all of it, or its beginning and its end with a mark between."""
    kept = b""
    if path.exists():
        size = path.stat().st_size
        with path.open("rb") as stream:
            if size <= LOG_LIMIT:
                kept = stream.read(LOG_LIMIT)
            else:
                head, tail = stream.read(LOG_HEAD), LOG_LIMIT - LOG_HEAD
                stream.seek(size - tail)
                mark = f"\n\n[PESO left out {size - LOG_LIMIT} of {size} bytes here]\n\n"
                kept = head + mark.encode() + stream.read(tail)
    sha256, length = blobs.put(kept)
    return Artifact(role="log", path=name, media_type="text/plain", length=length, sha256=sha256)


def left_running(result: TestResult, end: JobEnd | None = None) -> Finding:
    """Say what a test, or the stage of it that ended so, left behind."""
    left = (end or result.end).left_behind  # all of it stays in the result
    told = [textwrap.shorten(line, 120, placeholder=" …") for line in left[:TOLD]]
    more = [f"and {len(left) - TOLD} more"] if len(left) > TOLD else []
    where = "" if result.ranks is None else f" on {result.ranks} ranks"
    return Finding(
        rule="test-left-processes",
        level=Level.MEDIUM,
        subject=result.title,
        where=result.stdout.path,
        message=f"{len(left)} left running{where} when it ended: " + "; ".join(told + more),
        hint="let the test end or wait for every process it starts",
    )
