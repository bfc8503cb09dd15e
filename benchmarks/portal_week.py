"""Times the ingest of a week of a CI: `python benchmarks/portal_week.py [--results N]`.

A ledger of real records, read as anybody's: every digest, schema and log. `peso portal ingest` runs
as its users run it, start of Python and migrations included. The bound is 60 s for 100,000 results,
on both databases; what it used of a CPU is beside it, for the machine may be shared.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.portal.cluster import Cluster, why_not  # noqa: E402
from tests.portal.made import Sizes, write_ledger  # noqa: E402

from peso.portal.config import DATABASE, FOLDER  # noqa: E402

BOUND = 60.0
WEEK = 100_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=int, default=WEEK)
    parser.add_argument("--ledger", type=Path, help="one that was written before")
    asked = parser.parse_args()
    print(f"load of the machine: {os.getloadavg()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        ledger = asked.ledger or Path(folder) / "ledger"
        if not ledger.exists():
            write_ledger(ledger, Sizes(results=asked.results))
        _time("sqlite", ledger, Path(folder) / "sqlite", "", asked.results)
        if reason := why_not():
            print(f"NOT TIMED: PostgreSQL: {reason}")
            return 0
        with Cluster(lasting=True, settings=("shared_buffers=256MB",)) as cluster:
            url = cluster.new("week")
            _time("postgresql", ledger, Path(folder) / "postgresql", url, asked.results)
    print(f"load of the machine: {os.getloadavg()}")
    return 0


def _time(name: str, ledger: Path, folder: Path, url: str, results: int) -> None:
    folder.mkdir()
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    for what in ("first", "again"):
        subprocess.run(
            (
                *(sys.executable, "-c"),
                "import sys; from peso.cli.main import main; sys.exit(main())",
                *("portal", "ingest", str(ledger), "--in", str(folder), "--quiet"),
            ),
            env={**os.environ, FOLDER: str(folder / "portal"), DATABASE: url},
            check=True,
        )
        after, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - begun
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        bound = BOUND * results / WEEK
        held = f"{'HOLDS' if took <= bound else 'DOES NOT HOLD'} ({bound:.0f} s)"
        print(
            f"{name:10} {what:6} {results:8} results {took:7.1f} s, CPU {used:6.1f} s,"
            f" {after.ru_maxrss / 1024:5.0f} MB  {held if what == 'first' else ''}",
            flush=True,
        )
        before, begun = after, time.perf_counter()


if __name__ == "__main__":
    sys.exit(main())
