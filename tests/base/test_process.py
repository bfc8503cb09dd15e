"""Commands and tools: what they get, what they give, and that nothing of them is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.base.commands import Bench, alive, children, until

from peso.base.process import Command, End, Output, ToolFailed, run, run_tool
from peso.errors import BadInput, Outside

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and a subreaper")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


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


def test_a_caller_may_look_on_while_it_runs(bench: Bench) -> None:
    command = bench.command("sh", "-c", "echo one; sleep 1; echo two")
    seen: list[str] = []
    threads = set()

    def look() -> None:
        seen.append(command.stdout.read_text() if command.stdout.exists() else "")
        threads.add(threading.get_ident())

    assert run(command, meanwhile=look).code == 0
    assert seen[-1] == "one\n"
    assert len(seen) >= 3
    assert threads == {threading.get_ident()}


def test_what_a_caller_who_looks_on_raises_ends_the_command(bench: Bench) -> None:
    command = bench.command("sh", "-c", "sleep 60")

    def look() -> None:
        raise KeyboardInterrupt

    before = children()
    with pytest.raises(KeyboardInterrupt):
        run(command, meanwhile=look)
    # Of this command only: a server that another test started may stand beside it.
    assert until(lambda: children() <= before)


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
