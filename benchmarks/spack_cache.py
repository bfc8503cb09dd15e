"""Makes a build cache of Spack with many synthetic units, and says how long an audit of it takes.

    python benchmarks/spack_cache.py [UNITS]

Each unit depends on up to 40 before it, so that its spec blob is as large as those of real stacks.
An archive holds the unit's spec and its mark and nothing else.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import resource
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from peso.products.engines.spack.buildcache.dag_hash import computed
from peso.products.engines.spack.buildcache.index import write_index
from peso.products.engines.spack.buildcache.layout import (
    ARCHIVE_TYPE,
    SPEC_TYPE,
    blob_path,
    manifest_path,
)
from peso.products.engines.spack.buildcache.record import CachedSpec
from peso.products.engines.spack.buildcache.spec_blob import read_spec

BELOW = 40
VARIANTS = {f"variant_{number}": bool(number % 2) for number in range(12)}
FLAGS: dict[str, list[str]] = {
    name: [] for name in ("cflags", "cppflags", "cxxflags", "fflags", "ldflags", "ldlibs")
}


def node(number: int, before: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one spec that depends on three before it."""
    picked = [before[-step] for step in (1, 7, 19) if step <= min(len(before), BELOW)]
    spec: dict[str, Any] = {
        "name": f"unit-{number:05}",
        "version": f"1.{number}",
        "arch": {"platform": "linux", "platform_os": "rocky9", "target": "x86_64_v3"},
        "namespace": "builtin",
        "parameters": {"build_system": "cmake", **VARIANTS, **FLAGS},
        "package_hash": hashlib.sha256(str(number).encode()).hexdigest(),
        "dependencies": [
            {
                "name": one["name"],
                "hash": one["hash"],
                "parameters": {"deptypes": ["build", "link"], "virtuals": []},
            }
            for one in picked
        ],
        "annotations": {"original_specfile_version": 5},
    }
    return spec | {"hash": computed(spec)}


def put(cache: Path, data: bytes, media_type: str) -> dict[str, object]:
    """Write a blob and return its line of a manifest."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = cache / blob_path(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return {
        "contentLength": len(data),
        "mediaType": media_type,
        "compression": "gzip",
        "checksumAlgorithm": "sha256",
        "checksum": sha256,
    }


def archive(spec: bytes, name: str) -> bytes:
    """Return an archive that holds a spec."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path, data in (("spec.json", spec), ("binary_distribution", b"{}")):
            member = tarfile.TarInfo(f"store/{name}/.spack/{path}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return gzip.compress(packed.getvalue(), compresslevel=1, mtime=0)


def make(cache: Path, units: int) -> None:
    """Write the cache."""
    nodes: list[dict[str, Any]] = []
    entries: list[CachedSpec] = []
    for number in range(units):
        nodes.append(node(number, nodes))
        own, below = nodes[-1], nodes[-BELOW:-1][::-1]
        text = json.dumps(
            {"spec": {"_meta": {"version": 5}, "nodes": [own, *below]}}, separators=(",", ":")
        ).encode()
        data = [
            put(cache, archive(text, own["name"]), ARCHIVE_TYPE),
            put(cache, gzip.compress(text, compresslevel=6, mtime=0), SPEC_TYPE),
        ]
        path = cache / manifest_path(own["name"], own["version"], own["hash"])
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"version": 3, "data": data}))
        alone = json.dumps(
            {"spec": {"_meta": {"version": 5}, "nodes": [own]}}, separators=(",", ":")
        )
        entries.append(read_spec(alone.encode(), own["name"]))
    write_index(entries, cache)


def audited(cache: Path, *options: str) -> None:
    """Audit it in a process of its own, and say what that took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    command = (
        sys.executable,
        "-c",
        "from peso.cli.main import main; main()",
        "verify",
        "--spack-cache",
        str(cache),
        *options,
    )
    done = subprocess.run([*command, "--json"], capture_output=True, check=False)
    took = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = json.loads(done.stdout)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{' '.join(options) or 'all'}: {report['units']} units, {report['bytes'] >> 20} MiB, "
        f"{report['trusted']['outcome']}: {took:.1f} s, {used:.1f} s of CPU, "
        f"at most {after.ru_maxrss >> 10} MiB"
    )


def main() -> None:
    """Make it, audit it, say the figures."""
    units = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with TemporaryDirectory(prefix="peso-spack-cache-") as folder:
        cache = Path(folder) / "cache"
        began = time.monotonic()
        make(cache, units)
        print(f"made {units} units in {time.monotonic() - began:.1f} s")
        audited(cache, "--no-archives")
        audited(cache)


if __name__ == "__main__":
    main()
