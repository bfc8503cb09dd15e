"""Pushed: what runners sent, in a ledger for each platform, where `portal ingest` finds it.

1. A batch is filed only as `proving` proved it: files first, then records, an account last.
2. An account is filed only when every record it names is there: nothing is half taken.
3. What is filed is taken in as any ledger is, by one process at a time.
4. All of it can be copied while runners push: accounts are looked for first, so that what a copied
   one names is copied too; and it is put back in the order of rule 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from peso.base.digest import sha256_bytes
from peso.base.ledger import Ledger, unsealed
from peso.errors import PesoError, Reason
from peso.portal.copies import CopiedItem
from peso.services.delivery.pushing.batch import (
    BATCH_LIMIT,
    BLOB,
    KINDS,
    RECORDS,
    Doubt,
    Holding,
    Item,
    item_of,
)
from peso.services.delivery.pushing.proving import Proven, Untaken
from peso.services.pipeline import Delivery

FOLDER: Final = "pushed"
_ORDER: Final = {BLOB: 0, "delivery": 2}
_LEDGER: Final = re.compile(r"[0-9a-f]{32}")


def ledger_of(folder: Path, platform: str) -> Path:
    """Return where a platform's ledger is; others chose the name, so a digest is in its place."""
    return folder / FOLDER / sha256_bytes(platform.encode())[:32]


def ledgers(folder: Path) -> list[Path]:
    """Return the ledgers that runners sent to the portal in this folder."""
    return sorted(one.parent for one in (folder / FOLDER).glob("*/delivery"))


def contents(place: Path) -> Holding | None:
    """Return what a ledger holds, as far as the audit tells; None where it has no account."""
    several = Ledger(place).list("delivery")
    if not several:
        return None
    said = sorted(f"{one.key} {one.sha256}" for one in several)
    return Holding(accounts=len(said), sha256=sha256_bytes("\n".join(said).encode()))


def missing(folder: Path, platform: str, items: Iterable[Item]) -> tuple[str, ...]:
    """Return the places of what a platform's ledger lacks."""
    ledger = Ledger(ledger_of(folder, platform))
    return tuple(one.place for one in items if not _has(ledger, one))


def file(folder: Path, proven: Proven) -> int:
    """File a batch; returns how many items that were. Raises `Untaken`, and files nothing then."""
    ledger = Ledger(ledger_of(folder, proven.batch.platform))
    several = sorted(proven.contents, key=lambda one: _ORDER.get(one[0].kind, 1))
    here = {one.place for one, _ in several}
    doubts = [
        doubt
        for one, data in several
        if one.kind == "delivery"
        for doubt in _lacking(one, data, here, ledger)
    ]
    if doubts:
        raise Untaken(tuple(doubts))
    for one, data in several:
        if one.kind == BLOB:
            ledger.blobs.put(data)
        else:
            ledger.file(one.kind, one.key, data)
    return len(several)


def held(
    folder: Path, *, damaged: Callable[[str], None] = lambda _place: None
) -> Iterator[tuple[CopiedItem, bytes]]:
    """Yield all that runners sent, proven, what an account names before it.

    Args:
        folder: The portal's.
        damaged: Is told the place of what is not as it was filed; it is left out.
    """
    for place in sorted((folder / FOLDER).glob("*")):
        if _LEDGER.fullmatch(place.name) and place.is_dir():
            yield from _held(Ledger(place), place.name, damaged)


def put_back(folder: Path, one: CopiedItem, data: bytes) -> None:
    """File something that `held` gave; what is there already is left as it is."""
    ledger = Ledger(folder / FOLDER / one.ledger)
    if one.item.kind == BLOB:
        ledger.blobs.put(data)
    elif not _has(ledger, one.item):
        ledger.file(one.item.kind, one.item.key, data)


def _held(
    ledger: Ledger, name: str, damaged: Callable[[str], None]
) -> Iterator[tuple[CopiedItem, bytes]]:
    kinds = sorted(RECORDS, key=lambda kind: _ORDER.get(kind, 1))
    keys = {kind: _names(ledger.root / kind, "*.json") for kind in reversed(kinds)}
    for digest in _names(ledger.blobs.root / "sha256", "*/*"):
        try:
            data = ledger.blobs.read(digest, limit=BATCH_LIMIT)
        except PesoError:
            damaged(f"{BLOB}/{digest}")
            continue
        yield CopiedItem(ledger=name, item=item_of(BLOB, digest, data)), data
    for kind in kinds:
        for key in keys[kind]:
            sealed = ledger.sealed(kind, key)
            if sealed is None:
                damaged(f"{kind}/{key}")
                continue
            yield CopiedItem(ledger=name, item=item_of(KINDS[kind], key, sealed)), sealed


def _names(folder: Path, pattern: str) -> list[str]:
    return sorted(one.stem for one in folder.glob(pattern))


def _has(ledger: Ledger, one: Item) -> bool:
    if one.kind == BLOB:
        return ledger.blobs.has(one.key, one.length)
    data = ledger.sealed(one.kind, one.key)
    return data is not None and sha256_bytes(data) == one.sha256


def _lacking(one: Item, data: bytes, here: set[str], ledger: Ledger) -> Iterator[Doubt]:
    """Yield what is wrong with an account: its form, or that it names what is not here."""
    found = unsealed(data, one.kind, one.key)
    try:
        said = Delivery.parse(found[1] if found else b"")
    except ValidationError:
        reason = Reason.CHANGED.value
        yield Doubt(reason=reason, where=one.place, message="it is no account of a delivery")
        return
    for step in said.steps:
        place = f"{step.step}/{step.key}"
        if step.did == "failed" or step.step not in RECORDS or place in here:
            continue
        if ledger.read(step.step, step.key) is None:
            reason = Reason.MISSING.value
            yield Doubt(reason=reason, where=one.place, message=f"the portal lacks {place}")
