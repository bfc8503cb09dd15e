"""How long importing 25,000 advisories takes, and looking up what is said of a lock's units.

Each file of the folders given is imported as a source of its own into an empty store, again under
other names until there are 25,000 records; the largest memory of this process and of its workers
together counts. Then every key whose product is called as a unit of the locks is looked up, with
keys of PESO and of vendors for each unit, six times; the best counts, the first is warm already.
Budgets: 60 s, 300 MB, 0.2 s (exit status 1: one was missed). Without folders it says NOT TIMED.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

from peso.base.pool import cores
from peso.services.assurance.advisories.importing import import_advisories
from peso.services.assurance.advisories.record import Key
from peso.services.assurance.advisories.store import FILE, records_for, sources

RECORDS = 25_000
SECONDS, MEBIBYTES, LOOKUP = 60.0, 300, 0.2


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="*", help="folders of sources")
    parser.add_argument("--lock", type=Path, action="append", default=[], help="a lock of Spack")
    said = parser.parse_args()
    files = [file for folder in said.folders for file in sorted(folder.iterdir())]
    if not files:
        print("NOT TIMED: advisories; name folders of sources")
        return 0
    with tempfile.TemporaryDirectory() as place:
        store = Path(place, "advisories")
        seconds = imported(files, store)
        memory = largest()
        lookups = [looked_up(store, lock) for lock in said.lock]
    print(f"largest memory: {memory} MiB, workers too (budget {MEBIBYTES})")
    return int(seconds > SECONDS or memory > MEBIBYTES or any(one > LOOKUP for one in lookups))


def imported(files: list[Path], store: Path) -> float:
    """Import until there are enough records; returns the seconds for 25,000."""
    began, spent, total, turn = perf_counter(), cpu(), 0, 0
    while total < RECORDS:
        turn += 1
        for file in files:
            at = perf_counter()
            name = f"{file.name.partition('.')[0]}-{turn}"
            made = import_advisories(file, store, name=name, now=datetime.now(UTC))
            total += made.records
            print(
                f"{name}: {made.records} records ({made.format}) of {made.products} products, "
                f"{len(made.findings)} findings, {perf_counter() - at:.2f} s"
            )
    seconds = perf_counter() - began
    size = (store / FILE).stat().st_size >> 20
    print(
        f"{total} records: {seconds:.1f} s, {cpu() - spent:.1f} s of processors, {size} MiB; "
        f"25,000 are {seconds * RECORDS / total:.1f} s (budget {SECONDS:g})"
    )
    return seconds * RECORDS / total


def cpu() -> float:
    """Return the processor time of this process and of its ended workers."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + ended.ru_utime + ended.ru_stime


def largest() -> int:
    """Return the largest memory of this process and of all its workers, in MiB."""
    mine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return int(mine + worker * cores()) >> 10


def looked_up(store: Path, lock: Path) -> float:
    """Look up what is said of a lock's units; returns the best time."""
    data = gzip.decompress(lock.read_bytes()) if lock.suffix == ".gz" else lock.read_bytes()
    units = json.loads(data)["concrete_specs"]
    keys = keys_of(store, {one["name"] for one in units.values()})
    times = []
    for _ in range(6):
        began = perf_counter()
        found = records_for(store, keys)
        sources(store)
        times.append(perf_counter() - began)
    count = sum(len(records) for records in found.values())
    print(
        f"{lock.name}: {len(units)} units, {len(keys)} keys, {count} answers: "
        f"{min(times):.3f} s, at worst {max(times):.3f} s (budget {LOOKUP:g})"
    )
    return min(times)


def keys_of(store: Path, names: set[str]) -> list[Key]:
    """Return the keys that may speak of packages of these names; more than an identity would."""
    with sqlite3.connect(store / FILE) as database:
        known = list(database.execute("SELECT DISTINCT space, name FROM subject"))
    bare = {name.removeprefix("py-") for name in names}
    found = [(space, name) for space, name in known if _last(name) in (names | bare)]
    return [*found, *((space, name) for space in ("PESO", "VENDOR") for name in sorted(names))]


def _last(name: str) -> str:
    return name.rpartition("/")[2].rpartition(":")[2]


if __name__ == "__main__":
    sys.exit(main())
