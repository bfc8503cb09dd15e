"""What `peso stack lint` costs, the whole process, page cache and store of facts warm.

    one environment           at most 0.4 s
    E4S's 30 environments     at most 2 s

    python benchmarks/lint.py --repo RECIPES --many FOLDER [--one FILE]

Prints medians and least of the wall clock and of the processor's time, and how busy the machine is:
on a busy one only the processor's time says something. Exits with 1 where a budget is missed.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ONE, MANY = 0.4, 2.0
REPEATS = 11


def timed(command: list[str]) -> tuple[float, float]:
    """Return the wall clock and the processor's time of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode in {0, 1}
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured(what: str, command: list[str], budget: float) -> bool:
    timed(command)  # the first fills the store
    walls, work = zip(*(timed(command) for _ in range(REPEATS)), strict=True)
    kept: bool = statistics.median(walls) <= budget
    print(
        f"{what:<24} wall {statistics.median(walls):.3f} s (least {min(walls):.3f}), "
        f"processor {statistics.median(work):.3f} s (least {min(work):.3f}), "
        f"at most {budget} s: {'kept' if kept else 'MISSED'}"
    )
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", required=True)
    parser.add_argument("--many", required=True)
    parser.add_argument("--one", help="else the largest spack.yaml of MANY")
    asked = parser.parse_args()
    files = sorted(Path(asked.many).rglob("spack.yaml"), key=lambda file: file.stat().st_size)
    one = asked.one or str(files[-1])
    peso = [str(Path(sys.executable).with_name("peso")), "stack", "lint", "--repo", asked.repo]
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    kept = [
        measured("an empty Python", [sys.executable, "-c", "pass"], ONE),
        measured("one environment", [*peso, one], ONE),
        measured("all environments", [*peso, asked.many], MANY),
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
