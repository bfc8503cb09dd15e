"""What every step is, and what a delivery may use.

A step is a name, the record it leaves, the inputs that decide it (name to digest), the call that
does it, and `stale`: why a filed record can no longer be used although its inputs are the same. The
work itself is in the rooms below; the order is in `pipeline.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar, cast

from peso.base.ledger import Ledger
from peso.base.record import Record
from peso.products.bare_stack import version_of
from peso.products.engines.port import Artifact, Engine, Progress, Workbench
from peso.products.platforms.port import Platform
from peso.products.stack import Stack
from peso.services.assurance.policy import Policy
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.manifest import lock_digest
from peso.services.delivery.signing.keys import KeyFolder
from peso.services.integration.plan import Plan

R = TypeVar("R", bound=Record)
Seen = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What a delivery may use: everything outside it, handed in."""

    ledger: Ledger
    engines: Mapping[str, Engine]
    platform: Platform
    advisories: Path
    """Where the imported advisories are."""
    policy: Policy
    keys: Callable[[], KeyFolder]
    """Opens the keys; called only where something is signed."""
    channel_key: Callable[[str], str]
    """Names the key a channel signs with, without opening it; makes development keys at need."""
    key_folder: Path
    """Where the keys are; what is public of them is read without a passphrase."""
    publication: Path
    freshness: Freshness
    work: Path
    """Scratch of this run only; its parent holds nothing but scratch."""
    cache: Path
    """May be deleted at any time."""
    offline: bool
    clock: Callable[[], datetime]
    fail_fast: bool = False
    """Whether building stops at the first failure."""
    workspace: Path | None = None
    """Where the folder `vex/` with people's statements is; None: there are none."""

    def bench(self, step: str, seen: Seen) -> Workbench:
        """Return the workbench of one step, with a scratch folder of its own."""
        return Workbench(
            blobs=self.ledger.blobs,
            work=self.work / step,
            cache=self.cache,
            offline=self.offline,
            progress=seen,
            fail_fast=self.fail_fast,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What is known of a release so far: its definition, and the records of the steps done."""

    stack: Stack
    definition: tuple[Artifact, ...]
    """The stack file and everything beside it that decides it, in the blob store."""
    records: Mapping[type[Record], Record]

    def of(self, kind: type[R]) -> R:
        """Return the record that a step before this one left."""
        return cast("R", self.records[kind])

    def after(self, record: Record) -> Life:
        """Return the life with one more record; a plan may say the stack's version."""
        stack = self.stack
        if isinstance(record, Plan):
            stack = version_of(stack, lock_digest(record))
        return replace(self, stack=stack, records={**self.records, type(record): record})


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a step, in a few words for people."""

    words: str
    no: bool = False


SILENT = Said("")
"""Nothing came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the life of a release."""

    name: str
    record: type[Record]
    inputs: Callable[[Life, Ports], Mapping[str, str]]
    """What decides the step: a name people know, and its digest or value."""
    do: Callable[[Life, Ports, Seen], Record]
    stale: Callable[[Life, Ports, Record], str | None]
    """Why a filed record cannot be used although its inputs are the same; None where it can."""
    said: Callable[[Record], Said]
    """What came of it, in a few words, and whether that is a no."""


def never(_life: Life, _ports: Ports, _record: Record) -> str | None:
    """Say that a record of this kind does not grow stale."""
    return None


def past_its_age(made: datetime, ports: Ports) -> str | None:
    """Say that evidence is older than the policy allows, or None."""
    within = ports.policy.evidence_within
    if within is not None and ports.clock() - made > within:
        return f"it is older than the policy allows ({within.days} days)"
    return None
