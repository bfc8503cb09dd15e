"""The manifest: the one signed file that names everything a release ships, by digest.

1. Every file has a role, a relative path that cannot leave the release, a media type, a length and
   a sha256; a path is named once.
2. The lock's digest is that of the plan as it is shipped: without the addresses the files came
   from, so that a release names no index.
3. What is shipped does not say where on the builder's machine things lay. Where a unit of the
   machine's own was found is another matter: it is part of Spack's lock, and of the unit's hash.
4. A native part ships its lock and its account, and its units as a Spack build cache. Which files
   are whose is said here and nowhere else: a name and a hash are bound to digests (`units`). Its
   lock is attested with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from peso.base.files import is_plain, safe_member
from peso.base.finding import Unknown
from peso.base.record import Record
from peso.errors import PesoError
from peso.products.engines.native import (
    NativeBuild,
    NativeLock,
    NativeRequires,
    NativeUnit,
    UnitBuild,
)
from peso.products.engines.port import (
    AnyBuild,
    AnyLock,
    AnyRequires,
    Artifact,
    PartBuild,
    Unit,
)
from peso.products.stack import Name, ReleaseVersion, Stack
from peso.services.assurance.source_places import public
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan

CACHE = "cache"
"""The folder beside a native part's lock that holds its units, as Spack lays a build cache out."""
STORE = "STORE"
"""What stands in a shipped account where the folder of the builder's store was named."""


class CachedUnit(Record):
    """What binds a unit of Spack's, by name, version and hash, to its files in the release."""

    hash: str
    name: str
    version: str
    manifest: str
    """sha256 of Spack's own manifest of it."""
    spec: str
    """sha256 of its spec."""
    archive: str
    """sha256 of the archive of its installed files."""
    length: int
    """Bytes of the archive."""


class PartManifest(Record):
    """One part of a release."""

    name: str
    engine: str
    document: str
    """Path of the part's document inside the release: `pylock.release.toml`, which installs it, or
    Spack's lock (`native/spack.lock`)."""
    requires: AnyRequires
    units: tuple[CachedUnit, ...] = ()
    """The units of a native part that the release holds as binaries."""
    built_in: int = 0
    """How many characters the folder has that these were built in; 0: not known."""
    recipes: str = ""
    """Path of the recipes that taking these in needs; empty: the release brings none."""

    @model_serializer(mode="wrap")
    def _written(self, usual: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Write nothing of units where there are none: so manifests were written before."""
        said: dict[str, Any] = usual(self)
        if not self.units:
            del said["units"], said["built_in"], said["recipes"]
        return said

    @property
    def native(self) -> bool:
        """Whether Spack made it."""
        return isinstance(self.requires, NativeRequires)


class Manifest(Record):
    """What a release is: every file by role, path, media type, length and sha256."""

    schema_: Literal["peso.manifest/1"] = Field(alias="schema")
    stack: Name
    version: ReleaseVersion
    title: str
    channel: Name
    created: datetime
    lock: str
    """Digest of the plan the release was made from (`lock_digest`)."""
    definition: str
    """Digest of the stack file and everything it names."""
    parts: tuple[PartManifest, ...]
    files: tuple[Artifact, ...]

    @property
    def target(self) -> str:
        """The release's TUF target path: where it is named in its channel."""
        return release_target(self.channel, self.stack, self.version)

    @property
    def subjects(self) -> tuple[Artifact, ...]:
        """The files that the release's statements are about; see `subjects`."""
        native = [part.document for part in self.parts if part.native]
        return subjects(self.files, native)

    def holds(self, part: PartManifest) -> bool:
        """Say whether the release holds what the part is made of, so that it can be installed.

        A Python part's files are all there. Of a native part without a unit there is a lock to
        build from, and nothing to install. Whether the units there are will do, the lock says.
        """
        return not part.native or bool(part.units)

    def folder_of(self, part: PartManifest) -> str:
        """Return the folder a part is installed into, below the prefix; `.` for an only one."""
        held = [one for one in self.parts if self.holds(one)]
        return "." if len(held) == 1 else part.name


def cache_folder(part: PartManifest) -> PurePosixPath:
    """Return where the build cache of a native part is inside a release."""
    return PurePosixPath(part.document).parent / CACHE


class PagesManifest(Record):
    """The pages of a publication, signed as releases are; a page's path is its place in it."""

    schema_: Literal["peso.pages/1"] = Field(alias="schema")
    files: tuple[Artifact, ...]


def subjects(files: Iterable[Artifact], native: Iterable[str]) -> tuple[Artifact, ...]:
    """Return what a release's statements are about, by path: its artifacts and its native locks.

    Args:
        files: Everything the release ships.
        native: Path of the document of each native part.
    """
    documents = set(native)
    found = (one for one in files if one.role == "artifact" or one.path in documents)
    return tuple(sorted(found, key=lambda one: one.path))


def release_target(channel: str, stack: str, version: str) -> str:
    """Return the TUF target path of a release's manifest."""
    return f"{channel}/{stack}-{version}.manifest.json"


def assemble(  # noqa: PLR0913 - every record of the release
    stack: Stack,
    plan: Plan,
    build: Build,
    files: Iterable[Artifact],
    *,
    definition: str,
    now: datetime,
) -> Manifest:
    """Make the manifest of a release.

    Args:
        stack: What was asked for.
        plan: What it was resolved to.
        build: What was made; gives each part its document and what it requires.
        files: Everything the release ships.
        definition: Digest of the stack file and everything it names.
        now: When the manifest is made.

    Raises:
        PesoError: a path is named twice, or a part's document is not among the files.
        Refused: a path could leave the release (`unsafe-path`).
    """
    by_path: dict[str, Artifact] = {}
    for one in files:
        if not is_plain(one.path):
            safe_member(one.path)
            raise PesoError("not the plain form of a path", where=one.path)
        if by_path.setdefault(one.path, one) != one:
            raise PesoError("two files of a release have one path", where=one.path)
    engines = {lock.part: lock.engine for lock in plan.locks}
    for part in build.parts:
        if by_path.get(part.document.path) != part.document:
            raise PesoError(f"the part {part.part} ships no document", where=part.document.path)
    return Manifest(
        schema_="peso.manifest/1",
        stack=stack.name,
        version=stack.version,
        title=stack.title,
        channel=stack.channel,
        created=now,
        lock=lock_digest(plan),
        definition=definition,
        parts=tuple(
            PartManifest(
                name=part.part,
                engine=engines[part.part],
                document=part.document.path,
                requires=part.requires,
                units=_cached(part),
                built_in=part.built_in if isinstance(part, NativeBuild) else 0,
                recipes=_recipes(part),
            )
            for part in build.parts
        ),
        files=tuple(by_path[path] for path in sorted(by_path)),
    )


def _recipes(part: AnyBuild) -> str:
    recipes = part.recipes if isinstance(part, NativeBuild) else None
    return recipes.path if recipes else ""


def _cached(part: AnyBuild) -> tuple[CachedUnit, ...]:
    if not isinstance(part, NativeBuild):
        return ()
    return tuple(
        CachedUnit(
            hash=one.hash,
            name=one.name,
            version=one.version,
            manifest=one.manifest.sha256,
            spec=one.spec.sha256,
            archive=one.archive.sha256,
            length=one.archive.length,
        )
        for one in part.cache
    )


def lock_digest(plan: Plan) -> str:
    """Return the digest a release names its plan by: that of the plan as it is shipped."""
    return shipped_plan(plan).digest()


def shipped_plan(plan: Plan) -> Plan:
    """Return a plan as a release ships it: without the addresses files came from.

    Of a native part these are the addresses its recipes name, which are the same everywhere and so
    stay; one that only the builder's machine knows does not.
    """
    return plan.model_copy(update={"locks": tuple(_shipped_lock(lock) for lock in plan.locks)})


def _shipped_lock(lock: AnyLock) -> AnyLock:
    if isinstance(lock, NativeLock):
        shipped = tuple(map(_shipped_sources, lock.units))
        return lock.model_copy(update={"units": shipped, "folders": ()})
    units, tools = _without_address(lock.units), _without_address(lock.build_units)
    return lock.model_copy(update={"units": units, "build_units": tools})


def _shipped_sources(unit: NativeUnit) -> NativeUnit:
    sources = unit.sources
    if isinstance(sources, Unknown) or all(public(one.url) == one.url for one in sources):
        return unit
    said = tuple(one.model_copy(update={"url": public(one.url)}) for one in sources)
    return unit.model_copy(update={"sources": said})


def shipped_build(build: Build) -> Build:
    """Return a build as a release ships it: without addresses and the builder's folders."""
    return build.model_copy(update={"parts": tuple(_shipped_part(part) for part in build.parts)})


def _shipped_part(part: AnyBuild) -> AnyBuild:
    if isinstance(part, NativeBuild):
        return _shipped_native(part)
    if not isinstance(part, PartBuild):
        return part
    made = tuple(
        one.model_copy(update={"built_with": _without_address(one.built_with)}) for one in part.made
    )
    return part.model_copy(update={"made": made})


def _shipped_native(part: NativeBuild) -> NativeBuild:
    """Return a native part without the folder of the store, wherever the account names it.

    A unit's prefix is two names below the store: platform and target, then the unit.
    """
    ours = [one for one in part.units if one.prefix and one.outcome != "external"]
    above = {str(PurePosixPath(one.prefix).parent.parent) for one in ours}
    stores = sorted(above - {"/", "."}, key=len, reverse=True)
    return part.model_copy(
        update={"units": tuple(_shipped_unit(one, stores) for one in part.units)}
    )


def _shipped_unit(unit: UnitBuild, stores: Iterable[str]) -> UnitBuild:
    because, error = unit.because, unit.error
    for store in stores:
        because = because.replace(store, STORE)
        if error is not None:
            error = error.model_copy(update={"text": error.text.replace(store, STORE)})
    prefix = unit.prefix if unit.outcome == "external" else ""
    return unit.model_copy(update={"because": because, "error": error, "prefix": prefix})


def _without_address(units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    return tuple(unit.model_copy(update={"url": ""}) for unit in units)
