"""Nothing is lost: a delivery killed at any moment goes on, repeats nothing, and lies to nobody.

Killed before writes of a first delivery, before writes of a second one into the same publication
(every write of publishing, a sample of those before it), and at 20 moments from a recorded seed.
Each time: what is published verifies in between, the next delivery finishes, no step that had left
its record is done again, and it verifies after.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.stories.conftest import TinyStack

import peso

KILLER = Path(__file__).with_name("killer.py")
SAMPLE = int(os.environ.get("PESO_KILL_SAMPLE", "6"))
"""Before publishing, one write in so many is tried; `make kills` tries every one (minutes)."""
SEED = 20261123
MOMENTS = 20
WORKERS = 2
"""The kills of one story are dealt to this many processes, because a machine has cores."""


@pytest.mark.timeout(3600)
def test_a_first_delivery_killed_before_its_writes(tiny_stack: TinyStack, tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(tiny_stack.folder, base / "tiny")

    seen = _kill_everywhere(base, tmp_path, tiny_stack)

    _holds(seen)
    assert {one["between"] for one in seen} == {"none", "yes"}
    assert {one["step"] for one in seen} == {*_steps()}
    assert len(seen) > 100, "the fault injection no longer reaches the writes"


@pytest.mark.timeout(3600)
def test_a_second_delivery_killed_before_its_writes(tiny_stack: TinyStack, tmp_path: Path) -> None:
    base = tmp_path / "base"
    peso.deliver(tiny_stack.file)
    tiny_stack.say_version("1.1")
    for name in ("tiny", "public"):
        shutil.copytree(tmp_path / name, base / name)
    shutil.copy(tiny_stack.root, base)

    seen = _kill_everywhere(base, tmp_path, tiny_stack)

    _holds(seen)
    assert {one["between"] for one in seen} == {"yes"}, "a reader saw half a release"
    assert len(seen) > 100, "the fault injection no longer reaches the writes"


@pytest.mark.timeout(900)
def test_a_delivery_killed_at_twenty_moments(tiny_stack: TinyStack, tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(tiny_stack.folder, base / "tiny")

    run = _start(tiny_stack, "moments", base, tmp_path / "work", SEED, MOMENTS)
    seen = [json.loads(line) for line in run.communicate()[0].splitlines()]

    assert run.returncode == 0
    assert len(seen) == MOMENTS
    killed = [one for one in seen if "step" in one]
    assert len(killed) >= MOMENTS // 2, "most deliveries were over before they were killed"
    _holds(killed)


def _kill_everywhere(base: Path, tmp_path: Path, stack: TinyStack) -> list[dict[str, Any]]:
    runs = [
        _start(stack, "writes", base, tmp_path / f"work-{share}", share, WORKERS, SAMPLE)
        for share in range(WORKERS)
    ]
    outputs = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0] * WORKERS
    return [json.loads(line) for output in outputs for line in output.splitlines()]


def _start(
    stack: TinyStack, how: str, base: Path, work: Path, *numbers: int
) -> subprocess.Popen[bytes]:
    arguments = [how, str(base), str(work), *(str(number) for number in numbers)]
    return subprocess.Popen(
        [sys.executable, str(KILLER), *arguments],
        stdout=subprocess.PIPE,
        env=dict(stack.environment),
    )


def _holds(seen: list[dict[str, Any]]) -> None:
    for one in seen:
        assert one["signal"] == signal.SIGKILL, one
        assert one["between"] in {"none", "yes"}, one
        assert "error" not in one["again"], one
        assert one["after"] == ("yes" if "publish" in one["again"] else one["between"]), one
        repeated = [step for step in one["finished"] if one["again"].get(step) != "reused"]
        assert not repeated, one


def _steps() -> list[str]:
    return ["plan", "build", "relocate", "test", "inventory", "scan", "gate", "attest", "publish"]
