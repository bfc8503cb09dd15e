"""How long PESO's build of a native part takes, beside `spack install` of the same lock.

The environment is solved once. Then in each round both build it into a store of their own that is
empty, one right after the other in changing order, with the same configuration, recipe index and
sources; the median of the paired ratios counts, and a first pair warms up. Processor seconds of
both sides are printed too: on a busy machine they say more than the clock.

1. PESO's build step takes at most 1.05 times `spack install`;
2. a delivery with nothing changed starts no Spack at all.

Needs PESO_SPACK, and the sources where Spack's own configuration finds them (a mirror, a network).
Where they are not, it says NOT TIMED. Exit status 1: a budget was missed.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

import peso
from peso.base.ledger import Blobs
from peso.errors import PesoError, Refused
from peso.products.engines.native import NativeLock
from peso.products.engines.port import Workbench
from peso.products.engines.spack.engine import SpackEngine
from peso.products.engines.spack.install import lay_environment
from peso.products.engines.spack.site import Site, for_spack
from peso.products.engines.spack.tool import VARIABLE, find_spack
from peso.products.stack import load_stack

T = TypeVar("T")
RATIO = 1.05
ROUNDS = 3
ROOTS = ("lz4@1.9.4", "bzip2@1.0.8", "numactl@2.0.16")
STACK = """\
schema: peso.stack/1
name: bench
version: "1"
title: What the build step is timed with
parts:
  native: {{engine: spack, environment: spack.yaml}}
products:
{products}
"""
COUNTED = """\
#!/bin/sh
echo started >> '{log}'
exec '{python}' "$@"
"""


class NotTimed(Exception):
    """What this machine lacks to time anything."""


@dataclass(frozen=True)
class Took:
    """What one build took."""

    seconds: float
    processor: float


@dataclass(frozen=True)
class Yard:
    """Where the builds are made, and what of."""

    folder: Path
    engine: SpackEngine
    lock: NativeLock
    blobs: Blobs
    misc: Path
    """Spack's index of recipes, made by the solve."""

    def bench(self, name: str) -> Workbench:
        """Return a workbench whose store is empty; the recipe index is there."""
        shutil.rmtree(self.folder / name, ignore_errors=True)
        bench = _bench(self.folder / name, self.blobs)
        shutil.copytree(self.misc, self.engine.site.folders(bench).misc)
        return bench

    def peso(self) -> Took:
        """Build as PESO does."""
        bench = self.bench("peso")
        took, build = _timed(lambda: self.engine.build(self.lock, bench))
        if build.missing:
            raise NotTimed(f"{build.missing[0].name} did not build: {build.missing[0].because}")
        return took

    def bare(self) -> Took:
        """Build as a person would: `spack install` in a shell."""
        bench = self.bench("bare")
        environment = lay_environment(self.lock, bench, bench.work)
        argv = self.engine.site.commands(bench).install(environment)
        with (bench.work / "out").open("wb") as out, (bench.work / "err").open("wb") as err:
            took, done = _timed(
                lambda: subprocess.run(
                    argv, stdout=out, stderr=err, env=self.engine.site.environment, check=False
                )
            )
        if done.returncode:
            last = (bench.work / "err").read_text()[-300:]
            raise NotTimed(f"spack install ended with {done.returncode}: {last}")
        return took


def _bench(folder: Path, blobs: Blobs) -> Workbench:
    (folder / "work").mkdir(parents=True)
    return Workbench(
        blobs=blobs,
        work=folder / "work",
        cache=folder / "cache",
        offline=False,
        progress=lambda _progress: None,
    )


def _timed(work: Callable[[], T]) -> tuple[Took, T]:
    before, began = _processor(), perf_counter()
    done = work()
    return Took(perf_counter() - began, _processor() - before), done


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def write_stack(folder: Path, roots: tuple[str, ...]) -> Path:
    """Write the stack that is built; return its file."""
    folder.mkdir()
    specs = ", ".join(roots)
    (folder / "spack.yaml").write_text(f"spack: {{specs: [{specs}], view: false}}\n")
    products = "\n".join(f"  - {{name: {one.split('@')[0]}, part: native}}" for one in roots)
    (folder / "stack.yaml").write_text(STACK.format(products=products))
    return folder / "stack.yaml"


def solved(folder: Path, stack: Path, environment: Mapping[str, str]) -> Yard:
    """Solve the environment once."""
    try:
        site = Site(spack=find_spack(None, environment), environment=for_spack(environment))
        engine = SpackEngine(site=site, index=folder / "index")
        blobs = Blobs(folder / "blobs")
        bench = _bench(folder / "solve", blobs)
        lock = engine.plan(load_stack(stack), "native", bench, upgrade=False)
    except PesoError as error:
        raise NotTimed(str(error)) from error
    misc = site.folders(bench).misc
    misc.mkdir(parents=True, exist_ok=True)
    return Yard(folder, engine, lock, blobs, misc)


def compare(yard: Yard, rounds: int) -> bool:
    """Time both; say whether PESO's is within its budget."""
    units = sum(one.external is None for one in yard.lock.units)
    print(f"{units} units and {len(yard.lock.units) - units} externals; {rounds} rounds")
    pairs: list[tuple[Took, Took]] = []
    for number in range(rounds + 1):
        if number % 2:
            ours, bare = yard.peso(), yard.bare()
        else:
            bare, ours = yard.bare(), yard.peso()
        if number:
            pairs.append((ours, bare))
        print(
            f"  {'round ' + str(number) if number else 'warm-up'}: "
            f"peso {ours.seconds:.1f} s ({ours.processor:.1f} s of processors), "
            f"spack {bare.seconds:.1f} s ({bare.processor:.1f} s)"
        )
    ratio = median(ours.seconds / bare.seconds for ours, bare in pairs)
    work = median(ours.processor / bare.processor for ours, bare in pairs)
    ours_, bare_ = (median(pair[which].seconds for pair in pairs) for which in (0, 1))
    print(f"build: peso {ours_:.1f} s, spack install {bare_:.1f} s (medians)")
    print(f"ratio {ratio:.3f} (limit {RATIO}); of processor seconds {work:.3f}")
    return ratio <= RATIO


def starts_none(folder: Path, stack: Path) -> bool:
    """Deliver twice; say whether the second delivery started no Spack."""
    log = folder / "starts"
    counted = folder / "python"
    python = os.environ.get("SPACK_PYTHON") or shutil.which("python3") or sys.executable
    counted.write_text(COUNTED.format(log=log, python=python))
    counted.chmod(0o755)
    os.environ["SPACK_PYTHON"] = str(counted)
    counts: list[int] = []
    for _ in range(2):
        log.write_text("")
        began = perf_counter()
        with suppress(Refused):  # no test: the gate is not asked
            peso.deliver(stack, to=folder / "public", until="inventory")
        counts.append(len(log.read_text().splitlines()))
        print(f"delivery: {perf_counter() - began:.1f} s, Spack was started {counts[-1]} times")
    return counts[0] > 0 and counts[1] == 0


def main() -> int:
    """Time what can be timed; say what cannot."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    arguments.add_argument("roots", nargs="*", default=list(ROOTS), help="specs to build")
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    arguments.add_argument("--only", choices=("build", "nothing"), help="time one of the two")
    asked = arguments.parse_args()
    if VARIABLE not in os.environ:
        print(f"NOT TIMED: the build of a native part; {VARIABLE} names no Spack")
        return 0
    with tempfile.TemporaryDirectory(prefix="peso-native-") as name:
        folder = Path(name)
        stack = write_stack(folder / "stack", tuple(asked.roots))
        good = True
        try:
            if asked.only != "nothing":
                good = compare(solved(folder, stack, os.environ), max(asked.rounds, 1))
            if asked.only != "build":
                good = starts_none(folder, stack) and good
        except NotTimed as why:
            print(f"NOT TIMED: the build of a native part; {why}")
            return 0
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
