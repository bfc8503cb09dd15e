"""The small build caches of `tests/spack_caches`, and the files in them."""

from __future__ import annotations

from pathlib import Path

from peso.products.engines.spack.buildcache.cache_manifest import read_manifest
from peso.products.engines.spack.buildcache.layout import MANIFESTS, blob_path
from peso.products.engines.spack.buildcache.record import CachedSpec, SpecManifest
from peso.products.engines.spack.buildcache.spec_blob import read_spec

CACHES = Path(__file__).parent / "spack_caches"
BASE, TOP = "ryyjpd6fgmuslru42xfxg4k57docjx5e", "oox5yw2mzpxqz6uykdtrfcqwi4sg2dyn"
EXTERNAL = "an6iizmmfr7piu3pyc4zlpomvmxglcnu"
PUBLISHER = "100BE6A417300CEE1C09D8B4644A6FF9F529080B"
STRANGER_KEY = "1B754108298473C9"


def manifest_file(cache: str | Path, name: str) -> Path:
    """Return the (first) manifest of a unit."""
    return min((CACHES / cache / MANIFESTS / name).iterdir())


def manifest_of(cache: str | Path, name: str) -> SpecManifest:
    """Return what it says."""
    return read_manifest(manifest_file(cache, name).read_bytes(), name)


def spec_bytes(cache: str | Path, name: str) -> bytes:
    """Return the bytes of a unit's spec blob."""
    return (CACHES / cache / blob_path(manifest_of(cache, name).spec.sha256)).read_bytes()


def spec_of(cache: str | Path, name: str) -> CachedSpec:
    """Return what it says."""
    return read_spec(spec_bytes(cache, name), name)


def archive_of(cache: str | Path, name: str) -> Path:
    """Return a unit's archive."""
    return CACHES / cache / blob_path(manifest_of(cache, name).archive.sha256)
