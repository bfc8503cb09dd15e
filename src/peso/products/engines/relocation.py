"""Records of relocation: can a unit's archive be used in another folder than it was built in?

Each archive is installed once into a longer and once into a shorter folder, and what is there is
looked at. A record names no folder of the builder's: `<store>`, `<stage>`, `<scratch>`, `<spack>`
and `<home>` stand for them. What was not tried or not looked at is unknown, with the reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from peso.base.finding import Level, Outcome, Unknown, Verdict
from peso.base.record import Record
from peso.products.engines.native import NativeBuild, NativeLock
from peso.products.engines.port import Workbench

LOOK = 1
"""The kind of look that is taken; a proof of another kind is made anew."""

Direction = Literal["longer", "shorter"]
DIRECTIONS: tuple[Direction, ...] = ("longer", "shorter")
Place = Literal["store", "stage", "scratch", "spack", "home"]
"""A folder of the builder's: of installed units, of builds, of other scratch, Spack, the user's."""
LeakKind = Literal[
    "shebang",
    "run path",
    "interpreter",
    "library",
    "link",
    "text",
    "data",
    "debug",
    "leftover",
    "bytecode",
    "documentation",
    "account",
]
"""Where a path stands: what reads it decides how grave it is."""


class Leak(Record):
    """A folder of the builder's that a file of a unit still names after it was moved."""

    file: str
    """Below the unit's folder."""
    kind: LeakKind
    place: Place
    level: Level
    reason: str
    """Why it is as grave as that."""
    where: str
    """The first place in the file: `line 3`, `offset 0x1f40`; empty for a link."""
    text: str
    """What stands there, bounded."""
    times: int
    """How often in this file, of this kind."""
    into: tuple[Direction, ...]
    """After which of the two moves."""


class Landing(Record):
    """What became of an archive in one of the two folders."""

    verdict: Verdict
    length: int
    """Characters of the folder units were installed into; 0: it was not tried."""


class Instructions(Record):
    """The instruction sets that a unit's binaries use, as far as a sample tells."""

    features: tuple[str, ...]
    """As archspec calls them, e.g. `avx2`, without those every machine of the family has."""
    level: str
    """The first general target that has all of them, e.g. `x86_64_v3`; the family where none is
    needed; empty where no general one has them all."""
    asks: bool
    """Whether a file asks the processor what it can do, or chooses functions when it is loaded."""
    files: int
    """Binaries a sample was taken of."""
    sampled: int
    """Bytes of code that were looked at."""
    of: int
    """Bytes of code there are in the unit."""
    noted: str = ""
    """What the linker wrote down as needed (`x86-64-v2`), where it did."""


class Relocation(Record):
    """The proof of one archive."""

    look: int = LOOK
    archive: str
    """sha256 of the archive."""
    hash: str
    name: str
    version: str
    target: str
    """The target it claims."""
    longer: Landing
    shorter: Landing
    files: int = 0
    """Files that were looked at."""
    unread: tuple[str, ...] = ()
    """Files that could not be looked at, a few of them."""
    leaks: tuple[Leak, ...] = ()
    """The gravest first, bounded."""
    more: int = 0
    """Leaks that are not listed; none of them is graver than the last that is."""
    instructions: Instructions | Unknown
    tool: str
    """e.g. `spack 1.1.0`."""

    @property
    def label(self) -> str:
        """The unit in a few characters."""
        return f"{self.name}@{self.version}/{self.hash[:7]}"

    def landing(self, into: Direction) -> Landing:
        """Return what became of it in one of the two folders."""
        return self.longer if into == "longer" else self.shorter

    @property
    def stands(self) -> bool:
        """Whether it need not be tried again: it was moved both ways, and looked at whole."""
        both = all(one.verdict.outcome is Outcome.PASS for one in (self.longer, self.shorter))
        return self.look == LOOK and both and not self.unread and not self.unsampled

    @property
    def unsampled(self) -> bool:
        """Whether its instructions are not known."""
        return isinstance(self.instructions, Unknown)


@runtime_checkable
class Relocating(Protocol):
    """What an engine answers that can try its archives in other folders."""

    def relocate(
        self,
        lock: NativeLock,
        build: NativeBuild,
        release: Path,
        hashes: tuple[str, ...],
        bench: Workbench,
    ) -> tuple[Relocation, ...]:
        """Install these units into a longer and a shorter folder, and look at what is there.

        Args:
            lock: The part's lock.
            build: Its build, with its archives.
            release: The folder in which the release is laid out.
            hashes: The units whose archives are to be proven; one is given for each.
            bench: What may be used; nothing stays of what was installed.
        """
