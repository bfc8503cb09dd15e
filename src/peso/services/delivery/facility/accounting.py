"""Accounting: the receipt of what was installed just now, with what was there before.

What a receipt has in it is in `receipt.py`; here it is put together. Nothing is looked at that was
not proven or installed in this run, but for the folders engines say their units are in.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from peso.products.engines.port import Choosing
from peso.services.assurance.inventory import Inventory
from peso.services.delivery.facility.proof import Asked, Proof
from peso.services.delivery.facility.receipt import Installed, InstalledUnit, NotInstalled, Receipt
from peso.services.delivery.facility.releases import Release
from peso.services.delivery.facility.report import freshness
from peso.services.delivery.facility.selection import Selected
from peso.services.delivery.layout.building import build_command
from peso.services.delivery.signing.roots import is_development

NOT_LOOKED_AT = (
    "anything in the publication that is not installed; `peso verify` proves all of it",
)


def covers(before: Receipt, selected: Sequence[Selected]) -> bool:
    """Say whether all that is wanted was installed."""
    units = {unit.hash for unit in before.units}
    return all(one.folder in before.parts and one.hashes <= units for one in selected)


def receipt_of(  # noqa: PLR0913, PLR0917 - all that a receipt says
    asked: Asked,
    proof: Proof,
    release: Release,
    prefix: Path,
    now: datetime,
    selected: tuple[Selected, ...],
    inventory: Inventory,
) -> Receipt:
    """Return the receipt of what was installed into a prefix."""
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
        installed=now,
        prefix=str(prefix),
        parts=tuple(one.folder for one in selected),
        products=_products(inventory, selected),
        files=manifest.files,
        units=tuple(_units(selected, prefix)),
        not_installed=tuple(
            NotInstalled(
                part=part.name,
                engine=part.engine,
                document=part.document,
                build=build_command(part.document) if part.native else "",
                because="not-asked" if manifest.holds(part) else "no-binaries",
            )
            for part in manifest.parts
            if part.name not in {one.part.name for one in selected}
        ),
        not_looked_at=NOT_LOOKED_AT,
    )


def together(before: Receipt, now: Receipt) -> Receipt:
    """Return the receipt of a prefix to which some more of the same release was added."""
    units = {one.hash: one for one in before.units}
    for one in now.units:
        asked = one.asked or (one.hash in units and units[one.hash].asked)
        units[one.hash] = one.model_copy(update={"asked": asked})
    left = {one.part for one in before.not_installed}
    return now.model_copy(
        update={
            "parts": tuple(dict.fromkeys((*before.parts, *now.parts))),
            "products": tuple(dict.fromkeys((*before.products, *now.products))),
            "units": tuple(units.values()),
            "not_installed": tuple(one for one in now.not_installed if one.part in left),
        }
    )


def _products(inventory: Inventory, selected: Sequence[Selected]) -> tuple[Installed, ...]:
    """Return what the release's own inventory says of what was installed."""
    hashes = {one.part.name: one.hashes for one in selected if one.wanted is not None}
    whole = {one.part.name for one in selected if one.wanted is None}
    return tuple(
        Installed(name=one.name, version=one.version, purl=one.purl)
        for one in inventory.components
        if one.part in whole or one.unit in hashes.get(one.part, ())
    )


def _units(selected: Sequence[Selected], prefix: Path) -> Iterator[InstalledUnit]:
    for one in selected:
        if one.wanted is None or not isinstance(one.engine, Choosing):
            continue
        folders = one.engine.there(prefix / one.folder)
        for unit in one.part.units:
            if unit.hash in one.hashes:
                yield InstalledUnit(
                    part=one.part.name,
                    hash=unit.hash,
                    name=unit.name,
                    version=unit.version,
                    archive=unit.archive,
                    folder=os.path.relpath(folders[unit.hash], prefix),
                    asked=unit.hash in one.wanted.roots,
                )
