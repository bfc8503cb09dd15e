"""The only door to other processes.

1. `run` is for commands that are not trusted to clean up: tests and jobs. Its output goes straight
   to files, never to a pipe that a child can hold. When it returns, every descendant is gone, also
   a daemon that left its session: `supervisor.py`, a process of its own for each command, adopts
   and ends them. When this process dies, also by SIGKILL, the supervisor ends them all the same.
2. `run_tool` is for tools PESO relies on (uv, git): a session of its own, a time limit, an exit
   status that must be 0, and what it printed as text.
3. The environment of a command is exactly what its caller says.
4. A KeyboardInterrupt while waiting ends the command and is raised again.

Knows nothing of platforms, MPI or tests.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, Self

from peso.errors import BadInput, Outside, PesoError

SUPERVISOR = Path(__file__).with_name("supervisor.py")
OUTPUT_LIMIT = 32 << 20
"""Bytes a tool may print on standard output; more is an error, for half a document is none."""
ERROR_LIMIT = 1 << 20
"""Bytes kept of a tool's standard error: the last ones."""
MEANWHILE = 0.2
"""Seconds between two calls of a caller who looks on while a command runs."""
LAST_LINES = 20
"""Lines of a tool's standard error that its failure tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command, its files and its limits, which are for the whole process tree."""

    argv: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str]
    """All of it; nothing is added."""
    stdout: Path
    stderr: Path
    seconds: float
    memory: int | None = None
    """Bytes, of what processes share only their share; None for no limit."""
    stdin: None = None
    """Always the null device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a command ended."""

    ended: Literal["exit", "signal", "time", "memory", "not-started"]
    code: int | None
    """The exit status, or the signal's number; None where it was not started."""
    seconds: float
    """From the start until the first process ended."""
    peak_memory: int | None
    """Bytes, sampled over the whole process tree."""
    left_behind: tuple[str, ...]
    """Command lines of processes that outlived the first one and had to be ended."""
    message: str


def run(command: Command, *, meanwhile: Callable[[], None] | None = None) -> End:
    """Run a command to its end; every descendant is gone when this returns.

    Args:
        command: What to run.
        meanwhile: Called about five times a second while it runs, in this thread; it may read the
            command's output files. What it raises ends the command.

    Raises:
        BadInput: the command has no argv.
        PesoError: the supervisor itself failed.
    """
    return supervise(command, tree=True, meanwhile=meanwhile)


def supervise(command: Command, *, tree: bool, meanwhile: Callable[[], None] | None = None) -> End:
    """Do what `run` does; `tree=False` follows only the process group, as on other systems."""
    if not command.argv:
        raise BadInput("a command needs at least one word", where="argv")
    python = (sys.executable, "-X", "utf8", "-I", "-S", os.fspath(SUPERVISOR))
    with subprocess.Popen(
        python,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        start_new_session=True,  # a Ctrl-C of the terminal reaches us alone
    ) as supervisor:
        answer = _converse(supervisor, _order(command, tree=tree), meanwhile)
    try:
        said = json.loads(answer)
        return End(**{**said, "left_behind": tuple(said["left_behind"])})
    except (ValueError, TypeError) as error:
        last = answer.decode(errors="replace").strip().rpartition("\n")[2]
        raise PesoError(
            f"the supervisor of the command did not answer: {last or 'it was ended'}",
            where=command.argv[0],
            hint="processes of the command may still run",
        ) from error


def _order(command: Command, *, tree: bool) -> bytes:
    order = {
        "argv": command.argv,
        "directory": os.fspath(command.directory.absolute()),
        "environment": dict(command.environment),
        "stdout": os.fspath(command.stdout.absolute()),
        "stderr": os.fspath(command.stderr.absolute()),
        "seconds": command.seconds,
        "memory": command.memory,
        "tree": tree,
        "caller": os.getpid(),
    }
    return json.dumps(order).encode() + b"\n"


def _converse(
    supervisor: subprocess.Popen[bytes], order: bytes, meanwhile: Callable[[], None] | None
) -> bytes:
    """Send the order and wait for the answer; whatever comes between, nothing is left running."""
    if supervisor.stdin is None or supervisor.stdout is None:
        raise PesoError("the supervisor has no pipes")
    try:
        with suppress(BrokenPipeError):
            supervisor.stdin.write(order)
            supervisor.stdin.flush()
        if meanwhile is not None:
            answering = select.poll()
            answering.register(supervisor.stdout, select.POLLIN)
            while not answering.poll(1000 * MEANWHILE):
                meanwhile()
        return supervisor.stdout.read()
    finally:
        with suppress(BrokenPipeError):
            supervisor.stdin.close()  # tells the supervisor to end everything, where it has not
        supervisor.wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a tool printed."""

    stdout: str
    stderr: str


class ToolFailed(Outside):
    """A tool ended with an error, a signal, or not in time."""

    def __init__(
        self, message: str, *, argv: tuple[str, ...], code: int | None, stderr: str
    ) -> None:
        super().__init__(message, where=argv[0])
        self.argv = argv
        self.code = code
        """The exit status; negative: the signal's number; None: not in time, or too much output."""
        self.stderr = stderr
        """The last lines of its standard error."""


def run_tool(  # noqa: PLR0913 - one call says all of a tool
    argv: Sequence[str | os.PathLike[str]],
    *,
    directory: Path,
    environment: Mapping[str, str] | None = None,
    seconds: float = 600.0,
    what: str,
    said: Callable[[str], None] | None = None,
) -> Output:
    """Run a tool that is expected to work and return what it printed.

    Args:
        argv: the tool and its arguments.
        directory: where it runs.
        environment: all of its environment; None for this process's own.
        seconds: the time limit.
        what: what it is run for, for people: "resolving the part python".
        said: is told the last line of standard error, about ten times a second, while it runs.

    Raises:
        ToolFailed: it did not end with exit status 0 in time.
        Outside: it could not be started.
    """
    words = tuple(os.fspath(word) for word in argv)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        tool = _start(words, directory, environment, (out, err), what)
        try:
            late = _wait(tool, seconds, out, lambda: said(_last(err)) if said else None)
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(tool.pid, signal.SIGKILL)  # not reaped yet: still its own number
            tool.wait()
        errors = _tail(err, ERROR_LIMIT)
        fault = late or _fault(tool.returncode)
        if fault:
            last = "\n".join(errors.strip().splitlines()[-LAST_LINES:])
            message = f"{what}: {Path(words[0]).name} {fault}" + (f"\n{last}" if last else "")
            code = None if late else tool.returncode
            raise ToolFailed(message, argv=words, code=code, stderr=last)
        return Output(stdout=_tail(out, OUTPUT_LIMIT), stderr=errors)


def _start(
    argv: tuple[str, ...],
    directory: Path,
    environment: Mapping[str, str] | None,
    output: tuple[IO[bytes], IO[bytes]],
    what: str,
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            argv,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output[0],
            stderr=output[1],
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        if not directory.is_dir():
            raise Outside(f"{what}: there is no such folder", where=str(directory)) from error
        hint = f"install {Path(argv[0]).name}, or put it on PATH"
        message = f"{what}: the tool cannot be started: {error}"
        raise Outside(message, where=argv[0], hint=hint) from error


def _wait(
    tool: subprocess.Popen[bytes], seconds: float, out: IO[bytes], tell: Callable[[], None]
) -> str:
    """Wait until the tool ends, without reaping it; say what came in between, if anything."""
    deadline = time.monotonic() + seconds
    pause = 0.001
    with _Ending(tool.pid) as ending:
        while not ending.wait(pause):
            if time.monotonic() > deadline:
                return f"did not end within {seconds:g} s"
            if os.fstat(out.fileno()).st_size > OUTPUT_LIMIT:
                return f"printed more than {OUTPUT_LIMIT >> 20} MiB"
            tell()
            pause = min(2 * pause, 0.1)
    if os.fstat(out.fileno()).st_size > OUTPUT_LIMIT:
        return f"printed more than {OUTPUT_LIMIT >> 20} MiB"
    return ""


class _Ending:
    """The end of a child, waited for without reaping it; at once where the system has pidfds."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._fd: int | None = None
        with suppress(AttributeError, OSError):
            self._fd = os.pidfd_open(pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._fd is not None:
            os.close(self._fd)

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; say whether the child has ended."""
        if self._fd is not None:
            return bool(select.select([self._fd], [], [], seconds)[0])
        if os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return True
        time.sleep(seconds)
        return False


def _fault(code: int) -> str:
    if code < 0:
        return f"was ended by signal {-code}"
    return f"ended with exit status {code}" if code else ""


def _tail(stream: IO[bytes], limit: int) -> str:
    """Return the last bytes of a file as text, at most `limit`."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(size - limit, 0))
    return stream.read(limit).decode(errors="replace")


def _last(stream: IO[bytes]) -> str:
    """Return the last line of a file that another process writes to; its offset is shared."""
    size = os.fstat(stream.fileno()).st_size
    text = os.pread(stream.fileno(), 4096, max(size - 4096, 0)).decode(errors="replace")
    return text.rstrip().replace("\r", "\n").rpartition("\n")[2].strip()
