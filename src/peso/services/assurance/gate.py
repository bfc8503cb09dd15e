"""Gate: may this release go out? A pure function of evidence, policy and the time it is asked.

1. An empty policy fails, and so does one that has expired.
2. Each rule the policy names gives a verdict, and so does `whole`, which no policy can leave out;
   unknown is not pass. One fail is a fail, else one unknown is unknown.
3. A waiver lifts a finding, by its id or an alias, only while it has not expired. An expired one
   fails the gate: it is named with what it no longer lifts, or as one to remove.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from peso.base.finding import Outcome, Verdict
from peso.base.record import Record
from peso.services.assurance import scan_rules
from peso.services.assurance.objections import Heard, Objection
from peso.services.assurance.policy import Policy, Waiver
from peso.services.assurance.rules import RULES, Evidence, Rule
from peso.services.assurance.whole import whole

__all__ = ["Evidence", "GateVerdict", "RuleResult", "Waiver", "judge", "judge_scan"]

_SAID = 3
"""How many objections a rule's reason names; the details have them all."""
_YES = Verdict(outcome=Outcome.PASS)
ALWAYS: Mapping[str, Rule] = MappingProxyType({"whole": whole})
"""Rules that hold whatever the policy names."""


class RuleResult(Record):
    """What one rule of the policy said."""

    rule: str
    verdict: Verdict
    details: tuple[str, ...] = ()


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
    """The earliest moment something it rests on expires (policy, waiver); None if never."""


def judge(policy: Policy, evidence: Evidence, *, now: datetime) -> GateVerdict:
    """Judge evidence by a policy, as of now."""
    rules = {**ALWAYS, **RULES}
    heard = {name: rule(policy.rules, evidence, now) for name, rule in rules.items()}
    return _judged(policy, heard, now, asked=any(heard[name] is not None for name in RULES))


def judge_scan(policy: Policy, seen: scan_rules.SeenScan, *, now: datetime) -> GateVerdict:
    """Judge a scan of anything by what a policy asks of scans, as of now.

    What the policy asks of releases (tests, files, licenses) is not asked.
    """
    rules, scan = policy.rules, seen.scan
    asked: dict[str, Heard | None] = {
        "findings": scan_rules.below(rules.findings, seen) if rules.findings else None,
        "advisories": scan_rules.fresh(rules.advisories, scan, now) if rules.advisories else None,
        "coverage": scan_rules.covered(rules.coverage, scan) if rules.coverage else None,
    }
    heard = {"whole": scan_rules.whole(seen), **asked}
    return _judged(policy, heard, now, asked=any(one is not None for one in asked.values()))


def _judged(
    policy: Policy, heard: Mapping[str, Heard | None], now: datetime, *, asked: bool
) -> GateVerdict:
    """Return the verdict of what the rules heard; `asked`: whether the policy names any of them."""
    desk = _Desk(policy.waivers, now)
    results = [desk.decide(name, one) for name, one in heard.items() if one is not None]
    said = [*_policy(policy, now, asked=asked), *results, *desk.waivers()]
    ends = [one.expires for one in desk.lifting]
    return GateVerdict(
        policy=policy.name,
        policy_sha256=policy.digest(),
        judged=now,
        verdict=_overall(said),
        rules=tuple(said),
        waived=tuple(desk.lifting),
        valid_until=min([*ends, *([policy.expires] if policy.expires else [])], default=None),
    )


class _Desk:
    """Where objections and waivers meet; remembers what each waiver did."""

    def __init__(self, waivers: tuple[Waiver, ...], now: datetime) -> None:
        self.lifting: dict[Waiver, None] = {}
        self._lapsed: dict[Waiver, str] = {}
        self._waivers, self._now = waivers, now

    def decide(self, name: str, heard: Heard) -> RuleResult:
        """Return a rule's answer: what is left of its objections decides."""
        left: list[Objection] = []
        details = list(heard.details)
        for objection in heard.objections:
            waiver = self._waiver(objection)
            if waiver is None:
                left.append(objection)
            else:
                details.append(f"waived by {waiver.owner}: {objection}")
        return _result(name, left, details)

    def _waiver(self, objection: Objection) -> Waiver | None:
        matching = [one for one in self._waivers if _matches(one, objection)]
        self._lapsed |= {one: str(objection) for one in matching if one.expires <= self._now}
        alive = next((one for one in matching if one.expires > self._now), None)
        if alive is not None:
            self.lifting[alive] = None
        return alive

    def waivers(self) -> Iterator[RuleResult]:
        """Say which waivers have expired, which fails, and which were not needed."""
        faults: list[str] = []
        details: list[str] = []
        for one in self._waivers:
            named = f"{one.owner}'s waiver of {one.rule} for {one.subject}"
            if one.expires <= self._now:
                needed = self._lapsed.get(one)
                then = f"was needed for {needed}" if needed else "lifts nothing: remove it"
                faults.append(f"{named} expired on {one.expires:%Y-%m-%d} and {then}")
            elif one not in self.lifting:
                details.append(f"{named} was not needed")
        if self._waivers:
            verdict = _no(Outcome.FAIL, "; ".join(faults)) if faults else _YES
            yield RuleResult(rule="waivers", verdict=verdict, details=tuple(details))


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


def _result(name: str, left: list[Objection], details: list[str]) -> RuleResult:
    if not left:
        return RuleResult(rule=name, verdict=_YES, details=tuple(details))
    fails = [one for one in left if one.forces is Outcome.FAIL]
    shown = fails or left
    reason = "; ".join(str(one) for one in shown[:_SAID])
    if len(shown) > _SAID:
        reason += f"; and {len(shown) - _SAID} more"
    verdict = _no(Outcome.FAIL if fails else Outcome.UNKNOWN, reason)
    return RuleResult(rule=name, verdict=verdict, details=(*(str(one) for one in left), *details))


def _overall(results: list[RuleResult]) -> Verdict:
    for outcome in (Outcome.FAIL, Outcome.UNKNOWN):
        named = [one.rule for one in results if one.verdict.outcome is outcome]
        if named:
            return _no(outcome, f"not met: {', '.join(named)}")
    return _YES


def _no(outcome: Outcome, reason: str) -> Verdict:
    return Verdict(outcome=outcome, reason=reason)
