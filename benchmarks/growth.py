"""What one more release, an install and a scan cost with 30 releases, and with ten times as many.

Releases are tiny and real: each is made, attested, published with its real pages and signed by
PESO's own code, one after the other. Two publications grow side by side, one to `--few`, the other
to `--many`; then all is measured in turns, few and many, so that both see the same machine. For
each step the median of `--pairs` turns is told:

- files that were opened, of the publication and of the publisher's ledger, and their bytes;
- seconds of CPU, this process's own (behind a URL, the server's too: it runs in it).

Budgets, for what a facility does (install from a folder, from a URL; the reading of a scan):

1. it opens exactly as many files with many releases as with few;
2. it reads no more bytes but for TUF's metadata: the channel's grows by a line for each release;
3. its CPU grows by less than half a millisecond for each release there is more: reading that line.

Publishing signs a channel that names all releases, and the manifest of their pages. So it is told
which of its files grow; it may open 149 files more (rows of the pages that are made), and its CPU
may grow by half a millisecond for each release, too. Exit status 1: a budget is missed. Everything
made is removed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' publication

from benchmarks.opened import opened
from tests.facility import serve
from tests.services.delivery.conftest import NOW, make_keys, make_manifest
from tests.services.delivery.facility.test_install import Machine, Recorder
from tests.services.test_pipeline import _ports

from peso.base.digest import sha256_bytes
from peso.base.net import Net
from peso.services.delivery.facility.proof import Asked, ask
from peso.services.delivery.facility.release_inventory import release_inventory
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.layout.places import METADATA
from peso.services.delivery.pages.volumes import SIZE
from peso.services.delivery.publication import publish
from peso.services.delivery.signing.keys import KeyFolder
from peso.services.steps.port import Ports
from peso.services.steps.showing import show

FEW, MANY, PAIRS = 30, 300, 5
EACH = 0.0005
"""Seconds of CPU for each release more."""
FRONT = 3 * SIZE - 1
"""Rows of a front page and of the two volumes at its end, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one step cost."""

    files: int
    bytes: int
    metadata: int
    """Bytes of `bytes` that are TUF metadata."""
    cpu: float
    wall: float


@dataclass(slots=True, kw_only=True)
class Shop:
    """A publication that grows, with what it is published from, and who installs from it."""

    home: Path
    ports: Ports
    keys: KeyFolder
    releases: int = 0
    visits: int = 0

    @property
    def public(self) -> Path:
        """The publication."""
        return self.ports.publication

    def add(self) -> Callable[[], object]:
        """Make the next release, and return what publishes it."""
        made = NOW + timedelta(minutes=self.releases)
        blobs, version = self.ports.ledger.blobs, f"1.{self.releases}"
        manifest = make_manifest(blobs, self.keys, version=version, now=made)
        root = sha256_bytes(self.keys.chain[0])
        self.releases += 1

        def publishes() -> None:
            shown = show(manifest, self.ports, root_sha256=root, development=True, now=NOW)
            publish.publish(
                manifest,
                shown.pages,
                self.ports.ledger.blobs,
                self.public,
                self.keys,
                freshness=Freshness(),
                now=NOW,
            )
            shown.keep(self.ports.ledger, NOW)

        return publishes

    def installs(self, where: str | Path) -> Callable[[], object]:
        """Return what installs the newest release on a machine that has seen nothing yet."""
        self.visits += 1
        home = self.home / f"machine-{self.visits}"
        machine = Machine(home=home, root=publish.root_file(self.public))
        newest = f"1.{self.releases - 1}"

        def does() -> None:
            if machine.install(where, Recorder()).version != newest:
                raise SystemExit("another release was installed than the newest")

        return does

    def scans(self, where: str | Path) -> Callable[[], object]:
        """Return what reads the inventory of the newest release, as `peso scan` does."""
        self.visits += 1
        state = self.home / f"state-{self.visits}"

        def does() -> None:
            with Net() as net:

                def opens() -> Asked:
                    return ask(
                        where,
                        root=publish.root_file(self.public),
                        state=state,
                        unsafe_development_keys=True,
                        unsafe_as_of=None,
                        net=net,
                        now=NOW,
                    )

                found = release_inventory(str(where), None, opens)
            if found.release != f"testing/small-1.{self.releases - 1}" or found.unproven:
                raise SystemExit("another release was read than the newest")

        return does


def main() -> int:
    """Measure, and say which budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=FEW)
    parser.add_argument("--many", type=int, default=MANY)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="peso-growth-") as folder:
        few, many = (_shop(Path(folder) / name) for name in ("few", "many"))
        _fill(few, asked.few)
        _fill(many, asked.many)
        return _measure(few, many, asked.pairs)


def _shop(home: Path) -> Shop:
    ports = replace(_ports(home), freshness=Freshness())
    return Shop(home=home, ports=ports, keys=make_keys(home / "keys"))


def _fill(shop: Shop, count: int) -> None:
    began, worked = perf_counter(), process_time()
    while shop.releases < count:
        shop.add()()
    wall, cpu = perf_counter() - began, process_time() - worked
    print(f"{wall:8.1f} s {cpu:8.1f} s of CPU  make and publish {count} releases", flush=True)


def _measure(few: Shop, many: Shop, pairs: int) -> int:
    steps: dict[str, Callable[[Shop, Path | str], Callable[[], object]]] = {
        "publish one more": lambda shop, _: shop.add(),
        "install, from a folder": lambda shop, _: shop.installs(shop.public),
        "install, from a URL": lambda shop, url: shop.installs(url),
        "read for a scan, from a folder": lambda shop, _: shop.scans(shop.public),
        "read for a scan, from a URL": lambda shop, url: shop.scans(url),
    }
    more, missed = many.releases - few.releases, False
    print(f"\n{'':32}{'files':>14}{'kB':>18}{'of it metadata':>18}{'ms of CPU':>18}")
    with serve(few.public) as first, serve(many.public) as second:
        for what, step in steps.items():
            turns = [
                (_cost(few, step(few, first.url)), _cost(many, step(many, second.url)))
                for _ in range(pairs)
            ]
            missed |= _tell(what, turns, more, published=what.startswith("publish"))
    _sizes(few, many, more)
    print(f"load {os.getloadavg()[0]:.1f}; {'MISSED' if missed else 'met'}")
    return int(missed)


def _cost(shop: Shop, does: Callable[[], object]) -> Cost:
    """Do a step once, and say what it cost."""
    with opened(shop.public, shop.ports.ledger.root) as seen:
        began, worked = perf_counter(), process_time()
        does()
        wall, cpu = perf_counter() - began, process_time() - worked
    metadata = sum(
        one.stat().st_size
        for one in seen.files
        if one.parent == shop.public / METADATA and one.is_file()
    )
    return Cost(files=len(seen.files), bytes=seen.bytes, metadata=metadata, cpu=cpu, wall=wall)


def _tell(what: str, turns: list[tuple[Cost, Cost]], more: int, *, published: bool) -> bool:
    """Say what few and many cost; and whether that is too much more."""

    def both(of: Callable[[Cost], float]) -> tuple[float, float]:
        return (
            statistics.median(of(few) for few, _ in turns),
            statistics.median(of(many) for _, many in turns),
        )

    files, read = both(lambda one: one.files), both(lambda one: one.bytes)
    metadata, cpu = both(lambda one: one.metadata), both(lambda one: one.cpu)
    each = statistics.median(many.cpu - few.cpu for few, many in turns) / more
    print(
        f"{what:32}{files[0]:7.0f}{files[1]:7.0f}{read[0] / 1e3:9.1f}{read[1] / 1e3:9.1f}"
        f"{metadata[0] / 1e3:9.1f}{metadata[1] / 1e3:9.1f}{cpu[0] * 1e3:9.1f}{cpu[1] * 1e3:9.1f}"
        f"   {each * 1e6:.0f} µs for each release more",
        flush=True,
    )
    if published:
        return each > EACH or files[1] - files[0] > FRONT
    others = read[1] - metadata[1] > 1.02 * (read[0] - metadata[0]) + 256
    return each > EACH or files[0] != files[1] or others


def _sizes(few: Shop, many: Shop, more: int) -> None:
    """Say which files grow with every release, and by how much."""
    kinds = {
        "the channel's metadata": "metadata/*.testing.json",
        "the manifest of the pages": "targets/*.pages.manifest.json",
        "the list of releases (index.html)": "index.html",
    }
    print()
    for what, pattern in kinds.items():
        first, second = (
            max(path.stat().st_size for path in one.public.glob(pattern)) for one in (few, many)
        )
        print(f"{what:36}{first:9}{second:9} bytes, {(second - first) / more:.0f} for each release")


if __name__ == "__main__":
    sys.exit(main())
