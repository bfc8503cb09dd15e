"""How much faster a facility installs e4s-mini from the verified cache than it builds it.

Takes a publication of `examples/e4s-mini` that this machine made (`peso deliver`), and installs its
native part with `peso install` in a process of its own, by a user of Spack who has configured
nothing and whose Spack has no index of anything. The figures:

1. *from source*: the wall clock of `spack install` as the release's own account has it
   (`evidence/build.json`); with `--source`, that is measured now: a delivery of the example until
   `build`, in a workspace of its own, without what planning took.
2. *from the cache*: the wall clock of the whole `peso install`: verification, fetching, Spack. And
   how long the Spack of this machine needs to start and end with empty caches, apart.

Budget: source takes at least 20 times as long as the whole install. Both ran on this machine; where
its load was another at the two times, the ratio is wrong by that, so loads and CPU seconds are
printed. Exit status 1: the budget is missed.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import peso
from peso.products.engines.native import NativeBuild
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.publication.publish import releases, root_file
from peso.services.integration.build import Build

EXAMPLE = Path(__file__).parents[1] / "examples" / "e4s-mini"
TIMES = 20.0
REPEATS = 3
VARIABLES = ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "SPACK_USER_CONFIG_PATH")


@dataclass(frozen=True, slots=True)
class Took:
    """What a command took."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        """Say both."""
        return f"{self.wall:8.2f} s, {self.cpu:7.2f} s of CPU"


def took(argv: list[str], environment: dict[str, str]) -> Took:
    """Run a command to its end, which has to be a good one."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    wall, after = perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{argv}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(wall, used)


def main() -> int:
    """Measure, and say whether the budget is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("publication", type=Path)
    parser.add_argument("--source", action="store_true", help="build it now; takes minutes")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="peso-facility-") as folder:
        return _measure(asked.publication, Path(folder), source=asked.source)


def _measure(public: Path, home: Path, *, source: bool) -> int:
    built = _source(home) if source else _account(public)
    print(f"{built}  from source{'' if source else ' (wall clock as the release says)'}")
    start = [_start(home / f"start-{number}") for number in range(REPEATS)]
    runs = [_install(public, home / f"facility-{number}") for number in range(REPEATS)]
    for one in runs:
        print(f"{one}  peso install: verification, fetching, Spack")
    for one in start:
        print(f"{one}  of which Spack's start with nothing cached takes about this")
    whole = statistics.median(one.wall for one in runs)
    less = whole - statistics.median(one.wall for one in start)
    print(f"{built.wall / whole:8.1f} times as long from source (budget {TIMES})")
    print(f"{built.wall / max(less, 0.01):8.1f} times, were Spack's start free")
    if built.cpu:
        cpu = statistics.median(one.cpu for one in runs)
        print(f"{built.cpu / cpu:8.1f} times as much CPU")
    print(f"load {os.getloadavg()[0]:.1f}")
    return int(built.wall < TIMES * whole)


def _account(public: Path) -> Took:
    (manifest, *_) = [one for one in releases(public) if one.stack == "e4s-mini"][::-1]
    (file,) = (one for one in manifest.files if one.path == "evidence/build.json")
    build = Build.parse((public / blob_path(file.sha256)).read_bytes())
    return Took(sum(one.seconds for one in build.parts if isinstance(one, NativeBuild)), 0.0)


def _source(home: Path) -> Took:
    """Build the example from source; what planning takes is taken off."""
    stack = home / "source" / "stack.yaml"
    shutil.copytree(EXAMPLE, stack.parent)
    environment = {**os.environ, "XDG_STATE_HOME": str(home / "state")}
    command = [*_peso(), "deliver", str(stack), "--to", str(home / "public"), "--quiet"]
    took([*command, "--until", "plan"], environment)
    return took([*command, "--until", "build"], environment)


def _peso() -> list[str]:
    return [sys.executable, "-c", "from peso.cli.main import main; main()"]


def _user(home: Path) -> dict[str, str]:
    """Return the environment of a user who has configured nothing."""
    for variable in VARIABLES:
        (home / variable.lower()).mkdir(parents=True)
    mine = {variable: str(home / variable.lower()) for variable in VARIABLES}
    return {**os.environ, **mine, "SPACK_USER_CACHE_PATH": str(home / "spack-cache")}


def _start(home: Path) -> Took:
    spack = Path(os.environ["PESO_SPACK"])
    program = spack if spack.is_file() else spack / "bin" / "spack"
    return took([str(program), "python", "-c", "import spack.store"], _user(home))


def _install(public: Path, home: Path) -> Took:
    command = [*_peso(), "install", str(public), "--prefix", str(home / "prefix"), "--quiet"]
    command += ["--root", str(root_file(public.absolute())), "--unsafe-development-keys"]
    found = took([*command, "--only", "hypre", *_others()], _user(home))
    if not any((home / "prefix").rglob("libHYPRE*")):
        sys.exit("it was not installed")
    return found


def _others() -> list[str]:
    """Return the other products of the native part: with hypre, all that was built."""
    names = ("libunwind", "numactl", "lz4", "bzip2")
    return [word for name in names for word in ("--only", name)]


if __name__ == "__main__":
    if not os.environ.get("PESO_SPACK"):
        sys.exit(f"peso {peso.__version__}: PESO_SPACK names no Spack")
    sys.exit(main())
