"""Push: the binaries of a build, made by Spack, proven, and taken into the blob store.

1. What is shipped are the units that are needed where the release is used: what the roots reach
   over link and run dependencies, the machine's own left out. What only building needed is in no
   release, and so no inventory has to answer for it.
2. Spack packs each of them from where it is installed, all in one run. A unit that was packed
   before and is installed as it was then is not packed again, if the store still has its files.
3. Nothing is taken on Spack's word: each file is hashed, and manifest, spec and archive have to be
   of the unit that the lock names (`pair.py`).
4. The recipes that taking them in needs come with them (`recipe_archive.py`).
5. A unit without a binary is told, with the reason. It never fails the build: the release then
   cannot be installed where that unit is needed, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from pydantic import ValidationError

from peso.base.digest import sha256_file
from peso.base.files import disk, make_folder, write_atomic
from peso.base.process import Command, End, run
from peso.base.record import Record
from peso.errors import PesoError
from peso.products.engines.files import Artifact
from peso.products.engines.native import (
    CacheEntry,
    NativeBuild,
    NativeLock,
    NativeUnit,
    UnitBuild,
)
from peso.products.engines.native_graph import NativeGraph
from peso.products.engines.port import Progress, Workbench
from peso.products.engines.spack.at_hand import recipe_folders
from peso.products.engines.spack.buildcache.cache_manifest import read_manifest
from peso.products.engines.spack.buildcache.layout import MANIFESTS, blob_path, manifest_path
from peso.products.engines.spack.buildcache.record import Blob
from peso.products.engines.spack.pair import (
    MANIFEST_LIMIT,
    check_archive,
    check_manifest,
    check_spec,
)
from peso.products.engines.spack.recipe_archive import pack_recipes
from peso.products.engines.spack.site import Site

FOLDER: Final = "cache"
"""Where in a part's folder of a release its build cache is: Spack's own layout from there on."""
LEFT_OUT: Final = (
    "Spack left it out: its recipe does not let binaries of it be given to others (`redistribute`)"
)
_SPEC: Final = Path(".spack", "spec.json")
_THERE: Final = frozenset({"built", "reused"})
_MEMORY_LIMIT: Final = 64 << 10
_SAID_LIMIT: Final = 1 << 20
_SAID: Final = 600
_LONG: Final = 30 * 24 * 3600.0


class _Pushed(Record):
    """What is remembered of a unit that was packed."""

    installed: str
    """What its installation looked like then."""
    entry: CacheEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packing:
    """What packing needs."""

    site: Site
    bench: Workbench
    part: str

    @property
    def cache(self) -> Path:
        """The build cache that Spack writes into."""
        return self.site.folders(self.bench).outgoing

    def memory(self, hash_: str) -> Path:
        """Return where a unit is remembered."""
        return self.site.folders(self.bench).pushed / f"{hash_}.json"


def with_binaries(
    build: NativeBuild, lock: NativeLock, site: Site, bench: Workbench
) -> NativeBuild:
    """Return a build with the binaries of what it ships, or with why there are none.

    Raises:
        Outside: The disk failed, or Spack could not be started.
    """
    packing = _Packing(site=site, bench=bench, part=lock.part)
    due = _due(build, lock)
    entries = {
        hash_: entry
        for hash_, (unit, built) in due.items()
        if (entry := _remembered(unit, built, packing)) is not None
    }
    left = {hash_: pair for hash_, pair in due.items() if hash_ not in entries}
    reasons: dict[str, str] = {}
    if left:
        said = _pack(left, packing)
        for done, (hash_, (unit, built)) in enumerate(left.items(), start=1):
            took = _take(unit, built, packing, said)
            if isinstance(took, CacheEntry):
                entries[hash_] = took
            else:
                reasons[hash_] = took
            bench.progress(Progress(done=done, total=len(left), line=f"packed {unit.label}"))
    folders = (*recipe_folders(site), *(Path(one.source) for one in lock.folders))
    return build.model_copy(
        update={
            "cache": tuple(entries[hash_] for hash_ in due if hash_ in entries),
            "built_in": len(str(site.folders(bench).store)),
            "recipes": pack_recipes(lock, entries, folders, bench.blobs) if entries else None,
            "units": tuple(_told(unit, reasons) for unit in build.units),
        }
    )


def _due(build: NativeBuild, lock: NativeLock) -> Mapping[str, tuple[NativeUnit, UnitBuild]]:
    """Return the units that have to be shipped, with what became of them."""
    graph = NativeGraph(lock)
    shipped = graph.shipped()
    return {
        one.hash: (graph.units[one.hash], one)
        for one in build.units
        if one.outcome in _THERE and one.hash in shipped and one.prefix
    }


def _told(unit: UnitBuild, reasons: Mapping[str, str]) -> UnitBuild:
    why = reasons.get(unit.hash, "")
    return unit if why == unit.not_shipped else unit.model_copy(update={"not_shipped": why})


def _remembered(unit: NativeUnit, built: UnitBuild, packing: _Packing) -> CacheEntry | None:
    """Return what was packed of a unit before, if that is what is installed and still there."""
    try:
        with packing.memory(unit.hash).open("rb") as stream:
            memory = _Pushed.parse(stream.read(_MEMORY_LIMIT))
    except (OSError, ValidationError):
        return None
    blobs = packing.bench.blobs
    same = memory.installed == _installed(built) and memory.entry.hash == unit.hash
    kept = same and all(blobs.proves(one.sha256, one.length) for one in memory.entry.files)
    return _in_part(memory.entry, packing.part) if kept else None


def _installed(built: UnitBuild) -> str:
    """Name an installation: one that was made anew, or elsewhere, is another one."""
    try:
        found = (Path(built.prefix) / _SPEC).stat()
    except OSError:
        return ""
    return f"{built.prefix} {found.st_ino} {found.st_mtime_ns}"


def _pack(left: Iterable[str], packing: _Packing) -> str:
    """Have Spack pack units; return what it said where it did not end well."""
    bench, hashes = packing.bench, tuple(left)
    make_folder(packing.cache)
    line = f"packing {len(hashes)} units"
    bench.progress(Progress(done=0, total=len(hashes), line=line))
    command = Command(
        argv=packing.site.commands(bench).push(packing.cache, hashes),
        directory=packing.cache,
        environment=packing.site.environment,
        stdout=bench.work / "push.out",
        stderr=bench.work / "push.err",
        seconds=_LONG,
    )
    make_folder(bench.work)
    return _said(run(command), command)


def _said(end: End, command: Command) -> str:
    if end.ended == "exit" and end.code == 0:
        return ""
    with disk(command.stderr, "read"), command.stderr.open("rb") as stream:
        text = stream.read(_SAID_LIMIT).decode(errors="replace")
    errors = text.partition("==> Error: ")[2].strip() or text.strip()
    return errors[:_SAID] or end.message or f"it ended with {end.ended} {end.code}"


def _take(unit: NativeUnit, built: UnitBuild, packing: _Packing, said: str) -> CacheEntry | str:
    """Take a unit's files into the store, or say why it has none."""
    found = sorted((packing.cache / MANIFESTS / unit.name).glob(f"*-{unit.hash}.*.json"))
    if len(found) != 1:
        return f"Spack could not pack it: {said}" if said else LEFT_OUT
    place = manifest_path(unit.name, unit.version, unit.hash)
    if found[0] != packing.cache / place:
        return f"Spack calls it {found[0].name}, where {PurePosixPath(place).name} is expected"
    try:
        entry = _prove(unit, found[0], packing)
    except PesoError as error:
        return f"what Spack packed of it cannot be used: {error.message}"
    memory = _Pushed(installed=_installed(built), entry=entry)
    write_atomic(packing.memory(unit.hash), memory.canonical())
    found[0].unlink(missing_ok=True)
    return entry


def _prove(unit: NativeUnit, place: Path, packing: _Packing) -> CacheEntry:
    """Prove that a pair is of a unit, and take its files into the store."""
    with disk(place, "read"), place.open("rb") as stream:
        data = stream.read(MANIFEST_LIMIT)
    said = read_manifest(data, str(place))
    spec, archive = (_blob(one, packing.cache) for one in (said.spec, said.archive))
    check_manifest(data, spec=_measured(spec), archive=_measured(archive), where=str(place))
    check_spec(spec.read_bytes(), unit, where=str(spec))
    check_archive(archive, unit, where=str(archive))
    blobs = packing.bench.blobs
    kept = {said.spec.sha256: spec, said.archive.sha256: archive}
    for sha256, path in kept.items():
        blobs.adopt(path, sha256=sha256)
    sha256, length = blobs.put(data)
    manifest = Artifact(
        role="artifact",
        path=str(PurePosixPath(packing.part, FOLDER, MANIFESTS, unit.name, place.name)),
        media_type="application/json",
        length=length,
        sha256=sha256,
    )
    return CacheEntry(
        hash=unit.hash,
        name=unit.name,
        version=unit.version,
        manifest=manifest,
        spec=_artifact(said.spec, packing.part),
        archive=_artifact(said.archive, packing.part),
    )


def _blob(blob: Blob, cache: Path) -> Path:
    return cache / blob_path(blob.sha256)


def _measured(path: Path) -> tuple[str, int]:
    with disk(path, "read what Spack packed"):
        return sha256_file(path)


def _artifact(blob: Blob, part: str) -> Artifact:
    return Artifact(
        role="artifact",
        path=str(PurePosixPath(part, FOLDER, blob_path(blob.sha256))),
        media_type=blob.media_type,
        length=blob.length,
        sha256=blob.sha256,
    )


def _in_part(entry: CacheEntry, part: str) -> CacheEntry:
    """Return an entry as another part ships it: the same files, in that part's folder."""

    def moved(file: Artifact) -> Artifact:
        below = PurePosixPath(file.path).parts[1:]
        return file.model_copy(update={"path": str(PurePosixPath(part, *below))})

    return entry.model_copy(
        update={
            "manifest": moved(entry.manifest),
            "spec": moved(entry.spec),
            "archive": moved(entry.archive),
        }
    )
