"""Relocate: each archive of a release's binaries tried in other folders, and what was seen there.

An archive is known by its digest, so one that was proven once is not proven again, in whatever
release it is. What no engine could try is unknown, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from peso.base.finding import Outcome, Unknown, Verdict
from peso.base.record import Record
from peso.products.engines.native import CacheEntry, NativeBuild, NativeLock
from peso.products.engines.port import Engine, Workbench
from peso.products.engines.relocation import Landing, Relocating, Relocation
from peso.services.integration.build import Build, lay_release
from peso.services.integration.plan import Plan, engine_of


class Relocations(Record):
    """The proofs of all archives of a release."""

    made: datetime
    proofs: tuple[Relocation, ...] = ()
    """By part and in the order of its lock."""
    anew: int = 0
    """How many of them were tried in this run; the others were known."""


def archives(build: Build) -> tuple[tuple[NativeBuild, CacheEntry], ...]:
    """Return every archive of a build, with its part."""
    return tuple((part, one) for part in build.native for one in part.cache)


def relocate(  # noqa: PLR0913 - the ports of a trial
    plan: Plan,
    build: Build,
    engines: Mapping[str, Engine],
    known: Mapping[str, Relocation],
    bench: Workbench,
    *,
    now: datetime,
) -> Relocations:
    """Try every archive that is not known.

    Args:
        plan: The locks.
        build: The archives.
        engines: Engines by part, or by kind.
        known: Proofs by the archive's digest; those that stand are taken.
        bench: What may be used.
        now: When it is done.

    Raises:
        Outside: The disk failed.
    """
    locks = {lock.part: lock for lock in plan.native}
    proofs: list[Relocation] = []
    anew = 0
    for part in build.native:
        stand = {sha256: one for sha256, one in known.items() if one.stands}
        due = tuple(one.hash for one in part.cache if one.archive.sha256 not in stand)
        made = _prove(locks[part.part], part, due, engines, bench) if due else ()
        anew += len(made)
        fresh = {one.hash: one for one in made}
        proofs += [fresh.get(one.hash) or stand[one.archive.sha256] for one in part.cache]
    return Relocations(made=now, proofs=tuple(proofs), anew=anew)


def _prove(
    lock: NativeLock,
    part: NativeBuild,
    due: tuple[str, ...],
    engines: Mapping[str, Engine],
    bench: Workbench,
) -> tuple[Relocation, ...]:
    engine = engine_of(part.part, part.engine, engines)
    if not isinstance(engine, Relocating):
        return tuple(_not_tried(one, lock) for one in part.cache if one.hash in due)
    release = bench.work / "release"
    lay_release((part.document, *part.shipped), bench.blobs, release)
    return engine.relocate(lock, part, release, due, bench)


def _not_tried(entry: CacheEntry, lock: NativeLock) -> Relocation:
    why = f"the engine {lock.engine} cannot try it"
    landing = Landing(verdict=Verdict(outcome=Outcome.UNKNOWN, reason=why), length=0)
    return Relocation(
        archive=entry.archive.sha256,
        hash=entry.hash,
        name=entry.name,
        version=entry.version,
        target=lock.unit(entry.hash).target,
        longer=landing,
        shorter=landing,
        instructions=Unknown(unknown=why),
        tool=lock.tool,
    )
