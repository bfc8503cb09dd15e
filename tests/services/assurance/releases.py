"""Small made-up releases, as records: what inventory, scan and gate are tried on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from peso.base.digest import sha256_bytes
from peso.base.finding import Finding, Outcome, Unknown, Verdict
from peso.base.ledger import Blobs
from peso.products.engines.port import Artifact, Lock, Made, PartBuild, Requires, Role, Unit
from peso.products.platforms.port import Host, JobEnd
from peso.products.stack import Stack
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.gate_rules.evidence import Evidence
from peso.services.assurance.inventory import Component, Inventory, inventory
from peso.services.assurance.matching.coverage import Coverage
from peso.services.assurance.matching.record import Scan
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.relocate import Relocations
from peso.services.integration.test import TestResult, TestRun

NOW = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
REQUIRES = Requires(python="==3.11.*", implementation="cpython", platforms=("linux_x86_64",))
HOST = Host(
    name="node",
    system="Linux",
    machine="x86_64",
    distribution="Debian 12",
    libc="glibc 2.36",
    cores=2,
    memory=1 << 33,
    python="3.11.7",
)


@dataclass(frozen=True)
class Piece:
    """One unit of a made-up release."""

    name: str
    version: str = "1.0"
    license: str | Unknown = "MIT"
    depends: tuple[str, ...] = ()
    root: bool = False
    sdist: bool = False
    """Built here from an sdist."""
    locked_depends: bool = False
    """Whether the lock knows what it needs, instead of the build."""

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"

    @property
    def wheel(self) -> str:
        return f"{self.name}-{self.version}-py3-none-any.whl"

    @property
    def source(self) -> str:
        return f"{self.name}-{self.version}.tar.gz" if self.sdist else self.wheel

    def unit(self) -> Unit:
        return Unit(
            name=self.name,
            version=self.version,
            purl=self.purl,
            filename=self.source,
            sha256=sha256_bytes(self.source.encode()),
            length=None,
            url=f"https://index.invalid/{self.source}",
            depends=self.depends if self.locked_depends else (),
            root=self.root,
        )

    def made(self, part: str) -> Made:
        folder = "wheels" if part == "python" else f"{part}/wheels"
        tool = Piece("hatchling", "1.27").unit()
        return Made(
            unit=self.name,
            version=self.version,
            artifact=file("artifact", f"{folder}/{self.wheel}", self.wheel.encode()),
            source_filename=self.source,
            source_sha256=sha256_bytes(self.source.encode()),
            built_here=self.sdist,
            license=self.license,
            depends=() if self.locked_depends else self.depends,
            built_with=(tool,) if self.sdist else (),
        )


def file(role: Role, path: str, data: bytes) -> Artifact:
    return Artifact(
        role=role,
        path=path,
        media_type="application/octet-stream",
        length=len(data),
        sha256=sha256_bytes(data),
    )


@dataclass(frozen=True)
class Release:
    """A made-up release: pieces by part, and what its tests, scan and dates say."""

    parts: dict[str, tuple[Piece, ...]]
    blobs: Blobs
    outcomes: tuple[Verdict, ...] = (Verdict(outcome=Outcome.PASS),)
    found: tuple[Finding, ...] = ()
    left: tuple[Finding, ...] = ()
    sources: tuple[Source, ...] = ()
    made: datetime = NOW
    built: Build | None = None
    """What the build gave, where it is not what was locked."""

    def but(self, **changes: object) -> Release:
        return replace(self, **changes)  # type: ignore[arg-type]

    def stack(self) -> Stack:
        return Stack.model_validate(
            {
                "schema": "peso.stack/1",
                "name": "tiny",
                "version": "1",
                "title": "A tiny stack",
                "parts": {part: {"engine": "pypi"} for part in self.parts},
                "products": [
                    {"name": piece.name, "part": part}
                    for part, pieces in self.parts.items()
                    for piece in pieces
                    if piece.root
                ],
            }
        )

    def plan(self) -> Plan:
        locks = (
            Lock(
                part=part,
                engine="pypi",
                requires=REQUIRES,
                units=tuple(piece.unit() for piece in pieces),
                document=file("lock", "pylock.toml", part.encode()),
                tool="uv 0.9.1",
            )
            for part, pieces in self.parts.items()
        )
        return Plan(stack="tiny", version="1", locks=tuple(locks))

    def build(self) -> Build:
        if self.built is not None:
            return self.built
        parts = (
            PartBuild(
                part=part,
                requires=REQUIRES,
                made=tuple(piece.made(part) for piece in pieces),
                document=file("lock", "pylock.release.toml", part.encode()),
                tool="uv 0.9.1",
            )
            for part, pieces in self.parts.items()
        )
        return Build(parts=tuple(parts), started=self.made, finished=self.made)

    def tests(self) -> TestRun:
        end = JobEnd(ended="exit", code=0, seconds=1.0, peak_memory=None, left_behind=())
        log = file("log", "logs/ring.out", b"")
        results = (
            TestResult(
                name=f"ring{number}",
                ranks=2,
                of=("a",),
                verdict=verdict,
                end=end,
                figures=(),
                stdout=log,
                stderr=log,
            )
            for number, verdict in enumerate(self.outcomes)
        )
        return TestRun(
            platform="this-machine",
            host=HOST,
            started=self.made,
            finished=self.made,
            results=tuple(results),
            findings=self.left,
        )

    def inventory(self) -> Inventory:
        return inventory(self.stack(), self.plan(), self.build(), self.blobs, now=self.made)

    def quick_inventory(self) -> Inventory:
        """Return the inventory without its documents, for tests that read none."""
        pairs = [(part, piece) for part, pieces in self.parts.items() for piece in pieces]
        unknown = [one for _, one in pairs if isinstance(one.license, Unknown)]
        document = file("sbom", "sbom/bom.cdx.json", repr(pairs).encode())
        return Inventory(
            made=self.made,
            components=tuple(
                Component(
                    name=piece.name,
                    version=piece.version,
                    purl=piece.purl,
                    part=part,
                    license=piece.license,
                    sha256=piece.made(part).artifact.sha256,
                    path=piece.made(part).artifact.path,
                    depends=(),
                )
                for part, piece in pairs
            ),
            cyclonedx=document,
            spdx=document,
            findings=tuple(
                Finding.model_validate(
                    {
                        "rule": "license-unknown",
                        "level": "medium",
                        "subject": one.purl,
                        "message": "not stated",
                    }
                )
                for one in unknown
            ),
        )

    def evidence(self) -> Evidence:
        seen = self.quick_inventory()
        names = tuple(source.name for source in self.sources)
        return Evidence(
            plan=self.plan(),
            build=self.build(),
            relocations=Relocations(made=self.made),
            tests=self.tests(),
            inventory=seen,
            scan=Scan(
                made=self.made,
                inventory=seen.cyclonedx.sha256,
                sources=self.sources,
                findings=self.found,
                coverage=tuple(Coverage(purl=one.purl, sources=names) for one in seen.components),
            ),
        )


def release_of(blobs: Blobs, *pieces: Piece, **parts: tuple[Piece, ...]) -> Release:
    """Return a release of pieces, in the part `python`, and of other parts."""
    return Release(parts={**({"python": pieces} if pieces else {}), **parts}, blobs=blobs)
