"""How fast `peso verify` proves a large release in a folder, beside hashing the same files.

Makes a real publication, the tests' small one with large files added: 4 GB in 2,000 files by
default. Paired: in each repeat both read the same files from a warm page cache, one after the other
in changing order; medians are compared. Two budgets:

1. verify reaches 70 % of the throughput of `hashlib.sha256` on one thread;
2. a fresh process that verifies needs less than 200 MB.

Exit status 1: a budget is missed. Everything made is removed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' publication, with large files

from tests.services.delivery.conftest import NOW, make_keys, make_release

from peso.base.ledger import Blobs
from peso.base.net import Net
from peso.products.engines.port import Artifact
from peso.services.delivery.facility.verify import verify
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.manifest import assemble
from peso.services.delivery.publication import publish
from peso.services.delivery.statements import attest
from peso.services.integration.relocate import Relocations

RATIO = 0.70
MEMORY = 200_000_000
ROOM = 2.2
"""How many times the release's size it takes on disk: the store and the publication."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the publication is, and what the facility knows."""

    folder: Path
    root: Path
    state: Path


def main() -> int:
    asked = _arguments()
    if asked.only:
        return _only(Place(folder=asked.only[0], root=asked.only[1], state=asked.only[2]))
    size = int(asked.gigabytes * 1e9)
    free = shutil.disk_usage(asked.at).free
    if free < size * ROOM:
        print(f"{asked.at} has {free / 1e9:.1f} GB free; it takes {size * ROOM / 1e9:.1f} GB")
        return 1
    with tempfile.TemporaryDirectory(prefix="peso-bench-", dir=asked.at) as home:
        place = _publish(Path(home), size, asked.files)
        return _measure(place, asked.repeats)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--gigabytes", type=float, default=4.0)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--at", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--only", type=Path, nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


def _publish(home: Path, size: int, count: int) -> Place:
    """Publish a release with `count` large files of `size` bytes together."""
    began = perf_counter()
    keys, blobs = make_keys(home / "keys", development=False), Blobs(home / "blobs")
    release = make_release(blobs)
    release = replace(release, files=(*release.files, *_large(blobs, size, count)))
    said = attest.Attested(
        stack=release.stack,
        definition="0" * 64,
        plan=release.plan,
        build=release.build,
        relocations=Relocations(made=NOW),
        tests=release.tests,
        inventory=release.inventory,
        scan=release.scan,
        verdict=release.verdict,
        files=release.files,
        tool="0",
    )
    evidence = attest.evidence_files(said, blobs)
    signed = attest.attest(said, evidence, keys.signer("testing"), blobs, now=NOW)
    manifest = assemble(
        release.stack,
        release.plan,
        release.build,
        (*release.files, *evidence, *signed),
        definition="0" * 64,
        now=NOW,
    )
    folder = home / "public"
    publish.publish(manifest, (), blobs, folder, keys, freshness=Freshness(), now=NOW)
    shutil.rmtree(home / "blobs")
    print(f"published {size / 1e9:.2f} GB in {count} files ({perf_counter() - began:.0f} s)")
    return Place(folder=folder, root=publish.root_file(folder), state=home / "state")


def _large(blobs: Blobs, size: int, count: int) -> list[Artifact]:
    """Make files of equal length, each other than the rest."""
    body = os.urandom(max(size // count - 8, 1))
    made = []
    for number in range(count):
        sha256, length = blobs.put(number.to_bytes(8) + body)
        made.append(
            Artifact(
                role="artifact",
                path=f"wheels/large-{number}.whl",
                media_type="application/octet-stream",
                length=length,
                sha256=sha256,
            )
        )
    return made


def _measure(place: Place, repeats: int) -> int:
    files = sorted(path for path in place.folder.rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in files)
    both: dict[str, Callable[[], object]] = {
        "hashlib.sha256": lambda: _hash(files),
        "verify": lambda: _verify(place),
    }
    times: dict[str, list[float]] = {name: [] for name in both}
    _hash(files)  # warms the page cache
    for number in range(repeats):
        for name in sorted(both, reverse=number % 2 == 1):
            began = perf_counter()
            both[name]()
            times[name].append(perf_counter() - began)
    middle = {name: median(taken) for name, taken in times.items()}
    for name, taken in times.items():
        shown = ", ".join(f"{one:.2f}" for one in taken)
        print(f"{name:>15}  {size / middle[name] / 1e6:7.0f} MB/s  median of {shown} s")
    ratio = middle["hashlib.sha256"] / middle["verify"]
    memory = _memory(place)
    print(f"{'ratio':>15}  {ratio:7.2f}       at least {RATIO}")
    print(f"{'peak memory':>15}  {memory / 1e6:7.0f} MB    less than {MEMORY / 1e6:.0f}")
    return 0 if ratio >= RATIO and memory < MEMORY else 1


def _hash(files: list[Path]) -> None:
    for path in files:
        with path.open("rb") as stream:
            hashlib.file_digest(stream, "sha256")


def _verify(place: Place, now: datetime = NOW) -> None:
    with Net(offline=True) as net:
        verify(
            place.folder,
            root=place.root,
            state=place.state,
            unsafe_development_keys=False,
            unsafe_as_of=None,
            net=net,
            now=now,
        )


def _only(place: Place) -> int:
    """Verify once, and say how much memory this process ever had."""
    _verify(place)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    return 0


def _memory(place: Place) -> int:
    argv = [sys.executable, __file__, "--only", *map(str, (place.folder, place.root, place.state))]
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    return int(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
