"""What a watch costs: 100 published releases of as many units as a lock has.

    python benchmarks/watch.py ADVISORIES LOCK [RELEASES]

ADVISORIES is a folder of sources, imported first into a new store. Each release has the units of
LOCK; a tenth of them, others in each, have hashes of their own, as after a rebuild. Timed, with the
seconds of the clock and of the processor: the first watch, where all are matched; the next day's,
where nothing changed; one after a single release came; one after a source changed, where all are
matched again. What the releases are read from is in memory: what proving a publication costs is
`verify.py`'s.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from peso.base.digest import sha256_bytes
from peso.base.ledger import Ledger
from peso.errors import PesoError
from peso.products.engines.native import NativeUnit
from peso.products.engines.port import Artifact
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.facts import NoRecipes
from peso.products.engines.spack.lockfile import read_lock
from peso.services.assurance.advisories.importing import import_advisories
from peso.services.assurance.inventory import Component, Inventory
from peso.services.assurance.watching.looking import Standing
from peso.services.assurance.watching.record import Watch
from peso.services.assurance.watching.watch import watch

RELEASES, REBUILT = 100, 10
BEGIN = datetime(2026, 11, 1, 6, tzinfo=UTC)
DOCUMENT = Artifact(role="sbom", path="x", media_type="x", length=1, sha256="0" * 64)


def release(number: int, units: Iterable[NativeUnit]) -> Standing:
    several = tuple(units)
    purls = {one.hash: _purl(one, number, place) for place, one in enumerate(several)}
    components = tuple(
        Component(
            name=one.name,
            version=one.version,
            purl=purls[one.hash],
            part="native",
            license="MIT",
            sha256="",
            path="",
            depends=tuple(purls[other.hash] for other in one.depends if other.hash in purls),
            unit=one.hash,
            external=one.external is not None,
        )
        for one in several
    )
    made = Inventory(
        made=BEGIN, components=components, cyclonedx=DOCUMENT, spdx=DOCUMENT, findings=()
    )
    data = made.canonical()
    return Standing(
        release=f"stable/e4s-{number}",
        channel="stable",
        manifest=sha256_bytes(data),
        inventory=lambda: Inventory.parse(data),
        scan=lambda: None,
    )


def _purl(one: NativeUnit, number: int, place: int) -> str:
    if place % REBUILT != number % REBUILT:
        return one.purl
    return f"{one.purl}{'&' if '?' in one.purl else '?'}rebuilt={number}"


def timed(what: str, releases: list[Standing], store: Path, ledger: Path, day: int) -> Watch:
    began, used = time.perf_counter(), time.process_time()
    seen = watch(
        releases,
        store,
        Ledger(ledger),
        publication="public",
        now=BEGIN + timedelta(days=day),
    )
    print(
        f"{what:<44}{time.perf_counter() - began:7.2f} s  processor"
        f" {time.process_time() - used:7.2f} s  matched {seen.matched}, news {len(seen.news)}",
        flush=True,
    )
    return seen


def main(folder: str, lock: str, count: str = str(RELEASES)) -> int:
    read = read_lock(
        Path(lock).read_bytes(),
        where=lock,
        recipes=NoRecipes("not asked"),
        packages=NoDistribution("a lock of another machine"),
    )
    with tempfile.TemporaryDirectory() as work:
        store, ledger = Path(work) / "store", Path(work) / "ledger"
        for source in sorted(Path(folder).iterdir()):
            try:
                import_advisories(source, store, name=None, now=BEGIN)
            except PesoError as error:
                print(f"{source.name}: left out: {error}")
        releases = [release(number, read.units) for number in range(int(count))]
        print(f"{len(releases)} releases of {len(read.units)} units")
        seen = timed("first watch", releases, store, ledger, 1)
        print(f"  {sum(one.found for one in seen.releases):,} findings in all releases")
        timed("the next day, nothing changed", releases, store, ledger, 2)
        more = [*releases, release(len(releases), read.units)]
        timed("one release more", more, store, ledger, 3)
        import_advisories(
            Path(folder) / "psf-osv.zip", store, name="one-more", now=BEGIN + timedelta(days=3)
        )
        timed("a source more, all matched again", more, store, ledger, 4)
        size = sum(one.stat().st_size for one in ledger.rglob("*") if one.is_file())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"ledger {size / 1e6:.1f} MB after four watches, peak memory {peak:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
