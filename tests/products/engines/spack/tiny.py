"""The two tiny units of `tests/spack_caches` as a native lock, a build, and a pair in a release."""

from __future__ import annotations

import json

from tests.native_locks import build_of
from tests.spack_cache_files import BASE, CACHES, EXTERNAL, TOP, manifest_file, manifest_of, spec_of

from peso.base.ledger import Blobs
from peso.products.engines.files import Artifact, Role
from peso.products.engines.native import CacheEntry, Checkout, NativeBuild, NativeLock
from peso.products.engines.spack.buildcache.layout import blob_path, manifest_path
from peso.products.engines.spack.buildcache.record import Blob
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.facts import NoRecipes
from peso.products.engines.spack.lockfile import read_lock

NAMES = {TOP: "tiny-top", BASE: "tiny-base", EXTERNAL: "tiny-ext"}
VERSION = "1.1"
BUILT_IN = "/tmp/site/store"  # noqa: S108 - a name in the archives, no folder of ours
CACHE = "unsigned"
"""Which of the small caches is what a release ships: Spack's signatures are not asked for."""


def tiny_document(cache: str = CACHE) -> bytes:
    """Return the lock of an environment that asks for `tiny-top`."""
    top = spec_of(cache, "tiny-top")
    return json.dumps(
        {
            "_meta": {"file-type": "spack-lockfile", "lockfile-version": 7, "specfile-version": 5},
            "spack": {"version": "1.3.0.dev0", "type": "git", "commit": "5" * 40},
            "roots": [{"hash": TOP, "spec": "tiny-top"}],
            "concrete_specs": {one.hash: json.loads(one.raw) for one in (top, *top.below)},
        }
    ).encode()


def tiny_lock(blobs: Blobs) -> NativeLock:
    """Return that lock read, its files in the store."""
    document = tiny_document()
    read = read_lock(
        document,
        where="tiny",
        recipes=NoRecipes("this test does not read it"),
        packages=NoDistribution("this test does not read it"),
    )
    return NativeLock(
        part="native",
        requires=read.requires,
        units=read.units,
        roots=read.roots,
        checkouts=(Checkout(name="spack", version="1.3.0.dev0", commit="c0ffee"),),
        document=_put(blobs, "lock", "native/spack.lock", document),
        environment=(_put(blobs, "evidence", "native/spack.yaml", b"spack: {specs: [tiny-top]}"),),
        settings=_put(blobs, "evidence", "native/settings.yaml", b"{}"),
        tool="spack 1.3.0.dev0",
    )


def tiny_build(lock: NativeLock, blobs: Blobs, cache: str = CACHE) -> NativeBuild:
    """Return a build of it whose binaries are those of a small cache."""
    made = build_of(lock)
    entries = tuple(tiny_entry(hash_, blobs, cache) for hash_ in (TOP, BASE))
    recipes = _put(blobs, "recipes", "native/recipes.tar.gz", b"no recipes at all")
    update = {"cache": entries, "built_in": len(BUILT_IN), "recipes": recipes}
    return made.model_copy(update=update)


def tiny_entry(hash_: str, blobs: Blobs, cache: str = CACHE) -> CacheEntry:
    """Return a unit's pair as a release ships it, its files in the store."""
    name = NAMES[hash_]
    said = manifest_of(cache, name)
    data = manifest_file(cache, name).read_bytes()
    place = manifest_path(name, VERSION, hash_)
    return CacheEntry(
        hash=hash_,
        name=name,
        version=VERSION,
        manifest=_put(blobs, "artifact", f"native/cache/{place}", data),
        spec=_blob(said.spec, blobs, cache),
        archive=_blob(said.archive, blobs, cache),
    )


def _blob(blob: Blob, blobs: Blobs, cache: str) -> Artifact:
    data = (CACHES / cache / blob_path(blob.sha256)).read_bytes()
    return _put(blobs, "artifact", f"native/cache/{blob_path(blob.sha256)}", data)


def _put(blobs: Blobs, role: Role, path: str, data: bytes) -> Artifact:
    sha256, length = blobs.put(data)
    return Artifact(
        role=role, path=path, media_type="application/octet-stream", length=length, sha256=sha256
    )
