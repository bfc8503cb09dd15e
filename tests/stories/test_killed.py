"""Nothing is lost: a delivery killed at any moment goes on, repeats nothing, and lies to nobody.

Killed before every write of a first delivery, before every write of a second one into the same
publication, and at 20 moments from a recorded seed. Each time: what is published verifies in
between, the next delivery finishes, no step that had left its record is done again, and it verifies
after.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.stories.conftest import TinyStack

KILLER = Path(__file__).with_name("killer.py")
SEED = 20261123
MOMENTS = 20
WORKERS = 2
"""The kills of one story are dealt to this many processes, because a machine has cores."""


@pytest.mark.timeout(900)
def test_a_first_delivery_killed_before_every_write(tiny_stack: TinyStack, tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(tiny_stack.folder, base / "tiny")

    seen = _kill_everywhere(base, tmp_path, tiny_stack)

    _holds(seen)
    assert {one["between"] for one in seen} == {"none", "yes"}
    assert len(seen) > 50, "the fault injection no longer reaches the writes"


@pytest.mark.timeout(900)
def test_a_second_delivery_killed_before_every_write(tiny_stack: TinyStack, tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(tiny_stack.folder, base / "tiny")
    _deliver(base, tiny_stack)
    file = base / "tiny" / "stack.yaml"
    file.write_text(file.read_text().replace('version: "1.0"', 'version: "1.1"'))

    seen = _kill_everywhere(base, tmp_path, tiny_stack)

    _holds(seen)
    assert {one["between"] for one in seen} == {"yes"}, "a reader saw half a release"
    assert len(seen) > 20, "the fault injection no longer reaches the writes"


@pytest.mark.timeout(600)
def test_a_delivery_killed_at_twenty_moments(tiny_stack: TinyStack, tmp_path: Path) -> None:
    base, moments = tmp_path / "base", random.Random(SEED)  # noqa: S311 - recorded, not secret
    shutil.copytree(tiny_stack.folder, base / "tiny")
    began = time.monotonic()
    _deliver(tmp_path / "whole", tiny_stack, copy_of=base)
    whole = time.monotonic() - began

    killed = 0
    for number in range(MOMENTS):
        work = tmp_path / f"moment-{number}"
        shutil.copytree(base, work)
        killed += _kill_after(moments.uniform(0, whole), work, tiny_stack)
        done = _deliver(work, tiny_stack)
        assert [step["did"] in {"ran", "reused"} for step in done["steps"]] == [True] * 8
        _verify(work, tiny_stack)
        shutil.rmtree(work)
    assert killed >= MOMENTS // 2, "most deliveries were over before they were killed"


def _kill_everywhere(base: Path, tmp_path: Path, stack: TinyStack) -> list[dict[str, Any]]:
    runs = [
        subprocess.Popen(
            [
                sys.executable,
                str(KILLER),
                str(base),
                str(tmp_path / f"work-{first}"),
                str(first),
                str(WORKERS),
            ],
            stdout=subprocess.PIPE,
            env=dict(stack.environment),
        )
        for first in range(1, WORKERS + 1)
    ]
    outputs = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0] * WORKERS
    seen = [json.loads(line) for output in outputs for line in output.splitlines()]
    return sorted(seen, key=lambda one: int(one["at"]))


def _holds(seen: list[dict[str, Any]]) -> None:
    for one in seen:
        assert one["signal"] == signal.SIGKILL, one
        assert one["between"] in {"none", "yes"}, one
        assert "error" not in one["again"], one
        assert one["after"] == "yes", one
        repeated = [step for step in one["finished"] if one["again"].get(step) != "reused"]
        assert not repeated, one


def _peso(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from peso.cli.main import main; main()", *arguments]


def _environment(work: Path, stack: TinyStack) -> dict[str, str]:
    return {**stack.environment, "XDG_STATE_HOME": str(work / "state")}


def _deliver(work: Path, stack: TinyStack, copy_of: Path | None = None) -> dict[str, Any]:
    if copy_of is not None:
        shutil.copytree(copy_of, work)
    file, to = work / "tiny" / "stack.yaml", work / "public"
    done = subprocess.run(
        _peso("deliver", str(file), "--to", str(to), "--json"),
        capture_output=True,
        check=False,
        env=_environment(work, stack),
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _verify(work: Path, stack: TinyStack) -> None:
    command = _peso(
        "verify", str(work / "public"), "--root", str(work / "public.root.json"), "--json"
    )
    done = subprocess.run(
        [*command, "--unsafe-development-keys"],
        capture_output=True,
        check=False,
        env=_environment(work, stack),
    )
    assert done.returncode == 0, done.stdout.decode()


def _kill_after(seconds: float, work: Path, stack: TinyStack) -> bool:
    """Kill a delivery, and look at what is published at that moment."""
    run = subprocess.Popen(
        _peso("deliver", str(work / "tiny" / "stack.yaml"), "--to", str(work / "public")),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=_environment(work, stack),
    )
    try:
        run.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        if (work / "public").exists():
            _verify(work, stack)
        return True
    return False
