"""What every engine answers: plan, build, install; and the records that pass between them.

An engine knows nothing of the ledger, the gate or the publication. It gets a `Workbench` with what
it may use and gives records back. Every file it makes goes into the workbench's blob store; records
name files by digest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from peso.base.finding import Unknown
from peso.base.ledger import Blobs
from peso.base.record import Record
from peso.products.engines.files import Artifact, Role
from peso.products.engines.native import NativeBuild, NativeLock, NativeRequires
from peso.products.stack import Stack

__all__ = [
    "AnyBuild",
    "AnyLock",
    "AnyRequires",
    "Artifact",
    "Choosing",
    "Engine",
    "Held",
    "Lock",
    "Made",
    "PartBuild",
    "Place",
    "Progress",
    "Requires",
    "Role",
    "SelfTesting",
    "ToolCall",
    "Unit",
    "Wanted",
    "Workbench",
]


class Unit(Record):
    """One concrete thing in a lock."""

    name: str
    version: str
    purl: str
    filename: str
    """The locked file this platform uses: a wheel, or the sdist it is built from."""
    sha256: str
    length: int | None
    """Bytes, where the index says; None where it does not."""
    url: str
    depends: tuple[str, ...] = ()
    """Names of units this one needs at run time, where that is known before it is fetched."""
    root: bool = False
    """Whether the stack file names it."""
    extras: tuple[str, ...] = ()
    """The extras the stack file asks of it."""
    build: tuple[str, ...] = ()
    """The purls of the build units it is built with; empty for a wheel."""


class Requires(Record):
    """What an installed copy needs of the machine."""

    python: str
    """A PEP 440 specifier, e.g. `==3.11.*`."""
    implementation: str
    """e.g. `cpython`."""
    platforms: tuple[str, ...]
    """The platform tags of the wheels, e.g. `manylinux_2_28_x86_64`; `any` is left out."""


class Lock(Record):
    """The exact resolution of a Python part for one platform."""

    part: str
    engine: Literal["pypi"] = "pypi"
    requires: Requires
    units: tuple[Unit, ...]
    build_units: tuple[Unit, ...] = ()
    """What building the sdists among the units needs; never shipped."""
    document: Artifact
    """The lock as the engine's own standard has it (`pylock.toml`), in the blob store."""
    tool: str
    """The tool and version that resolved, e.g. `uv 0.13.9`."""


class Made(Record):
    """One unit as the release ships it."""

    unit: str
    version: str
    artifact: Artifact
    source_filename: str
    source_sha256: str
    built_here: bool
    """True when `artifact` was built here from the source, false when it is the source."""
    license: str | Unknown
    """An SPDX license expression, or why there is none."""
    depends: tuple[str, ...] = ()
    """Names of units this one needs at run time, on this platform: the true graph, as shipped."""
    built_with: tuple[Unit, ...] = ()


class PartBuild(Record):
    """What building a Python part gave."""

    part: str
    engine: Literal["pypi"] = "pypi"
    requires: Requires
    made: tuple[Made, ...]
    document: Artifact
    """`pylock.release.toml`: relative paths and the hashes of the files shipped."""
    tool: str


AnyLock = Lock | NativeLock
AnyBuild = PartBuild | NativeBuild
AnyRequires = Requires | NativeRequires


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One line of progress: units done of all, and the log's last line."""

    done: int
    total: int
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """What an engine may use, and nothing else."""

    blobs: Blobs
    work: Path
    """A scratch folder of its own; may be gone after the call."""
    cache: Path
    """A cache that outlives the call and may be deleted at any time."""
    offline: bool
    progress: Callable[[Progress], None]
    fail_fast: bool = False
    """Whether building stops at the first failure; else what does not need it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a part can be used: what a test of its products finds there."""

    programs: tuple[Path, ...]
    """Folders of programs, the first comes first; they are on `PATH` too."""
    environment: Mapping[str, str]
    """Variables a user of these products has set; with `PATH`, ended by the system's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A command of an engine's tool, for a platform to run."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a release says of a part's binaries as a whole."""

    built_in: int
    """How many characters the folder has that they were built in; 0: not known."""
    recipes: bool
    """Whether it brings the recipes that taking them in needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a part a facility wants."""

    roots: tuple[str, ...]
    """Hashes of what is asked for."""
    units: tuple[str, ...]
    """Hashes of all that has to be brought there for it, the roots too, in the lock's order."""
    lacking: tuple[str, ...] = ()
    """What this machine lacks for it, each in words; with any, nothing may be installed."""


class Engine(Protocol):
    """What every engine answers."""

    def identity(self) -> str:
        """Name what of this engine and machine decides a plan; starts no solver."""

    def plan(self, stack: Stack, part: str, bench: Workbench, *, upgrade: bool) -> AnyLock:
        """Resolve the part of that name for this machine, exactly."""

    def build(self, lock: AnyLock, bench: Workbench) -> AnyBuild:
        """Make every file the part ships, into the blob store; or every unit, where it can."""

    def lost(self, build: AnyBuild) -> str | None:
        """Say what of a build is no longer on this machine, or None; starts nothing."""

    def place(
        self, build: AnyBuild, release: Path, prefix: Path, of: tuple[str, ...], bench: Workbench
    ) -> Place:
        """Make the products `of` usable: installed from the files in `release` into `prefix`.

        Called again with the same prefix for other products: what is installed stays.
        """

    def install(self, document: Path, prefix: Path, bench: Workbench) -> None:
        """Install from `document` and the files beside it into `prefix`; no network, no build."""

    def mismatch(self, requires: AnyRequires) -> str | None:
        """Say what this machine lacks for an installed copy, or None."""


@runtime_checkable
class Choosing(Protocol):
    """What an engine answers that can install some of a part's units, and not the others."""

    def wanted(self, lock: AnyLock, names: tuple[str, ...], prefix: Path, held: Held) -> Wanted:
        """Return what these names stand for, none: all; and what this machine lacks for it.

        Args:
            lock: The part's lock, as the release ships it.
            names: Names of units; those that are none of the part's are passed over.
            prefix: Where the part is to be installed.
            held: What the release says of the part's binaries.
        """

    def bring(self, document: Path, prefix: Path, bench: Workbench, wanted: Wanted) -> None:
        """Install what is wanted of a part, as `Engine.install` does all of it; goes on.

        The files of what is `there` need not be beside the document.
        """

    def there(self, prefix: Path) -> Mapping[str, str]:
        """Return the folder of every unit that is whole in a prefix, by hash."""


@runtime_checkable
class SelfTesting(Protocol):
    """What an engine answers whose tool can run the tests that come with a recipe."""

    def self_test(self, build: AnyBuild, unit: str, bench: Workbench) -> ToolCall:
        """Return the command that runs the stand-alone tests of an installed unit, by its hash.

        It tests that unit alone, prints its log with the summary at the end on standard output
        (`spack -v test run /HASH`), writes nothing outside `bench.cache` and `bench.work`, and
        ends with 0 only where no part failed. Nothing is started here.
        """
