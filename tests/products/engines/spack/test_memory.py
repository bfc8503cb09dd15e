from __future__ import annotations

import itertools
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from peso.base.process import Command, run
from peso.products.engines.spack import memory
from peso.products.engines.spack.memory import EVERY, MemoryWatch

MEBIBYTE = 1 << 20
ONE, TWO = "a" * 32, "b" * 32
HOLD = "import sys, time; x = bytearray(int(sys.argv[1]) << 20); time.sleep(1.2)"
BOTH = (
    "import subprocess, sys; "
    "hold = [subprocess.Popen([sys.executable, '-c', sys.argv[1], '48'], cwd=d) "
    "for d in (None, '/')]; [one.wait() for one in hold]"
)


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    for hash_ in (ONE, TWO):
        (tmp_path / f"spack-stage-a-b-1.0-{hash_}" / "spack-src").mkdir(parents=True)
    return tmp_path


def always() -> Callable[[], float]:
    """Return a clock by which it is always time to look, and looks take no time."""
    times = itertools.count()
    return lambda: float(next(times) // 2)


def watched(folder: Path, out: Path, *argv: str) -> MemoryWatch:
    """Run Python in a folder and look on, without a pause."""
    watch = MemoryWatch(always())
    run(
        Command(
            argv=(sys.executable, "-c", *argv),
            directory=folder,
            environment=dict(os.environ),
            stdout=out / "out",
            stderr=out / "err",
            seconds=60,
        ),
        meanwhile=watch.look,
    )
    return watch


def test_a_process_counts_for_the_stage_it_works_in(stage: Path, tmp_path: Path) -> None:
    watch = watched(stage / f"spack-stage-a-b-1.0-{ONE}" / "spack-src", tmp_path, HOLD, "64")
    assert set(watch.peaks) == {ONE}
    assert 64 * MEBIBYTE <= watch.peaks[ONE] < 160 * MEBIBYTE


def test_children_count_for_their_parents_unit_wherever_they_work(
    stage: Path, tmp_path: Path
) -> None:
    watch = watched(stage / f"spack-stage-a-b-1.0-{TWO}", tmp_path, BOTH, HOLD)
    assert set(watch.peaks) == {TWO}
    assert watch.peaks[TWO] >= 96 * MEBIBYTE


def test_a_process_elsewhere_counts_for_nobody(stage: Path, tmp_path: Path) -> None:
    other = stage / "spack-stage-not-a-hash"
    other.mkdir()
    assert watched(other, tmp_path, HOLD, "16").peaks == {}


def test_without_lists_of_children_everybody_is_looked_at(stage: Path, tmp_path: Path) -> None:
    folder = stage / f"spack-stage-a-b-1.0-{ONE}"
    found: list[int] = []

    def look() -> None:
        families = memory._by_parent()
        waiting = [os.getpid()]
        while waiting:
            children = families(waiting.pop())
            waiting += children
            found.extend(one for one in children if memory._unit_of(one) == ONE)

    run(
        Command(
            argv=(sys.executable, "-c", HOLD, "1"),
            directory=folder,
            environment=dict(os.environ),
            stdout=tmp_path / "out",
            stderr=tmp_path / "err",
            seconds=60,
        ),
        meanwhile=look,
    )
    assert found


def test_looks_have_a_pause_between_them() -> None:
    now = iter([10.0, 10.0, 10.0 + EVERY / 2, 10.0 + EVERY, 10.0 + EVERY + 1.0, 20.0])
    looks: list[float] = []

    def clock() -> float:
        looks.append(next(now))
        return looks[-1]

    watch = MemoryWatch(clock)
    watch.look()  # begins and ends
    watch.look()  # too early
    watch.look()  # one that takes a second
    watch.look()  # nine seconds later is too early, for the last one was dear
    assert len(looks) == 6


def test_processes_that_come_and_go_are_no_error(stage: Path, tmp_path: Path) -> None:
    watch = MemoryWatch(always())
    done = threading.Event()

    broke: list[Exception] = []
    looks: list[int] = []

    def look() -> None:
        try:
            while not done.is_set():
                watch.look()
                looks.append(1)
        except Exception as error:  # noqa: BLE001 - a thread's own error would fail no test
            broke.append(error)

    looking = threading.Thread(target=look)
    looking.start()
    for _ in _briefly(0.5):
        watched(stage / f"spack-stage-a-b-1.0-{ONE}", tmp_path, "pass")
    done.set()
    looking.join()
    assert not broke
    assert looks


def _briefly(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
