"""What `peso explain rebuild` and `peso explain cache` cost on two real locks, whole processes.

    python benchmarks/explain_units.py OLD_LOCK NEW_LOCK [SPECS]

Each command runs as a process of its own, once to warm and then several times: at most 2 s by the
clock on an idle machine. The processor's seconds are printed beside, which a busy machine does not
change much; the load is printed too. A cache is OLD_LOCK taken as if it were cached, and then a
build cache of Spack with an index of at least SPECS specs (20,000 by default): the units of
OLD_LOCK, and the same for other targets. That one has no budget; most of its time is the reading of
the index. Exits with 1 over budget.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import archspec.cpu

from peso.products.engines.spack.buildcache.dag_hash import computed

BUDGET, TIMES, SPECS = 2.0, 7, 20_000


def seconds(command: list[str]) -> tuple[float, float]:
    """Return (clock, processor) of one process."""
    began, before = time.perf_counter(), _spent()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began, _spent() - before


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(what: str, command: list[str], budget: float | None = BUDGET, times: int = TIMES) -> bool:
    seconds(command)
    found = [seconds(command) for _ in range(times)]
    clock, spent = (statistics.median(one[at] for one in found) for at in (0, 1))
    least = min(one[0] for one in found)
    said = f"; at most {budget:g} s" if budget else ""
    print(f"{what:<44} {clock:.2f} s (least {least:.2f}), processor {spent:.2f} s{said}")
    return budget is None or clock <= budget


def big_cache(lock: bytes, folder: Path, specs: int) -> Path:
    """Write an index of many specs: the lock's, and the same for other targets."""
    nodes = list(json.loads(lock)["concrete_specs"].values())
    installs: dict[str, dict[str, Any]] = {}
    targets = [one["arch"]["target"] for one in nodes[:1]] + sorted(archspec.cpu.TARGETS)
    for target in targets:
        for made in _copies(nodes, target):
            installs[made["hash"]] = {
                "spec": made,
                "ref_count": 1,
                "in_buildcache": "external" not in made,
            }
        if len(installs) >= specs:
            break
    database = json.dumps({"database": {"version": "8", "installs": installs}}).encode()
    digest = sha256(database).hexdigest()
    blob = {
        "contentLength": len(database),
        "mediaType": "application/vnd.spack.db.v8+json",
        "compression": "none",
        "checksumAlgorithm": "sha256",
        "checksum": digest,
    }
    for path, data in (
        (f"blobs/sha256/{digest[:2]}/{digest}", database),
        (
            "v3/manifests/index/index.manifest.json",
            json.dumps({"version": 3, "data": [blob]}).encode(),
        ),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    print(f"an index of {len(installs):,} specs, {len(database) / 1e6:.0f} MB")
    return folder


def _copies(nodes: list[dict[str, Any]], target: str) -> Iterator[dict[str, Any]]:
    """Yield the units for another target, each under the hash that it then has."""
    by_hash = {one["hash"]: one for one in nodes}
    made: dict[str, dict[str, Any]] = {}

    def copy(hash_: str) -> dict[str, Any]:
        if hash_ not in made:
            one = by_hash[hash_]
            said = {**one, "arch": {**one["arch"], "target": target}}
            del said["hash"]
            if "dependencies" in one:
                said["dependencies"] = [
                    {**edge, "hash": copy(edge["hash"])["hash"]} for edge in one["dependencies"]
                ]
            made[hash_] = {**said, "hash": computed(said)}
        return made[hash_]

    return map(copy, by_hash)


def main() -> int:
    old, new, *rest = sys.argv[1:]
    peso = str(Path(sys.executable).with_name("peso"))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    good = [
        timed("explain rebuild", [peso, "explain", "rebuild", old, new]),
        timed("explain rebuild --json", [peso, "explain", "rebuild", old, new, "--json"]),
        timed(
            "explain rebuild --unit hdf5", [peso, "explain", "rebuild", old, new, "--unit", "hdf5"]
        ),
        timed("explain cache", [peso, "explain", "cache", new, "--cache", old]),
        timed(
            "explain cache --host here",
            [peso, "explain", "cache", new, "--cache", old, "--host", "here"],
        ),
    ]
    with tempfile.TemporaryDirectory() as folder:
        cache = big_cache(
            gzip.decompress(Path(old).read_bytes()), Path(folder), int(rest[0]) if rest else SPECS
        )
        command = [peso, "explain", "cache", new, "--cache", str(cache)]
        timed("explain cache, an index of Spack", command, None, 1)
    print(f"load {os.getloadavg()[0]:.1f}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
