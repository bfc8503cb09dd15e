"""A command's lines are told while it runs, whole and each once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from peso.base.process import Command
from peso.products.engines.spack.following import follow


def command(folder: Path, code: str) -> Command:
    return Command(
        argv=(sys.executable, "-c", code),
        directory=folder,
        environment=dict(os.environ),
        stdout=folder / "out",
        stderr=folder / "err",
        seconds=60.0,
    )


def test_lines_come_while_it_runs_and_the_last_one_too(tmp_path: Path) -> None:
    told: list[str] = []
    marker = tmp_path / "seen"
    code = (
        "import pathlib, time\n"
        "print('one', flush=True)\n"
        f"while not pathlib.Path({str(marker)!r}).exists(): time.sleep(0.01)\n"
        "print('two'); print('three', end='')\n"
    )

    def tell(line: str) -> None:
        told.append(line)
        marker.touch()

    end = follow(command(tmp_path, code), tell)

    assert (end.ended, end.code) == ("exit", 0)
    assert told == ["one", "two", "three"]


def test_a_line_without_end_is_cut(tmp_path: Path) -> None:
    told: list[str] = []

    follow(command(tmp_path, "print('x' * 3_000_000)"), told.append)

    assert {len(line) for line in told} == {10_000}


def test_what_was_not_started_tells_nothing(tmp_path: Path) -> None:
    told: list[str] = []
    missing = Command(
        argv=("/nowhere/at/all",),
        directory=tmp_path,
        environment={},
        stdout=tmp_path / "out",
        stderr=tmp_path / "err",
        seconds=5.0,
    )

    assert follow(missing, told.append).ended == "not-started"
    assert told == []
