"""A native part made up: a lock, an account with every outcome, and a suite's results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from tests.native_locks import OPENMPI, Piece, full, lock_of

from peso.base.digest import sha256_bytes
from peso.base.finding import Outcome, Unknown, Verdict
from peso.products.engines.native import (
    External,
    FirstError,
    NativeBuild,
    NativeLock,
    UnitBuild,
)
from peso.products.engines.port import Artifact, Role
from peso.products.platforms.port import JobEnd
from peso.products.stack import Stack
from peso.services.delivery.manifest import PartManifest
from peso.services.integration.test import Stage, Tested, TestResult, TestRun

TWICE = 20
"""How many names `with_many` has twice."""
COMMIT = "f2d4d4ec" * 5


class Add(Protocol):
    """Puts a file on a release's shelf."""

    def __call__(self, role: Role, path: str, data: bytes) -> Artifact: ...


@dataclass(frozen=True, kw_only=True)
class Native:
    """A native part of a release."""

    lock: NativeLock
    build: NativeBuild
    products: tuple[tuple[str, str], ...] = ()
    """Names and notes."""
    results: tuple[tuple[str, str, str, str], ...] = ()
    """Test, the hash of its unit, how it ended (`pass`, the stage that failed), why."""
    skips: tuple[tuple[str, str, str, str], ...] = ()
    """Test, owner, reason, last day."""
    logs: tuple[tuple[str, bytes], ...] = field(default=())

    @property
    def manifest(self) -> PartManifest:
        return PartManifest(
            name=self.lock.part,
            engine="spack",
            document=self.lock.document.path,
            requires=self.lock.requires,
        )

    def ship(self, add: Add) -> None:
        """Put the part's own files on the shelf."""
        for file in (self.lock.document, *self.lock.environment, self.lock.settings):
            add("lock", file.path, file.path.encode())
        for path, data in self.logs:
            add("log", path, data)

    def into_stack(self, stack: Stack, *, python: bool) -> Stack:
        said = stack.plain()
        part = self.lock.part
        said["parts"] = (said["parts"] if python else {}) | {
            part: {"engine": "spack", "environment": "spack.yaml"}
        }
        said["products"] = [
            *(said["products"] if python else []),
            *({"name": name, "part": part, "note": note} for name, note in self.products),
        ]
        if not python:
            said["tests"] = {}
        said["suites"] = {
            "e4s": {
                "kind": "e4s",
                "checkout": "../testsuite",
                "commit": COMMIT,
                "limits": {"time": "10 min"},
                "skip": [
                    {"test": test, "owner": owner, "reason": reason, "until": until}
                    for test, owner, reason, until in self.skips
                ],
            }
        }
        return Stack.model_validate(said)

    def into_run(self, run: TestRun, add: Add, *, python: bool) -> TestRun:
        own = run.results if python else ()
        return run.model_copy(
            update={"results": (*own, *(self._result(one, add) for one in self.results))}
        )

    def _result(self, one: tuple[str, str, str, str], add: Add) -> TestResult:
        test, hash_, how, why = one
        unit = self.lock.unit(hash_)
        stages = []
        for name in ("setup", "clean", "compile", "run"):
            code = 2 if name == how else 0
            log = add("log", f"logs/e4s/{test}/{name}.log", f"{test} {name}".encode())
            stages.append(Stage(name=name, end=_end(code), log=log))
            if code:
                break
        empty = add("log", "logs/e4s/empty", b"")
        outcome = Outcome.PASS if how == "pass" else Outcome.FAIL
        return TestResult(
            name=test,
            ranks=None,
            of=(unit.name,),
            verdict=Verdict(outcome=outcome, reason=why or None),
            end=_end(0 if how == "pass" else 2, seconds=3.4),
            figures=(),
            stdout=empty,
            stderr=empty,
            suite="e4s",
            stages=tuple(stages),
            tested=(
                Tested(hash=unit.hash, name=unit.name, version=unit.version, variants="+mpi~cuda"),
            ),
        )


def _end(code: int, seconds: float = 0.83) -> JobEnd:
    return JobEnd(ended="exit", code=code, seconds=seconds, peak_memory=41_000_000, left_behind=())


def made_up() -> Native:
    """Return a part in which everything happened: each outcome, a clash, a test that failed."""
    lock = lock_of(
        Piece(
            "hy",
            "hypre",
            "2.26.0",
            {"mp": "build,link", "hd": "link", "op": "link"},
            {"mpi": "true", "cuda": "false", "precision": "double", "build_system": "autotools"},
            root=True,
            license="Apache-2.0 OR MIT",
        ),
        Piece("hd", "hdf5", "1.14.6", {"zl": "link", "mp": "link"}, {"mpi": "true"}, root=True),
        Piece("op", "openblas", "0.3.21", {"zm": "link"}, license=Unknown(unknown="none named")),
        Piece("zl", "zlib-ng", "2.2.4", variants={"opt": "true"}),
        Piece("zm", "zlib-ng", "2.2.4", variants={"opt": "false"}),
        Piece("li", "libunwind", "1.6.2", {"cm": "build"}, root=True),
        Piece("pa", "parsec", "3.0", {"li": "link"}, root=True),
        Piece("lo", "lost", "1.0", root=True),
        Piece(
            "cm",
            "cmake",
            "3.25.1",
            external=External(prefix="/usr", package=Unknown(unknown="no package has its file")),
        ),
        Piece("mp", "openmpi", "4.1.4", external=OPENMPI),
    )
    log = b"make: *** [all] Error 2\n"
    error = FirstError(
        line=412,
        text="error: no matching function for call to 'unw_step'",
        phase="build",
        kind="compile",
    )
    artifact = Artifact(
        role="log",
        path="native/logs/libunwind.txt",
        media_type="text/plain",
        length=len(log),
        sha256=sha256_bytes(log),
    )
    units = []
    for unit in lock.units:
        base = {"hash": unit.hash, "name": unit.name, "version": unit.version}
        match unit.name:
            case "lost":
                continue
            case "cmake" | "openmpi":
                made = UnitBuild(**base, outcome="external", because="/usr", prefix="/usr")
            case "libunwind":
                made = UnitBuild(
                    **base,
                    outcome="failed",
                    because="its build ended with an error",
                    seconds=33.1,
                    peak_memory=310_000_000,
                    log=artifact,
                    error=error,
                )
            case "parsec":
                made = UnitBuild(
                    **base,
                    outcome="not-tried",
                    because="libunwind failed",
                    blocked_by=(full("li"),),
                )
            case "zlib-ng":
                made = UnitBuild(**base, outcome="reused", because="the store of an earlier run")
            case _:
                made = UnitBuild(
                    **base,
                    outcome="built",
                    seconds=91.0,
                    peak_memory=720_000_000,
                )
        units.append(made)
    build = NativeBuild(
        part="native",
        requires=lock.requires,
        units=tuple(units),
        document=lock.document,
        files=(*lock.environment, lock.settings),
        tool=lock.tool,
        seconds=412.0,
    )
    return Native(
        lock=lock,
        build=build,
        products=(("hypre", "Built without GPUs."), ("hdf5", "")),
        results=(
            ("hypre", full("hy"), "pass", ""),
            ("hdf5", full("hd"), "run", "run ended with exit status 2"),
        ),
        skips=(
            ("parsec", "A. Steward, math team", "Its test needs a GPU: issue 12", "2027-02-01"),
            ("lost", "B. Steward", "Not built here", "2026-11-01"),
        ),
        logs=((artifact.path, log),),
    )


def with_many(native: Native, names: int = 130) -> Native:
    """Return a part of many units, many names of which are there twice; no account is on record."""
    pieces = [Piece("r", "root", "1.0", {f"a{at}": "link" for at in range(names)}, root=True)]
    for at in range(names):
        pieces.append(Piece(f"a{at}", f"lib{at}", variants={"shared": "true"}))
        if at < TWICE:
            pieces.append(Piece(f"b{at}", f"lib{at}", variants={"shared": "false"}))
    build = native.build.model_copy(update={"units": ()})
    return Native(lock=lock_of(*pieces), build=build)
