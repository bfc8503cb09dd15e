"""Making a part: the wheels it ships, from files that are in the blob store already.

1. A unit locked as a wheel is shipped as it is; one locked as an sdist is built here, and both
   digests are kept.
2. What a wheel says of itself must be what the lock says: name and version.
3. A wheel built before from the same sdist, with the same build units, for the same Python, is used
   again while the store still proves it; so a killed build goes on where it stood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from packaging.version import Version

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.files import write_atomic
from peso.errors import BadInput, Outside, Reason, Refused
from peso.products.engines.port import (
    Artifact,
    Lock,
    Made,
    PartBuild,
    Progress,
    Unit,
    Workbench,
)
from peso.products.engines.pypi.graph import depends
from peso.products.engines.pypi.lock import requires_of
from peso.products.engines.pypi.metadata import WheelMetadata, read_wheel
from peso.products.engines.pypi.python import Interpreter
from peso.products.engines.pypi.release import NAME, release_document
from peso.products.engines.pypi.sdist import build_wheel
from peso.products.engines.pypi.uv import tool


def make(
    lock: Lock, interpreter: Interpreter, bench: Workbench, environment: Mapping[str, str]
) -> PartBuild:
    """Make every wheel of a lock whose files are in the store, and the install document."""
    builders = {unit.purl: unit for unit in lock.build_units}
    wheels: dict[str, Artifact] = {}
    for number, unit in enumerate(lock.units):
        if unit.filename.endswith(".whl"):
            wheels[unit.name] = _artifact(unit.filename, unit.sha256, _length(unit, bench))
        else:
            line = f"building {unit.name} {unit.version} from {unit.filename}"
            counting = _counting(bench, done=number, total=len(lock.units))
            counting.progress(Progress(done=0, total=0, line=line))
            used = tuple(builders[purl] for purl in unit.build)
            wheels[unit.name] = _build(unit, used, interpreter, counting, environment)
    told = {unit.name: _read(unit, wheels[unit.name], bench) for unit in lock.units}
    roots = {unit.name: unit.extras for unit in lock.units if unit.root}
    needs, missing = depends(told, roots, interpreter.markers)
    if missing:
        line = f"needed, but left out by the resolution: {', '.join(missing)}"
        bench.progress(Progress(done=len(wheels), total=len(wheels), line=line))
    made = tuple(
        _made(unit, wheels[unit.name], told[unit.name], needs[unit.name], builders)
        for unit in lock.units
    )
    requires = requires_of((Path(one.path).name for one in wheels.values()), interpreter)
    data = release_document(made, requires, where=NAME)
    sha256, length = bench.blobs.put(data)
    return PartBuild(
        part=lock.part,
        requires=requires,
        made=made,
        document=Artifact(
            role="lock", path=NAME, media_type="application/toml", length=length, sha256=sha256
        ),
        tool=tool(),
    )


def _counting(bench: Workbench, *, done: int, total: int) -> Workbench:
    """Return the bench with these counts in every line of progress."""

    def progress(seen: Progress) -> None:
        bench.progress(replace(seen, done=done, total=total))

    return replace(bench, progress=progress)


def _made(
    unit: Unit,
    artifact: Artifact,
    told: WheelMetadata,
    needs: tuple[str, ...],
    builders: Mapping[str, Unit],
) -> Made:
    built = artifact.sha256 != unit.sha256
    used = tuple(builders[purl].model_copy(update={"url": ""}) for purl in unit.build)
    return Made(
        unit=unit.name,
        version=unit.version,
        artifact=artifact,
        source_filename=unit.filename,
        source_sha256=unit.sha256,
        built_here=built,
        license=told.license,
        depends=needs,
        built_with=used,
    )


def _artifact(filename: str, sha256: str, length: int) -> Artifact:
    return Artifact(
        role="artifact",
        path=f"wheels/{filename}",
        media_type="application/zip",
        length=length,
        sha256=sha256,
    )


def _length(unit: Unit, bench: Workbench) -> int:
    """Return how long a unit's file in the store is."""
    if not bench.blobs.has(unit.sha256, unit.length):
        raise Outside(
            f"{unit.filename} is not in the store", where=unit.name, hint="run the command again"
        )
    return bench.blobs.path(unit.sha256).stat().st_size


def _read(unit: Unit, artifact: Artifact, bench: Workbench) -> WheelMetadata:
    """Read what a wheel says of itself; another name or version than the lock's is refused."""
    told = read_wheel(bench.blobs.path(artifact.sha256), where=Path(artifact.path).name)
    if (told.name, Version(told.version)) != (unit.name, Version(unit.version)):
        raise Refused(
            f"the wheel says it is {told.name} {told.version}; "
            f"the lock says {unit.name} {unit.version}",
            where=Path(artifact.path).name,
            reason=Reason.SWAPPED,
        )
    return told


def _build(
    unit: Unit,
    used: tuple[Unit, ...],
    interpreter: Interpreter,
    bench: Workbench,
    environment: Mapping[str, str],
) -> Artifact:
    """Build a unit's wheel into the store, or find the one built before."""
    what = [unit.sha256, *sorted(each.sha256 for each in used), str(interpreter.tags[0]), tool()]
    note = bench.cache / "built" / f"{sha256_bytes(canonical_json(what))}.json"
    if before := _built_before(note, bench):
        return before
    wheel = build_wheel(unit, used, bench, python=interpreter.path, environment=environment)
    name = wheel.name
    sha256, length = bench.blobs.adopt(wheel)
    artifact = _artifact(name, sha256, length)
    write_atomic(note, artifact.canonical())
    return artifact


def _built_before(note: Path, bench: Workbench) -> Artifact | None:
    """Return the wheel a note tells of, if the store proves it; a note may say anything."""
    try:
        artifact = Artifact.parse(note.read_bytes())
        known = bench.blobs.proves(artifact.sha256, artifact.length)
    except (OSError, ValueError, BadInput):
        return None
    return artifact if known else None
