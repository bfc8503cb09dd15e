"""How fast is the catalog? Paired with Spack in one run, on the same files.

    PESO_SPACK=DIR python benchmarks/catalog.py REPOSITORY

1. Cold: `peso catalog index` without an index, and `spack list --format version_json` with an empty
   user cache, one after the other, `ROUNDS` times, the page cache warm; the ratio of the medians.
   Both have the bytecode of their own code, neither has any of the recipes. Both write what they
   keep for the next time, as they do for their users: an index, and bytecode of the recipes.
2. Again: `peso catalog index` with nothing changed, against the same.
3. Show: `peso catalog show hypre`, a whole process, index there; the fastest and the median.
4. Memory: the most that any process of the cold index held, and all of them together at most.

Limits: 10 times, 100 times, 0.3 s, 700 MB. Exit status 1 where one does not hold.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.which_spack import spack_command

ROUNDS = int(os.environ.get("PESO_ROUNDS", "3"))
PESO = Path(sys.executable).with_name("peso")
MEGABYTE = 1e6


SPENT: dict[str, float] = {}
"""CPU seconds of the last run of each command, all its processes: tells load from work."""


def timed(command: list[str], environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **environment}, cwd="/"
    )
    took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    SPENT[" ".join(command[1:3])] = spent
    return took


def cold(repository: str) -> float:
    with tempfile.TemporaryDirectory() as cache:
        return timed([str(PESO), "catalog", "index", repository], {"XDG_CACHE_HOME": cache})


def spack_list(spack: str, repository: str) -> float:
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as cache,
        tempfile.TemporaryDirectory() as bytecode,
    ):
        # Beside the recipes there may be bytecode of them, from runs before: none of it is used.
        here = {"SPACK_USER_CACHE_PATH": cache, "PYTHONPYCACHEPREFIX": bytecode}
        timed([spack, "list", "zlib"], {**here, "PYTHONDONTWRITEBYTECODE": ""})
        shutil.rmtree(Path(bytecode) / Path(repository).relative_to("/"))
        shutil.rmtree(cache)
        command = [spack, "list", "--format", "version_json"]
        return timed(command, {**here, "PYTHONDONTWRITEBYTECODE": ""})


def memory(repository: str) -> float:
    """Return the most memory (unique pages, in MB) of all processes of a cold index together."""
    most = [0.0]
    with tempfile.TemporaryDirectory() as cache:
        running = subprocess.Popen(
            [str(PESO), "catalog", "index", "--quiet", repository],
            env={**os.environ, "XDG_CACHE_HOME": cache},
            cwd="/",
        )

        def watch() -> None:
            top = psutil.Process(running.pid)
            while running.poll() is None:
                try:
                    every = [top, *top.children(recursive=True)]
                    held = sum(one.memory_full_info().pss for one in every)
                    most[0] = max(most[0], held / MEGABYTE)
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
                time.sleep(0.05)

        watcher = threading.Thread(target=watch)
        watcher.start()
        running.wait()
        watcher.join()
    return most[0]


def main() -> int:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    spack = spack_command()
    repository = os.path.abspath(sys.argv[1])  # noqa: PTH100 - as named
    cold(repository)  # fills the page cache
    pairs = [(cold(repository), spack_list(spack, repository)) for _ in range(ROUNDS)]
    spent, theirs_spent = SPENT["catalog index"], SPENT["list --format"]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    with tempfile.TemporaryDirectory() as cache:
        here = {"XDG_CACHE_HOME": cache}
        timed([str(PESO), "catalog", "index", repository], here)
        again = [timed([str(PESO), "catalog", "index"], here) for _ in range(3 * ROUNDS)]
        show = [timed([str(PESO), "catalog", "show", "hypre"], here) for _ in range(5 * ROUNDS)]
    held = memory(repository)
    warm, shown = statistics.median(again), statistics.median(show)
    print(f"rounds {ROUNDS}; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"spack list, empty cache   {theirs:8.2f} s")
    print(f"index, cold               {ours:8.2f} s   {theirs / ours:6.1f} times faster (10)")
    print(f"CPU: spack {theirs_spent:.1f} s, index {spent:.1f} s on {os.cpu_count()} cores")
    print(f"index, nothing changed    {warm:8.2f} s   {theirs / warm:6.1f} times faster (100)")
    print(f"show hypre                {shown:8.2f} s   fastest {min(show):.2f} s (0.30)")
    print(f"memory of all processes   {held:8.0f} MB  (700)")
    good = theirs / ours >= 10 and theirs / warm >= 100 and shown <= 0.3 and held <= 700
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
