"""The trial of a stack with a native part: its own tests, then its suites, in one account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.services.integration.suites.world import SETUP, commit, unit

from peso.base.finding import Outcome
from peso.base.ledger import Blobs
from peso.errors import BadInput
from peso.products.engines.files import Artifact
from peso.products.engines.native import NativeBuild, NativeLock, NativeRequires, NativeUnit
from peso.products.engines.native import UnitBuild as Became
from peso.products.engines.port import AnyBuild, Place, Progress, SelfTesting, ToolCall, Workbench
from peso.products.platforms.detect import detect_host
from peso.products.platforms.local import LocalPlatform
from peso.products.stack import Stack, load_stack
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.results import TestRun
from peso.services.integration.trial import trial

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
REQUIRES = NativeRequires(platform="linux", system="debian12", targets=("x86_64_v3",))


class Installed:
    """An engine whose units are there already; only what a trial asks is answered."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def place(self, *_: object) -> Place:
        return Place(programs=(), environment={})

    def self_test(self, build: AnyBuild, unit: str, bench: Workbench) -> ToolCall:
        assert bench.work != bench.cache
        self.asked.append(f"{build.part}/{unit[:4]}")
        text = "PASSED: Gmp::test_a\n==== 1 passed of 1 spec ===="
        return ToolCall(argv=("/bin/echo", text), environment={})


class Scene:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.blobs = Blobs(folder / "blobs")
        self.engine = Installed()
        self.seen: list[Progress] = []
        self.units: list[tuple[NativeUnit, str]] = [(unit("gmp"), "built")]

    def stack(self, commit_: str, checkout: str = "suite") -> Stack:
        (self.folder / "spack.yaml").write_text("spack:\n  specs: [gmp]\n")
        (self.folder / "stack.yaml").write_text(
            "schema: peso.stack/1\nname: small\nversion: '1'\ntitle: Small\n"
            "parts:\n  native: {engine: spack, environment: spack.yaml}\n"
            "products: [{name: gmp, part: native}]\n"
            "suites:\n"
            f"  e4s: {{kind: e4s, checkout: {checkout}, commit: '{commit_}'}}\n"
            "  standalone: {kind: spack}\n"
        )
        return load_stack(self.folder / "stack.yaml")

    def file(self) -> Artifact:
        sha256, length = self.blobs.put(b"lock")
        path = "native/spack.lock"
        return Artifact(role="lock", path=path, media_type="x", length=length, sha256=sha256)

    def plan(self) -> Plan:
        lock = NativeLock(
            part="native",
            requires=REQUIRES,
            units=tuple(one for one, _ in self.units),
            roots=(),
            checkouts=(),
            document=self.file(),
            environment=(),
            settings=self.file(),
            tool="spack 1.1.0",
        )
        return Plan(stack="small", version="1", locks=(lock,))

    def build(self) -> Build:
        became: Sequence[Any] = [
            Became.model_validate(
                {
                    "hash": one.hash,
                    "name": one.name,
                    "version": one.version,
                    "outcome": outcome,
                    "prefix": str(self.folder),
                }
            )
            for one, outcome in self.units
        ]
        part = NativeBuild(
            part="native",
            requires=REQUIRES,
            units=tuple(became),
            document=self.file(),
            files=(),
            tool="spack 1.1.0",
            seconds=1.0,
        )
        return Build(parts=(part,), started=NOW, finished=NOW)

    def run(self, stack: Stack) -> TestRun:
        return trial(
            stack,
            self.plan(),
            self.build(),
            (),
            {"spack": self.engine},  # type: ignore[dict-item]
            LocalPlatform(detect_host()),
            Workbench(
                blobs=self.blobs,
                work=self.folder / "work",
                cache=self.folder / "cache",
                offline=True,
                progress=self.seen.append,
            ),
            clock=lambda: NOW,
        )


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def suite(scene: Scene) -> str:
    return commit(
        scene.folder / "suite",
        {
            "setup.sh": SETUP,
            "validation_tests/gmp/setup.sh": ". ../../setup.sh\nspackLoadUnique gmp\n",
            "validation_tests/gmp/run.sh": "#!/bin/bash\nexit 0\n",
        },
    )


def test_suites_are_in_the_same_account(scene: Scene) -> None:
    run = scene.run(scene.stack(suite(scene)))
    assert [(one.title, one.verdict.outcome) for one in run.results] == [
        ("e4s/gmp", Outcome.PASS),
        ("standalone/gmp", Outcome.PASS),
    ]
    assert scene.engine.asked == ["native/gmp1"]
    assert [one.line for one in scene.seen][-2:] == ["e4s/gmp", "standalone/gmp"]
    assert isinstance(scene.engine, SelfTesting)


def test_what_was_not_built_is_unknown_in_every_suite(scene: Scene) -> None:
    scene.units = [(unit("gmp"), "not-tried")]
    run = scene.run(scene.stack(suite(scene)))
    assert [one.verdict.outcome for one in run.results] == [Outcome.UNKNOWN, Outcome.UNKNOWN]
    assert scene.engine.asked == []


def test_a_commit_that_is_not_there_is_said_before_any_test(scene: Scene) -> None:
    suite(scene)
    with pytest.raises(BadInput, match="has the commit"):
        scene.run(scene.stack("0" * 39 + "1"))
    assert scene.seen == []


def test_a_skip_is_as_of_the_day_of_the_trial(scene: Scene) -> None:
    stack = scene.stack(suite(scene))
    text = (scene.folder / "stack.yaml").read_text()
    skip = f"[{{test: gmp, owner: Ada, reason: hangs, until: {date(2026, 11, 25)}}}]"
    stack.file.write_text(text.replace("kind: spack}", f"kind: spack, skip: {skip}}}"))
    results = scene.run(load_stack(stack.file)).results
    assert [one.verdict.outcome for one in results] == [Outcome.PASS, Outcome.NOT_APPLICABLE]
