"""Install: a release that was just proven, into a prefix, with no network but for fetching it.

1. The release is proven first (`one.py`), and nothing else of the publication is looked at; the
   receipt says so.
2. What is wanted of it is selected (`selection.py`), and a machine that lacks something for it is
   told so before anything is written.
3. The files that takes, and no others, are copied into a private folder and hashed on the way, and
   only these copies are installed: what somebody changes after the proof is not what gets in. Of
   units of Spack's, each archive is opened and held against its unit (`binding.py`).
4. Engines install offline, each part from its own document: the only part into the prefix itself,
   each of several into a folder of its name below it.
5. A part of which the release holds no binaries, or that was not asked for, is left out, and the
   receipt says so and how it is had.
6. The release's tests, evidence and inventories are laid beside it, and the receipt comes last:
   a prefix without one was cut short, and the same command makes it whole. Units that are whole
   there are neither fetched nor installed again.
7. A prefix that holds all that is wanted of this release is left as it is; where it holds less, the
   rest is added. One that holds anything else is refused.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from peso.base.digest import sha256_bytes
from peso.base.files import disk, locked, write_atomic
from peso.base.net import Net
from peso.errors import BadInput, Reason, Refused
from peso.products.engines.port import Artifact, Choosing, Engine, Workbench
from peso.services.assurance.inventory import Inventory
from peso.services.delivery.facility.accounting import covers, receipt_of, together
from peso.services.delivery.facility.binding import check_archives, check_units
from peso.services.delivery.facility.blobs import read_blob
from peso.services.delivery.facility.choice import Meant
from peso.services.delivery.facility.one import prove_one
from peso.services.delivery.facility.proof import Asked, Proof, ask
from peso.services.delivery.facility.receipt import SHARE, Receipt, receipts
from peso.services.delivery.facility.releases import Release
from peso.services.delivery.facility.report import NotProven
from peso.services.delivery.facility.selection import Selected, files_needed, select
from peso.services.delivery.facility.staging import copy, staged
from peso.services.delivery.facility.trust import accept

_BESIDE = frozenset({"test", "evidence", "sbom", "attestation", "lock"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """What an installation may use."""

    prefix: Path
    engines: Mapping[str, Engine]
    bench: Workbench
    now: datetime
    only: tuple[str, ...]


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
    only: tuple[str, ...] = (),
) -> Receipt:
    """Prove one release of a publication, install it, or some of it, and leave a receipt.

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
        only: Names of products; none: all. Of a native part these units and what they need are
            installed, a Python part whole.

    Raises:
        Refused: it is not proven, it holds no binaries, or this machine lacks something it needs.
        BadInput: the prefix is taken, it is not clear which release is meant, or a name is none.
        Outside: disk, network or an engine's tool failed.
    """
    way = _Way(prefix=prefix.absolute(), engines=engines, bench=bench, now=now, only=only)
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

    meant = Meant(asked=release, channel=channel, where=asked.source.where)
    proof = prove_one(asked, meant)
    lock = state / "installing" / f"{sha256_bytes(os.fsencode(way.prefix))}.lock"
    with locked(lock, who=f"peso install --prefix {way.prefix}"):
        receipt = _install(asked, proof, proof.releases[0], way)
    accept(asked.trust, proof.chain.as_of)
    return receipt


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
    before = _before(release, way)

    def read(file: Artifact) -> bytes:
        return read_blob(asked.source, file, release.manifest.files)

    selected = select(release, way.engines, way.prefix, way.only, read)
    if before is not None and covers(before, selected):
        return before
    with staged(way.bench) as staging:
        there = {one.part.name: _there(one, way.prefix) for one in selected}
        needed, all_ = files_needed(release, selected, there), release.manifest.files
        copy(asked.source, needed, staging, way.bench, among=all_)
        inventory = _inventory(release, staging)
        for one in selected:
            _prove_units(one, release, staging, there[one.part.name])
        for one in selected:
            _put(one, staging, way)
        share = way.prefix / SHARE / release.manifest.stack
        _lay_beside(release, staging, share)
    receipt = receipt_of(asked, proof, release, way.prefix, way.now, selected, inventory)
    if before is not None:
        receipt = together(before, receipt)
    write_atomic(share / "receipt.json", receipt.canonical())
    return receipt


def _before(release: Release, way: _Way) -> Receipt | None:
    """Return the receipt of this release in the prefix; refuse a prefix with another one."""
    for before in receipts(way.prefix):
        if before.manifest == release.sha256:
            return before
        raise BadInput(
            f"it holds {before.channel}/{before.stack}-{before.version} already",
            where=str(way.prefix),
            hint="name another prefix: releases are installed side by side",
        )
    return None


def _there(one: Selected, prefix: Path) -> frozenset[str]:
    """Return hashes of the units of a part that are whole in the prefix."""
    if not isinstance(one.engine, Choosing):
        return frozenset()
    return frozenset(one.engine.there(prefix / one.folder))


def _prove_units(one: Selected, release: Release, staging: Path, there: frozenset[str]) -> None:
    """Hold what was copied of each unit against what the manifest binds it to."""

    def read(file: Artifact) -> bytes:
        with disk(staging / file.path, "read"):
            return (staging / file.path).read_bytes()

    fetched = one.hashes - there
    if fetched:
        if doubts := tuple(check_units(release, read, only=fetched)):
            raise NotProven(doubts)
        check_archives(one.part, staging, fetched)


def _put(one: Selected, staging: Path, way: _Way) -> None:
    """Install one part from the copies."""
    bench = replace(way.bench, work=way.bench.work / "parts" / one.part.name, offline=True)
    document, folder = staging / one.part.document, way.prefix / one.folder
    if one.wanted is not None and isinstance(one.engine, Choosing):
        one.engine.bring(document, folder, bench, one.wanted)
    else:
        one.engine.install(document, folder, bench)


def _inventory(release: Release, staging: Path) -> Inventory:
    """Return the release's own inventory."""
    path = "evidence/inventory.json"
    if release.named(path) is None:
        raise Refused(f"it ships no {path}", where=release.place, reason=Reason.MISSING)
    try:
        return Inventory.parse((staging / path).read_bytes())
    except ValidationError as error:
        raise Refused(
            f"its {path} cannot be read", where=release.place, reason=Reason.CHANGED
        ) from error


def _lay_beside(release: Release, staging: Path, share: Path) -> None:
    """Put the tests and everything that was found out into the prefix."""
    for one in release.manifest.files:
        if one.role in _BESIDE:
            write_atomic(share / one.path, (staging / one.path).read_bytes())
