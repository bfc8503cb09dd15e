"""A release with a native part, beside the Python part of `conftest.py` or alone."""

from __future__ import annotations

from dataclasses import replace

from tests.native_locks import OPENMPI, Piece, build_of, lock_of
from tests.services.delivery.conftest import Release, put

from peso.base.finding import Unknown
from peso.base.ledger import Blobs
from peso.products.engines.native import Checkout, External, NativeBuild, NativeLock, SourceFile
from peso.products.engines.port import Artifact
from peso.services.assurance.inventory import Component

STORE = "/home/somebody/store"
GIT = SourceFile(kind="git", url="https://git.invalid/lib.git", other="commit:" + "c0" * 20)
BESIDE = SourceFile(kind="patch", url="", sha256="9a" * 32)
CHECKOUTS = (
    Checkout(name="spack", version="1.1.0", commit="5b" * 20),
    Checkout(name="builtin", version="", commit=Unknown(unknown="it is no git checkout")),
)


def native_lock(blobs: Blobs) -> NativeLock:
    """Return a lock of every kind of unit, its files in the store."""
    lock = lock_of(
        Piece("hy", "hypre", "2.26.0", {"mp": "build,link", "zl": "link"}, root=True),
        Piece("zl", "zlib-ng", "2.2.4", sources=(GIT, BESIDE)),
        Piece("tw", "zlib-ng", "2.2.5", sources=(GIT,)),
        Piece("no", "riddle", sources=Unknown(unknown="its recipe could not be read")),
        Piece("mp", "openmpi", "4.1.4", external=OPENMPI),
        Piece(
            "cm",
            "cmake",
            "3.25.1",
            external=External(prefix="/opt/cmake", package=Unknown(unknown="no package has it")),
        ),
    )
    return lock.model_copy(
        update={
            "checkouts": CHECKOUTS,
            "document": put(blobs, "lock", "native/spack.lock", b'{"roots": []}'),
            "environment": (put(blobs, "lock", "native/spack.yaml", b"spack: {specs: [hypre]}"),),
            "settings": put(blobs, "lock", "native/settings.yaml", b"config: {}"),
        }
    )


def native_build(lock: NativeLock) -> NativeBuild:
    """Return a build of it whose account names the builder's folders wherever it can."""
    made = build_of(lock, zl="reused")
    units = tuple(
        one.model_copy(
            update={
                "prefix": "/usr"
                if one.outcome == "external"
                else f"{STORE}/linux-x86_64_v3/{one.name}-{one.version}-{one.hash}",
                "because": f"in {STORE} before" if one.outcome == "reused" else one.because,
            }
        )
        for one in made.units
    )
    return made.model_copy(update={"units": units, "tool": "spack 1.1.0"})


def with_native(release: Release, blobs: Blobs, *, python: bool = True) -> Release:
    """Return a release with a native part; without `python` it is all there is."""
    lock = native_lock(blobs)
    part = native_build(lock)
    shipped: tuple[Artifact, ...] = (*part.files, part.document)
    kept = tuple(one for one in release.files if python or one.role not in {"artifact", "lock"})
    before = release.inventory.components if python else ()
    native = tuple(
        Component(
            name=unit.name,
            version=unit.version,
            purl=unit.purl,
            part="native",
            license=unit.license,
            sha256="",
            path="",
            depends=(),
        )
        for unit in lock.units
    )
    return replace(
        release,
        plan=release.plan.model_copy(
            update={"locks": (*(release.plan.locks if python else ()), lock)}
        ),
        build=release.build.model_copy(
            update={"parts": (*(release.build.parts if python else ()), part)}
        ),
        inventory=release.inventory.model_copy(update={"components": (*before, *native)}),
        files=(*kept, *shipped),
    )
