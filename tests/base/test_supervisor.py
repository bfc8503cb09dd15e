"""Real processes, ended for real: nothing may outlive the run that started it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.base.commands import Bench, alive, until

from peso.base.process import run, supervise
from peso.errors import PesoError

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and a subreaper")


DAEMON = """
import os, sys, time
from pathlib import Path
if os.fork():
    os.wait()
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
Path(sys.argv[1]).write_text(str(os.getpid()))
time.sleep(600)
"""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_time_limit(bench: Bench) -> None:
    end = bench.python("import time; time.sleep(600)", seconds=0.3)
    assert (end.ended, end.code) == ("time", signal.SIGTERM)
    assert 0.3 <= end.seconds < 3
    assert end.left_behind == ()


def test_a_process_that_ignores_sigterm_is_killed(bench: Bench) -> None:
    end = bench.python(
        "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)", seconds=0.3
    )
    assert (end.ended, end.code) == ("time", signal.SIGKILL)


def test_a_stopped_process_is_ended(bench: Bench) -> None:
    end = bench.python("import os; os.kill(os.getpid(), 19)", seconds=0.3)
    assert (end.ended, end.code) == ("time", signal.SIGTERM)


def test_a_child_that_holds_the_output_open_does_not_hang_the_run(bench: Bench) -> None:
    began = time.monotonic()
    end = bench.python("import subprocess; subprocess.Popen(['sleep', '600']); print('done')")
    assert time.monotonic() - began < 10
    assert (end.code, end.left_behind) == (0, ("sleep 600",))
    assert bench.out == "done\n"


@linux
def test_a_daemon_that_left_its_session_is_ended_and_told(bench: Bench) -> None:
    end = bench.python(DAEMON, "daemon")
    assert end.code == 0
    assert len(end.left_behind) == 1
    assert end.left_behind[0].startswith(sys.executable)
    assert not alive(bench.number("daemon"))


@linux
def test_a_daemon_that_ignores_sigterm_is_killed(bench: Bench) -> None:
    script = "import signal; signal.signal(15, signal.SIG_IGN)\n" + DAEMON
    end = bench.python(script, "daemon")
    assert len(end.left_behind) == 1
    assert not alive(bench.number("daemon"))


@linux
def test_a_daemon_is_ended_at_the_time_limit(bench: Bench) -> None:
    script = DAEMON.replace("os._exit(0)\nos.setsid", "time.sleep(600)\nos.setsid", 1)
    end = bench.python(script, "daemon", seconds=1)
    assert (end.ended, end.left_behind) == ("time", ())
    assert not alive(bench.number("daemon"))


@linux
def test_stragglers_that_end_by_themselves_are_not_left_behind(bench: Bench) -> None:
    assert run(bench.command("sh", "-c", "setsid sleep 0.15 & exit 0")).left_behind == ()


@linux
def test_a_small_fork_bomb_is_ended(bench: Bench) -> None:
    end = bench.python(
        """
        import os, time
        for _ in range(6):
            os.fork()
            os.setsid() if os.getpid() != os.getsid(0) else None
        open("mark", "a").write(f"{os.getpid()}\\n")
        while True:
            time.sleep(600)
        """,
        seconds=1.5,
    )
    assert end.ended == "time"
    pids = (bench.folder / "mark").read_text().split()
    assert len(pids) == 64
    assert not any(alive(int(pid)) for pid in pids)


@linux
def test_a_process_that_flees_by_forking_is_caught(bench: Bench) -> None:
    end = bench.python(
        """
        import os, signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork():
            os._exit(0)
        while True:
            if os.fork():
                os._exit(0)
            open("mark", "a").write(f"{os.getpid()}\\n")
            time.sleep(0.002)
        """
    )
    assert end.code == 0
    marks = (bench.folder / "mark").read_text()
    time.sleep(0.1)
    assert (bench.folder / "mark").read_text() == marks
    assert not alive(int(marks.split()[-1]))


@linux
def test_memory_limit(bench: Bench) -> None:
    end = bench.python(
        """
        import time
        kept = []
        while True:
            kept.append(b"x" * 4_000_000)
            time.sleep(0.005)
        """,
        memory=80_000_000,
    )
    assert (end.ended, end.code) == ("memory", signal.SIGKILL)
    assert end.peak_memory is not None
    assert 80_000_000 < end.peak_memory < 400_000_000


@linux
def test_memory_is_that_of_the_whole_tree(bench: Bench) -> None:
    end = bench.python(
        """
        import os, time
        for _ in range(4):
            if not os.fork():
                break
        kept = b"x" * 30_000_000
        time.sleep(600)
        """,
        memory=100_000_000,
    )
    assert end.ended == "memory"


@linux
def test_shared_memory_counts_once(bench: Bench) -> None:
    end = bench.python(
        """
        import os, time
        kept = b"x" * 60_000_000
        children = []
        for _ in range(4):
            child = os.fork()
            if not child:
                time.sleep(0.5)
                os._exit(0)
            children.append(child)
        for child in children:
            os.waitpid(child, 0)
        """,
        memory=120_000_000,
    )
    assert (end.ended, end.code) == ("exit", 0)
    assert end.peak_memory is not None
    assert 60_000_000 < end.peak_memory < 120_000_000


CALLER = """
import signal, sys
from pathlib import Path
from peso.base.process import Command, run
# A shell without job control starts what it runs in the background deaf to it.
signal.signal(signal.SIGINT, signal.default_int_handler)
folder = Path(sys.argv[1])
try:
    run(Command(argv=(sys.executable, "-c", Path(sys.argv[2]).read_text(), "daemon"),
        directory=folder, environment={}, stdout=folder / "out", stderr=folder / "err", seconds=60))
except KeyboardInterrupt:
    (folder / "interrupted").write_text("yes")
"""


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_when_the_caller_is_ended_so_is_the_tree(bench: Bench, number: signal.Signals) -> None:
    script = bench.folder / "script.py"
    script.write_text(DAEMON.replace("os._exit(0)\nos.setsid", "time.sleep(600)\nos.setsid", 1))
    argv = [sys.executable, "-c", CALLER, str(bench.folder), str(script)]
    with subprocess.Popen(argv) as caller:
        daemon = bench.number("daemon")
        assert alive(daemon)
        caller.send_signal(number)
    until(lambda: not alive(daemon))
    assert (bench.folder / "interrupted").exists() == (number == signal.SIGINT)


def test_a_supervisor_that_is_killed_is_said(bench: Bench) -> None:
    with pytest.raises(PesoError, match="supervisor"):
        bench.python("import os; os.kill(os.getppid(), 9)")


@linux
def test_the_first_process_dies_with_its_supervisor(bench: Bench) -> None:
    script = (
        "import os, time; print(os.getpid(), flush=True); os.kill(os.getppid(), 9); time.sleep(9)"
    )
    with pytest.raises(PesoError, match="supervisor"):
        bench.python(script)
    pid = bench.number("out")
    until(lambda: not alive(pid))


def test_where_only_the_group_can_be_followed_it_is_ended_and_said(bench: Bench) -> None:
    command = bench.command("sh", "-c", "sleep 600 & echo $! > child; exit 3")
    end = supervise(command, tree=False)
    assert (end.ended, end.code) == ("exit", 3)
    assert len(end.left_behind) == 1
    assert "only the process group" in end.message
    until(lambda: not alive(bench.number("child")))


def test_the_group_is_ended_at_the_time_limit(bench: Bench) -> None:
    end = supervise(bench.command("sh", "-c", "sleep 600; true", seconds=0.2), tree=False)
    assert (end.ended, end.code) == ("time", signal.SIGTERM)


def test_what_cannot_be_started_is_said_without_a_tree(bench: Bench) -> None:
    assert supervise(bench.command("no-such-program"), tree=False).ended == "not-started"
