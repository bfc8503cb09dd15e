"""A release as records, as large as a real one: what the pages are made from."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.services.delivery.pages.natives import Native, made_up

from peso.base.digest import sha256_bytes
from peso.base.finding import Finding, Level, Outcome, Unknown, Verdict
from peso.base.record import Record
from peso.products.engines.port import (
    AnyBuild,
    AnyLock,
    Artifact,
    Lock,
    Made,
    PartBuild,
    Requires,
    Role,
    Unit,
)
from peso.products.platforms.port import Host, JobEnd
from peso.products.stack import Stack
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.gate import GateVerdict, RuleResult, Waiver
from peso.services.assurance.inventory import Component, Inventory
from peso.services.assurance.matching.coverage import Coverage
from peso.services.assurance.matching.record import Scan
from peso.services.delivery.manifest import Manifest, PartManifest
from peso.services.delivery.pages import page
from peso.services.integration.build import Build
from peso.services.integration.figures import Figure
from peso.services.integration.plan import Plan
from peso.services.integration.test import TestResult, TestRun

NOW = datetime(2026, 11, 23, 14, 2, 11, tzinfo=UTC)
ROOT = sha256_bytes(b"root")
REQUIRES = Requires(
    python="==3.11.*",
    implementation="cpython",
    platforms=("manylinux2014_x86_64", "manylinux_2_28_x86_64"),
)
PASS = Verdict(outcome=Outcome.PASS)

HOST = Host(
    name="node17",
    system="Linux 6.12.41",
    machine="x86_64",
    distribution="Debian GNU/Linux 12 (bookworm)",
    libc="glibc 2.36",
    cores=64,
    memory=270_000_000_000,
    python="CPython 3.11.7",
)
PART = PartManifest(name="python", engine="pypi", document="pylock.release.toml", requires=REQUIRES)
HERE = Path(__file__).parent
PRODUCTS = (HERE / "products.txt").read_text()
"""Lines of: name, version, license, kB, what it needs."""
PULLED_IN = (HERE / "pulled_in.txt").read_text()
TESTS = (HERE / "tests.txt").read_text()
"""Lines of: name; products; ranks; figures as name=value=expectation; note."""
NOTES = {
    "h5py": "The HDF5 in this wheel is a serial build: use one file per rank, not one for all.",
    "adios2": "A serial build, without MPI: use one file per rank.",
    "openpmd-api": "A serial build, without MPI.",
}
REQUIRE = {"mpi4py": ">=4"}


@dataclass(frozen=True)
class Sample:
    """A release's manifest, and what its files hold."""

    manifest: Manifest
    blobs: dict[str, bytes]

    def read(self, file: Artifact) -> bytes:
        return self.blobs[file.sha256]

    def view(self) -> page.ReleaseView:
        return page.view(self.manifest, self.read)


class Shelf:
    """Collects the files of one release."""

    def __init__(self) -> None:
        self.files: list[Artifact] = []
        self.blobs: dict[str, bytes] = {}

    def add(
        self, role: Role, path: str, data: bytes, *, length: int = 0, kind: str = "text/plain"
    ) -> Artifact:
        sha256 = sha256_bytes(data)
        self.blobs[sha256] = data
        file = Artifact(
            role=role, path=path, media_type=kind, length=length or len(data), sha256=sha256
        )
        self.files.append(file)
        return file

    def record(self, name: str, record: Record) -> None:
        self.add("evidence", f"evidence/{name}.json", record.canonical(), kind="application/json")


def lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


def make_stack(name: str, version: str, channel: str, title: str, summary: str) -> Stack:
    tests = {}
    for line in TESTS.strip().splitlines():
        test, of, ranks, figures, *note = (piece.strip() for piece in line.split(";"))
        pieces = [figure.split("=", 2) for figure in figures.split(",")]
        tests[test] = {
            "of": of.split(","),
            "run": ["python", f"tests/{test.replace('-', '_')}.py", "--seed", "2611"],
            "ranks": [int(rank) for rank in ranks.split(",") if rank],
            "expect": {figure: expect for figure, _, expect in pieces if expect},
            "limits": {"time": "60 s", "memory": "1 GiB"},
            "note": note[0] if note else "",
        }
    return Stack.model_validate(
        {
            "schema": "peso.stack/1",
            "name": name,
            "version": version,
            "title": title,
            "summary": summary,
            "channel": channel,
            "parts": {"python": {"engine": "pypi", "python": ">=3.11"}},
            "products": [
                {"name": one, "part": "python", "require": REQUIRE.get(one, ""), "note": note}
                for one, note in ((row[0], NOTES.get(row[0], "")) for row in lines(PRODUCTS))
            ],
            "tests": tests,
        }
    )


def make_units(shelf: Shelf) -> tuple[Lock, PartBuild, tuple[Component, ...]]:
    units, made, components = [], [], []
    for row in lines(PRODUCTS) + lines(PULLED_IN):
        name, version, terms, kilobytes = row[:4]
        depends = tuple(row[4].split(",")) if len(row) > 4 else ()
        said = Unknown(unknown="the metadata names none") if terms == "?" else terms
        license_ = said.replace("+", " ") if isinstance(said, str) else said
        module = name.replace("-", "_")
        wheel = f"{module}-{version}-cp311-cp311-manylinux_2_28_x86_64.whl"
        built = name in {"parsl", "setproctitle"}
        source = f"{module}-{version}.tar.gz" if built else wheel
        length = int(kilobytes) * 1000 + 137
        file = shelf.add("artifact", f"wheels/{wheel}", wheel.encode(), length=length)
        purl = f"pkg:pypi/{name}@{version}"
        units.append(
            Unit(
                name=name,
                version=version,
                purl=purl,
                filename=source,
                sha256=file.sha256,
                length=length,
                url=f"https://index.invalid/{source}",
                depends=depends,
                root=any(row[0] == name for row in lines(PRODUCTS)),
            )
        )
        made.append(
            Made(
                unit=name,
                version=version,
                artifact=file,
                source_filename=source,
                source_sha256=file.sha256,
                built_here=built,
                license=license_,
            )
        )
        components.append(
            Component(
                name=name,
                version=version,
                purl=purl,
                part="python",
                license=license_,
                sha256=file.sha256,
                path=file.path,
                depends=(),
            )
        )
    document = shelf.add("lock", "pylock.release.toml", b"lock-version", kind="application/toml")
    lock = Lock(
        part="python",
        engine="pypi",
        requires=REQUIRES,
        units=tuple(units),
        document=document,
        tool="uv 0.13.9",
    )
    build = PartBuild(
        part="python", requires=REQUIRES, made=tuple(made), document=document, tool="uv 0.13.9"
    )
    return lock, build, tuple(components)


def make_run(shelf: Shelf, *, failing: bool) -> TestRun:
    results = []
    for line in TESTS.strip().splitlines():
        name, of, ranks, figures, *_ = (piece.strip() for piece in line.split(";"))
        asked: list[int | None] = [int(rank) for rank in ranks.split(",") if rank]
        for rank in asked or [None]:
            bad = failing and name == "compression"
            lost = failing and name == "workflows"
            printed = []
            for figure in figures.split(","):
                key, value, expect = figure.split("=", 2)
                if lost and key == "tasks_lost":
                    continue
                met = None if not expect else not (bad and key == "ratio")
                number = float(value) if met is not False else 3.2
                printed.append(Figure(name=key, value=number, expect=expect or None, met=met))
            verdict = PASS
            if bad:
                verdict = Verdict(outcome=Outcome.FAIL, reason="ratio is 3.2, expected > 4")
            if lost:
                verdict = Verdict(outcome=Outcome.UNKNOWN, reason="tasks_lost was not printed")
            end = JobEnd(
                ended="time" if lost else "exit",
                code=None if lost else 0,
                seconds=0.84 + 0.37 * (rank or 1),
                peak_memory=None if lost else 93_200_000 * (rank or 1),
                left_behind=("python -m parsl.worker --id 7",) if lost else (),
                message="ended at its limit of 60 s" if lost else "",
            )
            base = f"logs/{name}-{rank or 'single'}"
            out = f"{name} {rank}: " + "\n".join(f"{f.name}={f.value}" for f in printed)
            results.append(
                TestResult(
                    name=name,
                    ranks=rank,
                    of=tuple(of.split(",")),
                    verdict=verdict,
                    end=end,
                    figures=tuple(printed),
                    stdout=shelf.add("log", f"{base}.stdout.txt", out.encode()),
                    stderr=shelf.add("log", f"{base}.stderr.txt", b""),
                )
            )
    left = Finding(
        rule="test-left-processes",
        level=Level.MEDIUM,
        subject="workflows",
        message="1 process was still running when the test ended; it was ended",
        hint="end workers before the test returns",
    )
    return TestRun(
        platform="this-machine",
        host=HOST,
        started=NOW - timedelta(minutes=1),
        finished=NOW,
        results=tuple(results),
        findings=(left,) if failing else (),
    )


def make_scan(components: tuple[Component, ...], *, scanned: bool) -> Scan:
    source = Source(
        name="pypa-advisory-database",
        records=4211,
        newest=NOW - timedelta(days=1),
        imported=NOW - timedelta(hours=5),
        sha256=sha256_bytes(b"osv"),
    )
    unlisted = {"mpich", "zfpy", "adios2", "openpmd-api", "libensemble", "tblib"}
    findings = (
        Finding(
            rule="GHSA-9wx4-h78v-vm56",
            level=Level.MEDIUM,
            subject="pkg:pypi/requests@2.32.5",
            message="Requests may leak credentials to a third party through a crafted address",
            aliases=("CVE-2024-47081", "PYSEC-2024-233"),
            hint="fixed in 2.33.0",
        ),
        Finding(
            rule="PYSEC-2026-12",
            level=Level.LOW,
            subject="pkg:pypi/urllib3@2.5.0",
            message="Redirects are followed where they were to be refused",
        ),
    )
    return Scan(
        made=NOW - timedelta(minutes=2),
        inventory=sha256_bytes(b"cdx"),
        sources=(source,) if scanned else (),
        findings=findings if scanned else (),
        coverage=tuple(
            Coverage(
                purl=one.purl,
                sources=(source.name,) if scanned and one.name not in unlisted else (),
            )
            for one in components
        ),
    )


def make_gate(*, failing: bool, scanned: bool) -> GateVerdict:
    waiver = Waiver(
        rule="CVE-2024-47081",
        subject="pkg:pypi/requests",
        owner="A. Steward, security working group",
        reason="Parsl uses it for addresses from its own configuration only",
        expires=NOW + timedelta(days=38),
    )
    no = Verdict(outcome=Outcome.FAIL, reason="1 run failed, 1 is unknown")
    blind = Verdict(outcome=Outcome.UNKNOWN, reason="no advisory source was read")
    none = Verdict(outcome=Outcome.NOT_APPLICABLE, reason="the policy sets no age")
    why = "compression: ratio is 3.2, expected > 4" if failing else "12 of 12"
    rules = (
        RuleResult(rule="tests-passed", verdict=no if failing else PASS, details=(why,)),
        RuleResult(rule="inventory-complete", verdict=PASS),
        RuleResult(rule="artifacts-hashed", verdict=PASS, details=("44 of 44",)),
        RuleResult(rule="no-finding-at-or-above", verdict=PASS if scanned else blind),
        RuleResult(rule="licenses-allowed", verdict=PASS),
        RuleResult(rule="evidence-not-older-than", verdict=none),
    )
    return GateVerdict(
        policy="default",
        policy_sha256=sha256_bytes(b"policy"),
        judged=NOW - timedelta(minutes=1),
        verdict=no if failing else PASS if scanned else blind,
        rules=rules,
        waived=(waiver,) if scanned else (),
        valid_until=waiver.expires if scanned else None,
    )


def make_release(
    *,
    name: str = "hpc-ai",
    version: str = "26.11",
    channel: str = "testing",
    title: str = "HPC and AI products from PyPI",
    summary: str = "Message passing, parallel files, solvers, workflows and machine learning for "
    "scientists who work in Python on a computing facility's machines.",
    created: datetime = NOW,
    failing: bool = False,
    scanned: bool = True,
    native: Native | None = None,
    python: bool = True,
    scan: Callable[[tuple[Component, ...]], Scan] | None = None,
    gate: GateVerdict | None = None,
) -> Sample:
    shelf = Shelf()
    stack = make_stack(name, version, channel, title, summary)
    lock, part, components = make_units(shelf)
    run = make_run(shelf, failing=failing)
    locks: tuple[AnyLock, ...] = (lock,) if python else ()
    builds: tuple[AnyBuild, ...] = (part,) if python else ()
    parts = (PART,) if python else ()
    if native is not None:
        stack = native.into_stack(stack, python=python)
        run = native.into_run(run, shelf.add, python=python)
        locks, builds = (*locks, native.lock), (*builds, native.build)
        parts = (*parts, native.manifest)
        native.ship(shelf.add)
    cyclonedx = shelf.add(
        "sbom", "sbom/bom.cdx.json", b"cdx", kind="application/vnd.cyclonedx+json"
    )
    spdx = shelf.add("sbom", "sbom/bom.spdx.json", b"spdx", kind="application/spdx+json")
    shelf.add("evidence", "stack.yaml", json.dumps(stack.plain()).encode(), kind="application/yaml")
    shelf.record("plan", Plan(stack=name, version=version, locks=locks))
    shelf.record("build", Build(parts=builds, started=NOW, finished=NOW))
    shelf.record("tests", run)
    shelf.record(
        "inventory",
        Inventory(made=NOW, components=components, cyclonedx=cyclonedx, spdx=spdx, findings=()),
    )
    shelf.record("scan", scan(components) if scan else make_scan(components, scanned=scanned))
    shelf.record("verdict", gate or make_gate(failing=failing, scanned=scanned))
    for kind in ("provenance", "tests", "sbom", "scan", "verdict"):
        path = f"attestations/{kind}.dsse.json"
        shelf.add("attestation", path, f"{kind} {name}".encode(), kind="application/json")
    manifest = Manifest(
        schema_="peso.manifest/1",
        stack=name,
        version=version,
        title=title,
        channel=channel,
        created=created,
        lock=sha256_bytes(b"lock"),
        definition=sha256_bytes(b"definition"),
        parts=parts,
        files=tuple(shelf.files),
    )
    return Sample(manifest, shelf.blobs)


@pytest.fixture
def release() -> Callable[..., Sample]:
    """Make a release: see `make_release`."""
    return make_release


@pytest.fixture
def several() -> tuple[page.ReleaseView, ...]:
    """Four releases: passed, failed, blind, and an older one of the first."""
    return (
        make_release().view(),
        make_release(version="26.10", created=NOW - timedelta(days=31)).view(),
        make_release(name="bad", failing=True, title="A release with failures").view(),
        make_release(name="blind", channel="stable", scanned=False, title="Meshes").view(),
    )


@pytest.fixture
def native() -> Native:
    """A native part in which everything happened."""
    return made_up()


@pytest.fixture
def pages(several: tuple[page.ReleaseView, ...]) -> dict[str, str]:
    """The pages of several releases, under development keys, by path."""
    made = page.render(several, root_sha256=ROOT, development=True, made=NOW)
    return {one.path: one.data.decode() for one in made}
