"""A publication of 300 releases that share 10,000 units of Spack's: does one more cost more?

Releases are made one after the other, each with 100 units of which about 33 are new, and published
with their real pages, as `peso deliver` does. What is measured is publishing (pages, metadata,
files, what goes) when there are 30 releases, and when there are 300. Units are those of
`binaries.py`: an archive of a few hundred bytes each, so numbers count and not bytes. Budgets:

1. publishing one more takes less than 10 s, and at 300 releases at most 3 times the CPU it takes
   at 30;
2. `verify` reads at 0.7 of the speed of `hashlib.sha256`. That is a figure of bytes, so files of
   1 MiB are added to the last release (`--large`), and all of the folder is hashed beside it;
3. an install of ten units from a URL fetches the files of ten units and the manifest of their
   release, and no other unit's and no other release's.

`--laid N` measures on a busy machine what the first budget asks, in minutes: N releases, without
evidence or signed statements of their own, are laid down in one generation with their rows, and ten
real ones are published on top. What publishing reads and writes is the same, and so is what an
install fetches; `verify` is left out.

Exit status 1: a budget is missed. Everything made is removed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' publication, and units

from benchmarks.binaries import _made, timed
from tests.facility import Facility, serve
from tests.native_locks import build_of
from tests.services.delivery.conftest import NOW, Release, make_keys, make_release, put
from tests.services.delivery.facility.test_install_units import Machine
from tests.services.test_pipeline import _ports
from tests.spack_release import Bringer

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.ledger import Blobs
from peso.products.engines.native import CacheEntry, NativeLock, NativeRoot
from peso.products.engines.port import Artifact
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.layout.labels import Label
from peso.services.delivery.manifest import Manifest, assemble
from peso.services.delivery.publication import enter, folder, publish, repository
from peso.services.delivery.publication.place import Disk
from peso.services.delivery.signing.keys import KeyFolder
from peso.services.delivery.statements import attest
from peso.services.integration.relocate import Relocations
from peso.services.steps.port import Ports
from peso.services.steps.showing import KIND, show

ADDING = 10.0
"""Seconds."""
GROWTH = 3.0
SPEED = 0.7
WANTED = 10
EACH = 100
AT = 30
NEAR = 5
"""How many publishings around a number are looked at; the median counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Where releases are made and published."""

    ports: Ports
    keys: KeyFolder
    lock: NativeLock
    entries: tuple[CacheEntry, ...]

    @property
    def blobs(self) -> Blobs:
        """The ledger's store."""
        return self.ports.ledger.blobs

    def manifest(self, number: int, step: int, more: tuple[Artifact, ...]) -> Manifest:
        """Make and sign the release of a number."""
        start = min(number * step, len(self.entries) - EACH)
        entries = self.entries[start : start + EACH]
        units = self.lock.units[start : start + EACH]
        roots = tuple(NativeRoot(spec=unit.name, hash=unit.hash) for unit in units)
        lock = self.lock.model_copy(update={"units": units, "roots": roots})
        made = _release(lock, entries, self.blobs, f"1.{number}")
        said = attest.Attested(
            stack=made.stack,
            definition="0" * 64,
            plan=made.plan,
            build=made.build,
            relocations=Relocations(made=NOW),
            tests=made.tests,
            inventory=made.inventory,
            scan=made.scan,
            verdict=made.verdict,
            files=made.files,
            tool="0",
        )
        evidence = attest.evidence_files(said, self.blobs)
        signer = self.keys.signer("testing")
        signed = attest.attest(said, evidence, signer, self.blobs, now=NOW) if not more else ()
        if more:
            said = replace(said, files=(*made.files, *more))
            signed = attest.attest(said, evidence, signer, self.blobs, now=NOW)
        files = (*made.files, *more, *evidence, *signed)
        return assemble(made.stack, made.plan, made.build, files, definition="0" * 64, now=NOW)

    def lay(self, count: int, step: int) -> None:
        """Lay releases down at once: manifests and rows, and nothing else of each."""
        first = self.manifest(0, step, ())
        self.publish(first)
        (kept,) = self.ports.ledger.list(KIND)
        row = json.loads(self.ports.ledger.read(KIND, kept.key) or b"")
        laid: dict[str, bytes] = {}
        labels: dict[str, Label] = {}
        blobs: dict[str, Artifact] = {}
        for number in range(1, count):
            start = min(number * step, len(self.entries) - EACH)
            mine = [file for one in self.entries[start : start + EACH] for file in one.files]
            theirs = [one for one in first.files if not one.path.startswith("native/cache/")]
            files = tuple({one.path: one for one in (*theirs, *mine)}.values())
            made = first.model_copy(update={"version": f"1.{number}", "files": files})
            laid[made.target] = made.canonical()
            labels[made.target] = enter.label_of(made)
            blobs |= {one.sha256: one for one in files}
            path = f"releases/testing/small-1.{number}.html"
            said = {**row, "row": {**row["row"], "version": f"1.{number}", "path": path}}
            self.ports.ledger.append(KIND, made.digest(), canonical_json(said), made=NOW)
        site, _ = publish._site(  # noqa: SLF001 - lays what `publish` lays, many at once
            self.ports.publication, self.keys, Freshness(), NOW, Disk, self.blobs
        )
        current, stamp = folder.read_current(site.folder, self.keys.roots)
        release = enter.Release(
            targets={"testing": laid}, files=tuple(blobs.values()), pages=(), labels=labels
        )
        generation = repository.next_generation(
            current,
            release.wish,
            root=self.keys.roots[-1],
            seen={},
            keys=self.keys,
            freshness=Freshness(),
            now=NOW,
        )
        enter._lay(site, site.folder, generation, release)  # noqa: SLF001 - as above
        enter._stamp(  # noqa: SLF001 - as above
            site, site.folder, generation, stamp, self.keys.roots[-1]
        )

    def publish(self, manifest: Manifest) -> int:
        """Publish a release with its pages; says how many pages that made."""
        root = sha256_bytes(self.keys.chain[0])
        shown = show(manifest, self.ports, root_sha256=root, development=True, now=NOW)
        publish.publish(
            manifest,
            shown.pages,
            self.blobs,
            self.ports.publication,
            self.keys,
            freshness=Freshness(),
            now=NOW,
        )
        shown.keep(self.ports.ledger, NOW)
        return len(shown.pages)


def main() -> int:
    """Measure, and say which budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--releases", type=int, default=300)
    parser.add_argument("--laid", type=int, default=0, metavar="N")
    parser.add_argument("--large", type=int, default=1000, metavar="MB")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="peso-releases-") as folder:
        if asked.laid:
            return _on_top(Path(folder), asked.units, asked.laid)
        return _measure(Path(folder), asked.units, asked.releases, asked.large)


def _on_top(home: Path, units: int, count: int) -> int:
    """Publish ten real releases on top of those that are laid down."""
    ports = replace(_ports(home), freshness=Freshness(), publication=home / "public")
    made = timed(f"make {units} units", lambda: _made(ports.ledger.blobs, units))
    shop = Shop(ports=ports, keys=make_keys(home / "keys"), lock=made[0], entries=made[1])
    step = max(1, (units - EACH) // count)
    timed(f"lay {count} releases down", lambda: shop.lay(count, step))
    took, used = list[float](), list[float]()
    for number in range(count, count + 2 * NEAR):
        manifest = shop.manifest(number, step, ())
        start, busy = perf_counter(), process_time()
        pages = shop.publish(manifest)
        took.append(perf_counter() - start)
        used.append(process_time() - busy)
    wall, cpu = statistics.median(took), statistics.median(used)
    print(f"{wall:8.3f} s  publish one at {count} releases; {cpu:.3f} s of CPU; {pages} pages made")
    others = _install(shop, home)
    print(f"load {os.getloadavg()[0]:.1f}")
    return int(wall > ADDING or others)


def _measure(home: Path, units: int, count: int, large: int) -> int:
    ports = replace(_ports(home), freshness=Freshness(), publication=home / "public")
    made = timed(f"make {units} units", lambda: _made(ports.ledger.blobs, units))
    shop = Shop(ports=ports, keys=make_keys(home / "keys"), lock=made[0], entries=made[1])
    step = max(1, -(-(units - EACH) // max(1, count - 1)))
    took, used, pages = list[float](), list[float](), 0
    began = perf_counter()
    for number in range(count):
        manifest = shop.manifest(number, step, ())
        start, busy = perf_counter(), process_time()
        pages = shop.publish(manifest)
        took.append(perf_counter() - start)
        used.append(process_time() - busy)
    print(f"{perf_counter() - began:8.2f} s  make and publish {count} releases")
    near = slice(min(AT, count // 2) - NEAR, min(AT, count // 2) + NEAR)
    early, late = statistics.median(took[near]), statistics.median(took[-2 * NEAR :])
    busy, later = statistics.median(used[near]), statistics.median(used[-2 * NEAR :])
    print(f"{early:8.3f} s  publish one at {AT} releases, median; {busy:.3f} s of CPU")
    print(f"{late:8.3f} s  at {count} releases; {later:.3f} s of CPU; {pages} pages made")
    print(f"{max(took):8.3f} s  the slowest")
    missed = late > ADDING or later > GROWTH * busy
    others = _install(shop, home)
    slow = _verify(shop, home, count, step, large)
    print(f"load {os.getloadavg()[0]:.1f}; {'MISSED' if missed or others or slow else 'met'}")
    return int(missed or others or slow)


def _install(shop: Shop, home: Path) -> bool:
    """Install ten units of the last release; say whether anything of others was fetched."""
    public = shop.ports.publication
    machine = Machine(home=home / "machine", root=publish.root_file(public), spack=Bringer())
    wanted = shop.entries[-WANTED:]
    names = tuple(one.name for one in wanted)
    with serve(public) as server:
        what = f"install {WANTED} units from a URL"
        receipt = timed(what, lambda: machine.install(server.url, *names))
        asked = {path.rpartition("/")[2] for path in server.asked}
        manifests = sum(path.startswith("targets/") for path in server.asked)
    ours = {file.sha256 for one in wanted for file in one.files}
    theirs = {file.sha256 for one in shop.entries for file in one.files} - ours
    print(
        f"  {len(receipt.units)} units, {len(asked)} files asked for, "
        f"{len(asked & theirs)} of other units, {manifests} manifests"
    )
    return bool(asked & theirs) or len(receipt.units) != WANTED or manifests != 1


def _verify(shop: Shop, home: Path, count: int, step: int, large: int) -> bool:
    """Verify all; then with large files, beside hashing the same."""
    public = shop.ports.publication
    facility = Facility(state=home / "state", root=publish.root_file(public))
    report = timed(f"verify {count} releases", lambda: facility.verify(public))
    print(f"  {report.files} files, {report.bytes / 1e6:.1f} MB, in {report.ok=}")
    if not large:
        return False
    more = tuple(
        put(shop.blobs, "log", f"large/{number}", os.urandom(1 << 20)) for number in range(large)
    )
    shop.publish(shop.manifest(count, step, more))
    files = [path for path in public.rglob("*") if path.is_file()]
    ratios = []
    for _ in range(3):
        facility = Facility(state=home / "state", root=publish.root_file(public))
        start = perf_counter()
        facility.verify(public)
        verified = perf_counter() - start
        start = perf_counter()
        for path in files:
            with path.open("rb") as stream:
                hashlib.file_digest(stream, "sha256")
        ratios.append((perf_counter() - start) / verified)
        print(
            f"{verified:8.2f} s  verify, {ratios[-1]:.2f} of sha256's speed over {len(files)} files"
        )
    return statistics.median(ratios) < SPEED


def _release(
    lock: NativeLock, entries: tuple[CacheEntry, ...], blobs: Blobs, version: str
) -> Release:
    made = make_release(blobs, version=version)
    stack = {
        "schema": "peso.stack/1",
        "name": "small",
        "version": version,
        "title": "A small stack",
        "channel": "testing",
        "parts": {"native": {"engine": "spack", "environment": "spack.yaml"}},
        "products": [{"name": lock.units[0].name, "part": "native"}],
    }
    file = put(blobs, "evidence", "stack.yaml", json.dumps(stack).encode())
    part = build_of(lock).model_copy(update={"cache": entries, "built_in": 100})
    kept = (
        one
        for one in made.files
        if one.role not in {"artifact", "lock"} and one.path != "stack.yaml"
    )
    return replace(
        made,
        plan=made.plan.model_copy(update={"locks": (lock,)}),
        build=made.build.model_copy(update={"parts": (part,)}),
        files=(*kept, file, *part.shipped, part.document),
    )


if __name__ == "__main__":
    sys.exit(main())
