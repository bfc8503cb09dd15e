"""Real processes, ended for real: nothing may outlive the run that started it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from peso.base.process import Command, End, Output, ToolFailed, run, run_tool, supervise
from peso.errors import BadInput, Outside, PesoError

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


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


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


def test_output_goes_to_the_files_and_the_environment_is_exact(bench: Bench) -> None:
    end = bench.python(
        """
        import json, os, sys
        print(json.dumps(dict(os.environ)))
        sys.stderr.write(os.getcwd())
        """
    )
    assert (end.ended, end.code, end.left_behind, end.message) == ("exit", 0, (), "")
    seen = json.loads(bench.out)
    seen.pop("LC_CTYPE", None)  # Python itself sets it in the C locale
    assert seen == {"PATH": "/usr/local/bin:/usr/bin:/bin", "SAID": "hello"}
    assert (bench.folder / "out.err").read_text() == str(bench.folder)


def test_both_outputs_may_be_one_file(bench: Bench) -> None:
    command = bench.command("sh", "-c", "echo one; echo two >&2; echo three")
    one = Command(
        argv=command.argv,
        directory=command.directory,
        environment=command.environment,
        stdout=command.stdout,
        stderr=command.stdout,
        seconds=command.seconds,
    )
    assert run(one).code == 0
    assert bench.out == "one\ntwo\nthree\n"


def test_standard_input_is_empty(bench: Bench) -> None:
    assert bench.python("import sys; print(repr(sys.stdin.read()))").code == 0
    assert bench.out == "''\n"


def test_signals_mean_what_they_usually_mean(bench: Bench) -> None:
    end = bench.python(
        """
        import signal
        usual = [signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGQUIT]
        assert all(signal.getsignal(number) == signal.SIG_DFL for number in usual)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        """
    )
    assert end.code == 0


@pytest.mark.parametrize("code", [0, 1, 3, 255])
def test_exit_status(bench: Bench, code: int) -> None:
    end = bench.python(f"raise SystemExit({code})")
    assert (end.ended, end.code) == ("exit", code)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_ended_by_a_signal(bench: Bench, number: signal.Signals) -> None:
    end = bench.python(f"import os; os.kill(os.getpid(), {number.value})")
    assert (end.ended, end.code) == ("signal", number.value)


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (("no-such-program",), "no-such-program could not be started: No such file"),
        (("./missing",), "missing could not be started: No such file"),
        (("./plain",), "plain could not be started: Permission denied"),
        (("sh", "nul\0byte"), "null byte"),
    ],
)
def test_what_cannot_be_started_is_said(bench: Bench, argv: tuple[str, ...], why: str) -> None:
    (bench.folder / "plain").write_text("not a program")
    end = run(bench.command(*argv))
    assert (end.ended, end.code, end.seconds, end.peak_memory) == ("not-started", None, 0.0, None)
    assert why in end.message


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    command = Command(
        argv=("true",),
        directory=tmp_path / "gone",
        environment={},
        stdout=tmp_path / "out",
        stderr=tmp_path / "err",
        seconds=5,
    )
    end = run(command)
    assert end.ended == "not-started"
    assert str(bench.folder / "gone") in end.message


def test_an_empty_argv_is_bad_input(bench: Bench) -> None:
    with pytest.raises(BadInput):
        run(bench.command())


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


@linux
def test_many_short_runs_leave_nothing(bench: Bench) -> None:
    before, open_files = children(), len([*Path("/proc/self/fd").iterdir()])
    for _ in range(50):
        assert run(bench.command("true")).code == 0
    assert children() == before
    assert len([*Path("/proc/self/fd").iterdir()]) == open_files


@linux
def test_concurrent_runs_do_not_disturb_each_other(bench: Bench) -> None:
    ends: dict[str, End] = {}

    def go(name: str, argv: tuple[str, ...], seconds: float) -> None:
        ends[name] = run(bench.command(*argv, seconds=seconds, name=name))

    quick = ("sh", "-c", "setsid sleep 600 & exit 4")
    slow = ("sh", "-c", "setsid sleep 1.5; exit 5")
    late = ("sleep", "600")
    threads = [
        threading.Thread(target=go, args=("quick", quick, 30)),
        threading.Thread(target=go, args=("slow", slow, 30)),
        threading.Thread(target=go, args=("late", late, 1)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (ends["quick"].code, ends["quick"].left_behind) == (4, ("sleep 600",))
    assert (ends["slow"].code, ends["slow"].left_behind) == (5, ())
    assert ends["late"].ended == "time"


def test_the_callers_own_children_are_not_touched(bench: Bench) -> None:
    with subprocess.Popen(["/bin/sleep", "600"], start_new_session=True) as own:
        run(bench.command("sh", "-c", "setsid sleep 600 &", seconds=5))
        assert own.poll() is None
        own.kill()


CALLER = """
import sys
from pathlib import Path
from peso.base.process import Command, run
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


def test_a_tool_gives_what_it_printed(tmp_path: Path) -> None:
    said = run_tool(
        ["sh", "-c", "pwd; echo $NAME; echo words >&2"],
        directory=tmp_path,
        environment={"NAME": "value", "PATH": "/usr/bin:/bin"},
        what="asking",
    )
    assert said == Output(stdout=f"{tmp_path}\nvalue\n", stderr="words\n")


def test_a_tool_inherits_the_environment_unless_told(tmp_path: Path) -> None:
    script = "import json, os; print(json.dumps(dict(os.environ)))"
    said = run_tool([sys.executable, "-c", script], directory=tmp_path, what="asking")
    assert json.loads(said.stdout)["PATH"] == os.environ["PATH"]


def test_a_tool_that_fails_says_its_last_lines(tmp_path: Path) -> None:
    script = "for i in $(seq 100); do echo line $i >&2; done; exit 7"
    with pytest.raises(ToolFailed) as caught:
        run_tool(["sh", "-c", script], directory=tmp_path, what="resolving the part python")
    assert isinstance(caught.value, Outside)
    assert (caught.value.code, caught.value.argv[0]) == (7, "sh")
    assert caught.value.stderr.splitlines()[0] == "line 81"
    assert caught.value.message.startswith("resolving the part python: sh ended with exit status 7")
    assert caught.value.message.endswith("line 100")


def test_a_tool_ended_by_a_signal(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="signal 9") as caught:
        run_tool(["sh", "-c", "kill -9 $$"], directory=tmp_path, what="trying")
    assert caught.value.code == -9


def test_a_tool_that_is_late_is_ended_with_its_children(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"did not end within 0\.3 s") as caught:
        run_tool(
            ["sh", "-c", "sleep 600 & echo $! > child; wait"],
            directory=tmp_path,
            seconds=0.3,
            what="trying",
        )
    assert caught.value.code is None
    pid = int((tmp_path / "child").read_text())
    until(lambda: not alive(pid))


def test_what_a_tool_leaves_in_its_group_is_ended(tmp_path: Path) -> None:
    run_tool(["sh", "-c", "sleep 600 & echo $! > child"], directory=tmp_path, what="trying")
    pid = int((tmp_path / "child").read_text())
    until(lambda: not alive(pid))


def test_a_tool_that_prints_without_end_is_ended(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="printed more than 32 MiB"):
        run_tool(["sh", "-c", "cat /dev/zero"], directory=tmp_path, seconds=60, what="trying")


def test_a_missing_tool_has_a_hint(tmp_path: Path) -> None:
    with pytest.raises(Outside, match="put it on PATH"):
        run_tool(["no-such-tool"], directory=tmp_path, what="trying")


def test_a_missing_folder_of_a_tool_is_said(tmp_path: Path) -> None:
    with pytest.raises(Outside, match="no such folder"):
        run_tool(["true"], directory=tmp_path / "gone", what="trying")


def test_the_last_line_of_a_tool_is_told_while_it_runs(tmp_path: Path) -> None:
    told: list[str] = []
    run_tool(
        ["sh", "-c", "echo first >&2; sleep 0.5; echo second >&2; sleep 0.5"],
        directory=tmp_path,
        what="trying",
        said=told.append,
    )
    assert {"first", "second"} <= set(told)
