"""A ledger as a source: the deliveries it has accounts of, those that ended with a no among them.

1. An account names each step's record by its key; a record is taken only as the ledger proves it.
   One that is damaged, or does not fit its schema, is named with the reason; the rest is taken.
2. Of several accounts of one version the last with a plan says what the release is. What ran is
   added up: the tests of every account count, for a version is tested on many platforms.
3. An account without a plan tells nothing of a release, and is not one.
4. Accounts are read first, and they are small; records are read when they are wanted, one
   account's at a time, so that memory does not grow with the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.ledger import Ledger
from peso.base.record import Record
from peso.portal.ingest.facts import Records, ReleaseFact
from peso.services.assurance.gate import GateVerdict
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.matching.record import Scan
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.results import TestRun
from peso.services.pipeline import Delivery

R = TypeVar("R", bound=Record)
KIND = "delivery"


class _Filed(Record, Generic[R]):
    """What lies in the ledger: the record, and the inputs it was made from."""

    inputs: dict[str, str]
    record: R


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A record that cannot be used, and why."""

    place: str
    """Kind and key."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one delivery says of itself, and where the records it left are."""

    sha256: str
    channel: str
    stack: str
    version: str
    finished: datetime
    keys: Mapping[str, str]
    """The key of the record that each step left."""
    verdict: GateVerdict | None

    @property
    def name(self) -> tuple[str, str, str]:
        """What the version is called."""
        return self.channel, self.stack, self.version

    def key(self, step: str) -> str:
        """Return the key of a step's record; empty where it left none."""
        return self.keys.get(step, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """All accounts of one version, the newest first."""

    several: tuple[Account, ...]

    @property
    def place(self) -> str:
        """The version, as people call it."""
        one = self.several[0]
        return f"{one.channel}/{one.stack}-{one.version}"

    @property
    def digest(self) -> str:
        """Over all of them, and so over the keys of every record they name."""
        return sha256_bytes(canonical_json(sorted(one.sha256 for one in self.several)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One release as a ledger has it."""

    release: ReleaseFact
    records: Records
    account: Account
    """The account it is from."""


def is_ledger(folder: Path) -> bool:
    """Say whether a folder is a ledger with accounts of deliveries."""
    return (folder / KIND).is_dir()


def accounts(ledger: Ledger) -> Iterator[Accounts | Unreadable]:
    """Yield what a ledger has accounts of, the oldest version first, after what is unreadable."""
    found: dict[tuple[str, str, str], list[Account]] = {}
    for path in sorted((ledger.root / KIND).glob("*.json")):
        data = ledger.read(KIND, path.stem)
        if data is None:
            yield Unreadable(place=f"{KIND}/{path.stem}", reason=_DAMAGED)
            continue
        try:
            one = _account(Delivery.parse(data), sha256_bytes(data))
        except ValidationError as error:
            yield Unreadable(place=f"{KIND}/{path.stem}", reason=_unfit(error))
            continue
        if one.key("plan"):
            found.setdefault(one.name, []).append(one)
    several = [
        Accounts(several=tuple(sorted(one, key=_when, reverse=True))) for one in found.values()
    ]
    yield from sorted(several, key=lambda one: _when(one.several[0]))


class Reader:
    """Reads the records that accounts name; `faults` has those that cannot be used."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.faults: list[Unreadable] = []

    def release(self, of: Accounts) -> Delivered | None:
        """Return what the release is: as the newest account says whose plan can be read."""
        for one in of.several:
            plan = self._record(Plan, "plan", one)
            if plan is None:
                continue
            gate = one.verdict or self._record(GateVerdict, "gate", one)
            return Delivered(
                release=_release(one, gate),
                records=Records(
                    plan=plan,
                    build=self._record(Build, "build", one),
                    tests=self._record(TestRun, "test", one),
                    inventory=self._record(Inventory, "inventory", one),
                    scan=self._record(Scan, "scan", one),
                    gate=gate,
                ),
                account=one,
            )
        return None

    def further_runs(self, of: Accounts, than: Delivered) -> Iterator[TestRun]:
        """Yield the runs of tests that other accounts name, one at a time."""
        seen = {"", than.account.key("test")}
        for one in of.several:
            if one.key("test") in seen:
                continue
            seen.add(one.key("test"))
            run = self._record(TestRun, "test", one)
            if run is not None:
                yield run

    def _record(self, kind: type[R], step: str, account: Account) -> R | None:
        """Return a step's record; None where there is none, or it is not as it was filed."""
        key = account.key(step)
        if not key:
            return None
        data = self._ledger.read(step, key)
        if data is None:
            if self._ledger.corrupt(step, key):
                self.faults.append(Unreadable(place=f"{step}/{key}", reason=_DAMAGED))
            return None
        try:
            return _Filed[kind].model_validate_json(data).record  # type: ignore[valid-type]
        except ValidationError as error:
            self.faults.append(Unreadable(place=f"{step}/{key}", reason=_unfit(error)))
            return None


_DAMAGED = "it does not match its digests"


def _unfit(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(one) for one in first["loc"])
    return f"it does not fit its schema: {where}: {first['msg']}"


def _account(said: Delivery, sha256: str) -> Account:
    return Account(
        sha256=sha256,
        channel=said.channel,
        stack=said.stack,
        version=said.version,
        finished=said.finished,
        keys={one.step: one.key for one in said.steps if one.did != "failed"},
        verdict=said.verdict,
    )


def _when(one: Account) -> tuple[datetime, str]:
    return one.finished, one.sha256


def _release(account: Account, gate: GateVerdict | None) -> ReleaseFact:
    return ReleaseFact(
        channel=account.channel,
        stack=account.stack,
        version=account.version,
        title=account.stack,
        created=account.finished,
        manifest=account.sha256,
        published=False,
        development=False,
        verdict=gate.verdict.outcome.value if gate else "unknown",
        reason=(gate.verdict.reason or "") if gate else "it did not come to the gate",
    )
