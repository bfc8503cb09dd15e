"""Making: the steps plan, build and test; what decides each and when it is stale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import cast

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.finding import Outcome
from peso.base.record import Record
from peso.products.bare_stack import is_bare
from peso.products.engines.native import UnitBuild
from peso.products.stack_definition import STACK_FILE
from peso.services.integration.build import Build, build
from peso.services.integration.plan import Plan, plan
from peso.services.integration.test import TestRun
from peso.services.integration.trial import made_of, trial
from peso.services.steps.port import Life, Ports, Said, Seen, Step, never, past_its_age

_NAMED = 5
"""How many failed units are named where a step says in a few words what came of it."""


def plan_inputs(life: Life, ports: Ports) -> Mapping[str, str]:
    """What decides a plan: parts, products, their files, the engines, and this machine.

    The files are constraints, and every file of an environment: all of the definition that is
    neither the stack file itself nor a test's.
    """
    stack = life.stack
    own = STACK_FILE if is_bare(stack) else stack.file.name
    asked = [stack.plain()["parts"], stack.plain()["products"]]
    return {
        "parts and products": sha256_bytes(canonical_json(asked)),
        **{
            file.path: file.sha256
            for file in life.definition
            if file.role != "test" and file.path != own
        },
        **{
            f"engine {name}": ports.engines[name].identity()
            for name in sorted({part.engine for part in stack.parts.values()})
        },
    }


def do_plan(life: Life, ports: Ports, seen: Seen) -> Plan:
    """Resolve every part."""
    return plan(life.stack, ports.engines, ports.bench("plan", seen), upgrade=False)


def build_inputs(life: Life, _ports: Ports) -> Mapping[str, str]:
    """What decides a build: the plan."""
    return {"plan": life.of(Plan).digest()}


def do_build(life: Life, ports: Ports, seen: Seen) -> Build:
    """Make every file of every part."""
    return build(life.of(Plan), ports.engines, ports.bench("build", seen), clock=ports.clock)


def stale_build(_life: Life, ports: Ports, record: Record) -> str | None:
    """A build that is not whole goes on; one that is grows old as the policy says."""
    build_ = cast("Build", record)
    gone = sorted({one.name for part in build_.native for one in part.missing})
    if gone:
        more = f" and {len(gone) - _NAMED} more" if len(gone) > _NAMED else ""
        return f"it was not whole the last time ({', '.join(gone[:_NAMED])}{more})"
    for part in build_.parts:
        if lost := ports.engines[part.engine].lost(part):
            return lost
    return past_its_age(build_.finished, ports)


def test_inputs(life: Life, ports: Ports) -> Mapping[str, str]:
    """What decides the tests: what was built, the tests as written, and the machine they run on."""
    tests = {name: test.plain() for name, test in life.stack.tests.items()}
    suites = {name: suite.plain() for name, suite in life.stack.suites.items()}
    return {
        "build": sha256_bytes(canonical_json(made_of(life.of(Build)))),
        "tests in the stack file": sha256_bytes(canonical_json([tests, suites])),
        **{file.path: file.sha256 for file in life.definition if file.role == "test"},
        "machine": ports.platform.describe().digest(),
    }


def do_test(life: Life, ports: Ports, seen: Seen) -> TestRun:
    """Install the release as a facility would, and test it there."""
    bench = ports.bench("test", seen)
    return trial(
        life.stack,
        life.of(Plan),
        life.of(Build),
        [file for file in life.definition if file.role == "test"],
        ports.engines,
        ports.platform,
        bench,
        clock=ports.clock,
    )


def stale_test(life: Life, ports: Ports, record: Record) -> str | None:
    """Say whether the tests are run again: they did not pass, a skip has ended, they are old."""
    run = cast("TestRun", record)
    failed = [result.title for result in run.results if not result.verdict.ok]
    if failed:
        return f"it did not pass the last time ({', '.join(sorted(set(failed)))})"
    for name, suite in life.stack.suites.items():
        for skip in suite.skip:
            if run.started.date() <= skip.until < ports.clock().date():
                return f"the skip of {name}/{skip.test} ended on {skip.until}"
    return past_its_age(run.started, ports)


def said_plan(record: Record) -> Said:
    """Say how many units were resolved."""
    return Said(f"{sum(len(lock.units) for lock in cast('Plan', record).locks)} units")


def said_build(record: Record) -> Said:
    """Say how much is shipped, and how much of it was built here."""
    build_ = cast("Build", record)
    said = []
    if made := [one for part in build_.python for one in part.made]:
        size = sum(one.artifact.length for one in made) / (1 << 20)
        built = sum(one.built_here for one in made)
        said.append(f"{len(made)} files, {size:.1f} MiB, {built} built from source")
    if units := [one for part in build_.native for one in part.units]:
        counts = Counter(one.outcome for one in units)
        became = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        said.append(f"{len(units)} units: {became}")
    failed = [one for part in build_.native for one in part.units if one.outcome == "failed"]
    if failed:
        more = f" and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
        names = ", ".join(f"{one.name}@{one.version}" for one in failed[:_NAMED])
        said.append(f"failed: {names}{more}")
    if packed := [one for part in build_.native for one in part.cache]:
        size = sum(one.archive.length for one in packed) / (1 << 20)
        said.append(f"{len(packed)} packed, {size:.1f} MiB")
    left = [one for part in build_.native for one in part.units if one.not_shipped]
    if left:
        more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
        names = "; ".join(f"{one.name}@{one.version}: {one.not_shipped}" for one in left[:_NAMED])
        said.append(f"without a binary: {names}{more}")
    gone = [one for part in build_.native for one in part.missing]
    return Said("; ".join(said) or "nothing", no=bool(gone))


def missing(life: Life) -> tuple[UnitBuild, ...]:
    """Return the units of native parts that are not there; none where nothing was built yet."""
    made = life.records.get(Build)
    parts = made.native if isinstance(made, Build) else ()
    return tuple(one for part in parts for one in part.missing)


def said_test(record: Record) -> Said:
    """Say how many runs passed, and how many were skipped."""
    results = cast("TestRun", record).results
    skipped = sum(one.verdict.outcome is Outcome.NOT_APPLICABLE for one in results)
    passed = sum(one.verdict.ok for one in results) - skipped
    words = f"{passed} of {len(results)} test runs passed"
    more = f", {skipped} skipped" if skipped else ""
    return Said(words + more, no=passed + skipped < len(results))


PLAN = Step(name="plan", record=Plan, inputs=plan_inputs, do=do_plan, stale=never, said=said_plan)
BUILD = Step(
    name="build",
    record=Build,
    inputs=build_inputs,
    do=do_build,
    stale=stale_build,
    said=said_build,
)
TEST = Step(
    name="test",
    record=TestRun,
    inputs=test_inputs,
    do=do_test,
    stale=stale_test,
    said=said_test,
)
