"""What `peso explain impact` costs, as a whole process, with the index warm.

    python benchmarks/impact.py REPOSITORY [WORKSPACE]

`explain impact zlib` at most 0.5 s on an idle two-core machine; with a WORKSPACE also that with its
stacks and products, which has no budget. Prints medians, and exits with 1 over budget.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PESO = str(Path(sys.executable).with_name("peso"))
BUDGET, TIMES = 0.5, 9


def median(arguments: list[str], environment: dict[str, str]) -> float:
    command = [PESO, "explain", "impact", "zlib", *arguments, "--quiet"]
    subprocess.run(command, check=True, env=environment)
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        subprocess.run(command, check=True, env=environment)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def main() -> int:
    repository, *workspace = sys.argv[1:]
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "XDG_CACHE_HOME": cache}
        alone = median(["--repo", repository, "--in", cache], environment)
        print(f"explain impact zlib: {alone:.3f} s (at most {BUDGET} s)")
        for one in workspace:
            seconds = median(["--repo", repository, "--in", one], environment)
            print(f"explain impact zlib in {Path(one).name}: {seconds:.3f} s")
    return 0 if alone <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
