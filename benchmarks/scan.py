"""What matching costs: a 600-component SBOM and E4S's lock, against every source at hand.

    python benchmarks/scan.py ADVISORIES LOCK...

ADVISORIES is a folder of sources (archives, lists); they are imported into a new store first, and
the time of that is printed apart. Each LOCK is a Spack lock, packed or not. Then, each time in a
fresh process whose imports and reading are timed apart, the store in the page cache: every unit of
the lock, and every component of an SBOM of 300 Python packages and 300 units, is matched. At most
0.5 s of wall clock on an idle machine, 300 MB at the most; the seconds of the processor are printed
beside, which a busy machine changes little. A plain loop is timed too: by what its clock is above
its processor, the machine was busy. Prints medians, and exits with 1 over budget: a time is over
only if both clocks are.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from peso.errors import PesoError
from peso.services.assurance.advisories.importing import import_advisories

SECONDS, MEGABYTES, TIMES = 0.5, 300, 5
TIMED = """
import json, resource, sys, time
from datetime import UTC, datetime
from pathlib import Path

lock, store, kind = sys.argv[1:]
parts, last = {}, [time.perf_counter(), 0.0]

def done(name):
    parts[name] = (time.perf_counter() - last[0], time.process_time() - last[1])
    last[:] = time.perf_counter(), time.process_time()

from peso.products.engines.native import NativeLock
from peso.products.engines.port import Artifact
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.facts import NoRecipes
from peso.products.engines.spack.lockfile import read_lock
from peso.services.assurance.inventory import Component, Inventory
from peso.services.assurance.matching.scan import scan, scan_lock
from peso.services.assurance.identity.table import load_identity
done("imports")

sum(number * number for number in range(2_000_000))
done("plain loop")

file = Artifact(role="lock", path="x", media_type="x", length=1, sha256="0" * 64)
read = read_lock(Path(lock).read_bytes(), where=lock, recipes=NoRecipes("not asked"),
                 packages=NoDistribution("a lock of another machine"))
native = NativeLock(part="native", requires=read.requires, units=read.units, roots=read.roots,
                    checkouts=(), document=file, environment=(file,), settings=file, tool="x")
now = datetime.now(UTC)

def component(name, version, purl, unit=""):
    return Component(name=name, version=version, purl=purl, part="p", license="MIT", path="",
                     sha256="", depends=(), unit=unit)

packages = json.loads(sys.stdin.read())
components = [component(name, version, f"pkg:pypi/{name}@{version}") for name, version in packages]
components += [component(one.name, one.version, one.purl, one.hash) for one in native.units[:300]]
sbom = Inventory(made=now, components=tuple(components), cyclonedx=file, spdx=file, findings=())
done("reading")

table = load_identity()
done("identity")
if kind == "lock":
    seen = scan_lock(native, Path(store), now=now, identity=table)
else:
    seen = scan(sbom, Path(store), now=now, identity=table)
done("matching")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
covered = sum(bool(one.sources) for one in seen.coverage)
print(json.dumps({"parts": parts, "peak": peak, "asked": len(seen.coverage), "covered": covered,
                  "findings": len(seen.findings), "overruled": len(seen.overruled)}))
"""


def packages(store: Path) -> list[tuple[str, str]]:
    """Return 300 Python packages that records speak of, each in a version a record lists."""
    import sqlite3  # noqa: PLC0415 - only to choose what is asked for

    with sqlite3.connect(f"file:{store}/advisories.db?mode=ro", uri=True) as database:
        rows = database.execute(
            "SELECT DISTINCT name FROM subject WHERE space = 'PyPI' ORDER BY name"
        ).fetchall()
    step = max(1, len(rows) // 300)
    return [(name, "2.1.0") for (name,) in rows[::step]][:300]


def run(lock: str, store: Path, kind: str, asked: str) -> dict[str, object]:
    command = [sys.executable, "-c", TIMED, lock, str(store), kind]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, input=asked)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def measured(lock: str, store: Path, kind: str, asked: str) -> bool:
    run(lock, store, kind, asked)
    several = [run(lock, store, kind, asked) for _ in range(TIMES)]
    last = several[-1]
    what = Path(lock).name if kind == "lock" else "an SBOM"
    print(
        f"{what}: {last['asked']} asked for, {last['covered']} covered,"
        f" {last['findings']} findings, {last['overruled']} overruled"
    )
    over = False
    for name in last["parts"]:  # type: ignore[attr-defined]
        wall, processor = (
            statistics.median(one["parts"][name][at] for one in several)  # type: ignore[index]
            for at in (0, 1)
        )
        best = min(one["parts"][name][0] for one in several)  # type: ignore[index]
        print(f"  {name:<12}{wall:7.3f} s (best {best:.3f})  processor {processor:6.3f} s")
        over |= name == "matching" and min(wall, processor) > SECONDS
    peak = max(float(str(one["peak"])) for one in several)
    print(f"  peak memory {peak:5.0f} MB")
    return not over and peak <= MEGABYTES


def main(folder: str, *locks: str) -> int:
    with tempfile.TemporaryDirectory() as work:
        store = Path(work) / "store"
        began = time.perf_counter()
        for source in sorted(Path(folder).iterdir()):
            try:
                made = import_advisories(source, store, name=None, now=datetime.now(UTC))
                print(f"{source.name}: {made.format}, {made.records:,} records")
            except PesoError as error:
                print(f"{source.name}: left out: {error}")
        print(f"imported in {time.perf_counter() - began:.1f} s; load {os.getloadavg()[0]:.1f}")
        asked = json.dumps(packages(store))
        good = [measured(lock, store, kind, asked) for lock in locks for kind in ("lock", "sbom")]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
