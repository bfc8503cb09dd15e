"""Run a command to its end and tell each line of its output while it runs.

The command runs under `base/process.run`: its whole process tree ends with it, with us, and at the
time limit. Its output goes to files; a thread of ours reads what is added to one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from peso.base.process import Command, End, run

_PAUSE: Final = 0.2
_PIECE: Final = 1 << 16
_LONGEST: Final = 10_000
"""Characters of a line that are told."""


def follow(command: Command, tell: Callable[[str], None]) -> End:
    """Run a command; `tell` gets each whole line of its standard output, soon after it came."""
    stop = threading.Event()
    reader = threading.Thread(target=_read, args=(command.stdout, tell, stop), daemon=True)
    reader.start()
    try:
        return run(command)
    finally:
        stop.set()
        reader.join()


def _read(file: Path, tell: Callable[[str], None], stop: threading.Event) -> None:
    rest, offset = b"", 0
    while True:
        last = stop.wait(_PAUSE)  # asked before reading, so that nothing written by then is missed
        with suppress(OSError), file.open("rb") as stream:
            stream.seek(offset)
            while piece := stream.read(_PIECE):
                offset += len(piece)
                *lines, rest = (rest + piece).split(b"\n")
                rest = rest[:_LONGEST]
                for line in lines:
                    tell(line[:_LONGEST].decode(errors="replace").rstrip("\r"))
        if last:
            if rest:
                tell(rest.decode(errors="replace"))
            return
