"""The memory that building each unit takes, sampled from /proc while Spack works.

1. A process belongs to the unit whose stage folder it works in (`spack-stage-NAME-VERSION-HASH`),
   else to that of its parent. Only descendants of this process are looked at.
2. The sum over a unit's processes counts; its peak is kept. Resident sizes are cheap and decide
   when proportional ones, which count what is shared once, are worth reading.
3. A look costs at most a twentieth of a core, and nothing here is an error: a process that is gone
   or hidden, or a system without /proc, leaves no sample.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

EVERY = 0.5
"""Seconds between two looks."""
_SHARE = 20
"""A look is followed by a pause this many times as long, at least."""
_STAGE = re.compile(r"/spack-stage-[^/]*-([a-z0-9]{32})(?:/| \(deleted\)$|$)")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class MemoryWatch:
    """Peaks of memory by unit; `look` is called again and again while a build runs."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._peaks: dict[str, int] = {}
        self._next = 0.0

    @property
    def peaks(self) -> Mapping[str, int]:
        """The highest sum seen for each unit, in bytes, by hash."""
        return dict(self._peaks)

    def look(self) -> None:
        """Take a sample, where it is time for one."""
        began = self._clock()
        if began < self._next:
            return
        for hash_, pids in _by_unit(os.getpid()).items():
            peak = self._peaks.get(hash_, 0)
            if sum(map(_resident, pids)) > peak:  # what is shared only makes the true sum smaller
                self._peaks[hash_] = max(peak, sum(map(_proportional, pids)))
        ended = self._clock()
        self._next = ended + max(EVERY, _SHARE * (ended - began))


def _by_unit(top: int) -> Mapping[str, list[int]]:
    """Return the processes of each unit that is being built below a process."""
    units: dict[str, list[int]] = {}
    waiting: list[tuple[int, str]] = [(top, "")]
    seen = {top}
    look = _children if os.access(f"/proc/{top}/task/{top}/children", os.R_OK) else _by_parent()
    while waiting:
        parent, unit = waiting.pop()
        for pid in look(parent):
            if pid not in seen:
                seen.add(pid)
                mine = _unit_of(pid) or unit
                waiting.append((pid, mine))
                if mine:
                    units.setdefault(mine, []).append(pid)
    return units


def _unit_of(pid: int) -> str:
    """Return the unit whose stage a process works in; empty where it works elsewhere."""
    try:
        found = _STAGE.search(os.readlink(f"/proc/{pid}/cwd"))  # noqa: PTH115 - read often
    except OSError:
        return ""
    return found[1] if found else ""


def _children(pid: int) -> list[int]:
    try:
        tasks = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - read often
    except OSError:
        return []
    lists = (_read(f"/proc/{pid}/task/{task}/children") for task in tasks)
    return [int(child) for text in lists for child in text.split()]


def _by_parent() -> Callable[[int], list[int]]:
    """Do what `_children` does where the kernel keeps no lists of children: look at everybody."""
    families: dict[int, list[int]] = {}
    for pid, parent in _everybody():
        families.setdefault(parent, []).append(pid)
    return lambda pid: families.get(pid, [])


def _everybody() -> Iterator[tuple[int, int]]:
    if not Path("/proc/self").exists():
        return
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdigit():
            # The name of a process may hold anything, a bracket too; its state and parent follow.
            fields = _read(f"/proc/{name}/stat").rpartition(b") ")[2].split()
            if len(fields) > 1:
                yield int(name), int(fields[1])


def _resident(pid: int) -> int:
    pages = _read(f"/proc/{pid}/statm").split()
    return int(pages[1]) * _PAGE if len(pages) > 1 else 0


def _proportional(pid: int) -> int:
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return _resident(pid)


def _read(path: str) -> bytes:
    """Return a file of /proc; nothing where the process is gone or not ours to look at."""
    try:
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - read often
            return stream.read()
    except OSError:
        return b""
