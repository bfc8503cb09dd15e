"""A publication with one release that has a native part, made now, with real keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tests.products.engines.spack.locks import hash_of
from tests.services.delivery.conftest import Release, make_keys, make_pages, put
from tests.services.delivery.facility.test_evidence import attested
from tests.services.delivery.native_release import with_native

from peso.base.ledger import Blobs
from peso.products.engines.native import NativeBuild, UnitBuild
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.publication import publish

DOCUMENT = "native/spack.lock"


@dataclass(frozen=True)
class Published:
    """Where it is."""

    folder: Path
    root: Path
    lock: Path
    """The blob of Spack's lock."""


def native_publication(
    home: Path,
    lock: bytes,
    *,
    built: Mapping[str, float] | None = None,
    cached: Iterable[tuple[str, str]] = (),
) -> Published:
    """Publish a release.

    Args:
        home: Where everything goes.
        lock: Spack's lock.
        built: How long units took to build, by the key of their hash.
        cached: Units whose binaries it ships: name and version, and the hash.
    """
    now = datetime.now(UTC)
    blobs = Blobs(home / "blobs")
    keys = make_keys(home / "keys", now=now)

    def change(release: Release) -> Release:
        return _shipping(with_native(release, blobs), blobs, lock, built or {}, tuple(cached))

    manifest = attested(blobs, keys, change)
    folder = home / "public"
    publish.publish(
        manifest, make_pages((manifest,)), blobs, folder, keys, freshness=Freshness(), now=now
    )
    document = next(one for one in manifest.files if one.path == DOCUMENT)
    root = folder.with_name("public.root.json")
    if not root.is_file():
        root.write_bytes((folder / "metadata" / "1.root.json").read_bytes())
    return Published(folder, root, folder / blob_path(document.sha256))


def _shipping(
    release: Release,
    blobs: Blobs,
    lock: bytes,
    built: Mapping[str, float],
    cached: tuple[tuple[str, str], ...],
) -> Release:
    document = put(blobs, "lock", DOCUMENT, lock)
    shipped = tuple(
        put(
            blobs,
            "artifact",
            f"native/cache/v3/manifests/spec/{label.rpartition('-')[0]}/"
            f"{label}-{hash_}.spec.manifest.json",
            hash_.encode(),
        )
        for label, hash_ in cached
    )
    parts = tuple(
        part.model_copy(
            update={
                "document": document,
                "units": (
                    *part.units,
                    *(
                        UnitBuild(
                            hash=hash_of(key),
                            name="unit",
                            version="1",
                            outcome="built",
                            seconds=seconds,
                        )
                        for key, seconds in built.items()
                    ),
                ),
            }
        )
        if isinstance(part, NativeBuild)
        else part
        for part in release.build.parts
    )
    locks = tuple(
        one.model_copy(update={"document": document}) if one.part == "native" else one
        for one in release.plan.locks
    )
    return replace(
        release,
        plan=release.plan.model_copy(update={"locks": locks}),
        build=release.build.model_copy(update={"parts": parts}),
        files=(
            *(one for one in release.files if one.path != DOCUMENT),
            document,
            *shipped,
        ),
    )
