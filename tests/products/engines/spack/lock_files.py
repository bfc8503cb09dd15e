"""Native locks out of Spack's own lock files, as far as building needs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from peso.base.finding import Unknown
from peso.base.ledger import Blobs
from peso.products.engines.files import Artifact
from peso.products.engines.native import (
    Checkout,
    Edge,
    External,
    NativeLock,
    NativeRequires,
    NativeRoot,
    NativeUnit,
)

NOT_READ = Unknown(unknown="this test does not read it")


def lock_in(folder: Path, blobs: Blobs, *, settings: str = "{}") -> NativeLock:
    """Return the lock of an environment's folder; its files are in the store afterwards."""
    document = (folder / "spack.lock").read_bytes()
    return NativeLock(
        part="native",
        requires=NativeRequires(platform="linux", system="debian12", targets=("x86_64_v3",)),
        units=units_of(document),
        roots=roots_of(document),
        checkouts=(Checkout(name="spack", version="1.1.0", commit="c0ffee"),),
        document=_put(blobs, "native/spack.lock", document),
        environment=(_put(blobs, "spack.yaml", (folder / "spack.yaml").read_bytes()),),
        settings=_put(blobs, "settings.yaml", settings.encode()),
        tool="spack 1.1.0",
    )


def roots_of(document: bytes) -> tuple[NativeRoot, ...]:
    roots = json.loads(document)["roots"]
    return tuple(NativeRoot(spec=one["spec"], hash=one["hash"]) for one in roots)


def units_of(document: bytes) -> tuple[NativeUnit, ...]:
    nodes = json.loads(document)["concrete_specs"]
    return tuple(_unit(hash_, node) for hash_, node in nodes.items())


def _unit(hash_: str, node: dict[str, Any]) -> NativeUnit:
    external = node.get("external")
    return NativeUnit(
        hash=hash_,
        name=node["name"],
        version=node["version"],
        namespace=node["namespace"],
        variants=(),
        platform=node["arch"]["platform"],
        system=node["arch"]["platform_os"],
        target="x86_64_v3",
        depends=tuple(
            Edge(
                hash=one["hash"],
                name=one["name"],
                types=tuple(one["parameters"]["deptypes"]),
                virtuals=tuple(one["parameters"]["virtuals"]),
            )
            for one in node.get("dependencies", ())
        ),
        external=External(prefix=external["path"], package=NOT_READ) if external else None,
        purl=f"pkg:generic/{node['name']}@{node['version']}",
        sources=NOT_READ,
        license=NOT_READ,
    )


def _put(blobs: Blobs, path: str, data: bytes) -> Artifact:
    sha256, length = blobs.put(data)
    return Artifact(role="lock", path=path, media_type="text/plain", length=length, sha256=sha256)
