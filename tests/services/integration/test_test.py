"""Tests of tests: tiny scripts as the delivered tests, a folder with a link to Python as prefix."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from peso.base.finding import Level, Outcome
from peso.base.ledger import Blobs
from peso.products import stack as stacks
from peso.products.engines.port import Artifact, Place, Progress
from peso.products.platforms.detect import detect_host
from peso.products.platforms.local import LocalPlatform
from peso.products.platforms.port import Host, Job, JobEnd
from peso.services.integration import test as step
from peso.services.integration.endings import LOG_LIMIT

LAUNCHER = """#!/bin/sh
ranks=$2
shift 2
RANKS=$ranks exec "$@"
"""


class Site:
    """An installed copy, a folder of test files, and all that `test` needs beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.installed = folder / "installed"
        self.tests = folder / "release"
        self.blobs = Blobs(folder / "blobs")
        self.work = folder / "work"
        self.seen: list[Progress] = []
        (self.installed / "bin").mkdir(parents=True)
        (self.installed / "bin" / "python").symlink_to(sys.executable)
        (self.tests / "tests").mkdir(parents=True)

    def launcher(self) -> None:
        path = self.installed / "bin" / "mpiexec"
        path.write_text(LAUNCHER)
        path.chmod(0o755)

    def script(self, text: str, name: str = "it.py") -> None:
        (self.tests / "tests" / name).write_text(text)

    def run(
        self,
        *,
        platform: LocalPlatform | Recorder | None = None,
        **tests: stacks.Test,
    ) -> step.TestRun:
        return step.test(
            stacks.Stack(
                schema_="peso.stack/1",
                name="small",
                version="1",
                title="Small",
                parts={"python": stacks.PypiPart(engine="pypi")},
                products=(),
                tests=tests,
            ),
            lambda _names: Place(
                programs=(self.installed / "bin",),
                environment={"PATH": str(self.installed / "bin")},
            ),
            self.tests,
            platform or LocalPlatform(detect_host()),
            "this-machine",
            self.blobs,
            self.work,
            clock=ticking(),
            seen=self.seen.append,
        )

    def one(self, asked: stacks.Test | None = None) -> step.TestResult:
        (result,) = self.run(it=asked or asks()).results
        return result

    def text(self, artifact: Artifact) -> str:
        return self.blobs.read(artifact.sha256, limit=artifact.length).decode()


class Recorder:
    """A platform that only notes the jobs it gets."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def describe(self) -> Host:
        return detect_host()

    def run(self, job: Job) -> JobEnd:
        self.jobs.append(job)
        return JobEnd(ended="exit", code=0, seconds=0.1, peak_memory=None, left_behind=())


def ticking() -> Callable[[], datetime]:
    start = datetime(2026, 11, 23, tzinfo=UTC)
    ticks = iter(range(1000))
    return lambda: start + timedelta(seconds=next(ticks))


def asks(
    *,
    run: tuple[str, ...] = ("python", "tests/it.py"),
    expect: dict[str, str] | None = None,
    ranks: tuple[int, ...] = (),
    time: str = "30 s",
    memory: str | None = None,
) -> stacks.Test:
    return stacks.Test(
        of=("product",),
        run=run,
        ranks=ranks,
        expect=expect or {"a": "== 1"},
        limits=stacks.Limits(time=time, memory=memory),
    )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_test_that_meets_its_figures_passes(site: Site) -> None:
    site.script("import sys; print('hello\\na=1\\nspeed=2.5e3'); sys.stderr.write('words')")
    run = site.run(it=asks())
    (result,) = run.results
    assert result.verdict.outcome is Outcome.PASS
    assert [(f.name, f.value, f.met) for f in result.figures] == [
        ("a", 1.0, True),
        ("speed", 2500.0, None),
    ]
    assert (result.name, result.ranks, result.of) == ("it", None, ("product",))
    assert (run.platform, run.findings) == ("this-machine", ())
    assert run.started < run.finished
    assert site.text(result.stdout) == "hello\na=1\nspeed=2.5e3\n"
    assert site.text(result.stderr) == "words"
    assert result.stdout.path == "logs/it-serial.out"
    assert step.TestRun.parse(run.canonical()) == run


def test_python_is_that_of_the_installed_copy(site: Site) -> None:
    site.script("import os, sys; print(sys.argv[0], os.environ['PATH'], sys.executable)")
    argv, path, python = site.text(site.one().stdout).split()
    own = site.installed / "bin"
    assert argv == "tests/it.py"
    assert path.split(":")[0] == str(own)
    assert python == str(own / "python")


def test_a_program_of_the_installed_copy_comes_before_that_of_the_system(site: Site) -> None:
    own = site.installed / "bin" / "env"
    own.write_text("#!/bin/sh\necho a=1\n")
    own.chmod(0o755)
    assert site.one(asks(run=("env",))).verdict.ok


def test_a_program_of_the_system_is_found(site: Site) -> None:
    assert site.one(asks(run=("echo", "a=1"))).verdict.ok


def test_every_run_gets_fresh_files_and_cannot_change_the_release(site: Site) -> None:
    site.script(
        "from pathlib import Path\n"
        "files = sorted(map(str, Path().rglob('*')))\n"
        "print(f'a={len(files)}')\n"
        "Path('more').write_text('x')\n"
        "Path('tests/it.py').unlink()\n"
        "Path('tests/it.py').write_text('x')\n"
    )
    before = (site.tests / "tests" / "it.py").read_text()
    asked = asks(expect={"a": "== 2"})
    run = site.run(one=asked, two=asked)
    assert all(result.verdict.ok for result in run.results)
    assert (site.tests / "tests" / "it.py").read_text() == before
    assert list(site.work.iterdir()) == []


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("print('a=1'); raise SystemExit(3)", "exit status 3"),
        ("import os; print('a=1', flush=True); os.kill(os.getpid(), 11)", "SIGSEGV"),
        ("print('hello')", "a was not printed"),
        ("print('a=1\\na=1')", "a was printed 2 times"),
        ("print('a=nan')", "not finite"),
        ("print('a=2')", "a is 2.0, expected == 1"),
        ("raise SystemExit(1)", "exit status 1; a was not printed"),
    ],
)
def test_a_test_fails_and_says_all_that_is_wrong(site: Site, script: str, reason: str) -> None:
    site.script(script)
    result = site.one()
    assert result.verdict.outcome is Outcome.FAIL
    assert reason in (result.verdict.reason or "")


def test_a_test_that_is_late_fails(site: Site) -> None:
    site.script("import time; print('a=1', flush=True); time.sleep(600)")
    result = site.one(asks(time="1 s"))
    assert result.verdict.reason == "it did not end within 1 s"
    assert result.end.ended == "time"
    assert [figure.met for figure in result.figures] == [True]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is watched through /proc")
def test_a_test_that_takes_too_much_memory_fails(site: Site) -> None:
    site.script("import time; print('a=1', flush=True); x = b'x' * 200_000_000; time.sleep(600)")
    result = site.one(asks(memory="64 MiB"))
    assert result.verdict.reason == "its processes used more memory than 64 MiB"


def test_a_program_that_is_missing_fails(site: Site) -> None:
    result = site.one(asks(run=("no-such-program",)))
    assert result.verdict.outcome is Outcome.FAIL
    assert "no-such-program could not be started" in (result.verdict.reason or "")
    assert (result.stdout.length, result.figures) == (0, ())


def test_each_number_of_ranks_is_run_once_under_the_launcher(site: Site) -> None:
    site.launcher()
    site.script("import os; print('a=1\\nranks=' + os.environ['RANKS'])")
    run = site.run(it=asks(ranks=(2, 4, 2)))
    assert [(result.ranks, result.verdict.ok) for result in run.results] == [(2, True), (4, True)]
    assert [result.figures[1].value for result in run.results] == [2.0, 4.0]
    assert [result.stderr.path for result in run.results] == ["logs/it-2.err", "logs/it-4.err"]


def test_without_a_launcher_it_is_unknown(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(site.folder))
    site.script("print('a=1')")
    run = site.run(many=asks(ranks=(2,)), one=asks())
    many, one = run.results
    assert (many.verdict.outcome, one.verdict.outcome) == (Outcome.UNKNOWN, Outcome.PASS)
    assert "no MPI launcher" in (many.verdict.reason or "")
    assert not many.verdict.ok


def test_a_test_that_expects_nothing_is_unknown(site: Site) -> None:
    site.script("print('a=1')")
    result = site.one(asks().model_copy(update={"expect": {}}))  # the loader refuses it as well
    assert result.verdict.outcome is Outcome.UNKNOWN
    assert result.figures[0].met is None


def test_processes_left_behind_are_a_finding(site: Site) -> None:
    site.script("import subprocess; subprocess.Popen(['sleep', '600']); print('a=1')")
    run = site.run(it=asks())
    (result,), (finding,) = run.results, run.findings
    assert result.verdict.outcome is Outcome.PASS
    assert (finding.rule, finding.level, finding.subject) == (
        "test-left-processes",
        Level.MEDIUM,
        "it",
    )
    assert finding.message == "1 left running when it ended: sleep 600"


def test_a_finding_names_only_some_of_many_processes(site: Site) -> None:
    site.launcher()
    site.script("import subprocess\nfor _ in range(9): subprocess.Popen(['sleep', '600'])")
    run = site.run(it=asks(ranks=(2,)))
    assert len(run.results[0].end.left_behind) == 9
    assert run.findings[0].message.startswith("9 left running on 2 ranks when it ended: sleep 600;")
    assert run.findings[0].message.endswith("sleep 600; and 4 more")


def test_of_very_much_output_the_beginning_and_the_end_are_kept(site: Site) -> None:
    site.script(
        "import sys\n"
        "print('first')\n"
        "for _ in range(100): sys.stdout.write('x' * 65536 + '\\n')\n"
        "print('a=1')\n"
    )
    result = site.one()
    assert result.verdict.ok, "figures are read from all of it"
    kept = site.text(result.stdout)
    assert kept.startswith("first\n")
    assert kept.endswith("a=1\n")
    assert "PESO left out" in kept
    assert result.stdout.length < LOG_LIMIT + 100


def test_figures_are_not_looked_for_in_too_much(site: Site) -> None:
    site.script("print('a=1', flush=True)\nimport os\nos.truncate('../stdout', 1 << 30)")
    result = site.one()
    assert "its figures were not read" in (result.verdict.reason or "")
    assert result.stdout.length < LOG_LIMIT + 100


def test_output_that_is_not_text_is_kept_as_it_is(site: Site) -> None:
    site.script("import sys; sys.stdout.buffer.write(b'\\xff\\n' + b'a=1\\n')")
    result = site.one()
    assert result.verdict.ok
    assert site.blobs.read(result.stdout.sha256, limit=100) == b"\xff\na=1\n"


def test_progress_is_told(site: Site) -> None:
    site.launcher()
    site.script("print('a=1')")
    site.run(one=asks(), two=asks(ranks=(2, 4)))
    assert [(p.done, p.total, p.line) for p in site.seen] == [
        (0, 3, "one"),
        (1, 3, "two on 2 ranks"),
        (2, 3, "two on 4 ranks"),
        (3, 3, "tests done"),
    ]


def test_limits_and_ranks_reach_the_platform(site: Site) -> None:
    site.launcher()
    recorder = Recorder()
    asked = asks(ranks=(4,), time="2 min", memory="1 GiB")
    (result,) = site.run(platform=recorder, it=asked).results
    (job,) = recorder.jobs
    assert (job.seconds, job.memory, job.ranks) == (120.0, 1 << 30, 4)
    assert job.launcher == (str(site.installed / "bin" / "mpiexec"),)
    assert job.argv == (str(site.installed / "bin" / "python"), "tests/it.py")
    assert result.verdict.reason == "a was not printed", "a platform that keeps no output"


def test_paths_may_be_relative(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site.folder)
    for name in ("installed", "work", "tests"):
        absolute = site.installed.parent / ("release" if name == "tests" else name)
        setattr(site, name, Path(os.path.relpath(absolute)))
    site.script("print('a=1')")
    assert site.one().verdict.ok


def test_no_tests_give_no_results(site: Site) -> None:
    assert site.run().results == ()
