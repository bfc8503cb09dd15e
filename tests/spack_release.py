"""A release whose native part ships the two tiny units of `spack_caches`, and an engine for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.products.engines.spack.tiny import CACHE, NAMES, VERSION, tiny_build, tiny_lock
from tests.products.engines.still import StillEngine
from tests.services.delivery.conftest import Release
from tests.spack_cache_files import BASE, TOP

from peso.base.ledger import Blobs
from peso.errors import Outside
from peso.products.engines.native import NativeLock
from peso.products.engines.native_graph import NativeGraph
from peso.products.engines.port import AnyLock, AnyRequires, Held, Wanted, Workbench
from peso.products.engines.spack.choosing import chosen
from peso.services.assurance.inventory import Component


def with_tiny(
    release: Release, blobs: Blobs, *, python: bool = True, cache: str = CACHE
) -> Release:
    """Return a release with a native part of tiny units; without `python` it is all there is."""
    lock = tiny_lock(blobs)
    part = tiny_build(lock, blobs, cache)
    kept = tuple(one for one in release.files if python or one.role not in {"artifact", "lock"})
    before = release.inventory.components if python else ()
    native = tuple(_component(hash_) for hash_ in (TOP, BASE))
    locks = release.plan.locks if python else ()
    parts = release.build.parts if python else ()
    return replace(
        release,
        plan=release.plan.model_copy(update={"locks": (*locks, lock)}),
        build=release.build.model_copy(update={"parts": (*parts, part)}),
        inventory=release.inventory.model_copy(update={"components": (*before, *native)}),
        files=(*kept, *part.shipped, part.document),
    )


def _component(hash_: str) -> Component:
    return Component(
        name=NAMES[hash_],
        version=VERSION,
        purl=f"pkg:generic/{NAMES[hash_]}@{VERSION}?spack_hash={hash_}",
        part="native",
        license="MIT",
        sha256="",
        path="",
        depends=(),
        unit=hash_,
    )


@dataclass(slots=True)
class Bringer(StillEngine):
    """An engine that lays archives into a prefix instead of unpacking them."""

    lacks: str | None = None
    lacking: tuple[str, ...] = ()
    stops_after: int | None = None
    """After how many units it breaks."""
    asked: list[tuple[str, ...]] = field(default_factory=list)
    """The names it was asked about."""
    brought: list[str] = field(default_factory=list)

    def mismatch(self, requires: AnyRequires) -> str | None:  # noqa: ARG002
        return self.lacks

    def wanted(
        self,
        lock: AnyLock,
        names: tuple[str, ...],
        prefix: Path,  # noqa: ARG002
        held: Held,
    ) -> Wanted:
        assert isinstance(lock, NativeLock)
        assert held.built_in > 0
        self.asked.append(names)
        graph = NativeGraph(lock)
        roots = chosen(graph, names)
        reached = graph.reached(roots)
        ours = [one.hash for one in lock.units if one.hash in reached and not one.external]
        return Wanted(roots=roots, units=tuple(ours), lacking=self.lacking)

    def bring(self, document: Path, prefix: Path, bench: Workbench, wanted: Wanted) -> None:
        assert bench.offline
        prefix.mkdir(parents=True, exist_ok=True)
        (prefix / ".peso-bringer").touch()
        cache = document.parent / "cache"
        for number, hash_ in enumerate(wanted.units):
            if self.stops_after == number:
                raise Outside("the machine went away")
            if hash_ in self.there(prefix):
                continue
            (manifest,) = cache.glob(f"v3/manifests/spec/*/*-{hash_}.spec.manifest.json")
            (prefix / hash_).mkdir()
            (prefix / hash_ / "manifest").write_bytes(manifest.read_bytes())
            self.brought.append(hash_)

    def there(self, prefix: Path) -> Mapping[str, str]:
        return {one.parent.name: str(one.parent) for one in prefix.glob("*/manifest")}
