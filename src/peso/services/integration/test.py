"""Test: the delivered stack, run from an installed copy of the release.

1. Every test runs from the installed copy, never from the build tree, in a fresh folder that holds
   nothing but the release's test files.
2. A figure is a line `name=number` on standard output. One that `expect` names and that is missing,
   printed twice, or not finite fails the test; one that no `expect` names is kept.
3. Pass needs all of it: exit status 0, no limit met, every expected figure met. A test that could
   not run for want of an MPI launcher, or that expects nothing, is unknown, never pass.
4. What a test printed is kept; of very much, the beginning and the end.
5. A test that leaves processes behind gets a finding.
"""

from __future__ import annotations

import shutil
import signal
import tempfile
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from peso.base.files import make_folder, remove_tree
from peso.base.finding import Finding, Level, Outcome, Verdict
from peso.base.ledger import Blobs
from peso.base.record import Record
from peso.products.engines.port import Artifact, Place, Progress
from peso.products.platforms.local import SYSTEM_PATH, find_launcher
from peso.products.platforms.port import Host, Job, JobEnd, Platform
from peso.products.quantities import bytes_of, seconds
from peso.products.stack import Stack, Test
from peso.services.integration.figures import Figure, read_figures

Places = Callable[[tuple[str, ...]], Place]
"""Where the products of these names can be used."""

__all__ = ["Figure", "TestResult", "TestRun", "test"]

LOG_LIMIT = 4 << 20
"""Bytes kept of one output of a test."""
LOG_HEAD = 1 << 20
"""Bytes kept of the beginning of an output that is cut."""
FIGURES_LIMIT = 64 << 20
"""Bytes of standard output in which figures are looked for; more fails the test."""
TOLD = 5
"""Processes left behind that a finding names."""


class Stage(Record):
    """One stage of a test of a suite, e.g. `compile`."""

    name: str
    end: JobEnd
    log: Artifact


class Tested(Record):
    """The unit that a test of a suite loaded: what the result is a result of."""

    hash: str
    name: str
    version: str
    variants: str
    """As Spack writes them, e.g. `+mpi~cuda precision=double`."""


class TestResult(Record):
    """One test on one number of ranks."""

    __test__: ClassVar[bool] = False  # nothing for pytest

    name: str
    ranks: int | None
    of: tuple[str, ...]
    verdict: Verdict
    end: JobEnd
    figures: tuple[Figure, ...]
    stdout: Artifact
    stderr: Artifact
    suite: str = ""
    """The suite it is of; empty for a test of the stack itself."""
    stages: tuple[Stage, ...] = ()
    """The stages that were run, in order; empty for a test of the stack itself."""
    tested: tuple[Tested, ...] = ()

    @property
    def title(self) -> str:
        """The test's name, with its suite's before it."""
        return f"{self.suite}/{self.name}" if self.suite else self.name


class TestRun(Record):
    """All tests of a release on one platform."""

    __test__: ClassVar[bool] = False  # nothing for pytest

    platform: str
    host: Host
    started: datetime
    finished: datetime
    results: tuple[TestResult, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """Where tests run, and with what."""

    places: Places
    tests: Path
    platform: Platform
    blobs: Blobs
    work: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One test on one number of ranks, as asked for."""

    name: str
    asked: Test
    ranks: int | None

    def __str__(self) -> str:
        """Say it for people."""
        return self.name if self.ranks is None else f"{self.name} on {self.ranks} ranks"


def test(  # noqa: PLR0913, PLR0917 - a step gets all it may use
    stack: Stack,
    places: Places,
    tests: Path,
    platform: Platform,
    name: str,
    blobs: Blobs,
    work: Path,
    *,
    clock: Callable[[], datetime],
    seen: Callable[[Progress], None],
) -> TestRun:
    """Run every test of a stack on every number of ranks it asks for.

    Args:
        stack: says what to run and what to expect.
        places: says where products can be used.
        tests: folder of the test files; the paths in a test's argv start in it.
        platform: runs the jobs.
        name: the platform's name in the stack file.
        blobs: gets what the tests printed.
        work: scratch; every test gets a folder in it, which is removed after it.
        clock: says what time it is.
        seen: is told before each test, and at the end.

    Raises:
        Outside: the disk, or the platform, failed.
    """
    make_folder(work)
    site = _Site(
        places=places,
        tests=tests,
        platform=platform,
        blobs=blobs,
        work=work.absolute(),
    )
    cases = _cases(stack)
    started = clock()
    results: list[TestResult] = []
    for case in cases:
        seen(Progress(done=len(results), total=len(cases), line=str(case)))
        results.append(_run(site, case))
    seen(Progress(done=len(results), total=len(cases), line="tests done"))
    return TestRun(
        platform=name,
        host=platform.describe(),
        started=started,
        finished=clock(),
        results=tuple(results),
        findings=tuple(_finding(result) for result in results if result.end.left_behind),
    )


def _cases(stack: Stack) -> tuple[_Case, ...]:
    return tuple(
        _Case(name=name, asked=asked, ranks=ranks)
        for name, asked in stack.tests.items()
        for ranks in dict.fromkeys(asked.ranks or (None,))
    )


def _run(site: _Site, case: _Case) -> TestResult:
    """Run one case in a folder of its own, and judge it."""
    folder = Path(tempfile.mkdtemp(prefix=f"{case.name}-", dir=site.work))
    out, err = folder / "stdout", folder / "stderr"
    figures: tuple[Figure, ...] = ()
    try:
        place = _absolute(site.places(case.asked.of))
        launcher = find_launcher(place.programs)
        if case.ranks is not None and not launcher:
            end = _not_run()
            verdict = _unknown(end.message)
        else:
            shutil.copytree(site.tests, folder / "run", symlinks=True, copy_function=shutil.copy)
            job = _job(place, case, folder / "run", (out, err), launcher)
            end = _compile(site.platform, case, place, job) or site.platform.run(job)
            figures, faults = _figures(out, case)
            verdict = _judge(case, end, faults)
        suffix = "serial" if case.ranks is None else str(case.ranks)
        return TestResult(
            name=case.name,
            ranks=case.ranks,
            of=case.asked.of,
            verdict=verdict,
            end=end,
            figures=figures,
            stdout=_keep(out, f"logs/{case.name}-{suffix}.out", site.blobs),
            stderr=_keep(err, f"logs/{case.name}-{suffix}.err", site.blobs),
        )
    finally:
        remove_tree(folder)


def _absolute(place: Place) -> Place:
    """Return a place whose folders hold wherever a test is started."""
    here = f"{Path.cwd()}/"
    path = ":".join(
        folder if folder.startswith("/") else here + folder
        for folder in place.environment.get("PATH", "").split(":")
        if folder
    )
    programs = tuple(folder.absolute() for folder in place.programs)
    return replace(place, programs=programs, environment={**place.environment, "PATH": path})


def _compile(platform: Platform, case: _Case, place: Place, job: Job) -> JobEnd | None:
    """Compile the test, if it says how; return how that ended where it ended badly."""
    if case.asked.compile is None:
        return None
    argv = _argv(case.asked.compile, place)
    end = platform.run(replace(job, argv=argv, ranks=None, launcher=()))
    return None if (end.ended, end.code) == ("exit", 0) else end


def _job(
    place: Place,
    case: _Case,
    directory: Path,
    output: tuple[Path, Path],
    launcher: tuple[str, ...] | None,
) -> Job:
    limits = case.asked.limits
    path = place.environment.get("PATH")
    return Job(
        argv=_argv(case.asked.run, place),
        directory=directory,
        environment={
            **place.environment,
            "PATH": f"{path}:{SYSTEM_PATH}" if path else SYSTEM_PATH,
        },
        ranks=case.ranks,
        launcher=launcher or (),
        seconds=seconds(limits.time),
        memory=None if limits.memory is None else bytes_of(limits.memory),
        stdout=output[0],
        stderr=output[1],
    )


def _argv(run: tuple[str, ...], place: Place) -> tuple[str, ...]:
    """Return the argv with the installed copy's own program where it has one of that name."""
    if "/" in run[0]:
        return run
    own = (folder / run[0] for folder in place.programs)
    return next(((str(one), *run[1:]) for one in own if one.exists()), run)


def _figures(out: Path, case: _Case) -> tuple[tuple[Figure, ...], list[str]]:
    """Read the figures of a test; what is wrong with them comes with them."""
    text = ""
    if out.exists():
        if out.stat().st_size > FIGURES_LIMIT:
            limit = f"{FIGURES_LIMIT >> 20} MiB"
            return (), [f"it printed more than {limit}, so its figures were not read"]
        text = out.read_text(encoding="utf-8", errors="replace")
    read = read_figures(text, case.asked.expect)
    return read.figures, list(read.faults)


def _judge(case: _Case, end: JobEnd, faults: list[str]) -> Verdict:
    """Say yes only to a test that ended well and met every figure it expects."""
    how = _how_it_failed(case, end)
    reasons = [how] if how else []
    if end.ended != "not-started":  # then there was nothing that could print
        reasons += faults
    if reasons:
        return Verdict(outcome=Outcome.FAIL, reason="; ".join(reasons))
    if not case.asked.expect:
        return _unknown("the test expects no figure, so nothing was proven")
    return Verdict(outcome=Outcome.PASS)


def _how_it_failed(case: _Case, end: JobEnd) -> str:
    """Say in words how a job ended; nothing for exit status 0."""
    limits = case.asked.limits
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


def _unknown(reason: str) -> Verdict:
    return Verdict(outcome=Outcome.UNKNOWN, reason=reason)


def _not_run() -> JobEnd:
    return JobEnd(
        ended="not-started",
        code=None,
        seconds=0.0,
        peak_memory=None,
        left_behind=(),
        message="no MPI launcher (mpiexec or mpirun) in the installed copy or on PATH",
    )


def _keep(path: Path, name: str, blobs: Blobs) -> Artifact:
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


def _finding(result: TestResult) -> Finding:
    """Say what a test left behind."""
    left = result.end.left_behind  # all of it stays in the result
    told = [textwrap.shorten(line, 120, placeholder=" …") for line in left[:TOLD]]
    more = [f"and {len(left) - TOLD} more"] if len(left) > TOLD else []
    where = "" if result.ranks is None else f" on {result.ranks} ranks"
    return Finding(
        rule="test-left-processes",
        level=Level.MEDIUM,
        subject=result.name,
        where=result.stdout.path,
        message=f"{len(left)} left running{where} when it ended: " + "; ".join(told + more),
        hint="let the test end or wait for every process it starts",
    )
