"""Install: a release that was just proven, into a prefix, with no network but for fetching it.

1. The publication is verified first, as `verify` does; of several releases one is chosen.
2. Its files are copied into a private folder and hashed on the way, and only these copies are
   installed: what somebody changes after the proof is not what gets in.
3. A machine that lacks what the release requires is told so before anything is written.
4. Engines install offline, each part from its own document: the only part into the prefix itself,
   each of several into a folder of its name below it.
5. A part of which the release holds no binaries is not installed. Where there are others these
   are, and the receipt says what was left out and how it is had; where there are none it is a no.
6. The release's tests, evidence and inventories are laid beside it, and the receipt comes last:
   a prefix without one was cut short, and the same command makes it whole.
7. A prefix that holds this release already is left as it is; one that holds anything else is
   refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from peso.base.digest import sha256_bytes
from peso.base.files import disk, locked, make_folder, remove_tree, write_atomic
from peso.base.net import Net
from peso.base.record import Record
from peso.errors import BadInput, Reason, Refused
from peso.products.engines.port import Artifact, Engine, Progress, Workbench
from peso.services.assurance.inventory import Inventory
from peso.services.delivery.facility.choice import choose_release
from peso.services.delivery.facility.fetchers import Source
from peso.services.delivery.facility.proof import Asked, Proof, ask, prove
from peso.services.delivery.facility.releases import Release
from peso.services.delivery.facility.report import freshness
from peso.services.delivery.facility.trust import accept
from peso.services.delivery.layout.building import build_command
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.manifest import PartManifest
from peso.services.delivery.signing.roots import is_development

SHARE = Path("share/peso")
"""Where in a prefix PESO keeps what is not software."""

_COPIERS = 4
_BESIDE = frozenset({"test", "evidence", "sbom", "attestation", "lock"})
_RECEIPT_LIMIT = 64 << 20


class Installed(Record):
    """One product that was installed."""

    name: str
    version: str
    purl: str


class NotInstalled(Record):
    """One part that was not installed, because the release holds no binaries of it."""

    part: str
    engine: str
    document: str
    """The part's lock, relative to the folder in which the release's other files were laid."""
    build: str
    """The command that builds it from its lock, to be run in that folder."""


class Receipt(Record):
    """What is installed in a prefix, where it came from, and what was proven of it."""

    schema_: Literal["peso.receipt/1"] = Field(default="peso.receipt/1", alias="schema")
    channel: str
    stack: str
    version: str
    title: str
    manifest: str
    """The sha256 of the release's signed manifest."""
    where: str
    root_sha256: str
    development: bool
    as_of: datetime
    freshness: str
    installed: datetime
    prefix: str
    parts: tuple[str, ...]
    """The folder of each part that was installed, relative to the prefix; `.` for an only one."""
    products: tuple[Installed, ...]
    files: tuple[Artifact, ...]
    """Every file of the release, as its manifest names it."""
    not_installed: tuple[NotInstalled, ...] = ()
    """The parts of which the release holds no binaries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """What an installation may use."""

    prefix: Path
    engines: Mapping[str, Engine]
    bench: Workbench
    now: datetime


def install(  # noqa: PLR0913 - every argument is a decision of the facility
    where: str | Path,
    prefix: Path,
    *,
    root: Path | None,
    state: Path,
    unsafe_development_keys: bool,
    unsafe_as_of: datetime | None,
    net: Net,
    now: datetime,
    engines: Mapping[str, Engine],
    bench: Workbench,
    release: str | None = None,
    channel: str | None = None,
) -> Receipt:
    """Verify a publication, install one release of it, and leave a receipt.

    Args:
        where: A folder, or an http, https or file URL.
        prefix: Where to install; absent, empty, or with this very release in it.
        root: as for `verify`; also the next five.
        state: The folder of trust.
        unsafe_development_keys: Take a root that is marked as development.
        unsafe_as_of: Judge freshness as of this date.
        net: The network; used to fetch the release, never to install it.
        now: The present time.
        engines: What installs a part, by the engine's name.
        bench: Scratch space for the proven copies, and a cache for the engines.
        release: `STACK` or `STACK@VERSION`; None where there is only one stack. Without a version
            the newest one.
        channel: Look in this channel only.

    Raises:
        Refused: it is not proven, it holds no binaries, or this machine lacks something it needs.
        BadInput: the prefix is taken, or it is not clear which release is meant.
        Outside: disk, network or an engine's tool failed.
    """
    way = _Way(prefix=prefix.absolute(), engines=engines, bench=bench, now=now)
    _refuse_taken(way.prefix)
    asked = ask(
        where,
        root=root,
        state=state,
        unsafe_development_keys=unsafe_development_keys,
        unsafe_as_of=unsafe_as_of,
        net=net,
        now=now,
    )

    def chosen(releases: Sequence[Release]) -> Release:
        return choose_release(releases, release, channel, where=asked.source.where)

    proof = prove(asked, only=chosen)
    lock = state / "installing" / f"{sha256_bytes(os.fsencode(way.prefix))}.lock"
    with locked(lock, who=f"peso install --prefix {way.prefix}"):
        receipt = _install(asked, proof, proof.releases[0], way)
    accept(asked.trust, proof.chain.as_of)
    return receipt


def receipts(prefix: Path) -> tuple[Receipt, ...]:
    """Return the receipts in a prefix, proven by nothing; none for a prefix PESO did not finish."""
    found = []
    for path in sorted((prefix / SHARE).glob("*/receipt.json")):
        with disk(path, "read"), path.open("rb") as stream:
            data = stream.read(_RECEIPT_LIMIT)
        try:
            found.append(Receipt.parse(data))
        except ValidationError as error:
            raise BadInput(
                "the prefix's receipt was damaged",
                where=str(path),
                hint="install into another prefix, or remove this one",
            ) from error
    return tuple(found)


def _refuse_taken(prefix: Path) -> None:
    """Refuse a prefix with something in it that PESO did not begin; engines mark what they did."""
    if prefix.is_symlink() or (prefix.exists() and not prefix.is_dir()):
        raise BadInput("the prefix is not a folder", where=str(prefix), hint="name another one")
    if prefix.is_dir():
        with disk(prefix, "read the prefix"):
            taken = any(prefix.iterdir())
            ours = any(prefix.glob(".peso-*")) or any(prefix.glob("*/.peso-*"))
        if taken and not ours and not receipts(prefix):
            raise BadInput(
                "the prefix has something in it that PESO did not put there",
                where=str(prefix),
                hint="name a new or an empty folder",
            )


def _install(asked: Asked, proof: Proof, release: Release, way: _Way) -> Receipt:
    for before in receipts(way.prefix):
        if before.manifest == release.sha256:
            return before
        raise BadInput(
            f"it holds {before.channel}/{before.stack}-{before.version} already",
            where=str(way.prefix),
            hint="name another prefix: releases are installed side by side",
        )
    parts = _held(release)
    _refuse_lacking(release, parts, way)
    with _staging(way.bench) as staging:
        _copy(asked.source, release, staging, way.bench)
        products = _products(release, parts, staging)
        for part in parts:
            folder = _folder_of(part, parts)
            bench = replace(way.bench, work=way.bench.work / "parts" / part.name, offline=True)
            way.engines[part.engine].install(staging / part.document, way.prefix / folder, bench)
        share = way.prefix / SHARE / release.manifest.stack
        _lay_beside(release, staging, share)
    receipt = _receipt(asked, proof, release, way, parts, products)
    write_atomic(share / "receipt.json", receipt.canonical())
    return receipt


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


def _refuse_lacking(release: Release, parts: Sequence[PartManifest], way: _Way) -> None:
    """Refuse a machine that lacks what any part requires, naming all of it."""
    lacking = []
    for part in parts:
        engine = way.engines.get(part.engine)
        if engine is None:
            lacking.append(f"{part.name}: an engine {part.engine!r}, which this PESO does not have")
        elif (why := engine.mismatch(part.requires)) is not None:
            lacking.append(f"{part.name}: {why}")
    if lacking:
        raise Refused(
            f"this machine does not fit {release.name}: {'; '.join(lacking)}",
            where=release.place,
            hint="install it on a machine that fits, or ask for a release for this one",
        )


@contextmanager
def _staging(bench: Workbench) -> Iterator[Path]:
    """Give an empty folder that only this user can look into; gone afterwards."""
    staging = bench.work / "release"
    remove_tree(staging)
    make_folder(staging, mode=0o700)
    try:
        yield staging
    finally:
        remove_tree(staging)


def _copy(source: Source, release: Release, staging: Path, bench: Workbench) -> None:
    """Copy every file of the release, proven while it is copied."""
    files = release.manifest.files

    def copy(one: Artifact) -> str:
        source.copy(blob_path(one.sha256), staging / one.path, sha256=one.sha256, length=one.length)
        return one.path

    with ThreadPoolExecutor(max_workers=_COPIERS) as threads:
        for done, path in enumerate(threads.map(copy, files), start=1):
            bench.progress(Progress(done=done, total=len(files), line=f"proved {path}"))


def _products(
    release: Release, parts: Sequence[PartManifest], staging: Path
) -> tuple[Installed, ...]:
    """Return what the release's own inventory says it installs."""
    path = "evidence/inventory.json"
    if release.named(path) is None:
        raise Refused(f"it ships no {path}", where=release.place, reason=Reason.MISSING)
    try:
        inventory = Inventory.parse((staging / path).read_bytes())
    except ValidationError as error:
        raise Refused(
            f"its {path} cannot be read", where=release.place, reason=Reason.CHANGED
        ) from error
    names = {part.name for part in parts}
    return tuple(
        Installed(name=one.name, version=one.version, purl=one.purl)
        for one in inventory.components
        if one.part in names
    )


def _folder_of(part: PartManifest, parts: Sequence[PartManifest]) -> str:
    return "." if len(parts) == 1 else part.name


def _lay_beside(release: Release, staging: Path, share: Path) -> None:
    """Put the tests and everything that was found out into the prefix."""
    for one in release.manifest.files:
        if one.role in _BESIDE:
            write_atomic(share / one.path, (staging / one.path).read_bytes())


def _receipt(  # noqa: PLR0913, PLR0917 - all that a receipt says
    asked: Asked,
    proof: Proof,
    release: Release,
    way: _Way,
    parts: tuple[PartManifest, ...],
    products: tuple[Installed, ...],
) -> Receipt:
    manifest, chain = release.manifest, proof.chain
    return Receipt(
        channel=manifest.channel,
        stack=manifest.stack,
        version=manifest.version,
        title=manifest.title,
        manifest=release.sha256,
        where=asked.source.where,
        root_sha256=asked.trust.sha256,
        development=any(map(is_development, chain.roots.values())),
        as_of=chain.as_of,
        freshness=freshness(chain.as_of, chain.fresh_until, fresh=chain.fresh),
        installed=way.now,
        prefix=str(way.prefix),
        parts=tuple(_folder_of(part, parts) for part in parts),
        products=products,
        files=manifest.files,
        not_installed=tuple(
            NotInstalled(
                part=part.name,
                engine=part.engine,
                document=part.document,
                build=build_command(part.document),
            )
            for part in manifest.parts
            if part not in parts
        ),
    )
