"""What of a ledger a portal wants: accounts of deliveries, the records they name, and their logs.

1. One runner is of one platform: accounts whose tests ran on another one are left out, and told.
2. An account comes after all it names; one that names what is not here is left out, and told.
3. A log that is gone, or longer than a batch, is left out, and told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from peso.base.ledger import Ledger
from peso.errors import BadInput
from peso.products.engines.port import Artifact
from peso.services.delivery.pushing.batch import (
    BATCH_LIMIT,
    BLOB,
    KINDS,
    RECORDS,
    Item,
    item_of,
)
from peso.services.integration.build import Build
from peso.services.integration.results import TestRun
from peso.services.pipeline import Delivery

_ACCOUNT = "delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushable:
    """What is to be pushed, in an order in which nothing names what comes later."""

    platform: str
    items: tuple[Item, ...]
    left_out: tuple[str, ...]
    """What is not pushed, and why."""


def pushable(ledger: Ledger, platform: str = "") -> Pushable:
    """Return what of a ledger is pushed.

    Raises:
        BadInput: There is no account in it, or it has tests of several platforms and none is named.
    """
    several = list(_accounts(ledger))
    if not several:
        raise BadInput(
            "there is no ledger with deliveries here",
            where=str(ledger.root),
            hint="name a ledger, e.g. .peso/ledger of a workspace",
        )
    named = {one.platform for one in several if one.platform}
    if not platform and len(named) != 1:
        raise BadInput(
            f"its tests are of {len(named)} platforms: {', '.join(sorted(named)) or 'none'}",
            where=str(ledger.root),
            hint="say which one this runner is for: --platform NAME",
        )
    return _chosen(ledger, several, platform or named.pop())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    item: Item
    keys: tuple[tuple[str, str], ...]
    platform: str
    lacks: tuple[str, ...]


def _accounts(ledger: Ledger) -> Iterator[_Account]:
    for entry in ledger.list(_ACCOUNT):
        data, payload = ledger.sealed(_ACCOUNT, entry.key), ledger.read(_ACCOUNT, entry.key)
        if data is None or payload is None:
            continue
        try:
            said = Delivery.parse(payload)
        except ValidationError:
            continue
        keys = named_by(said)
        yield _Account(
            item=item_of("delivery", entry.key, data),
            keys=keys,
            platform=_platform(ledger, dict(keys).get("test", "")),
            lacks=tuple(f"{k}/{key}" for k, key in keys if ledger.read(k, key) is None),
        )


def named_by(said: Delivery) -> tuple[tuple[str, str], ...]:
    """Return the kind and key of every record an account names that a portal takes."""
    return tuple(
        (one.step, one.key) for one in said.steps if one.did != "failed" and one.step in RECORDS
    )


def _platform(ledger: Ledger, key: str) -> str:
    payload = ledger.read("test", key) if key else None
    said: Any = json.loads(payload)["record"] if payload else {}
    return str(said.get("platform", "")) if isinstance(said, dict) else ""


def _chosen(ledger: Ledger, several: list[_Account], platform: str) -> Pushable:
    records: dict[str, Item] = {}
    logs: dict[str, Item] = {}
    accounts, left_out = [], []
    for one in several:
        if one.platform not in {"", platform}:
            left_out.append(f"{one.item.place}: its tests are of the platform {one.platform}")
            continue
        if one.lacks:
            left_out.append(f"{one.item.place}: the ledger lacks {', '.join(one.lacks)}")
            continue
        accounts.append(one.item)
        for kind, key in one.keys:
            place = f"{kind}/{key}"
            if place in records:
                continue
            data = ledger.sealed(kind, key) or b""
            records[place] = item_of(KINDS[kind], key, data)
            for log in _logs(kind, ledger.read(kind, key) or b""):
                logs.setdefault(log.sha256, _log(log))
    items = []
    for item in (*logs.values(), *records.values(), *accounts):
        if item.kind == BLOB and not ledger.blobs.has(item.key, item.length):
            left_out.append(f"{item.place}: the ledger lacks it")
        else:
            items.append(item)
    return Pushable(platform=platform, items=tuple(items), left_out=tuple(left_out))


def _log(log: Artifact) -> Item:
    return Item(kind="blob", key=log.sha256, sha256=log.sha256, length=min(log.length, BATCH_LIMIT))


def _logs(kind: str, payload: bytes) -> Iterator[Artifact]:
    """Yield the logs that a record names; none where it is of another form."""
    record = (
        json.dumps(json.loads(payload)["record"]).encode() if kind in {"build", "test"} else b""
    )
    try:
        if kind == "build":
            for part in Build.parse(record).native:
                yield from (one.log for one in part.units if one.log)
        elif kind == "test":
            for result in TestRun.parse(record).results:
                yield from result.logs
    except ValidationError:
        return
