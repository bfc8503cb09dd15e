"""Gate: may this release go out? A pure function of evidence, policy and the time it is asked.

1. An empty policy fails, and so does one that has expired.
2. Each rule the policy names gives a verdict, and so does `whole`, which no policy can leave out;
   unknown is not pass. One fail is a fail, else one unknown is unknown.
3. A statement of the workspace lifts a finding of the scan in the exact product it names, where the
   policy takes statements (`vex/weigh.py`). A statement that lifts nothing is said beside it.
4. A waiver lifts a finding, by its id or an alias, only while it has not expired. An expired one
   fails the gate: it is named with what it no longer lifts, or as one to remove.
5. The verdict names everything it rests on by digest, and each rule what of it decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from peso.base.finding import Outcome, Verdict
from peso.base.record import Record
from peso.services.assurance.gate_rules.evidence import Evidence, Rule
from peso.services.assurance.gate_rules.objections import Heard, Objection
from peso.services.assurance.gate_rules.seen import SeenScan
from peso.services.assurance.gate_rules.table import (
    ASKS_SOURCES,
    LOOKS_AT,
    release_rules,
    scan_rules,
)
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.policy import Policy, Waiver, age
from peso.services.assurance.vex.record import Stated
from peso.services.assurance.vex.weigh import Scales
from peso.services.assurance.whole import whole

__all__ = ["Evidence", "GateVerdict", "RuleResult", "Used", "Waiver", "judge", "judge_scan"]

_SAID = 3
"""How many objections a rule's reason names; the details have them all."""
_YES = Verdict(outcome=Outcome.PASS)
ALWAYS: Mapping[str, Rule] = MappingProxyType({"whole": whole})
"""Rules that hold whatever the policy names."""


class Used(Record):
    """A piece of evidence that a verdict rests on."""

    name: str
    """`scan`, `advisories NAME`, `statement VULNERABILITY`, …"""
    sha256: str


class RuleResult(Record):
    """What one rule of the policy said."""

    rule: str
    verdict: Verdict
    details: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    """The names of the evidence that decided; empty in verdicts of an older PESO."""


class GateVerdict(Record):
    """The gate's answer."""

    policy: str
    policy_sha256: str
    judged: datetime
    verdict: Verdict
    rules: tuple[RuleResult, ...]
    waived: tuple[Waiver, ...]
    """The waivers that lifted something."""
    valid_until: datetime | None
    """The earliest moment something it rests on expires (policy, waiver, statement); None if
    never."""
    stated: tuple[Stated, ...] = ()
    """The statements that lifted something."""
    evidence: tuple[Used, ...] = ()
    """Everything it rests on; empty in verdicts of an older PESO."""


def judge(policy: Policy, evidence: Evidence, *, now: datetime) -> GateVerdict:
    """Judge evidence by a policy, as of now."""
    desk = _Desk(policy, evidence.scan, now)
    named = release_rules(desk.scales)
    rules = {**ALWAYS, **named}
    heard = {name: rule(policy.rules, evidence, now) for name, rule in rules.items()}
    used = [
        Used(name=name, sha256=record.digest())
        for name, record in (
            ("plan", evidence.plan),
            ("build", evidence.build),
            ("relocations", evidence.relocations),
            ("tests", evidence.tests),
            ("inventory", evidence.inventory),
            ("scan", evidence.scan),
        )
    ]
    return _judged(desk, heard, used, asked=any(heard[name] is not None for name in named))


def judge_scan(policy: Policy, seen: SeenScan, *, now: datetime) -> GateVerdict:
    """Judge a scan of anything by what a policy asks of scans, as of now.

    What the policy asks of releases (tests, files, licenses) is not asked.
    """
    desk = _Desk(policy, seen.scan, now)
    heard = scan_rules(policy.rules, seen, desk.scales, now)
    used = [Used(name="scan", sha256=seen.scan.digest())]
    asked = any(one is not None for name, one in heard.items() if name not in ALWAYS)
    return _judged(desk, heard, used, asked=asked)


def _judged(
    desk: _Desk, heard: Mapping[str, Heard | None], used: list[Used], *, asked: bool
) -> GateVerdict:
    """Return the verdict of what the rules heard; `asked`: whether the policy names any of them."""
    policy, now = desk.policy, desk.now
    results = [desk.decide(name, one) for name, one in heard.items() if one is not None]
    said = [*_policy(policy, now, asked=asked), *results, *desk.statements(), *desk.waivers()]
    ends = [one.expires for one in desk.lifting]
    ends += [one.statement.expires for one in desk.stated if one.statement.expires is not None]
    sources = [Used(name=f"advisories {one.name}", sha256=one.sha256) for one in desk.sources]
    stated = {(_called(one), one.statement.digest()) for one in desk.stated}
    rests_on = (
        *used,
        *sources,
        *(Used(name=name, sha256=digest) for name, digest in sorted(stated)),
    )
    known = {"policy", *(one.name for one in rests_on)}
    return GateVerdict(
        policy=policy.name,
        policy_sha256=policy.digest(),
        judged=now,
        verdict=_overall(said),
        rules=tuple(
            one.model_copy(update={"by": tuple(name for name in one.by if name in known)})
            for one in said
        ),
        waived=tuple(desk.lifting),
        valid_until=min([*ends, *([policy.expires] if policy.expires else [])], default=None),
        stated=tuple(desk.stated),
        evidence=rests_on,
    )


def scales_of(policy: Policy, scan: Scan, now: datetime) -> Scales:
    """Return what people stated on a scan, as far as the policy takes statements."""
    rule = policy.rules.vex
    if rule is None:
        return Scales((), now=now)
    return Scales(scan.vex, now=now, longest=age(rule.longest), justified_by=rule.justified_by)


class _Desk:
    """Where objections, statements and waivers meet; remembers what each of them did."""

    def __init__(self, policy: Policy, scan: Scan, now: datetime) -> None:
        self.policy, self.now = policy, now
        self.scales = scales_of(policy, scan, now)
        self.sources = scan.sources
        self.lifting: dict[Waiver, None] = {}
        self.stated: dict[Stated, None] = {}
        self._listed = scan.vex
        self._lapsed: dict[Waiver, str] = {}

    def decide(self, name: str, heard: Heard) -> RuleResult:
        """Return a rule's answer: what is left of its objections decides."""
        left: list[Objection] = []
        details = list(heard.details)
        by = dict.fromkeys(LOOKS_AT.get(name, ()))
        if name in ASKS_SOURCES:
            by |= dict.fromkeys(f"advisories {one.name}" for one in self.sources)
        for objection in heard.objections:
            standing = self.scales.of(objection.finding) if objection.by_scan else None
            if standing is not None and standing.lifts and standing.statement is not None:
                lifted = Stated(subject=objection.finding.subject, statement=standing.statement)
                self.stated[lifted] = None
                by[_called(lifted)] = None
                details.append(f"lifted ({standing}): {objection}")
                continue
            waiver = self._waiver(objection)
            if waiver is None:
                left.append(replace(objection, stated=str(standing or "")))
            else:
                by["policy"] = None
                details.append(f"waived by {waiver.owner}: {objection}")
        return _result(name, left, details, tuple(by))

    def _waiver(self, objection: Objection) -> Waiver | None:
        matching = [one for one in self.policy.waivers if _matches(one, objection)]
        self._lapsed |= {one: str(objection) for one in matching if one.expires <= self.now}
        alive = next((one for one in matching if one.expires > self.now), None)
        if alive is not None:
            self.lifting[alive] = None
        return alive

    def statements(self) -> Iterator[RuleResult]:
        """Say what is stated of the release, where the policy takes statements, and where not."""
        if not self._listed:
            return
        details = [f"{one.subject}: {one.statement.short}" for one in self._listed]
        if self.policy.rules.vex is None:
            details.insert(0, "the policy has no rule `vex`, so that statements decide nothing")
        details += [f"{one.subject}: {one.message} ({one.rule})" for one in self.scales.findings()]
        yield RuleResult(rule="vex", verdict=_YES, details=tuple(details), by=("scan",))

    def waivers(self) -> Iterator[RuleResult]:
        """Say which waivers have expired, which fails, and which were not needed."""
        faults: list[str] = []
        details: list[str] = []
        for one in self.policy.waivers:
            named = f"{one.owner}'s waiver of {one.rule} for {one.subject}"
            if one.expires <= self.now:
                needed = self._lapsed.get(one)
                then = f"was needed for {needed}" if needed else "lifts nothing: remove it"
                faults.append(f"{named} expired on {one.expires:%Y-%m-%d} and {then}")
            elif one not in self.lifting:
                details.append(f"{named} was not needed")
        if self.policy.waivers:
            verdict = _no(Outcome.FAIL, "; ".join(faults)) if faults else _YES
            yield RuleResult(
                rule="waivers", verdict=verdict, details=tuple(details), by=("policy",)
            )


def _called(one: Stated) -> str:
    return f"statement {one.statement.vulnerability} by {one.statement.by}"


def _matches(waiver: Waiver, objection: Objection) -> bool:
    finding = objection.finding
    return (
        objection.waivable
        and waiver.rule in {finding.rule, *finding.aliases}
        and waiver.subject in {finding.subject, finding.subject.partition("@")[0]}
    )


def _policy(policy: Policy, now: datetime, *, asked: bool) -> Iterator[RuleResult]:
    """Say what is wrong with the policy itself."""
    reasons = [] if asked else ["it names no rule, so nothing was checked"]
    if policy.expires is not None and policy.expires <= now:
        reasons.append(f"it expired on {policy.expires:%Y-%m-%d}")
    if reasons:
        yield RuleResult(rule="policy", verdict=_no(Outcome.FAIL, "; ".join(reasons)))


def _result(
    name: str, left: list[Objection], details: list[str], by: tuple[str, ...]
) -> RuleResult:
    if not left:
        return RuleResult(rule=name, verdict=_YES, details=tuple(details), by=by)
    fails = [one for one in left if one.forces is Outcome.FAIL]
    shown = fails or left
    reason = "; ".join(str(one) for one in shown[:_SAID])
    if len(shown) > _SAID:
        reason += f"; and {len(shown) - _SAID} more"
    verdict = _no(Outcome.FAIL if fails else Outcome.UNKNOWN, reason)
    told = (*(str(one) for one in left), *details)
    return RuleResult(rule=name, verdict=verdict, details=told, by=by)


def _overall(results: list[RuleResult]) -> Verdict:
    for outcome in (Outcome.FAIL, Outcome.UNKNOWN):
        named = [one.rule for one in results if one.verdict.outcome is outcome]
        if named:
            return _no(outcome, f"not met: {', '.join(named)}")
    return _YES


def _no(outcome: Outcome, reason: str) -> Verdict:
    return Verdict(outcome=outcome, reason=reason)
