"""A ledger as a source: the deliveries it has accounts of, those that ended with a no among them.

1. An account names each step's record by its key; a record is taken only as the ledger proves it.
2. Of several accounts of one version the last that tells the most counts.
3. An account without a plan tells nothing of a release, and is not one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import JsonValue, ValidationError

from peso.base.digest import canonical_json
from peso.base.ledger import Ledger
from peso.base.record import Record
from peso.portal.ingest.facts import Records, ReleaseFact
from peso.services.assurance.gate import GateVerdict
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.scan import Scan
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.results import TestRun
from peso.services.pipeline import Delivery

R = TypeVar("R", bound=Record)
KIND = "delivery"


class _Envelope(Record):
    inputs: dict[str, str]
    record: JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One release as a ledger has it."""

    release: ReleaseFact
    records: Records
    digest: str
    """Over the account and the records it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """An account that cannot be used, and why."""

    key: str
    reason: str


def is_ledger(folder: Path) -> bool:
    """Say whether a folder is a ledger with accounts of deliveries."""
    return (folder / KIND).is_dir()


def deliveries(folder: Path) -> Iterator[Delivered | Unreadable]:
    """Yield what a ledger knows of each release, the oldest first."""
    ledger = Ledger(folder)
    newest: dict[tuple[str, str, str], Delivered] = {}
    for path in sorted((folder / KIND).glob("*.json")):
        entry, data = ledger.entry(KIND, path.stem), ledger.read(KIND, path.stem)
        if entry is None or data is None:
            yield Unreadable(key=path.stem, reason="it does not match its digests")
            continue
        try:
            account = Delivery.parse(data)
            found = _delivered(account, entry.sha256, ledger)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            yield Unreadable(key=path.stem, reason=f"it does not fit its schema: {first['msg']}")
            continue
        if found is None:
            continue
        key = (account.channel, account.stack, account.version)
        before = newest.get(key)
        if before is None or before.release.created <= found.release.created:
            newest[key] = found
    yield from sorted(newest.values(), key=lambda one: one.release.created)


def _delivered(account: Delivery, sha256: str, ledger: Ledger) -> Delivered | None:
    keys = {one.step: one.key for one in account.steps if one.did != "failed"}
    plan = _record(Plan, "plan", keys, ledger)
    if plan is None:
        return None
    gate = account.verdict or _record(GateVerdict, "gate", keys, ledger)
    return Delivered(
        release=ReleaseFact(
            channel=account.channel,
            stack=account.stack,
            version=account.version,
            title=account.stack,
            created=account.finished,
            manifest=sha256,
            published=False,
            development=False,
            verdict=gate.verdict.outcome.value if gate else "unknown",
            reason=(gate.verdict.reason or "") if gate else "it did not come to the gate",
        ),
        records=Records(
            plan=plan,
            build=_record(Build, "build", keys, ledger),
            tests=_record(TestRun, "test", keys, ledger),
            inventory=_record(Inventory, "inventory", keys, ledger),
            scan=_record(Scan, "scan", keys, ledger),
            gate=gate,
        ),
        digest=sha256,
    )


def _record(kind: type[R], step: str, keys: dict[str, str], ledger: Ledger) -> R | None:
    """Return a step's record; None where there is none, or it is not as it was filed."""
    data = ledger.read(step, keys[step]) if step in keys else None
    if data is None:
        return None
    return kind.parse(canonical_json(_Envelope.parse(data).record))
