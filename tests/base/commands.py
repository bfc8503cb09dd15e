"""Real commands for tests: scripts in a folder of their own, and eyes for what still runs."""

from __future__ import annotations

import os
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

from peso.base.process import Command, End, run


class Bench:
    """Runs Python scripts as commands in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def command(
        self, *argv: str, seconds: float = 30.0, memory: int | None = None, name: str = "out"
    ) -> Command:
        return Command(
            argv=argv,
            directory=self.folder,
            environment={"PATH": "/usr/local/bin:/usr/bin:/bin", "SAID": "hello"},
            stdout=self.folder / name,
            stderr=self.folder / f"{name}.err",
            seconds=seconds,
            memory=memory,
        )

    def python(
        self, script: str, *words: str, seconds: float = 30.0, memory: int | None = None
    ) -> End:
        argv = (sys.executable, "-I", "-S", "-c", textwrap.dedent(script), *words)
        return run(self.command(*argv, seconds=seconds, memory=memory))

    @property
    def out(self) -> str:
        return (self.folder / "out").read_text()

    def number(self, name: str) -> int:
        return int(until((self.folder / name).read_text))


def alive(pid: int) -> bool:
    """Say whether a process runs; one that only waits to be reaped does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return sys.platform != "linux"
    return state != "Z"


def until(see: Callable[[], str | bool], seconds: float = 20.0) -> str:
    """Wait until something is seen."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            seen = see()
        except FileNotFoundError:
            seen = ""
        if seen:
            return str(seen)
        time.sleep(0.01)
    raise AssertionError("not seen in time")


def children() -> set[int]:
    """Return the pids of this process's own children."""
    own = os.getpid()
    lists = Path(f"/proc/{own}/task").glob("*/children")
    return {int(pid) for path in lists for pid in path.read_text().split()}
