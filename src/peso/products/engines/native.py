"""Records of a native part: what Spack resolved, and what became of every unit.

A lock may hold one name many times, so a unit is known by its hash, as in Spack. Nothing is left
out: a source, a license or a distribution's package that nobody knows is `Unknown` with its reason,
and a unit that was not built says which other unit that is owed to.
"""

from __future__ import annotations

from typing import Literal

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.products.engines.files import Artifact

DependencyType = Literal["build", "link", "run", "test"]
Outcome = Literal["built", "reused", "external", "not-needed", "failed", "not-tried", "not-known"]
FailureKind = Literal[
    "fetch",
    "checksum",
    "patch",
    "configure",
    "cmake",
    "compile",
    "link",
    "missing-header",
    "missing-library",
    "missing-program",
    "memory",
    "time",
    "disk",
    "permission",
    "recipe",
    "test",
    "mpi",
    "other",
]
"""What kind of failure a log's first error is: by what has to be looked at, not by who said it."""


class Edge(Record):
    """One dependency of a unit."""

    hash: str
    name: str
    types: tuple[DependencyType, ...]
    virtuals: tuple[str, ...] = ()
    """What the unit uses it as, e.g. `mpi`, `c`, `fortran`."""


class Variant(Record):
    """One variant as it was chosen."""

    name: str
    value: str
    """`true`, `false`, a value, or several with commas."""


class SourceFile(Record):
    """One thing a unit is made from."""

    kind: Literal["archive", "git", "resource", "patch"]
    url: str
    """Where the recipe says it is; empty for a patch that lies beside the recipe, and where only
    running the recipe could say."""
    sha256: str = ""
    """Empty for what the recipe names by a commit, or by another kind of digest."""
    other: str = ""
    """`commit:…`, `md5:…` and the like, where there is no sha256; `unpacked-sha256:…` of a patch
    that is packed."""
    ending: str = ""
    """How Spack's source mirror ends its name, e.g. `tar.gz`; empty: not at all, or not known."""


class DistributionPackage(Record):
    """The package of the machine's distribution that an external is from."""

    manager: Literal["dpkg", "rpm"]
    name: str
    version: str
    architecture: str
    distribution: str
    """e.g. `debian-12`, from os-release."""
    file: str
    """The file it was found by."""
    source: str = ""
    """The source package it is built from, where that has another name and is known."""
    source_version: str = ""
    """The source package's version, where it is another."""


class External(Record):
    """Where a unit is that Spack did not build."""

    prefix: str
    modules: tuple[str, ...] = ()
    package: DistributionPackage | Unknown


class NativeUnit(Record):
    """One concrete thing in Spack's lock."""

    hash: str
    """Spack's DAG hash, 32 characters."""
    name: str
    version: str
    namespace: str
    """The recipe repository, e.g. `builtin`."""
    variants: tuple[Variant, ...]
    compilers: tuple[str, ...] = ()
    """e.g. `c,cxx=gcc@12.2.0`."""
    platform: str
    system: str
    """Spack's name of the operating system, e.g. `debian12`."""
    target: str
    depends: tuple[Edge, ...] = ()
    external: External | None = None
    package_hash: str = ""
    """Spack's hash of the recipe's code."""
    patches: tuple[str, ...] = ()
    """sha256 of each patch."""
    root: bool = False
    purl: str
    sources: tuple[SourceFile, ...] | Unknown
    """Empty for what has no source of its own (a bundle); externals say Unknown."""
    license: str | Unknown
    """An SPDX license expression, from the recipe."""

    @property
    def label(self) -> str:
        """The unit in a few characters: `hypre@2.26.0/uoe5vsf`."""
        return f"{self.name}@{self.version}/{self.hash[:7]}"


class NativeRoot(Record):
    """What the environment asks for, and the unit that answers it."""

    spec: str
    hash: str


class Checkout(Record):
    """A checkout that decides a lock."""

    name: str
    """`spack`, or the namespace of a recipe repository."""
    version: str
    commit: str | Unknown


class NativeRequires(Record):
    """What an installed copy needs of the machine."""

    platform: str
    system: str
    targets: tuple[str, ...]
    """Microarchitectures of the units, e.g. `x86_64_v3`."""


class LinkedFolder(Record):
    """A folder that an environment names by a relative path: a recipe repository, a mirror."""

    path: str
    """Where the environment's files look for it, relative as theirs; `..` leads out of none."""
    source: str
    """Where it is on the machine that solved."""


class NativeLock(Record):
    """The exact resolution of a native part for one platform."""

    part: str
    engine: Literal["spack"] = "spack"
    requires: NativeRequires
    units: tuple[NativeUnit, ...]
    """In the order of the lock file."""
    roots: tuple[NativeRoot, ...]
    checkouts: tuple[Checkout, ...]
    """Spack, then the recipe repositories, the first comes first."""
    document: Artifact
    """Spack's own lock file."""
    environment: tuple[Artifact, ...]
    """The environment's files as they were solved; the first is its `spack.yaml`. Paths are
    relative to the folder all of them are in."""
    folders: tuple[LinkedFolder, ...] = ()
    """Not shipped, and of no meaning elsewhere."""
    settings: Artifact
    """What PESO and the machine added: Spack's configuration as it was in force, as YAML."""
    tool: str
    """e.g. `spack 1.1.0`."""

    def unit(self, hash_: str) -> NativeUnit:
        """Return the unit of a hash."""
        return next(unit for unit in self.units if unit.hash == hash_)


class FirstError(Record):
    """The first real error in a log: where a person would start to read."""

    line: int
    """Number of the line in the log, from 1."""
    text: str
    phase: str = ""
    """The phase of the build it is in, where the log says so."""
    kind: FailureKind


class UnitBuild(Record):
    """What became of one unit."""

    hash: str
    name: str
    version: str
    outcome: Outcome
    because: str = ""
    """Why it failed or was not tried; where a reused one came from; an external's prefix."""
    blocked_by: tuple[str, ...] = ()
    """Hashes of the failed units it was not tried for."""
    prefix: str = ""
    """Where it is installed on the machine that built it."""
    seconds: float | None = None
    """Wall-clock seconds from the first to the last word of Spack about it; None if not built."""
    peak_memory: int | None = None
    """Bytes of its processes together, sampled; None where there was no sample."""
    log: Artifact | None = None
    error: FirstError | None = None
    not_shipped: str = ""
    """Why the release has no binary of it, where it is there and needed where the release is used;
    empty where it has one, and where none is due."""


class CacheEntry(Record):
    """A unit's files in a Spack build cache, as the release ships them."""

    hash: str
    name: str
    version: str
    manifest: Artifact
    """Spack's own: it names the other two by digest, and no more."""
    spec: Artifact
    archive: Artifact

    @property
    def files(self) -> tuple[Artifact, ...]:
        """All three."""
        return (self.manifest, self.spec, self.archive)


class NativeBuild(Record):
    """What building a native part gave, whole or not."""

    part: str
    engine: Literal["spack"] = "spack"
    requires: NativeRequires
    units: tuple[UnitBuild, ...]
    """In the order of the lock."""
    document: Artifact
    """The lock as shipped."""
    files: tuple[Artifact, ...]
    """What else the release ships of it: the environment, the settings; no logs."""
    tool: str
    seconds: float
    """Of `spack install`, wall clock."""
    cache: tuple[CacheEntry, ...] = ()
    """The binaries of the units that are needed where the release is used, in the lock's order."""
    built_in: int = 0
    """How many characters the folder has that they were built in; 0: not known."""
    recipes: Artifact | None = None
    """The recipes that taking the binaries in needs, in one archive; None: none were found."""

    @property
    def shipped(self) -> tuple[Artifact, ...]:
        """What the release ships of it besides the lock; each path once."""
        more = () if self.recipes is None else (self.recipes,)
        files = (*self.files, *more, *(file for entry in self.cache for file in entry.files))
        return tuple({file.path: file for file in files}.values())

    @property
    def missing(self) -> tuple[UnitBuild, ...]:
        """The units that are not there."""
        return tuple(one for one in self.units if one.outcome in MISSING)


MISSING = ("failed", "not-tried", "not-known")
"""Outcomes after which a unit is not there."""
