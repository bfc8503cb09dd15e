"""Selection: which parts of a release are installed, which of their units, and does that fit here?

1. Without names it is all the release holds. With names, each part that has one of them: of a
   native part the units they stand for and what these need; a Python part is one environment, and
   is installed whole.
2. A part of which the release holds no binaries is left out. Where nothing is left it is a no.
3. A name that no part has is the caller's fault, and the answer lists the names there are.
4. What this machine lacks is told at once, for all parts, before anything is written: the machine's
   kind, what it has to supply itself, and units of which the release has no binary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from packaging.utils import canonicalize_name
from pydantic import ValidationError

from peso.errors import BadInput, Reason, Refused
from peso.products.engines.native import NativeLock
from peso.products.engines.port import AnyLock, Artifact, Choosing, Engine, Held, Wanted
from peso.services.delivery.facility.binding import files_of_unit
from peso.services.delivery.facility.releases import Release
from peso.services.delivery.layout.building import build_command
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.manifest import PartManifest
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan

Read = Callable[[Artifact], bytes]
"""Gives the bytes of a file of the release, proven by digest; raises Refused."""

PLAN = "evidence/plan.json"
BUILD = "evidence/build.json"
_SHOWN = 20
_NEXT = "install it on a machine that fits, or ask for a release for this one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """One part that is installed."""

    part: PartManifest
    engine: Engine
    folder: str
    """Where it goes, relative to the prefix."""
    wanted: Wanted | None
    """Which units; None: the part is installed whole."""

    @property
    def hashes(self) -> frozenset[str]:
        """Hashes of the units that are wanted."""
        return frozenset(self.wanted.units if self.wanted else ())


def select(
    release: Release,
    engines: Mapping[str, Engine],
    prefix: Path,
    names: tuple[str, ...],
    read: Read,
) -> tuple[Selected, ...]:
    """Return the parts that are installed.

    Args:
        release: The release.
        engines: What installs a part, by the engine's name.
        prefix: Where the release goes.
        names: What is asked for; none: all.
        read: Gives the bytes of the release's files.

    Raises:
        Refused: It holds no binaries, or this machine lacks something; all of it is named.
        BadInput: A name is no part's.
    """
    held = _held(release)
    plan = _plan(release, read) if names or any(part.native for part in held) else None
    locks = {lock.part: lock for lock in plan.locks} if plan else {}
    meant = [part for part in held if not names or _has(locks.get(part.name), names)]
    if names:
        _refuse_unknown(names, [locks[part.name] for part in held if part.name in locks], release)
    chosen, lacking = [], []
    for part in meant:
        folder = release.manifest.folder_of(part)
        one = _selected(part, engines, folder, prefix / folder, names, locks)
        if isinstance(one, str):
            lacking.append(f"{part.name}: {one}")
        else:
            chosen.append(one)
            lacking += [f"{part.name}: {why}" for why in _why_not(one, release, read)]
    if lacking:
        raise _unfit(release, lacking)
    return tuple(chosen)


def files_needed(
    release: Release, selected: Sequence[Selected], there: Mapping[str, frozenset[str]]
) -> tuple[Artifact, ...]:
    """Return the files that have to be fetched, in the manifest's order.

    Args:
        release: The release.
        selected: What is installed.
        there: Hashes of the units that are in the prefix already, by part.
    """
    manifest = release.manifest
    wanted = {
        path
        for one in selected
        for unit in one.part.units
        if unit.hash in one.hashes - there.get(one.part.name, frozenset())
        for path, _ in files_of_unit(one.part, unit)
    }
    wanted |= {one.part.recipes for one in selected}
    whole = {one.part.name for one in selected if one.wanted is None}
    return tuple(
        one
        for one in manifest.files
        if one.role not in {"artifact", "recipes"}
        or one.path in wanted
        or any(part.name in whole for part in _owners(one, manifest.parts))
    )


def _owners(file: Artifact, parts: Iterable[PartManifest]) -> tuple[PartManifest, ...]:
    """Return the parts a file is of: those whose document lies the nearest above it."""
    above = [
        (len(folder.parts), part)
        for part in parts
        if PurePosixPath(file.path).is_relative_to(folder := PurePosixPath(part.document).parent)
    ]
    deepest = max((depth for depth, _ in above), default=0)
    return tuple(part for depth, part in above if depth == deepest)


def _held(release: Release) -> tuple[PartManifest, ...]:
    """Return the parts that can be installed; refuse a release that holds none."""
    manifest = release.manifest
    held = tuple(part for part in manifest.parts if manifest.holds(part))
    if not held:
        named = ", ".join(part.name for part in manifest.parts)
        lock = release.named(manifest.parts[0].document)
        blob = blob_path(lock.sha256) if lock is not None else manifest.parts[0].document
        raise Refused(
            f"{release.name} holds no binaries to install: of {named} it ships the lock, the "
            "account and the inventory",
            where=release.place,
            hint=f"build it from its lock: copy {blob} of the publication to spack.lock, then "
            f"{build_command('spack.lock')}",
        )
    return held


def _plan(release: Release, read: Read) -> Plan:
    """Return the plan the release was made from, as it is shipped."""
    file = release.named(PLAN)
    if file is None:
        raise Refused(f"it ships no {PLAN}", where=release.place, reason=Reason.MISSING)
    if file.sha256 != release.manifest.lock:
        raise Refused(
            f"its {PLAN} is not the plan it was made from",
            where=release.place,
            reason=Reason.SWAPPED,
        )
    try:
        return Plan.parse(read(file))
    except ValidationError as error:
        raise Refused(
            f"its {PLAN} cannot be read", where=release.place, reason=Reason.CHANGED
        ) from error


def _has(lock: AnyLock | None, names: tuple[str, ...]) -> bool:
    return lock is not None and any(_names(lock, name) for name in names)


def _names(lock: AnyLock, asked: str) -> bool:
    name, _, hash_ = asked.partition("/")
    if isinstance(lock, NativeLock):
        return any(
            (not name or unit.name == name) and unit.hash.startswith(hash_) for unit in lock.units
        )
    return not hash_ and canonicalize_name(name) in {canonicalize_name(u.name) for u in lock.units}


def _refuse_unknown(names: Sequence[str], locks: Sequence[AnyLock], release: Release) -> None:
    unknown = [name for name in names if not any(_names(lock, name) for lock in locks)]
    if unknown:
        there = sorted({one for lock in locks for one in _roots(lock)})
        more = f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else ""
        raise BadInput(
            f"{release.name} has no {', '.join(unknown)} to install; it has "
            f"{', '.join(there[:_SHOWN])}{more}",
            where="--only",
        )


def _roots(lock: AnyLock) -> set[str]:
    return {unit.name for unit in lock.units if unit.root}


def _selected(  # noqa: PLR0913, PLR0917 - all that decides one part
    part: PartManifest,
    engines: Mapping[str, Engine],
    folder: str,
    place: Path,
    names: tuple[str, ...],
    locks: Mapping[str, AnyLock],
) -> Selected | str:
    """Return a part as it is installed, or why it cannot be."""
    engine = engines.get(part.engine)
    if engine is None:
        return f"an engine {part.engine!r}, which this PESO does not have"
    if (why := engine.mismatch(part.requires)) is not None:
        return why
    wanted = None
    if isinstance(engine, Choosing):
        lock = locks.get(part.name)
        if lock is None:
            return "its lock is not in the plan that the release ships"
        held = Held(built_in=part.built_in, recipes=bool(part.recipes))
        wanted = engine.wanted(lock, names, place, held)
    return Selected(part=part, engine=engine, folder=folder, wanted=wanted)


def _why_not(one: Selected, release: Release, read: Read) -> list[str]:
    """Return what is lacking for a part: here, or in the release."""
    if one.wanted is None:
        return []
    held = {unit.hash for unit in one.part.units}
    missing = [hash_ for hash_ in one.wanted.units if hash_ not in held]
    return [*one.wanted.lacking, *(_no_binaries(one, missing, release, read) if missing else ())]


def _no_binaries(
    one: Selected, missing: Sequence[str], release: Release, read: Read
) -> Iterable[str]:
    """Say of which units the release has no binary, and why, as its own account does."""
    file = release.named(BUILD)
    units = {}
    if file is not None:
        try:
            parts = Build.parse(read(file)).native
        except ValidationError:
            parts = ()
        mine = (part for part in parts if part.part == one.part.name)
        units = {unit.hash: unit for part in mine for unit in part.units}
    for hash_ in missing:
        unit = units.get(hash_)
        label = f"{unit.name}@{unit.version}/{hash_[:7]}" if unit else f"/{hash_[:7]}"
        why = unit.not_shipped if unit and unit.not_shipped else "it does not say why"
        yield f"the release has no binary of {label}: {why}"


def _unfit(release: Release, lacking: Sequence[str]) -> Refused:
    return Refused(
        f"this machine does not fit {release.name}: {'; '.join(lacking)}",
        where=release.place,
        hint=_NEXT,
    )
