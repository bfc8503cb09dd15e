"""E4S's testsuite, unmodified: which tests are run, and what each one says.

1. Without a list in the stack file: each test named like a product of a native part, and those of
   the same name with `-cuda` or `-rocm` where a unit of the product has that variant. The plain one
   is left out where every unit of the product is a GPU's and the suite has a test for that.
2. Every test gets a fresh copy of what it needs of the pinned commit, with its own name and depth.
3. `setup.sh` with 215 means that no unit answers, 216 that only `spack test run` stands behind it:
   both unknown. Any stage that does not end with 0 is a fail of that stage. Pass needs all stages,
   and a unit of the stack that was loaded.
4. What the suite cannot see is a finding: commands that failed in a script that ended with 0, other
   units that would have answered too, questions to Spack that were not answered, processes left.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from peso.base.files import make_folder, remove_tree
from peso.base.finding import Finding, Level, Outcome, Verdict
from peso.errors import Refused
from peso.products.engines.port import ToolCall
from peso.products.stack import E4sSuite
from peso.services.integration.endings import how_it_failed, keep, left_running
from peso.services.integration.results import Stage, TestResult
from peso.services.integration.suites.checkout import Tree
from peso.services.integration.suites.settings import settings_of, settings_text
from peso.services.integration.suites.shim import Notes, lay_shim, unit_names
from peso.services.integration.suites.site import (
    NOTHING,
    Site,
    Skips,
    Suited,
    not_run,
    unknown,
)
from peso.services.integration.suites.stages import Ran, Scene, run_stages
from peso.services.integration.suites.units import Placed, Units

TESTS = "validation_tests"
_GPUS = ("cuda", "rocm")
_MISSING, _SPACK_TEST_ONLY = 215, 216
_INTERNAL = "spackTestRun"
"""What a `run.sh` calls that only hands over to Spack."""
_TOLD = 5
"""How many things one finding names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One test of the suite, as it is to be run."""

    suite: str
    asked: E4sSuite
    tree: Tree
    name: str
    of: tuple[str, ...]


def run_e4s(name: str, asked: E4sSuite, tree: Tree, site: Site) -> Suited:
    """Run a suite's tests, one after another."""
    skips = Skips(name, asked.skip, site.today)
    results: list[TestResult] = []
    findings: list[Finding] = []
    for test, of in selected(asked, tree, site.units):
        site.seen(f"{name}/{test}")
        case = _Case(suite=name, asked=asked, tree=tree, name=test, of=of)
        verdict = skips.verdict(test) or _cannot(case, site)
        if verdict is not None:
            results.append(not_run(site, name, test, of, verdict))
            continue
        result, seen = _run(case, site)
        results.append(result)
        findings += seen
    if not results:
        verdict = unknown("no test of the suite is of a product of this stack")
        results.append(not_run(site, name, NOTHING, (), verdict))
    return Suited(results=tuple(results), findings=(*findings, *skips.findings()))


def selected(asked: E4sSuite, tree: Tree, units: Units) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return which tests are to be run, each with the products it is of."""
    if asked.tests:
        return tuple((test, _products(test, units)) for test in asked.tests)
    there = {test for test in tree.children(TESTS) if is_test(tree, test)}
    found: list[tuple[str, tuple[str, ...]]] = []
    for product in units.products:
        placed = units.named(product)
        gpu = [kind for kind in _GPUS if any(one.value(kind) == "true" for one in placed)]
        special = [f"{product}-{kind}" for kind in gpu if f"{product}-{kind}" in there]
        plain = any(all(one.value(kind) != "true" for kind in _GPUS) for one in placed)
        if product in there and (plain or not special):
            found.append((product, (product,)))
        found += [(test, (product,)) for test in special]
    return tuple(found)


def is_test(tree: Tree, name: str) -> bool:
    """Say whether the suite has a test of this name."""
    return tree.resolve(f"{TESTS}/{name}/run.sh") in tree.entries


def _products(test: str, units: Units) -> tuple[str, ...]:
    """Return the products that a test is of, by its name."""
    plain = {test, *(test.removesuffix(f"-{kind}") for kind in _GPUS)}
    return tuple(product for product in units.products if product in plain)


def _cannot(case: _Case, site: Site) -> Verdict | None:
    """Say why a test cannot be run; None where it can."""
    if not is_test(case.tree, case.name):
        return unknown(f"the suite has no test of this name at {case.tree.commit[:12]}")
    for product in case.of:
        placed = site.units.named(product)
        if placed and not any(one.there for one in placed):
            return unknown(placed[0].absence)
    return None


def _run(case: _Case, site: Site) -> tuple[TestResult, list[Finding]]:
    """Run one test in a folder of its own, and judge it."""
    make_folder(site.work)
    folder = Path(tempfile.mkdtemp(prefix=f"{case.name}-", dir=site.work.absolute()))
    try:
        try:
            scene = _scene(case, site, folder)
        except Refused as error:  # of this test alone: a link that leaves the tree, too much
            verdict = unknown(f"its files were not laid out: {error.message}")
            return not_run(site, case.suite, case.name, case.of, verdict), []
        ran = run_stages(scene)
        notes = scene.shim.notes()
        result = _result(case, site, ran, notes)
        return result, list(_findings(site, ran, notes, result))
    finally:
        remove_tree(folder)


def _scene(case: _Case, site: Site, folder: Path) -> Scene:
    """Lay out what a test needs: its files, the stand-in for Spack, the settings."""
    tested = tuple(one for name in case.of for one in site.units.named(name) if one.there)
    tree = case.tree
    top = [path for path in tree.children("") if fnmatchcase(path, "*.sh")]
    wanted = [path for path in top if path == "setup.sh" or path.startswith("settings")]
    tree.lay([*wanted, f"{TESTS}/{case.name}"], folder / "suite")
    commands = _commands(case, site, tested)
    cores = site.platform.describe().cores
    settings = folder / "settings.sh"
    said = settings_of(site.units, tested, case.asked.settings, cores)
    settings.write_text(settings_text(said), encoding="utf-8")
    return Scene(
        folder=folder,
        test=folder / "suite" / TESTS / case.name,
        shim=lay_shim(site.units, commands, folder / "spack"),
        settings=settings,
        # The suite's tests hand over to `spack test run` through `script`, of util-linux.
        skip_internal=not commands or shutil.which("script") is None,
        limits=case.asked.limits,
        platform=site.platform,
    )


def _commands(case: _Case, site: Site, tested: tuple[Placed, ...]) -> dict[str, ToolCall]:
    """Return the real commands of a test that hands over to `spack test run`; else none."""
    if _INTERNAL not in case.tree.text(f"{TESTS}/{case.name}/run.sh"):
        return {}
    calls = {one.unit.hash: site.self_test(one) for one in tested}
    return {hash_: call for hash_, call in calls.items() if call is not None}


def _result(case: _Case, site: Site, ran: tuple[Ran, ...], notes: Notes) -> TestResult:
    stages = tuple(
        Stage(
            name=one.name,
            end=one.end,
            log=keep(one.log, f"logs/{case.suite}/{case.name}/{one.name}.log", site.blobs),
        )
        for one in ran
    )
    loaded = [site.units.placed[one] for one in notes.loaded if one in site.units.placed]
    last = stages[-1]
    return TestResult(
        name=case.name,
        ranks=None,
        of=case.of,
        verdict=_judge(case, ran[-1], notes),
        end=last.end,
        figures=(),
        stdout=last.log,
        stderr=last.log,
        suite=case.suite,
        stages=stages,
        tested=tuple(one.tested for one in loaded),
    )


def _judge(case: _Case, last: Ran, notes: Notes) -> Verdict:
    """Judge by the last stage that was run: the first that did not end with 0, if any."""
    if last.name == "setup" and last.end.ended == "exit":
        if last.end.code == _MISSING:
            missed = [spec for spec, found in notes.asked if not found]
            asked = f": none answers {', '.join(missed)}" if missed else ""
            return unknown(f"missing: the stack has no unit that this test asks for{asked}")
        if last.end.code == _SPACK_TEST_ONLY:
            return unknown("it only hands over to `spack test run`, which nobody here offers")
    how = how_it_failed(last.end, case.asked.limits)
    if how:
        return Verdict(outcome=Outcome.FAIL, reason=f"{last.name}: {how}")
    if not notes.loaded:
        return unknown("it loaded no unit of the stack, so it says nothing about it")
    return Verdict(outcome=Outcome.PASS)


def _findings(
    site: Site, ran: tuple[Ran, ...], notes: Notes, result: TestResult
) -> Iterator[Finding]:
    """Say what the suite itself cannot see."""

    def finding(rule: str, level: Level, message: str, hint: str, where: str = "") -> Finding:
        return Finding(
            rule=rule,
            level=level,
            subject=result.title,
            where=where or result.stdout.path,
            message=message,
            hint=hint,
        )

    logs = {stage.name: stage.log.path for stage in result.stages}
    for one in ran:
        if one.ok and one.failed:
            message = f"{one.name}.sh ended with 0, though in it failed {_some(one.failed)}"
            hint = "the suite looks at the exit status of the script only: read the log"
            yield finding("suite-command-failed", Level.MEDIUM, message, hint, logs[one.name])
        if one.end.left_behind:
            yield left_running(result, one.end)
    for spec, found in notes.asked:
        others = unit_names(site.units, found[1:])
        if others and found[0] in notes.loaded:
            first = unit_names(site.units, found[:1])[0]
            message = f"{spec!r} was tested with {first}; not with {_some(others)}"
            hint = "the suite takes the first that answers: name a test for the others"
            yield finding("suite-several-units", Level.LOW, message, hint)
    if notes.refused:
        message = f"it asked what PESO's stand-in for Spack does not answer: {_some(notes.refused)}"
        yield finding(
            "suite-not-answered", Level.MEDIUM, message, "its verdict may be owed to that"
        )


def _some(names: tuple[str, ...]) -> str:
    more = f"; and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return "; ".join(names[:_TOLD]) + more
