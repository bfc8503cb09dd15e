"""Spack's stand-alone tests: `spack test run` of the units of a stack's products, one at a time.

1. Whether a recipe has such tests Spack says itself: one without is not listed, unless the stack
   file names it. An external is not tested: Spack did not build it.
2. Pass needs exit status 0, a part that passed, and Spack's own count of a unit that passed. Parts
   that were all skipped, a count that is missing, a unit Spack does not find: unknown.
3. Every part of a unit's tests is a stage of its result.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from peso.base.files import make_folder, remove_tree
from peso.base.finding import Finding, Level, Outcome, Verdict
from peso.products.engines.port import Artifact, ToolCall
from peso.products.platforms.port import Job, JobEnd
from peso.products.quantities import bytes_of, seconds
from peso.products.stack import SpackSuite
from peso.services.integration.endings import how_it_failed, keep, left_running
from peso.services.integration.results import Stage, TestResult
from peso.services.integration.suites.site import (
    NOTHING,
    Site,
    Skips,
    Suited,
    not_run,
    unknown,
)
from peso.services.integration.suites.spack_words import PartOf, SelfTested, read_self_test
from peso.services.integration.suites.units import Placed

_READ = 64 << 20
"""Bytes read of what Spack printed."""
_OUTCOMES = {"PASSED": Outcome.PASS, "FAILED": Outcome.FAIL, "SKIPPED": Outcome.NOT_APPLICABLE}
_TOLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """The tests of one unit."""

    suite: str
    asked: SpackSuite
    name: str
    placed: Placed


def run_spack(name: str, asked: SpackSuite, site: Site) -> Suited:
    """Run the stand-alone tests of the units of a suite, one unit after another."""
    skips = Skips(name, asked.skip, site.today)
    results: list[TestResult] = []
    findings: list[Finding] = []
    for case in _cases(name, asked, site):
        product = (case.placed.unit.name,)
        site.seen(f"{name}/{case.name}")
        verdict = skips.verdict(case.placed.unit.name) or _cannot(case)
        if verdict is not None:
            results.append(not_run(site, name, case.name, product, verdict))
            continue
        call = site.self_test(case.placed)
        if call is None:
            verdict = unknown("the engine here cannot run the tests that come with a recipe")
            results.append(not_run(site, name, case.name, product, verdict))
            continue
        result, said = _run(case, site, call)
        if said.only("NO_TESTS") and product[0] not in asked.of:
            continue
        results.append(result)
        findings += _findings(result, said)
    known = {one.unit.name for one in site.units.placed.values()}
    for product_ in asked.of:
        if product_ not in known:
            verdict = unknown("the stack has no unit of this name")
            results.append(not_run(site, name, product_, (product_,), verdict))
    if not results:
        verdict = unknown("no recipe of a product of this stack has stand-alone tests")
        results.append(not_run(site, name, NOTHING, (), verdict))
    return Suited(results=tuple(results), findings=(*findings, *skips.findings()))


def _cases(name: str, asked: SpackSuite, site: Site) -> Iterator[_Case]:
    for product in asked.of or site.units.products:
        placed = site.units.named(product)
        for one in placed:
            if one.unit.external is not None and not asked.of:
                continue
            title = product if len(placed) == 1 else f"{product}-{one.unit.hash[:7]}"
            yield _Case(suite=name, asked=asked, name=title, placed=one)


def _cannot(case: _Case) -> Verdict | None:
    """Say why a unit cannot be tested; None where it can."""
    placed = case.placed
    if not placed.there:
        return unknown(placed.absence)
    if placed.unit.external is not None:
        return unknown("it is external: Spack does not test what it did not build")
    return None


def _run(case: _Case, site: Site, call: ToolCall) -> tuple[TestResult, SelfTested]:
    """Run the tests of a unit in a folder of their own, and judge them."""
    make_folder(site.work)
    folder = Path(tempfile.mkdtemp(prefix=f"{case.name}-", dir=site.work.absolute()))
    try:
        out, err = folder / "stdout", folder / "stderr"
        limits = case.asked.limits
        end = site.platform.run(
            Job(
                argv=call.argv,
                directory=folder,
                environment=call.environment,
                ranks=None,
                seconds=seconds(limits.time),
                memory=None if limits.memory is None else bytes_of(limits.memory),
                stdout=out,
                stderr=err,
            )
        )
        said = read_self_test(_text(out))
        logs = f"logs/{case.suite}/{case.name}"
        stdout = keep(out, f"{logs}.out", site.blobs)
        result = TestResult(
            name=case.name,
            ranks=None,
            of=(case.placed.unit.name,),
            verdict=_judge(case, end, said),
            end=end,
            figures=(),
            stdout=stdout,
            stderr=keep(err, f"{logs}.err", site.blobs),
            suite=case.suite,
            stages=tuple(_stage(part, end, stdout) for part in said.parts),
            tested=(case.placed.tested,),
        )
        return result, said
    finally:
        remove_tree(folder)


def _text(file: Path) -> str:
    if not file.exists():
        return ""
    with file.open("rb") as stream:
        size = file.stat().st_size
        stream.seek(max(size - _READ, 0))
        return stream.read(_READ).decode(errors="replace")


def _stage(part: PartOf, end: JobEnd, log: Artifact) -> Stage:
    outcome = _OUTCOMES[part.state]
    reason = None if outcome is Outcome.PASS else part.why or f"Spack says {part.state}"
    verdict = Verdict(outcome=outcome, reason=reason)
    return Stage(name=part.name, end=end, log=log, verdict=verdict)


def _judge(case: _Case, end: JobEnd, said: SelfTested) -> Verdict:
    """Judge by how it ended, by Spack's count and by the parts; all must agree for a pass."""
    failed = said.of("FAILED")
    how = how_it_failed(end, case.asked.limits)
    if how or failed or "FAILED" in (said.counted or ()):
        parts = [f"{one.name}: {one.why}" if one.why else one.name for one in failed]
        reason = "; ".join([*parts, *([how] if how else [])])
        return Verdict(outcome=Outcome.FAIL, reason=reason or "Spack counts it as failed")
    if said.counted is None:
        return unknown("Spack tested nothing: it did not find the unit, or did not come to an end")
    if said.only("NO_TESTS"):
        return unknown("its recipe has no stand-alone tests")
    if said.only("PASSED") and said.of("PASSED"):
        return Verdict(outcome=Outcome.PASS)
    skipped = "; ".join(f"{one.name}: {one.why}" for one in said.of("SKIPPED")[:_TOLD])
    return unknown(f"Spack ran none of its parts: {skipped or 'it says no more'}")


def _findings(result: TestResult, said: SelfTested) -> Iterator[Finding]:
    """Say what was left running, and which parts a pass does not speak of."""
    if result.end.left_behind:
        yield left_running(result)
    skipped = said.of("SKIPPED")
    if skipped and result.verdict.outcome is Outcome.PASS:
        told = "; ".join(f"{one.name}: {one.why}" for one in skipped[:_TOLD])
        yield Finding(
            rule="test-part-skipped",
            level=Level.LOW,
            subject=result.title,
            where=result.stdout.path,
            message=f"{len(skipped)} of {len(said.parts)} parts were skipped by Spack: {told}",
        )
