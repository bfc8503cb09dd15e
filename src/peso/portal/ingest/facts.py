"""Facts: all that the store keeps of one release, before any database: from wherever it was read.

A publication and a ledger say the same things of a release in the same records; what differs is how
far they are proven. Here both become one row of records, and nothing here knows Django.

1. What is not known stays unknown: a result that is neither pass nor fail is never counted as one.
2. A name that others chose is kept as it is; only its length is bounded, and the cut is marked.
3. A log is named by digest; where to start to read in it is said where that is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.finding import Finding, Outcome, Unknown
from peso.portal.ingest.closure import (
    ProductLicenses,
    ReleaseLicenses,
    product_licenses,
    release_licenses,
)
from peso.products.engines.native import FirstError, NativeUnit, UnitBuild
from peso.products.engines.port import Artifact
from peso.services.assurance.gate import GateVerdict, RuleResult
from peso.services.assurance.inventory import Component, Inventory
from peso.services.assurance.matching.coverage import Coverage
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.vex.record import Stated
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.results import TestResult, TestRun

NAME: Final = 200
"""Letters of a name that are kept."""
TEXT: Final = 2000
"""Letters of a text that are kept; the whole is in the record, which is known by its digest."""
FirstErrorIn = Callable[[str], FirstError | None]
"""Looks for the first error of a log, by its sha256."""
_KEV: Final = "kev"
"""The form of a catalog of vulnerabilities that are exploited."""
_HASH: Final = re.compile(r"[A-Za-z0-9]{1,64}")
_WORDS: Final = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "fail",
    Outcome.UNKNOWN: "unknown",
    Outcome.NOT_APPLICABLE: "skipped",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFact:
    """What a release is."""

    channel: str
    stack: str
    version: str
    title: str
    created: datetime
    manifest: str
    published: bool
    development: bool
    verdict: str
    reason: str
    publication: str = ""
    files: tuple[Artifact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFact:
    """A product of a release."""

    name: str
    part: str
    version: str
    licenses: ProductLicenses | None = None
    """Of what it needs; None where that is not on record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFact:
    """A source of advisories that a scan asked."""

    name: str
    as_of: datetime
    """When its newest record changed, or, where records have no dates, when it was imported."""
    records: int
    exploited: bool
    """Whether it says which vulnerabilities are exploited, and nothing of versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFact:
    """A unit of a release."""

    part: str
    name: str
    version: str
    hash: str
    root: bool
    outcome: str
    because: str
    seconds: float | None
    license: str
    spec: str
    log: str
    error: FirstError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFact:
    """One run of one test, of one product."""

    product: str
    test: str
    ranks: int
    outcome: str
    reason: str
    seconds: float
    at: datetime
    figures: Mapping[str, float]
    log: str
    error: FirstError | None
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All of it."""

    release: ReleaseFact
    platform: str
    products: tuple[ProductFact, ...]
    units: tuple[UnitFact, ...]
    results: tuple[ResultFact, ...]
    scan: tuple[Finding, ...]
    gate: tuple[RuleResult, ...]
    coverage: tuple[Coverage, ...]
    evidence: tuple[tuple[str, str, datetime], ...]
    """Kind, digest, and when it was made."""
    scanned: datetime | None = None
    """When it was scanned; None: it never was."""
    asked: tuple[AskedFact, ...] = ()
    stated: tuple[Stated, ...] = ()
    """What people state of its very components."""
    licenses: ReleaseLicenses | None = None
    """Of what it ships; None where there is no inventory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records that the steps of one delivery left; None for a step it did not come to."""

    plan: Plan
    build: Build | None = None
    tests: TestRun | None = None
    inventory: Inventory | None = None
    scan: Scan | None = None
    gate: GateVerdict | None = None


def facts_of(release: ReleaseFact, records: Records, first_error: FirstErrorIn) -> Facts:
    """Return what the store keeps of a release."""
    tests, scan = records.tests, records.scan
    return Facts(
        release=release,
        platform=tests.platform if tests else "",
        products=tuple(_products(records)),
        units=(*_python(records), *_native(records)),
        results=tuple(results_of(release, tests, first_error)) if tests else (),
        scan=scan.findings if scan else (),
        gate=records.gate.rules if records.gate else (),
        coverage=scan.coverage if scan else (),
        evidence=tuple(_evidence(records)),
        scanned=scan.made if scan else None,
        asked=tuple(_asked(scan)) if scan else (),
        stated=scan.vex if scan else (),
        licenses=release_licenses(records.inventory) if records.inventory else None,
    )


def cut(text: str, length: int = NAME) -> str:
    """Return a text of at most so many letters; what was longer ends with an ellipsis."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _products(records: Records) -> Iterator[ProductFact]:
    """Yield what the stack asks for: the roots of every part."""
    licenses = product_licenses(records.plan, records.inventory, records.gate)
    roots: dict[tuple[str, str], str] = {}
    for lock in records.plan.python:
        for unit in lock.units:
            if unit.root:
                roots.setdefault((lock.part, unit.name), unit.version)
    for native in records.plan.native:
        for one in native.units:
            if one.root:
                roots.setdefault((native.part, one.name), one.version)
    for (part, name), version in roots.items():
        yield ProductFact(
            name=cut(name),
            part=part,
            version=cut(version),
            licenses=licenses.get((part, name)),
        )


def _asked(scan: Scan) -> Iterator[AskedFact]:
    for one in scan.sources:
        yield AskedFact(
            name=one.name,
            as_of=one.newest or one.imported,
            records=one.records,
            exploited=one.format == _KEV,
        )


def _python(records: Records) -> Iterator[UnitFact]:
    licenses = {
        one.sha256: one.license for one in _components(records) if isinstance(one.license, str)
    }
    roots = {
        (lock.part, unit.name) for lock in records.plan.python for unit in lock.units if unit.root
    }
    for part in records.build.python if records.build else ():
        for made in part.made:
            yield UnitFact(
                part=part.part,
                name=cut(made.unit),
                version=cut(made.version, 100),
                hash=_addressed(made.artifact.sha256),
                root=(part.part, made.unit) in roots,
                outcome="built" if made.built_here else "reused",
                because="" if made.built_here else "the published file",
                seconds=None,
                license=cut(licenses.get(made.artifact.sha256, ""), 300),
                spec=cut(f"{made.unit}=={made.version}", TEXT),
                log="",
                error=None,
            )


def _native(records: Records) -> Iterator[UnitFact]:
    built = {
        one.hash: one
        for part in (records.build.native if records.build else ())
        for one in part.units
    }
    for lock in records.plan.native:
        for unit in lock.units:
            yield _unit(lock.part, unit, built.get(unit.hash))


def _unit(part: str, unit: NativeUnit, built: UnitBuild | None) -> UnitFact:
    return UnitFact(
        part=part,
        name=cut(unit.name),
        version=cut(unit.version, 100),
        hash=_addressed(unit.hash),
        root=unit.root,
        outcome=built.outcome if built else ("external" if unit.external else "not-known"),
        because=cut(built.because, TEXT) if built else "",
        seconds=built.seconds if built else None,
        license="" if isinstance(unit.license, Unknown) else cut(unit.license, 300),
        spec=cut(_spec(unit), TEXT),
        log=built.log.sha256 if built and built.log else "",
        error=_bounded(built.error) if built else None,
    )


def _spec(unit: NativeUnit) -> str:
    """Return a unit's variants, compilers and target, near to how Spack writes them."""
    flags = {"true": "+", "false": "~"}
    said = "".join(
        f"{flags[one.value]}{one.name}" if one.value in flags else f" {one.name}={one.value}"
        for one in unit.variants
    )
    compilers = "".join(f" %{one}" for one in unit.compilers)
    arch = f" arch={unit.platform}-{unit.system}-{unit.target}"
    return f"{unit.name}@{unit.version}{said}{compilers}{arch}"


def results_of(
    release: ReleaseFact, run: TestRun, first_error: FirstErrorIn
) -> Iterator[ResultFact]:
    """Yield what the store keeps of a run of a release's tests: a row for each product."""
    for result in run.results:
        outcome = _WORDS[result.verdict.outcome]
        log = _log(result)
        error = first_error(log) if outcome == "fail" else None
        for product in dict.fromkeys(result.of or ("",)):
            yield ResultFact(
                product=cut(product),
                test=cut(result.title),
                ranks=result.ranks or 1,
                outcome=outcome,
                reason=cut(result.verdict.reason or "", TEXT),
                seconds=result.end.seconds,
                at=run.started,
                figures={one.name: one.value for one in result.figures},
                log=log,
                error=_bounded(error),
                key=_key(release, run, result, product),
            )


def _bounded(error: FirstError | None) -> FirstError | None:
    """Return a first error whose text fits on a page."""
    if error is None or len(error.text) <= TEXT:
        return error
    return error.model_copy(update={"text": cut(error.text, TEXT)})


def _addressed(hash_: str) -> str:
    """Return a unit's hash as an address can have it; of one that is no hash, its digest."""
    return hash_ if _HASH.fullmatch(hash_) else sha256_bytes(hash_.encode())


def _log(result: TestResult) -> str:
    """Return the log a reader should open: of the stage that failed, else what it printed last."""
    for stage in result.stages:
        if not stage.ok:
            return stage.log.sha256
    printed = result.stderr if result.stderr.length and not result.verdict.ok else result.stdout
    return printed.sha256


def _key(release: ReleaseFact, run: TestRun, result: TestResult, product: str) -> str:
    said = [
        *(release.channel, release.stack, release.version, run.platform, run.started.isoformat()),
        *(result.title, result.ranks, product),
    ]
    return sha256_bytes(canonical_json(said))


def _components(records: Records) -> tuple[Component, ...]:
    return records.inventory.components if records.inventory else ()


def _evidence(records: Records) -> Iterator[tuple[str, str, datetime]]:
    if records.build:
        yield "build", records.build.digest(), records.build.finished
    if records.tests:
        yield "tests", records.tests.digest(), records.tests.finished
    if records.inventory:
        yield "inventory", records.inventory.digest(), records.inventory.made
    if records.scan:
        yield "scan", records.scan.digest(), records.scan.made
    if records.gate:
        yield "verdict", records.gate.digest(), records.gate.judged


def logs_of(records: Records) -> Iterable[Artifact]:
    """Return every log that a reader may want to open."""
    for part in records.build.native if records.build else ():
        yield from (one.log for one in part.units if one.log)
    if records.tests:
        yield from logs_of_run(records.tests)


def logs_of_run(run: TestRun) -> Iterator[Artifact]:
    """Yield every log of a run of tests."""
    for result in run.results:
        yield from result.logs
