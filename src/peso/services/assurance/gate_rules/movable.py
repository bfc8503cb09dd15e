"""The rule `relocatable`: archives of binaries were moved, and nothing there starts what is old.

1. Each archive that the release ships has a proof, known by the archive's digest. One without is
   unknown, and so is one that could not be tried.
2. One that could not be installed into a folder that the policy names is an objection; the
   other folder is told.
3. So is a build path that is left where it is graver than the policy allows. The rest is counted.
4. A release without binaries has nothing that could be moved: no objection, and it is said.

Which instruction sets the binaries use is no part of it: that is decided where they run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from peso.base.finding import Finding, Level, Outcome
from peso.products.engines.relocation import DIRECTIONS, Relocation
from peso.services.assurance.gate_rules.evidence import Evidence
from peso.services.assurance.gate_rules.objections import Heard, Objection
from peso.services.assurance.policy import RelocatableRule, Rules
from peso.services.integration.relocate import archives


def relocatable(rules: Rules, evidence: Evidence, _now: datetime) -> Heard | None:
    """Every archive was moved as the policy asks, and no grave build path is left."""
    rule = rules.relocatable
    if rule is None:
        return None
    shipped = archives(evidence.build)
    if not shipped:
        return Heard(objections=(), details=("the release has no binaries of a native part",))
    proofs = {one.archive: one for one in evidence.relocations.proofs}
    objections: list[Objection] = []
    details: list[str] = []
    for _, entry in shipped:
        proof = proofs.get(entry.archive.sha256)
        if proof is None:
            label = f"{entry.name}@{entry.version}/{entry.hash[:7]}"
            objections.append(_object("relocation-unknown", label, "nobody tried to move it"))
            continue
        objections.extend(_landings(proof, rule))
        objections.extend(_leaks(proof, rule))
        details.extend(_details(proof, rule))
    return Heard(objections=tuple(objections), details=tuple(details))


def _landings(proof: Relocation, rule: RelocatableRule) -> Iterator[Objection]:
    for into in rule.into:
        verdict = proof.landing(into).verdict
        if verdict.outcome is Outcome.FAIL:
            message = f"into a {into} folder: {verdict.reason}"
            yield _object("not-relocatable", proof.label, message, Level.HIGH)
        elif verdict.outcome is not Outcome.PASS:
            yield _object(
                "relocation-unknown", proof.label, f"into a {into} folder: {verdict.reason}"
            )
    if proof.unread:
        names = ", ".join(proof.unread[:3])
        yield _object("relocation-unknown", proof.label, f"files could not be looked at: {names}")


def _leaks(proof: Relocation, rule: RelocatableRule) -> Iterator[Objection]:
    for leak in proof.leaks:
        if leak.level.reaches(Level(rule.leaks_below)):
            where = f", {leak.where}" if leak.where else ""
            message = f"{leak.file}{where}: {leak.kind} names {leak.text}; {leak.reason}"
            yield _object("build-path", proof.label, message, leak.level)


def _details(proof: Relocation, rule: RelocatableRule) -> Iterator[str]:
    for into in DIRECTIONS:
        verdict = proof.landing(into).verdict
        if into not in rule.into and not verdict.ok:
            yield f"{proof.label}: into a {into} folder: {verdict.outcome}, {verdict.reason}"
    lower = [one for one in proof.leaks if not one.level.reaches(Level(rule.leaks_below))]
    counts = Counter(one.level for one in lower)
    if lower or proof.more:
        said = ", ".join(f"{counts[one]} {one}" for one in Level if counts[one])
        more = f", and {proof.more} not listed" if proof.more else ""
        yield f"{proof.label}: build paths below {rule.leaks_below}: {said}{more}"


def _object(rule: str, subject: str, message: str, level: Level = Level.UNKNOWN) -> Objection:
    return Objection(
        finding=Finding(rule=rule, level=level, subject=subject, message=message),
        forces=Outcome.UNKNOWN if level is Level.UNKNOWN else Outcome.FAIL,
    )
