"""View: everything a release's page says, read from the evidence the release itself ships.

For `page.py`, which turns views into HTML. Nothing here knows HTML, a clock or the network; bytes
come through `read`, which its caller has proven against the manifest.

1. Every fact comes from a record: `evidence/*.json` and the stack file, both named in the manifest.
2. Evidence that is missing or cannot be read is an error, never an empty section.
3. What no advisory source covers is listed as not covered, never as clean.
4. An index's address is not a fact of the release: a unit is named by purl, file name and digest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from packaging.utils import canonicalize_name
from pydantic import ValidationError

from peso.base.finding import Outcome, Unknown, Verdict
from peso.base.record import Record
from peso.base.yamls import load_text, parse_data
from peso.errors import BadInput, Reason, Refused
from peso.products.engines.port import Artifact
from peso.products.engines.relocation import Relocation
from peso.products.stack import Limits, Stack, Test
from peso.services.assurance.gate import GateVerdict
from peso.services.assurance.inventory import Component, Inventory
from peso.services.assurance.matching.record import Scan
from peso.services.delivery.layout.places import page_path
from peso.services.delivery.manifest import Manifest
from peso.services.delivery.pages.known import FindingView, KnownView, known_view
from peso.services.delivery.pages.native import NativeView, native_view
from peso.services.delivery.pages.suites import WORST, SuiteView, suite_views
from peso.services.integration.build import Build
from peso.services.integration.figures import Figure
from peso.services.integration.plan import Plan
from peso.services.integration.relocate import Relocations
from peso.services.integration.test import TestResult, TestRun

Read = Callable[[Artifact], bytes]
"""Gives the bytes of an artifact; the caller has proven them against the manifest."""

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView:
    """One unit as the release ships it."""

    part: str
    name: str
    version: str
    purl: str
    named: bool
    """Whether the stack file asks for it; the others were pulled in."""
    require: str
    """What the stack file asks of it; empty where it asks for nothing in particular."""
    note: str
    license: str | Unknown
    source: str
    """The file it was built from; empty where the published file is shipped as it is."""
    file: Artifact
    needed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureView:
    """One figure of a test, over all its runs."""

    name: str
    expect: str | None
    values: tuple[tuple[Figure, ...], ...]
    """For each run, what it printed: nothing, once, or more often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestView:
    """One test, over all its runs."""

    __test__ = False  # pytest collects classes by name

    name: str
    of: tuple[str, ...]
    run: tuple[str, ...]
    limits: Limits | None
    note: str
    verdict: Verdict
    runs: tuple[TestResult, ...]
    figures: tuple[FigureView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """What the page of one release says."""

    manifest: Manifest
    summary: str
    plan: Plan
    tests_run: TestRun
    inventory: Inventory
    scan: Scan
    gate: GateVerdict
    units: tuple[UnitView, ...]
    """Of Python parts."""
    natives: tuple[NativeView, ...]
    tests: tuple[TestView, ...]
    suites: tuple[SuiteView, ...]
    known: KnownView
    not_covered: tuple[Component, ...]
    shipped: Mapping[str, tuple[str, ...]]
    """Where the release has a file, by its sha256; equal bytes may be in several places."""

    @property
    def identity(self) -> str:
        """The release's name and version."""
        return f"{self.manifest.stack}-{self.manifest.version}"

    @property
    def path(self) -> str:
        """Where the page lies in the publication."""
        return page_path(self.manifest.channel, self.identity)

    @property
    def units_path(self) -> str:
        """Where the page of all native units lies, where they do not fit on the release's own."""
        return f"releases/{self.manifest.channel}/units/{self.identity}.html"

    @property
    def apart_path(self) -> str:
        """Where the page on interoperability lies, where it does not fit on the release's own."""
        return f"releases/{self.manifest.channel}/interoperability/{self.identity}.html"

    @property
    def few(self) -> bool:
        """Whether all native units fit on the release's own page."""
        return all(native.few for native in self.natives)

    @property
    def few_repeated(self) -> bool:
        """Whether all names held more than once fit on the release's own page."""
        return all(native.few_repeated for native in self.natives)

    @property
    def count(self) -> int:
        """How many units the release is of, native ones included."""
        return len(self.units) + sum(len(native.rows) for native in self.natives)

    @property
    def named(self) -> tuple[UnitView, ...]:
        """The units the stack file asks for."""
        return tuple(unit for unit in self.units if unit.named)

    @property
    def pulled_in(self) -> tuple[UnitView, ...]:
        """The units the named ones need."""
        return tuple(unit for unit in self.units if not unit.named)

    @property
    def results(self) -> tuple[TestResult, ...]:
        """Every run of every test, those of suites included."""
        return self.tests_run.results

    @property
    def findings(self) -> tuple[FindingView, ...]:
        """Every finding, whatever lifts it."""
        return self.known.findings

    @property
    def ran(self) -> int:
        """How many of them ran; one that was skipped did not."""
        na = Outcome.NOT_APPLICABLE
        return sum(result.verdict.outcome is not na for result in self.results)

    @property
    def passed(self) -> int:
        """How many of them passed."""
        return sum(result.verdict.outcome is Outcome.PASS for result in self.results)

    @property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """What the stack says of its products that a user should know, by product."""
        native = [
            row.product for part in self.natives for row in part.named if row.product is not None
        ]
        said = [
            *((one.name, one.note) for one in self.named),
            *((one.name, one.note) for one in native),
        ]
        return tuple(dict.fromkeys((name, note) for name, note in said if note))

    def files(self, *roles: str) -> tuple[Artifact, ...]:
        """Return the release's files in these roles, by path."""
        found = (file for file in self.manifest.files if file.role in roles)
        return tuple(sorted(found, key=lambda file: file.path))

    def place(self, file: Artifact) -> str:
        """Return where the release has these bytes: a lock names its files within its part."""
        places = self.shipped.get(file.sha256, ())
        named = (one for one in places if f"/{one}".endswith(f"/{file.path}"))
        return max(named, key=len, default=file.path)

    def has(self, file: Artifact) -> bool:
        """Say whether the release ships these bytes, so that a page may link to them."""
        return file.sha256 in self.shipped


def view(manifest: Manifest, read: Read) -> ReleaseView:
    """Read the release's own evidence; Refused where it is missing, BadInput where unreadable."""
    plan = _evidence(Plan, "plan", manifest, read)
    build = _evidence(Build, "build", manifest, read)
    tests = _evidence(TestRun, "tests", manifest, read)
    inventory = _evidence(Inventory, "inventory", manifest, read)
    scan = _evidence(Scan, "scan", manifest, read)
    gate = _evidence(GateVerdict, "verdict", manifest, read)
    stack = _stack(manifest, read)
    covered = {one.purl for one in scan.coverage if one.sources}
    return ReleaseView(
        manifest=manifest,
        summary=stack.summary,
        plan=plan,
        tests_run=tests,
        inventory=inventory,
        scan=scan,
        gate=gate,
        units=_units(stack, plan, build, inventory),
        natives=_natives(stack, plan, build, _proofs(manifest, read)),
        suites=suite_views(stack, tests),
        tests=_tests(stack, tests),
        known=known_view({"scan": scan, "tests": tests, "inventory": inventory}, gate, inventory),
        not_covered=tuple(one for one in inventory.components if one.purl not in covered),
        shipped=_places(manifest),
    )


def _proofs(manifest: Manifest, read: Read) -> Mapping[str, Relocation]:
    """Return the proofs by the archive's digest; none of a release that was made before them."""
    if not any(file.path == "evidence/relocations.json" for file in manifest.files):
        return {}
    found = _evidence(Relocations, "relocations", manifest, read)
    return {one.archive: one for one in found.proofs}


def _places(manifest: Manifest) -> Mapping[str, tuple[str, ...]]:
    places: dict[str, tuple[str, ...]] = {}
    for file in manifest.files:
        places[file.sha256] = (*places.get(file.sha256, ()), file.path)
    return places


def _evidence(model: type[R], name: str, manifest: Manifest, read: Read) -> R:
    file = _file(manifest, f"evidence/{name}.json")
    try:
        return model.parse(read(file))
    except ValidationError as error:
        raise BadInput(f"cannot read it as evidence: {error}", where=file.path) from error


def _stack(manifest: Manifest, read: Read) -> Stack:
    file = _file(manifest, "stack.yaml")
    try:
        text = read(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("it is not UTF-8", where=file.path) from error
    return parse_data(Stack, *load_text(text, Path(file.path)))


def _file(manifest: Manifest, path: str) -> Artifact:
    for file in manifest.files:
        if file.path == path:
            return file
    release = f"{manifest.channel}/{manifest.stack}-{manifest.version}"
    raise Refused(
        "the release does not ship this evidence, so its page cannot be made",
        where=f"{release}: {path}",
        reason=Reason.MISSING,
    )


def _natives(
    stack: Stack, plan: Plan, build: Build, proofs: Mapping[str, Relocation]
) -> tuple[NativeView, ...]:
    built = {part.part: part for part in build.native}
    return tuple(
        native_view(
            lock,
            built.get(lock.part),
            tuple(one for one in stack.products if one.part == lock.part),
            proofs,
        )
        for lock in plan.native
    )


def _units(stack: Stack, plan: Plan, build: Build, inventory: Inventory) -> tuple[UnitView, ...]:
    locked = {
        (lock.part, canonicalize_name(unit.name)): unit
        for lock in plan.python
        for unit in lock.units
    }
    asked = {(one.part, canonicalize_name(one.name)): one for one in stack.products}
    known = {component.sha256: component for component in inventory.components}
    needed_by = _needed_by(plan)
    units = []
    for part in build.python:
        for made in part.made:
            key = (part.part, canonicalize_name(made.unit))
            product = asked.get(key)
            component = known.get(made.artifact.sha256)
            unit = locked.get(key)
            units.append(
                UnitView(
                    part=part.part,
                    name=made.unit,
                    version=made.version,
                    purl=unit.purl if unit else "",
                    named=product is not None or (unit is not None and unit.root),
                    require=product.require if product else "",
                    note=product.note if product else "",
                    license=component.license if component else made.license,
                    source=made.source_filename if made.built_here else "",
                    file=made.artifact,
                    needed_by=needed_by.get(key, ()),
                )
            )
    return tuple(sorted(units, key=lambda one: (one.part, canonicalize_name(one.name))))


def _needed_by(plan: Plan) -> Mapping[tuple[str, str], tuple[str, ...]]:
    needed: dict[tuple[str, str], list[str]] = {}
    for lock in plan.python:
        for unit in lock.units:
            for name in unit.depends:
                needed.setdefault((lock.part, canonicalize_name(name)), []).append(unit.name)
    return {key: tuple(sorted(names)) for key, names in needed.items()}


def _tests(stack: Stack, run: TestRun) -> tuple[TestView, ...]:
    own = tuple(result for result in run.results if not result.suite)
    order = list(dict.fromkeys([*stack.tests, *(result.name for result in own)]))
    return tuple(
        _test(name, stack.tests.get(name), tuple(r for r in own if r.name == name))
        for name in order
    )


def _test(name: str, asked: Test | None, runs: tuple[TestResult, ...]) -> TestView:
    expected: dict[str, str | None] = dict(asked.expect) if asked else {}
    for result in runs:
        for figure in result.figures:
            expected.setdefault(figure.name, figure.expect)
    figures = (
        FigureView(
            name=figure,
            expect=expect,
            values=tuple(
                tuple(one for one in result.figures if one.name == figure) for result in runs
            ),
        )
        for figure, expect in expected.items()
    )
    return TestView(
        name=name,
        of=asked.of if asked else runs[0].of,
        run=asked.run if asked else (),
        limits=asked.limits if asked else None,
        note=asked.note if asked else "",
        verdict=_overall(runs),
        runs=runs,
        figures=tuple(figures),
    )


def _overall(runs: tuple[TestResult, ...]) -> Verdict:
    """Return the worst answer of the runs: fail, then unknown, then the rest."""
    if not runs:
        return Verdict(outcome=Outcome.UNKNOWN, reason="it was not run")
    return min((result.verdict for result in runs), key=lambda one: WORST.index(one.outcome))
