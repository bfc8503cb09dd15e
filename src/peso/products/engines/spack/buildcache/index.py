"""The index of a build cache of Spack: which units it has. Read of others, written by ourselves.

The index is a blob of JSON, named by a manifest of its own; nothing in it is signed. The rules:

1. Read: bounded; a spec under another's hash is a fault; whether each has its hash is told.
2. A spec that is there only because another depends on it says so (`in_cache`).
3. Written: exactly the units that are given, with all specs below them, so that Spack can take a
   unit by its hash alone. Two specs of one hash that differ, or a spec that has not the hash it
   claims, are refused: nothing of the kind gets into an index of ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.files import write_atomic
from peso.errors import BadInput, Reason, Refused
from peso.products.engines.spack.buildcache.formats import OtherFormat
from peso.products.engines.spack.buildcache.layout import INDEX, INDEX_TYPE, LAYOUT, blob_path
from peso.products.engines.spack.buildcache.packed import unpacked
from peso.products.engines.spack.buildcache.record import Blob, CachedSpec
from peso.products.engines.spack.buildcache.spec_blob import cached, decoded, read_node

LARGEST = 512 << 20
"""Bytes of an index; 1.5 KB for each unit are usual."""
MOST = 500_000
"""Units of an index."""
_DATABASE = "8"
_READ = ("7", "8")


class _Install(msgspec.Struct, frozen=True):
    spec: msgspec.Raw
    in_buildcache: bool = False


class _Version(msgspec.Struct, frozen=True):
    version: str


class _Database(msgspec.Struct, frozen=True):
    version: str
    installs: dict[str, _Install]


class _Index(msgspec.Struct, frozen=True):
    database: _Database


def read_index(data: bytes, where: str) -> tuple[CachedSpec, ...]:
    """Read the blob of an index: its units, and the specs they depend on.

    Raises:
        BadInput: It is none; `OtherFormat`: it is of a version PESO does not read.
        Refused: It is too large (`too-large`).
    """
    return tuple(specs_of_index(data, where))


def specs_of_index(data: bytes, where: str) -> Iterator[CachedSpec]:
    """Yield what `read_index` returns, one by one, so that only one is held. Raises as it does."""
    found = decoded(unpacked(data, limit=LARGEST, where=where), _Index, where).database
    if found.version not in _READ:
        raise OtherFormat(
            f"the index has version {found.version[:20]!r}; PESO reads versions 7 and 8",
            where=where,
        )
    if len(found.installs) > MOST:
        raise BadInput(f"the index has {len(found.installs)} units; {MOST} are read", where=where)
    versions = {
        key: decoded(one.spec, _Version, where).version for key, one in found.installs.items()
    }
    for key, one in found.installs.items():
        raw = bytes(one.spec)
        judged = read_node(raw, where)
        if key != judged.node.hash:
            raise BadInput(f"the index has another's spec under {key[:64]!r}", where=where)
        yield cached(raw, judged, versions, in_cache=one.in_buildcache)


def write_index(entries: Iterable[CachedSpec], folder: Path) -> Blob:
    """Write the index that Spack reads, with its manifest and the layout's mark.

    Args:
        entries: the units of the cache, as their spec blobs say them (`read_spec`).
        folder: the cache.

    Raises:
        Refused: Specs of one hash differ, or one has not the hash it claims (`swapped`).
        Outside: The disk failed.
    """
    units = tuple(entries)
    held = {one.hash for one in units}
    specs: dict[str, CachedSpec] = {}
    for one in (spec for unit in units for spec in (unit, *unit.below)):
        if one.hash_holds is False:
            raise _swapped(one, "is not the spec that its hash stands for")
        if specs.setdefault(one.hash, one).raw != one.raw:
            raise _swapped(one, "is written in two ways")
    above = Counter(edge.hash for one in specs.values() for edge in one.depends)
    data = msgspec.json.encode(
        {
            "database": {
                "version": _DATABASE,
                "installs": {
                    hash_: {
                        "spec": msgspec.Raw(one.raw),
                        "ref_count": above[hash_],
                        "in_buildcache": hash_ in held,
                    }
                    for hash_, one in sorted(specs.items())
                },
            }
        }
    )
    blob = Blob(media_type=INDEX_TYPE, sha256=sha256_bytes(data), length=len(data))
    write_atomic(folder / blob_path(blob.sha256), data)
    write_atomic(folder / LAYOUT, canonical_json({"signing": "gpg"}))
    write_atomic(folder / INDEX, canonical_json(_manifest(blob)))
    return blob


def _manifest(blob: Blob) -> dict[str, Any]:
    return {
        "version": 3,
        "data": [
            {
                "contentLength": blob.length,
                "mediaType": blob.media_type,
                "compression": "none",
                "checksumAlgorithm": "sha256",
                "checksum": blob.sha256,
            }
        ],
    }


def _swapped(one: CachedSpec, why: str) -> Refused:
    return Refused(
        f"{one.label} {why}",
        where=one.hash,
        hint="push the unit again from the store it was built in",
        reason=Reason.SWAPPED,
    )
