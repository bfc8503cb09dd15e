"""Where things are in a build cache of Spack, layout 3, and what its files are called.

1. A path is relative to the cache and has `/` on every machine.
2. Letters of a version that are no good in a file name are `_` there; so a path does not give a
   version back, and `Place` has what the path says, to be compared with `file_name` of a spec.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LAYOUT = "v3/layout.json"
MANIFESTS = "v3/manifests/spec"
INDEX = "v3/manifests/index/index.manifest.json"
INDEXES = "v3/manifests/index"
"""Below it, a folder for each view (a named part of the cache) with an index of its own."""
KEYS = "v3/manifests/key"
BLOBS = "blobs/sha256"
OLD = "build_cache"
"""Where layout 2 (Spack before 1.0) has its files."""
OLD_INDEX = "build_cache/index.json"

SPEC_TYPE = "application/vnd.spack.spec.v5+json"
ARCHIVE_TYPE = "application/vnd.spack.install.v2.tar+gzip"
INDEX_TYPE = "application/vnd.spack.db.v8+json"

_ENDING = ".spec.manifest.json"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_+.-]")
_PLACE = re.compile(
    re.escape(MANIFESTS)
    + r"/([A-Za-z0-9_-]+)/([A-Za-z0-9_+.-]+)-([a-z2-7]{32})\.spec\.manifest\.json"
).fullmatch


@dataclass(frozen=True, slots=True)
class Place:
    """What the path of a manifest says about its unit."""

    name: str
    stem: str
    """Name and version: `hypre-2.26.0`."""
    hash: str


def stem(name: str, version: str) -> str:
    """Return name and version as they stand in a file name."""
    return _NOT_IN_NAMES.sub("_", f"{name}-{version}")


def manifest_path(name: str, version: str, hash_: str) -> str:
    """Return the path of a unit's manifest."""
    return f"{MANIFESTS}/{name}/{stem(name, version)}-{hash_}{_ENDING}"


def blob_path(sha256: str) -> str:
    """Return the path of a blob."""
    return f"{BLOBS}/{sha256[:2]}/{sha256}"


def place_of(path: str) -> Place | None:
    """Return what the path of a manifest says; None: it is no such path."""
    found = _PLACE(path)
    return Place(*found.groups()) if found else None
