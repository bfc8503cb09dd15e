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
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from peso.base.files import make_folder, remove_tree
from peso.base.finding import Outcome, Verdict
from peso.base.ledger import Blobs
from peso.products.engines.port import Place, Progress
from peso.products.platforms.local import SYSTEM_PATH, find_launcher
from peso.products.platforms.port import Job, JobEnd, Platform
from peso.products.quantities import bytes_of, seconds
from peso.products.stack import Stack, Test
from peso.services.integration.endings import how_it_failed, keep, left_running
from peso.services.integration.figures import Figure, read_figures
from peso.services.integration.results import Stage, Tested, TestResult, TestRun

Places = Callable[[tuple[str, ...]], Place]
"""Where the products of these names can be used."""

__all__ = ["Figure", "Stage", "TestResult", "TestRun", "Tested", "test"]

FIGURES_LIMIT = 64 << 20
"""Bytes of standard output in which figures are looked for; more fails the test."""


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
        findings=tuple(left_running(result) for result in results if result.end.left_behind),
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
            stdout=keep(out, f"logs/{case.name}-{suffix}.out", site.blobs),
            stderr=keep(err, f"logs/{case.name}-{suffix}.err", site.blobs),
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
    how = how_it_failed(end, case.asked.limits)
    reasons = [how] if how else []
    if end.ended != "not-started":  # then there was nothing that could print
        reasons += faults
    if reasons:
        return Verdict(outcome=Outcome.FAIL, reason="; ".join(reasons))
    if not case.asked.expect:
        return _unknown("the test expects no figure, so nothing was proven")
    return Verdict(outcome=Outcome.PASS)


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
