"""Build: every file the release ships, made by the engines from the plan.

1. Each part's engine fetches and makes the files into the blob store; what is there is not made
   again, so a killed build goes on where it stood.
2. The first part of an engine has the release's top folder; a further one has a folder of its own
   name, so that two install documents never share a path.
3. A unit of a native part that failed has the first real error of its log with it.
4. A release is laid out from the store by hard links; no file is made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from peso.base.files import safe_member
from peso.base.ledger import Blobs
from peso.base.record import Record
from peso.errors import BadInput
from peso.products.engines.failures.first_error import first_error
from peso.products.engines.native import NativeBuild
from peso.products.engines.port import AnyBuild, Artifact, Engine, PartBuild, Workbench
from peso.services.integration.plan import Plan, engine_of

_LOG_LIMIT = 64 << 20


class Build(Record):
    """What building a stack gave."""

    parts: tuple[AnyBuild, ...]
    started: datetime
    finished: datetime

    @property
    def python(self) -> tuple[PartBuild, ...]:
        """The Python parts."""
        return tuple(part for part in self.parts if isinstance(part, PartBuild))

    @property
    def native(self) -> tuple[NativeBuild, ...]:
        """The native parts, whole or not."""
        return tuple(part for part in self.parts if isinstance(part, NativeBuild))


def build(
    plan: Plan,
    engines: Mapping[str, Engine],
    bench: Workbench,
    *,
    clock: Callable[[], datetime],
) -> Build:
    """Make every part of a plan.

    Raises:
        Refused: A file is not the one locked.
        Outside: Fetching or building failed.
    """
    started = clock()
    parts: list[AnyBuild] = []
    kinds: set[str] = set()
    for lock in plan.locks:
        engine = engine_of(lock.part, lock.engine, engines)
        if engine is None:
            raise BadInput(f"no engine {lock.engine!r} here", where=f"parts.{lock.part}")
        part = engine.build(lock, bench)
        if isinstance(part, NativeBuild):
            part = _with_errors(part, bench.blobs)
        parts.append(_below(part, lock.part) if lock.engine in kinds else part)
        kinds.add(lock.engine)
    return Build(parts=tuple(parts), started=started, finished=clock())


def _with_errors(part: NativeBuild, blobs: Blobs) -> NativeBuild:
    """Return a native part with the first real error of each unit that failed."""
    units = tuple(
        one.model_copy(update={"error": first_error(blobs.read(one.log.sha256, limit=_LOG_LIMIT))})
        if one.outcome == "failed" and one.log is not None
        else one
        for one in part.units
    )
    return part.model_copy(update={"units": units})


def _below(part: AnyBuild, folder: str) -> AnyBuild:
    """Move a part's files into a folder of its own; its document names them relatively."""
    if isinstance(part, NativeBuild):
        return part  # its files are in a folder of its name already

    def moved(artifact: Artifact) -> Artifact:
        return artifact.model_copy(update={"path": f"{folder}/{artifact.path}"})

    made = tuple(one.model_copy(update={"artifact": moved(one.artifact)}) for one in part.made)
    return part.model_copy(update={"made": made, "document": moved(part.document)})


def lay_release(files: Iterable[Artifact], blobs: Blobs, folder: Path) -> None:
    """Lay every file of a release at its path below `folder`, as hard links into the store.

    Raises:
        Refused: A path leaves the folder.
        Outside: A file is not in the store, or the disk failed.
    """
    for file in files:
        blobs.lay(file.sha256, folder.joinpath(safe_member(file.path)))
