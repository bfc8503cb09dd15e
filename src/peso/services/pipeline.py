"""The pipeline: STEPS, the life of a release; run, resume, explain. No logic of its own.

1. A step whose inputs have a filed record that stands is not run again: resume, cache and audit
   trail are one thing.
2. Every run files an account of itself: for each step whether it ran or was reused, and why.
3. A gate that does not say yes ends the run; everything done until then is kept.
4. Two deliveries in one ledger: the second is told who holds the lock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from peso.base.files import locked, remove_tree
from peso.base.record import Record
from peso.errors import BadInput, Outside, PesoError, Reason, Refused
from peso.products.engines.port import Progress
from peso.products.stack import Name, ReleaseVersion
from peso.services.assurance.gate import GateVerdict
from peso.services.delivery.publication.publish import Published
from peso.services.filing import file_record, find, key_of, why_run
from peso.services.integration.build import Build
from peso.services.integration.native_report import NativeReport, native_reports
from peso.services.integration.plan import plan
from peso.services.steps import assuring, delivering, making, moving
from peso.services.steps.port import SILENT, Life, Ports, Said, Step

STEPS: tuple[Step, ...] = (
    making.PLAN,
    making.BUILD,
    moving.RELOCATE,
    making.TEST,
    assuring.INVENTORY,
    assuring.SCAN,
    assuring.GATE,
    delivering.ATTEST,
    delivering.PUBLISH,
)


_KIND = "delivery"
"""What the account of a run is filed under."""


class StepAccount(Record):
    """What became of one step in one run."""

    step: str
    did: Literal["ran", "reused", "failed"]
    why: str
    result: str = ""
    """What came of it, in a few words; empty where the step failed."""
    seconds: float
    key: str
    """The digest of the step's inputs: where its record is in the ledger."""


class Delivery(Record):
    """The account of one run of the pipeline."""

    stack: Name
    version: ReleaseVersion
    channel: Name
    finished: datetime
    steps: tuple[StepAccount, ...]
    verdict: GateVerdict | None
    published: Published | None
    native: tuple[NativeReport, ...] = ()
    """What became of native parts, where the build was reached."""


_MEND = "mend what it names, or add a waiver with owner, reason and expiry to the policy"
_GO_ON = "mend what failed and deliver again: what was built stays, and only the rest is built"


class Stopped(Refused):
    """The gate did not say yes, or a build is not whole; `account` says what was done so far."""

    def __init__(
        self, message: str, *, where: str, hint: str, reason: Reason, account: Delivery
    ) -> None:
        super().__init__(message, where=where, hint=hint, reason=reason)
        self.account = account


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something an onlooker may want to show: the current step, and how far it is."""

    step: str
    number: int
    of: int
    did: Literal["started", "progress", "ran", "reused", "failed"]
    why: str = ""
    result: str = ""
    no: bool = False
    """Whether what came of it is a no, though the step was done."""
    progress: Progress | None = None


Observer = Callable[[Event], None]


def unseen(_event: Event) -> None:
    """Observe nothing."""


def run(
    life: Life,
    ports: Ports,
    *,
    until: str | None = None,
    observer: Observer = unseen,
    steps: tuple[Step, ...] = STEPS,
) -> Delivery:
    """Take a stack through the steps of its life, up to `until`; resumes by itself.

    Raises:
        Stopped: the gate did not say yes (`policy`), or the run was to end before it, and units of
            a native part are not there (`missing`).
        PesoError: whatever a step met. What was done before is kept.
    """
    _known(until, steps)
    accounts: list[StepAccount] = []
    with locked(ports.ledger.root / "lock", who=f"peso deliver {life.stack.name}"), _tidy(ports):
        try:
            for number, step in enumerate(steps, start=1):
                watch = _Watch(step.name, number, len(steps), observer)
                life = _take(step, life, ports, watch, accounts)
                _stop_at_a_no(life, ports, accounts)
                if step is making.PLAN and until is None:
                    # Said before hours of building, not after.
                    delivering.refuse_to_replace(life, ports)
                if step.name == until:
                    _stop_where_units_are_missing(life, ports, accounts)
                    break
        finally:
            account = _account(life, ports, accounts)
            ports.ledger.append(_KIND, account.digest(), account.canonical(), made=account.finished)
    return account


def upgrade(life: Life, ports: Ports, *, observer: Observer = unseen) -> None:
    """Resolve every part anew, without its constraints, and write the new versions to them."""
    watch = _Watch("upgrade", 0, len(STEPS), observer)
    watch.say("started", "the constraints are moved to new versions")
    with locked(ports.ledger.root / "lock", who=f"peso deliver {life.stack.name}"), _tidy(ports):
        plan(life.stack, ports.engines, ports.bench("upgrade", watch.progress), upgrade=True)
    watch.say("ran", "the constraints have new versions")


class Explanation(Record):
    """Why one step ran or was reused, and what would become of it now."""

    step: str
    last: StepAccount | None
    now: Literal["would be reused", "would run", "follows"]
    why: str


def explain(
    life: Life, ports: Ports, *, steps: tuple[Step, ...] = STEPS
) -> tuple[Explanation, ...]:
    """Say for each step why it ran or was reused the last time, and what would happen now."""
    last = {account.step: account for account in _last_account(life, ports)}
    said: list[Explanation] = []
    known = True
    for step in steps:
        now, why = "follows", "it depends on a step before it that would run"
        if known:
            inputs = step.inputs(life, ports)
            found = find(step, inputs, ports.ledger)
            reason = why_run(step, inputs, found, life, ports)
            now, why = ("would run", reason) if reason else ("would be reused", "nothing changed")
            known = reason is None
            life = life.after(found.record) if found is not None and known else life
        said.append(
            Explanation.model_validate(
                {"step": step.name, "last": last.get(step.name), "now": now, "why": why}
            )
        )
    return tuple(said)


@dataclass(frozen=True, slots=True)
class _Watch:
    """Tells the observer about one step."""

    step: str
    number: int
    of: int
    observer: Observer

    def say(
        self,
        did: Literal["started", "ran", "reused", "failed"],
        why: str,
        said: Said = SILENT,
    ) -> None:
        self.observer(
            Event(
                step=self.step,
                number=self.number,
                of=self.of,
                did=did,
                why=why,
                result=said.words,
                no=said.no,
            )
        )

    def progress(self, progress: Progress) -> None:
        self.observer(
            Event(
                step=self.step,
                number=self.number,
                of=self.of,
                did="progress",
                progress=progress,
            )
        )


def _take(step: Step, life: Life, ports: Ports, watch: _Watch, accounts: list[StepAccount]) -> Life:
    """Reuse the step's record where it stands; else do the step and file what it leaves."""
    began = time.monotonic()
    inputs = step.inputs(life, ports)
    found = find(step, inputs, ports.ledger)
    why = why_run(step, inputs, found, life, ports)

    def tell(did: Literal["ran", "reused", "failed"], why: str, said: Said = SILENT) -> None:
        accounts.append(
            StepAccount(
                step=step.name,
                did=did,
                why=why,
                result=said.words,
                seconds=round(time.monotonic() - began, 3),
                key=key_of(inputs),
            )
        )
        watch.say(did, why, said)

    if found is not None and why is None:
        unchanged = f"nothing it depends on changed since {found.made:%Y-%m-%d %H:%M} UTC"
        tell("reused", unchanged, step.said(found.record))
        return life.after(found.record)
    watch.say("started", why or "")
    try:
        record = step.do(life, ports, watch.progress)
    except PesoError as error:
        tell("failed", error.message)
        raise
    file_record(step, inputs, record, ports.ledger, made=ports.clock())
    tell("ran", why or "", step.said(record))
    return life.after(record)


def _stop_where_units_are_missing(life: Life, ports: Ports, accounts: list[StepAccount]) -> None:
    """Say no at the end of a run that was to end before the gate, and did not build whole."""
    if missing := making.missing(life):
        raise Stopped(
            f"it did not build whole: {len(missing)} units are not there",
            where=f"{life.stack.name} {life.stack.version}",
            hint=_GO_ON,
            reason=Reason.MISSING,
            account=_account(life, ports, accounts),
        )


def _stop_at_a_no(life: Life, ports: Ports, accounts: list[StepAccount]) -> None:
    judged = life.records.get(GateVerdict)
    if isinstance(judged, GateVerdict) and not judged.verdict.ok:
        faults = [
            f"{rule.rule}: {rule.verdict.outcome}, {rule.verdict.reason}"
            for rule in judged.rules
            if not rule.verdict.ok
        ]
        raise Stopped(
            f"the gate says {judged.verdict.outcome}: " + "; ".join(faults or ["no rule"]),
            where=f"{life.stack.name} {life.stack.version}, policy {judged.policy}",
            hint=_GO_ON if making.missing(life) else _MEND,
            reason=Reason.POLICY,
            account=_account(life, ports, accounts),
        )


def _account(life: Life, ports: Ports, accounts: list[StepAccount]) -> Delivery:
    verdict = life.records.get(GateVerdict)
    published = life.records.get(Published)
    built = life.records.get(Build)
    return Delivery(
        stack=life.stack.name,
        version=life.stack.version,
        channel=life.stack.channel,
        finished=ports.clock(),
        steps=tuple(accounts),
        verdict=verdict if isinstance(verdict, GateVerdict) else None,
        published=published if isinstance(published, Published) else None,
        native=native_reports(built, ports.ledger.blobs.path) if isinstance(built, Build) else (),
    )


def _last_account(life: Life, ports: Ports) -> tuple[StepAccount, ...]:
    for entry in reversed(ports.ledger.list(_KIND)):
        data = ports.ledger.read(_KIND, entry.key)
        account = Delivery.parse(data) if data is not None else None
        if account is not None and account.stack == life.stack.name:
            return account.steps
    return ()


@contextmanager
def _tidy(ports: Ports) -> Iterator[None]:
    with suppress(Outside):  # what a killed run left; a tool of it may be writing there yet
        remove_tree(ports.work.parent)
    try:
        yield
    finally:
        remove_tree(ports.work)


def _known(until: str | None, steps: tuple[Step, ...]) -> None:
    names = [step.name for step in steps]
    if until is not None and until not in names:
        raise BadInput(f"there is no step {until!r}", hint=f"the steps are {', '.join(names)}")
