"""Small made-up native locks, as records: what the graph, the inventory and others are tried on.

A lock is written as units; a unit's hash is its word, filled up to Spack's length:

    lock_of(
        Piece("a", "hypre", needs={"b": "link", "c": "build"}, root=True),
        Piece("b", "openmpi"),
        Piece("c", "cmake"),
    )
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from peso.base.digest import sha256_bytes
from peso.base.finding import Unknown
from peso.products.engines.native import (
    Checkout,
    DependencyType,
    DistributionPackage,
    Edge,
    External,
    NativeBuild,
    NativeLock,
    NativeRequires,
    NativeRoot,
    NativeUnit,
    Outcome,
    SourceFile,
    UnitBuild,
    Variant,
)
from peso.products.engines.port import Artifact

REQUIRES = NativeRequires(platform="linux", system="debian12", targets=("x86_64_v3",))
OPENMPI = External(
    prefix="/home/somebody/mpi",
    package=DistributionPackage(
        manager="dpkg",
        name="openmpi-bin",
        version="4.1.4-3+b1",
        architecture="amd64",
        distribution="debian-12",
        file="/home/somebody/mpi/bin/mpicc",
    ),
)
TYPES: Mapping[str, DependencyType] = {
    "build": "build",
    "link": "link",
    "run": "run",
    "test": "test",
}


def full(word: str) -> str:
    """Return a hash of Spack's length that starts with a word."""
    return word.ljust(32, "x")


@dataclass(frozen=True)
class Piece:
    """One unit of a made-up lock."""

    word: str
    name: str
    version: str = "1.0"
    needs: Mapping[str, str] = field(default_factory=dict)
    """Words of other units, each with the types of the edge, with commas."""
    variants: Mapping[str, str] = field(default_factory=dict)
    root: bool = False
    license: str | Unknown = "MIT"
    sources: tuple[SourceFile, ...] | Unknown | None = None
    """An archive of its own where there is none."""
    patches: tuple[str, ...] = ()
    external: External | None = None
    virtuals: tuple[str, ...] = ()
    """What those that need it use it as."""
    package_hash: str = "same"
    purl: str = ""
    target: str = "x86_64_v3"
    system: str = "debian12"
    compilers: tuple[str, ...] = ("c=gcc@12.2.0",)


def lock_of(*pieces: Piece, part: str = "native") -> NativeLock:
    """Return the lock of these units."""
    by_word = {piece.word: piece for piece in pieces}
    return NativeLock(
        part=part,
        requires=REQUIRES,
        units=tuple(_unit(piece, by_word) for piece in pieces),
        roots=tuple(
            NativeRoot(spec=piece.name, hash=full(piece.word)) for piece in pieces if piece.root
        ),
        checkouts=(Checkout(name="spack", version="1.1.0", commit="c0ffee"),),
        document=artifact(f"{part}/spack.lock"),
        environment=(artifact(f"{part}/spack.yaml"),),
        settings=artifact(f"{part}/settings.yaml"),
        tool="spack 1.1.0",
    )


def _unit(piece: Piece, by_word: Mapping[str, Piece]) -> NativeUnit:
    archive = SourceFile(
        kind="archive",
        url=f"https://sources.invalid/{piece.name}-{piece.version}.tar.gz",
        sha256=sha256_bytes(f"{piece.name} {piece.version}".encode()),
    )
    purl = f"pkg:generic/{piece.name}@{piece.version}?spack_hash={full(piece.word)}"
    return NativeUnit(
        hash=full(piece.word),
        name=piece.name,
        version=piece.version,
        namespace="builtin",
        variants=tuple(Variant(name=name, value=value) for name, value in piece.variants.items()),
        compilers=() if piece.external else piece.compilers,
        platform="linux",
        system=piece.system,
        target=piece.target,
        depends=tuple(
            Edge(
                hash=full(word),
                name=by_word[word].name if word in by_word else word,
                types=tuple(TYPES[one] for one in types.split(",")),
                virtuals=by_word[word].virtuals if word in by_word else (),
            )
            for word, types in piece.needs.items()
        ),
        external=piece.external,
        package_hash=piece.package_hash,
        patches=piece.patches,
        root=piece.root,
        purl=piece.purl or purl,
        sources=(archive,) if piece.sources is None else piece.sources,
        license=piece.license,
    )


def build_of(lock: NativeLock, **outcomes: Outcome) -> NativeBuild:
    """Return a build of a lock: all built, or external, but for the words named."""
    became = {full(word): outcome for word, outcome in outcomes.items()}
    return NativeBuild(
        part=lock.part,
        requires=lock.requires,
        units=tuple(
            UnitBuild(
                hash=unit.hash,
                name=unit.name,
                version=unit.version,
                outcome=became.get(unit.hash, "external" if unit.external else "built"),
                prefix=f"/home/somebody/store/{unit.name}-{unit.hash}",
            )
            for unit in lock.units
        ),
        document=lock.document,
        files=(*lock.environment, lock.settings),
        tool=lock.tool,
        seconds=1.0,
    )


def artifact(path: str) -> Artifact:
    """Return a file of a lock."""
    return Artifact(
        role="lock",
        path=path,
        media_type="application/json",
        length=len(path),
        sha256=sha256_bytes(path.encode()),
    )
