"""What the commands cost before they do any work: paired with `python -c pass`, medians.

    peso --version     at most 8 times
    peso --help        at most 15 times
    peso deliver       with nothing changed: at most 1.5 s on an idle two-core machine

The delivery is a small real stack, resolved from an index on loopback. Prints the figures and exits
with 1 where a budget is missed. Run it on an idle machine; it says how busy this one is.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.loopback_index import LoopbackIndex  # noqa: E402 - the tests' own index
from tests.stories.conftest import ALPHA, write_tiny_stack  # noqa: E402

REPEATS = 15
VERSION, HELP, DELIVER = 8.0, 15.0, 1.5


def seconds(command: Sequence[str], environment: dict[str, str]) -> float:
    """Time one whole process."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - began


def ratio(command: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return (median ratio to an empty program, median seconds), each pair measured together."""
    empty = [sys.executable, "-c", "pass"]
    pairs = [(seconds(command, environment), seconds(empty, environment)) for _ in range(REPEATS)]
    return (
        statistics.median(one / other for one, other in pairs),
        statistics.median(one for one, _ in pairs),
    )


def main() -> int:
    peso = str(Path(sys.executable).with_name("peso"))
    environment = dict(os.environ)
    missed = 0
    for option, budget in (("--version", VERSION), ("--help", HELP)):
        found, median = ratio([peso, option], environment)
        missed += found > budget
        print(f"peso {option}: {found:.1f} times an empty program ({median:.3f} s); {budget:g}")
    with tempfile.TemporaryDirectory() as folder, LoopbackIndex(Path(folder)) as index:
        stack = Path(folder) / "tiny"
        index.add_wheel("beta", "2.0", license="BSD-3-Clause", files={"beta.py": "HALF = 21\n"})
        index.add_wheel("alpha", "1.0", requires=["beta>=2"], files={"alpha.py": ALPHA})
        write_tiny_stack(stack)
        environment |= {**index.environment, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        command = [peso, "deliver", str(stack), "--to", f"{folder}/public", "--quiet"]
        first = seconds(command, environment)
        again = statistics.median(seconds(command, environment) for _ in range(REPEATS))
        missed += again > DELIVER
        print(f"peso deliver: {first:.2f} s, again with nothing changed {again:.2f} s; {DELIVER:g}")
    print(f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
