"""Run one command and end everything it started: a program of its own, not a module of PESO.

`process.run` starts this file as `python -I -S supervisor.py`, one process for each command, so
that orphans of the command are never mixed with the caller's own children. Standard library only;
it imports nothing of PESO, and nothing imports it.

1. One line of JSON on standard input is the order; one document on standard output is the answer.
   End of file on standard input means that the caller gave up or is dead: everything is ended.
2. This process is a child subreaper (Linux): whatever the command starts, also a daemon that left
   its session, stays a descendant until it is reaped here. No child left means nothing is left.
3. Time and memory are limits for the whole tree. Memory is the sum of the proportional set sizes;
   the cheap sum of the resident sizes decides when the dear one is needed.
4. Whatever is there when the first process ends gets a moment to go by itself; then it counts as
   left behind. What has to go gets SIGTERM, time, and SIGKILL until it is gone.
5. Without /proc or a subreaper only the process group can be followed, and the answer says so.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

TICK = 0.05
"""Seconds between two looks at the tree; more where a look costs much."""
LONGEST = 1.0
"""Seconds between two looks at most, where no memory limit is to be kept: then a large tree, a
build say, is not looked at for more than a hundredth of a core."""
STRAGGLE = 0.5
"""Seconds that processes may outlive the first one before they count as left behind."""
TERM_GRACE = 2.0
"""Seconds between SIGTERM and SIGKILL."""
KILL_GRACE = 10.0
"""Seconds of SIGKILL after which a process counts as one that cannot be ended."""
NAMES, NAME_LENGTH = 50, 300
"""How many command lines of processes left behind are told, and how much of each."""
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
DEFAULTS = ("INT", "QUIT", "TERM", "HUP", "PIPE", "XFSZ", "CHLD", "USR1", "USR2", "ALRM")
"""Signals whose usual meaning a command gets back, whatever the caller made of them."""
ONLY_THE_GROUP = (
    "only the process group could be followed on this system: memory was not watched, and a "
    "process that left the group may still run"
)


class Tree:
    """Every descendant of this process, by /proc."""

    def __init__(self) -> None:
        own = os.getpid()
        self._listed = os.access(f"/proc/{own}/task/{own}/children", os.R_OK)

    def pids(self) -> list[int]:
        """Return every descendant; one that is born meanwhile may be missed until the next look."""
        look = _children if self._listed else _children_by_parent()
        found = look(os.getpid())
        known = set(found)
        for pid in found:  # grows while it is walked
            fresh = [child for child in look(pid) if child not in known]
            known.update(fresh)
            found += fresh
        return found

    def send(self, number: int, done: set[int]) -> None:
        """Send a signal to each descendant that is not in `done`, and note it there."""
        for pid in self.pids():
            if pid not in done:
                done.add(pid)
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
                    os.kill(pid, signal.SIGCONT)  # one that is stopped cannot end itself

    def names(self) -> list[str]:
        """Return the command lines of the descendants that still run."""
        return [name for name in map(_name, self.pids()) if name]

    def left(self, *, childless: bool) -> bool:
        """Say whether a process is left: orphans become children, so no child means nobody."""
        return not childless


class Group:
    """The process group of the command: all that can be followed without a subreaper."""

    def __init__(self) -> None:
        self.leader = 0

    def pids(self) -> list[int]:
        """Return nothing: the members of a group cannot be listed."""
        return []

    def send(self, number: int, done: set[int]) -> None:
        """Send a signal to the group unless it is in `done`, and note it there."""
        if self.leader not in done:
            done.add(self.leader)
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.leader, number)

    def names(self) -> list[str]:
        """Return one line for what still runs."""
        return [f"processes of the group {self.leader}"]

    def left(self, *, childless: bool) -> bool:
        """Say whether the group has a member."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.leader, 0)
            return True
        return not childless


class Memory:
    """The memory of the tree: its peak, and whether it is over the limit."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.peak: int | None = None
        self._exact_after = 0.0

    def over(self, pids: list[int]) -> bool:
        """Sample the tree; say whether it is over the limit."""
        resident = sum(map(_resident, pids))
        if resident <= (self.peak or 0):
            return False  # what is shared can only make the true sum smaller
        suspect = self.limit is not None and resident > self.limit
        began = time.monotonic()
        if not suspect and began < self._exact_after:
            return False
        exact = sum(map(_proportional, pids))
        ended = time.monotonic()
        self._exact_after = ended + 20 * (ended - began)  # at most a twentieth of a core
        self.peak = max(self.peak or 0, exact)
        return self.limit is not None and exact > self.limit


class Supervisor:
    """One command, from its start until nothing of it is left."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        self.tree = Tree() if order["tree"] and _become_subreaper() else Group()
        self.memory = Memory(order["memory"])
        self.main, self.status, self.childless = 0, 0, False
        self.began = self.ended = time.monotonic()
        self.sent_away = False
        self._most = 0
        self._wake, self._poll = _alarms(), select.poll()
        self._poll.register(0, select.POLLIN)
        self._poll.register(self._wake, select.POLLIN)

    def run(self) -> dict[str, Any]:
        """Start the command, watch it, end what is left; return the answer."""
        self.main, fault = _start(self.order)
        if isinstance(self.tree, Group):
            self.tree.leader = self.main
        met = "not-started" if fault else self._watch()
        left: list[str] = []
        if met == "exit" and self._remain(STRAGGLE):
            left = self.tree.names()
        # What is over the memory limit gets no time to take more.
        stuck = self._end_all(gently=met != "memory")
        return self._answer(met, left, [fault, stuck])

    def _answer(self, met: str, left: list[str], said: list[str]) -> dict[str, Any]:
        code = os.waitstatus_to_exitcode(self.status)
        if met in {"exit", "sent-away"}:
            met = "signal" if code < 0 else "exit"
        if isinstance(self.tree, Group):
            said.append(ONLY_THE_GROUP)
        more = [f"and {len(left) - NAMES} more"] if len(left) > NAMES else []
        ran = met != "not-started"
        return {
            "ended": met,
            "code": abs(code) if ran else None,
            "seconds": self.ended - self.began if ran else 0.0,
            "peak_memory": (self.memory.peak or self._most or None) if ran else None,
            "left_behind": left[:NAMES] + more,
            "message": "; ".join(line for line in said if line),
        }

    def _watch(self) -> str:
        """Wait until the first process ends or a limit is met; say which."""
        pause, deadline = 0.004, self.began + self.order["seconds"]
        while True:
            now = time.monotonic()
            if not self.main:
                return "exit"
            if self.sent_away:
                return "sent-away"
            if now >= deadline:
                return "time"
            if self.memory.over(self.tree.pids()):
                return "memory"
            cost = time.monotonic() - now
            rest = 10 * cost if self.memory.limit else min(100 * cost, LONGEST)
            self._pause(min(max(pause, rest), max(deadline - now, 0)))
            pause = min(2 * pause, TICK)

    def _pause(self, seconds: float) -> None:
        """Wait for a signal, the caller or the time; then reap what has ended."""
        for fd, _ in self._poll.poll(1000 * seconds):
            if fd == self._wake:
                woken = os.read(self._wake, 512)
                self.sent_away |= any(number != signal.SIGCHLD for number in woken)
            else:
                self.sent_away = True
                self._poll.unregister(fd)  # an end of file stays
        if os.getppid() != self.order["caller"]:
            self.sent_away = True
        self._reap()

    def _reap(self) -> None:
        try:
            while True:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
                if not pid:
                    return
                if pid == self.main:
                    self.main, self.status, self.ended = 0, status, time.monotonic()
                    scale = 1 if sys.platform == "darwin" else 1024
                    self._most = usage.ru_maxrss * scale
        except ChildProcessError:
            self.childless = True

    def _remain(self, seconds: float) -> bool:
        """Wait until nothing is left, at most so long; say whether something is."""
        until = time.monotonic() + seconds
        pause = 0.001
        self._reap()
        while self.tree.left(childless=self.childless):
            rest = until - time.monotonic()
            if rest <= 0:
                return True
            self._pause(min(pause, rest))
            pause = min(2 * pause, TICK)
        return False

    def _end_all(self, *, gently: bool) -> str:
        """End every process that is left; say what could not be ended."""
        done: set[int] = set()
        until = time.monotonic() + (TERM_GRACE if gently else 0)
        while self._remain(0) and time.monotonic() < until:
            self.tree.send(signal.SIGTERM, done)
            self._remain(TICK)
        until = time.monotonic() + KILL_GRACE
        while self._remain(0):
            self.tree.send(signal.SIGKILL, set())
            if time.monotonic() > until:
                return "these could not be ended: " + ", ".join(self.tree.names()[:NAMES])
            self._remain(0.01)
        return ""


def _become_subreaper() -> bool:
    """Adopt orphans from now on; False where the system cannot, or /proc is another's."""
    try:
        if os.readlink("/proc/self") != str(os.getpid()):  # noqa: PTH115
            return False
        return _prctl(PR_SET_CHILD_SUBREAPER, 1)
    except (OSError, AttributeError):
        return False


def _prctl(option: int, value: int) -> bool:
    return not ctypes.CDLL(None).prctl(option, *map(ctypes.c_ulong, (value, 0, 0, 0)))


def _alarms() -> int:
    """Return a descriptor that is readable after a signal; its bytes are the signal numbers."""
    wake, alarm = os.pipe()
    os.set_blocking(alarm, False)
    signal.set_wakeup_fd(alarm, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    return wake


def _start(order: dict[str, Any]) -> tuple[int, str]:
    """Start the command in a session of its own; return its pid, and why it could not if so."""
    own = os.getpid()
    said, say = os.pipe()  # closed by exec: no byte means that the command runs
    pid = os.fork()
    if not pid:
        why = "nobody knows why"
        try:
            _become(order, own)
        except OSError as error:
            file = os.fsdecode(error.filename or "")
            known = file.endswith(order["argv"][0])
            why = f"{error.strerror}" + (f": {file}" if file and not known else "")
        except ValueError as error:
            why = str(error)
        finally:
            said_so = f"{order['argv'][0]} could not be started: {why}"
            os.write(say, said_so.encode(errors="replace")[:2000])
            os._exit(127)
    os.close(say)
    with open(said, "rb") as stream:  # noqa: PTH123 - a descriptor
        fault = stream.read().decode(errors="replace")
    return pid, fault


def _become(order: dict[str, Any], parent: int) -> None:
    """In the new process: become the command."""
    os.setsid()
    with suppress(AttributeError, OSError):
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(127)
    signal.set_wakeup_fd(-1)
    for name in DEFAULTS:
        signal.signal(signal.Signals["SIG" + name], signal.SIG_DFL)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(order["stdout"], flags, 0o644), 1)
    os.dup2(os.open(order["stderr"], flags, 0o644), 2)
    os.chdir(order["directory"])
    os.execvpe(order["argv"][0], order["argv"], order["environment"])  # noqa: S606


def _read(path: str) -> bytes:
    """Return a file of /proc; nothing where the process is gone or not ours to look at."""
    try:
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - read 20 times a second
            return stream.read()
    except OSError:
        return b""


def _children(pid: int) -> list[int]:
    try:
        tasks = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - read 20 times a second
    except OSError:
        return []
    lists = (_read(f"/proc/{pid}/task/{task}/children") for task in tasks)
    return [int(child) for text in lists for child in text.split()]


def _children_by_parent() -> Callable[[int], list[int]]:
    """Do what `_children` does where the kernel keeps no lists of children: look at everybody."""
    families: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdigit():
            state_and_parent = _fields(int(name))[:2]
            if state_and_parent:
                families.setdefault(int(state_and_parent[1]), []).append(int(name))
    return lambda pid: families.get(pid, [])


def _fields(pid: int) -> list[bytes]:
    """Return the fields of a process after its name, which may hold anything; state first."""
    return _read(f"/proc/{pid}/stat").rpartition(b") ")[2].split()


def _name(pid: int) -> str:
    """Return the command line of a process; nothing where it has ended."""
    fields = _fields(pid)
    if not fields or fields[0] in {b"Z", b"X"}:
        return ""
    line = _read(f"/proc/{pid}/cmdline").replace(b"\0", b" ") or _read(f"/proc/{pid}/comm")
    return line.decode(errors="replace").strip()[:NAME_LENGTH] or f"process {pid}"


def _resident(pid: int) -> int:
    pages = _read(f"/proc/{pid}/statm").split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") if pages else 0


def _proportional(pid: int) -> int:
    """Return the memory of a process in bytes, of what it shares only its share."""
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return _resident(pid)


def main() -> None:
    """Read the order, carry it out, answer."""
    order = json.loads(sys.stdin.buffer.readline())
    answer = Supervisor(order).run()
    with suppress(BrokenPipeError):  # the caller is dead
        os.write(1, json.dumps(answer).encode())


if __name__ == "__main__":
    main()
