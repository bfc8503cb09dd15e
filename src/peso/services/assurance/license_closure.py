"""License closure: what a root is linked with, runs with, is built with, and which licenses.

A pure function over units and edges; it opens nothing. The rules, in order:

1. `linked`: over link edges only, however many. `unsaid`: over an edge of which nobody says how it
   is needed, as in most SBOMs of other tools. `run`: over a run edge. `build`: over one that only
   builds or tests. What is reached in several ways is what it is by the first of these.
2. Linking is static or dynamic as far as the unit's own variants say (`shared`, `libs`).
3. A conflict is a license that a gate policy does not allow, in what is linked, unsaid or run. It
   is told once for each such unit, along the shortest path, with how many roots it reaches.
4. A license nobody knows is no conflict and no yes: it is told with how many there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from packaging.utils import canonicalize_name

from peso.base.finding import Finding, Level, Outcome, Unknown, Verdict
from peso.products.engines.native import NativeUnit
from peso.products.engines.native_graph import Units
from peso.services.assurance.bill import Need
from peso.services.assurance.licenses import allowed
from peso.services.assurance.policy import LicensesRule

How = Literal["linked", "unsaid", "run", "build"]
Linking = Literal["static", "dynamic", "either", "not said"]
_STAGES: tuple[How, ...] = ("linked", "unsaid", "run", "build")
_VERBS = {"linked": "links", "unsaid": "needs", "run": "runs with", "build": "is built with"}
_SHARED: Mapping[str, Linking] = {"true": "dynamic", "false": "static"}
_LIBS: Mapping[str, Linking] = {"static": "static", "shared": "dynamic"}
_KEPT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensedUnit:
    """One thing with a license, and what it needs."""

    ref: str
    name: str
    label: str
    """For people: `hypre@2.26.0`."""
    license: str | Unknown
    depends: tuple[Need, ...] = ()
    spack: str = ""
    """Its name in Spack; empty for what is no package of Spack."""
    linking: Linking = "not said"
    """How others link it, as far as its variants say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One unit, as a root needs it."""

    unit: LicensedUnit
    how: How
    edge: How
    """How what is before it needs it."""
    before: Reached | None
    """None for the root."""

    @property
    def path(self) -> tuple[Reached, ...]:
        """From the root to this."""
        steps = [self]
        while (before := steps[-1].before) is not None:
            steps.append(before)
        return tuple(reversed(steps))

    def __str__(self) -> str:
        """Say the path: `A links B links C`."""
        first, *rest = self.path
        said = "".join(f" {_VERBS[one.edge]} {one.unit.label}" for one in rest)
        if self.edge == "linked" and rest and self.unit.linking in {"static", "dynamic"}:
            said += f" ({self.unit.linking})"
        return f"{first.unit.label}{said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """What one root needs, the root first."""

    root: str
    reached: tuple[Reached, ...]

    def of(self, how: How) -> tuple[Reached, ...]:
        """Return what is needed in one way."""
        return tuple(one for one in self.reached if one.how == how)

    def licenses(self, how: How) -> tuple[str, ...]:
        """Return the licenses of what is needed in one way, each once; `unknown` among them."""
        said = {
            one.unit.license if isinstance(one.unit.license, str) else "unknown"
            for one in self.of(how)
        }
        return tuple(sorted(said))


def linking_of(variants: Iterable[tuple[str, str]]) -> Linking:
    """Say how a unit is linked, by its variants' names and values."""
    for name, value in variants:
        if name == "shared" and value in _SHARED:
            return _SHARED[value]
        if name == "libs":
            kinds = {_LIBS[one] for one in value.split(",") if one in _LIBS}
            if kinds:
                return kinds.pop() if len(kinds) == 1 else "either"
    return "not said"


def licensed(unit: NativeUnit) -> LicensedUnit:
    """Return a unit of a lock of Spack with its license and what it needs."""
    return LicensedUnit(
        ref=unit.hash,
        name=unit.name,
        label=unit.label,
        license=unit.license,
        depends=tuple(Need(ref=one.hash, types=one.types) for one in unit.depends),
        spack=unit.name,
        linking=linking_of((one.name, one.value) for one in unit.variants),
    )


def closures(roots: Iterable[str], units: Iterable[LicensedUnit]) -> tuple[Closure, ...]:
    """Return what each root needs, in which way.

    Args:
        roots: Refs; one that is no unit has nothing.
        units: All of them.
    """
    by_ref = {one.ref: one for one in units}
    return tuple(_closure(by_ref[ref], by_ref) for ref in dict.fromkeys(roots) if ref in by_ref)


def _closure(root: LicensedUnit, units: Mapping[str, LicensedUnit]) -> Closure:
    found = {root.ref: Reached(unit=root, how="linked", edge="linked", before=None)}
    for place, stage in enumerate(_STAGES):
        within = frozenset(_STAGES[: place + 1])
        waiting = deque(found.values())
        while waiting:
            before = waiting.popleft()
            for need in before.unit.depends:
                if need.ref in found or need.ref not in units or (edge := _how(need)) not in within:
                    continue
                one = Reached(unit=units[need.ref], how=stage, edge=edge, before=before)
                found[need.ref] = one
                waiting.append(one)
    return Closure(root=root.label, reached=tuple(found.values()))


def _how(need: Need) -> How:
    if not need.types:
        return "unsaid"
    if "link" in need.types:
        return "linked"
    return "run" if "run" in need.types else "build"


def native_conflicts(lock: Units, rule: LicensesRule) -> tuple[Finding, ...]:
    """Return what a policy does not allow in what the roots of a lock use."""
    roots = (one.hash for one in lock.roots)
    return conflicts(closures(roots, (licensed(unit) for unit in lock.units)), rule)


def conflicts(several: Sequence[Closure], rule: LicensesRule) -> tuple[Finding, ...]:
    """Return what a policy does not allow in what the roots use, each explained along its path."""
    concluded = {str(canonicalize_name(name)): one.license for name, one in rule.concluded.items()}
    worst: dict[str, list[Reached]] = {}
    for closure in several:
        for one in closure.reached:
            if one.how != "build":
                worst.setdefault(one.unit.ref, []).append(one)
    found: list[Finding] = []
    unknown: list[str] = []
    for ways in worst.values():
        verdict = _verdict(ways[0].unit, concluded, rule.allowed)
        if verdict.outcome is Outcome.FAIL:
            found.append(_conflict(ways, verdict.reason or ""))
        elif verdict.outcome is not Outcome.PASS:
            unknown.append(f"{ways[0].unit.label} ({verdict.reason})")
    return (*sorted(found, key=lambda one: one.subject), *_unknown(unknown))


def _verdict(unit: LicensedUnit, concluded: Mapping[str, str], names: tuple[str, ...]) -> Verdict:
    said: str | Unknown = unit.license
    verdict = _allowed(said, names) if isinstance(said, str) else None
    if verdict is None or verdict.outcome is Outcome.UNKNOWN:
        own = concluded.get(canonicalize_name(unit.name))
        if own is not None:
            return _allowed(own, names)
    if verdict is not None:
        return verdict
    reason = said.unknown if isinstance(said, Unknown) else "no license"
    return Verdict(outcome=Outcome.UNKNOWN, reason=reason)


@lru_cache(maxsize=_KEPT)
def _allowed(expression: str, names: tuple[str, ...]) -> Verdict:
    return allowed(expression, names)


def _conflict(ways: Sequence[Reached], reason: str) -> Finding:
    first = min(ways, key=lambda one: (_STAGES.index(one.how), len(one.path), str(one)))
    others = len(ways) - 1
    more = f"; so do {others} other roots" if others > 1 else "; so does another root"
    which = ", which is" if len(first.path) > 1 else " is"
    return Finding(
        rule="license-conflict",
        level=Level.HIGH,
        subject=first.unit.label,
        message=f"{first}{which} {first.unit.license}: {reason}{more if others else ''}",
        hint="another provider or variant, or a conclusion in the policy",
    )


def _unknown(labels: Sequence[str]) -> Iterator[Finding]:
    if labels:
        shown = ", ".join(sorted(labels)[:3])
        more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""  # noqa: PLR2004
        message = f"not known of {len(labels)} units that the roots use: {shown}{more}"
        yield Finding(
            rule="license-unknown", level=Level.UNKNOWN, subject="licenses", message=message
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one place says of a product's license."""

    who: str
    """`recipe`, `catalog`, `upstream` …"""
    license: str | Unknown


def differing(product: str, claims: Sequence[Claim]) -> tuple[Finding, ...]:
    """Return where places that name a product's license disagree; who is silent does not."""
    from peso.products.reconcile.licenses import same_license  # noqa: PLC0415 - takes long to import

    said = [(one.who, one.license) for one in claims if isinstance(one.license, str)]
    found = []
    for place, (who, text) in enumerate(said):
        for other, theirs in said[place + 1 :]:
            same = same_license(text, theirs)
            if same is True:
                continue
            rule = "license-differs" if same is False else "license-not-comparable"
            why = "" if same is False else f": {same.unknown}"
            message = f"the {who} says {text}, the {other} {theirs}{why}"
            found.append(
                Finding(
                    rule=rule,
                    level=Level.LOW if same is False else Level.NOTE,
                    subject=product,
                    message=message,
                    hint="the product's own license file decides",
                )
            )
    return tuple(found)
