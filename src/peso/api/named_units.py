"""The units that a question names: of a lock, of a stack as it was planned, of a release.

    spack.lock, FOLDER, stack.yaml      a lock, or what was planned last
    PUBLICATION[#STACK[@VERSION]]       a release, in a folder or behind a URL

Recipes and packages are not asked: no answer here is about licenses or sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from peso.api.locks import is_lock, lock_bytes
from peso.api.planned import lock_or_stack, planned_locks
from peso.products.engines.native import NativeRoot, NativeUnit
from peso.products.engines.native_graph import Units

if TYPE_CHECKING:
    from peso.products.engines.spack.lockfile import LockRead
    from peso.services.delivery.facility.proof import Asked
    from peso.services.delivery.facility.releases import Release

Where = str | Path
TIMESTAMP = Path("metadata", "timestamp.json")
BUILD_RECORD = "evidence/build.json"
_NOT_ASKED = "it was not asked about"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """What a publication may be trusted by."""

    root: Path | None = None
    unsafe_development_keys: bool = False

    @classmethod
    def by(cls, root: Where | None, *, unsafe_development_keys: bool) -> Trusted:
        """Return the trust that a caller's arguments give."""
        file = Path(root) if root is not None else None
        return cls(root=file, unsafe_development_keys=unsafe_development_keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedUnits:
    """The units of something that was named, over all its native parts."""

    where: str
    units: tuple[NativeUnit, ...]
    roots: tuple[NativeRoot, ...]
    spack: tuple[str, ...] = ()
    """Versions of the Spack that solved them."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """How long units took to build, by hash, as a release that was named says."""
    folder: Path | None = None
    """Where the ledger is looked for that says more; None for a release."""


def named_units(name: Where, trusted: Trusted) -> NamedUnits:
    """Return the units that a name stands for.

    Raises:
        BadInput: It is no lock, stack or publication, or the stack was never planned.
        Refused: A publication, or the file of it that is needed, is not proven.
        Outside: The disk or the network failed.
    """
    text = str(name)
    place, _, release = text.partition("#")
    if is_publication(place):
        with asked_of(place, trusted) as asked:
            return _of_release(asked, release or None)
    file = lock_or_stack(Path(text), option="")
    if is_lock(file):
        read = read_units(lock_bytes(file), where=str(file))
        return NamedUnits(
            where=text,
            units=read.units,
            roots=read.roots,
            spack=(read.spack_version,),
            folder=file.parent,
        )
    locks = planned_locks(file)
    units, roots = together(locks)
    solvers = tuple(dict.fromkeys(lock.tool.removeprefix("spack ") for lock in locks))
    return NamedUnits(where=text, units=units, roots=roots, spack=solvers, folder=file.parent)


def is_publication(place: str) -> bool:
    """Say whether a place is a publication: a URL, or a folder with signed metadata."""
    return "://" in place or (Path(place) / TIMESTAMP).is_file()


@contextmanager
def asked_of(place: str, trusted: Trusted) -> Iterator[Asked]:
    """Open a publication, with the root it is trusted by."""
    from peso.base.net import Net  # noqa: PLC0415 - only of a publication
    from peso.services.delivery.facility.proof import ask  # noqa: PLC0415 - as above
    from peso.workspace import this_machine  # noqa: PLC0415 - as above

    machine = this_machine()
    with Net() as net:
        yield ask(
            place,
            root=trusted.root,
            state=machine.state,
            unsafe_development_keys=trusted.unsafe_development_keys,
            unsafe_as_of=None,
            net=net,
            now=machine.clock(),
        )


def native_locks(asked: Asked, release: Release) -> tuple[LockRead, ...]:
    """Return the locks of a release's native parts."""
    from peso.services.delivery.facility.contents import proven_file  # noqa: PLC0415 - as above

    return tuple(
        read_units(
            proven_file(asked, release, part.document), where=f"{release.name}: {part.document}"
        )
        for part in release.manifest.parts
        if part.native
    )


def read_units(data: bytes, *, where: str) -> LockRead:
    """Read a lock without asking recipes or packages."""
    from peso.products.engines.spack.distribution import NoDistribution  # noqa: PLC0415
    from peso.products.engines.spack.facts import NoRecipes  # noqa: PLC0415
    from peso.products.engines.spack.lockfile import read_lock  # noqa: PLC0415

    recipes, packages = NoRecipes(_NOT_ASKED), NoDistribution(_NOT_ASKED)
    return read_lock(data, where=where, recipes=recipes, packages=packages)


def together(locks: Iterable[Units]) -> tuple[tuple[NativeUnit, ...], tuple[NativeRoot, ...]]:
    """Return the units and roots of several locks, each unit once."""
    all_ = tuple(locks)
    units = {unit.hash: unit for lock in all_ for unit in lock.units}
    return tuple(units.values()), tuple(root for lock in all_ for root in lock.roots)


def _of_release(asked: Asked, said: str | None) -> NamedUnits:
    from peso.errors import BadInput  # noqa: PLC0415 - only of a publication
    from peso.services.delivery.facility.contents import (  # noqa: PLC0415 - as above
        proven_file,
        proven_release,
    )
    from peso.services.integration.build import Build  # noqa: PLC0415 - as above
    from peso.services.integration.native_times import times_of  # noqa: PLC0415 - as above

    where = asked.source.where
    release = proven_release(asked, said)
    locks = native_locks(asked, release)
    if not locks:
        raise BadInput(f"the release {release.name} has no part that Spack makes", where=where)
    seconds: dict[str, float] = {}
    if release.named(BUILD_RECORD) is not None:
        seconds = times_of(Build.parse(proven_file(asked, release, BUILD_RECORD)))
    units, roots = together(locks)
    return NamedUnits(
        where=f"{where}#{release.manifest.stack}@{release.manifest.version}",
        units=units,
        roots=roots,
        spack=tuple(dict.fromkeys(lock.spack_version for lock in locks)),
        seconds=seconds,
    )
