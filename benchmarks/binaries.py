"""A publication of 10,000 units of Spack's: what adding a release, proving it and installing cost.

Makes units whose specs have the hashes they claim, each with an archive of a few hundred bytes, in
a real publication: so what is measured is the number of units, not of bytes. An engine that lays
archives into a folder stands for Spack. Budgets:

1. publishing a second release of the same units takes less than 10 s;
2. an install of ten units fetches the files of ten units, and no other unit's.

`--units N` for another number. Exit status 1: a budget is missed. Everything made is removed.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' publication, with many units

from tests.facility import Facility, serve
from tests.native_locks import build_of
from tests.products.engines.spack.tiny import tiny_lock
from tests.services.delivery.conftest import NOW, Release, make_keys, make_pages, make_release, put
from tests.services.delivery.facility.test_install_units import Machine
from tests.spack_release import Bringer

from peso.base.ledger import Blobs
from peso.products.engines.native import CacheEntry, NativeLock, NativeRoot, NativeUnit
from peso.products.engines.spack.buildcache.dag_hash import computed
from peso.products.engines.spack.buildcache.layout import (
    ARCHIVE_TYPE,
    SPEC_TYPE,
    blob_path,
    manifest_path,
)
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.manifest import Manifest, assemble
from peso.services.delivery.publication import publish
from peso.services.delivery.signing.keys import KeyFolder
from peso.services.delivery.statements import attest
from peso.services.integration.relocate import Relocations

ADDING = 10.0
"""Seconds."""
WANTED = 10
T = TypeVar("T")


def main() -> int:
    """Measure, and say which budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=10_000)
    units = parser.parse_args().units
    with tempfile.TemporaryDirectory(prefix="peso-binaries-") as folder:
        return _measure(Path(folder), units)


def _measure(home: Path, units: int) -> int:
    blobs, keys = Blobs(home / "blobs"), make_keys(home / "keys")
    lock, entries = timed("make the units", lambda: _made(blobs, units))
    first = timed("attest a release", lambda: _manifest(lock, entries, blobs, keys, "1.0"))
    second = timed("attest another", lambda: _manifest(lock, entries, blobs, keys, "1.1"))
    public = home / "public"
    timed("publish the first", lambda: _publish(first, (first,), blobs, public, keys))
    began = perf_counter()
    timed("publish the second", lambda: _publish(second, (second,), blobs, public, keys))
    adding = perf_counter() - began
    facility = Facility(state=home / "state", root=publish.root_file(public))
    report = timed("verify all", lambda: facility.verify(public))
    print(f"  {report.files} files, {report.bytes / 1e6:.1f} MB")
    machine = Machine(home=home / "machine", root=publish.root_file(public), spack=Bringer())
    names = tuple(one.name for one in entries[:WANTED])
    with serve(public) as server:
        receipt = timed(
            f"install {WANTED} units from a URL",
            lambda: machine.install(server.url, *names),
        )
        asked = set(server.asked)
    theirs = {blobs_of.sha256 for entry in entries[WANTED:] for blobs_of in entry.files}
    others = [path for path in asked if path.rpartition("/")[2] in theirs]
    print(f"  {len(receipt.units)} units, {len(asked)} files asked for, {len(others)} of others")
    missed = adding > ADDING or bool(others)
    print(f"{'MISSED' if missed else 'met'}: adding a release took {adding:.1f} s of {ADDING} s")
    return int(missed)


def timed(what: str, does: Callable[[], T]) -> T:
    """Run something, and say how long it took, and how much of that the processor worked for it."""
    began, worked = perf_counter(), process_time()
    result = does()
    wall, cpu = perf_counter() - began, process_time() - worked
    print(f"{wall:8.2f} s {cpu:8.2f} s of a processor  {what}", flush=True)
    return result


def _made(blobs: Blobs, count: int) -> tuple[NativeLock, tuple[CacheEntry, ...]]:
    base = tiny_lock(blobs)
    made = [_unit(number, base.units[0], blobs) for number in range(count)]
    units = tuple(unit for unit, _ in made)
    roots = tuple(NativeRoot(spec=unit.name, hash=unit.hash) for unit in units)
    lock = base.model_copy(update={"units": units, "roots": roots})
    return lock, tuple(entry for _, entry in made)


def _unit(number: int, like: NativeUnit, blobs: Blobs) -> tuple[NativeUnit, CacheEntry]:
    name = f"unit-{number:05}"
    spec = {
        "name": name,
        "version": "1.1",
        "arch": {"platform": "linux", "platform_os": "debian12", "target": "x86_64"},
        "namespace": "many",
        "parameters": {"build_system": "generic"},
        "package_hash": "x",
        "annotations": {"original_specfile_version": 5},
    }
    hash_ = computed(spec)
    document = json.dumps({"spec": {"_meta": {"version": 5}, "nodes": [{**spec, "hash": hash_}]}})
    archive, packed = _archive(name, document), gzip.compress(document.encode(), mtime=0)
    update = {
        "name": name,
        "hash": hash_,
        "depends": (),
        "root": True,
        "purl": f"pkg:generic/{name}",
    }
    return like.model_copy(update=update), _entry(name, hash_, packed, archive, blobs)


def _archive(name: str, document: str) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w:gz") as tar:
        for path, text in {"spec.json": document, "binary_distribution": "{}"}.items():
            info = tarfile.TarInfo(f"store/{name}/.spack/{path}")
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return plain.getvalue()


def _entry(name: str, hash_: str, spec: bytes, archive: bytes, blobs: Blobs) -> CacheEntry:
    kept = {}
    for kind, data in ((SPEC_TYPE, spec), (ARCHIVE_TYPE, archive)):
        sha256, _ = blobs.put(data)
        kept[kind] = put(blobs, "artifact", f"native/cache/{blob_path(sha256)}", data, kind)
    named = [
        {
            "contentLength": one.length,
            "mediaType": kind,
            "compression": "gzip",
            "checksumAlgorithm": "sha256",
            "checksum": one.sha256,
        }
        for kind, one in kept.items()
    ]
    said = json.dumps({"version": 3, "data": named}).encode()
    return CacheEntry(
        hash=hash_,
        name=name,
        version="1.1",
        manifest=put(blobs, "artifact", f"native/cache/{manifest_path(name, '1.1', hash_)}", said),
        spec=kept[SPEC_TYPE],
        archive=kept[ARCHIVE_TYPE],
    )


def _release(
    lock: NativeLock, entries: tuple[CacheEntry, ...], blobs: Blobs, version: str
) -> Release:
    made = make_release(blobs, version=version)
    part = build_of(lock).model_copy(update={"cache": entries, "built_in": 100})
    kept = (one for one in made.files if one.role not in {"artifact", "lock"})
    return replace(
        made,
        plan=made.plan.model_copy(update={"locks": (lock,)}),
        build=made.build.model_copy(update={"parts": (part,)}),
        files=(*kept, *part.shipped, part.document),
    )


def _manifest(
    lock: NativeLock, entries: tuple[CacheEntry, ...], blobs: Blobs, keys: KeyFolder, version: str
) -> Manifest:
    made = _release(lock, entries, blobs, version)
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
    evidence = attest.evidence_files(said, blobs)
    signed = attest.attest(said, evidence, keys.signer("testing"), blobs, now=NOW)
    files = (*made.files, *evidence, *signed)
    return assemble(made.stack, made.plan, made.build, files, definition="0" * 64, now=NOW)


def _publish(
    manifest: Manifest, all_: tuple[Manifest, ...], blobs: Blobs, folder: Path, keys: KeyFolder
) -> None:
    pages = make_pages(all_)
    publish.publish(manifest, pages, blobs, folder, keys, freshness=Freshness(), now=NOW)


if __name__ == "__main__":
    sys.exit(main())
