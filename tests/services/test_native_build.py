"""A native part that does not build whole: the delivery goes on to the gate's no, and later on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from tests.native_locks import Piece, build_of, full, lock_of
from tests.products.engines.still import StillEngine
from tests.services.test_pipeline import LIFE, NOW, STACK, _ports

from peso.base.finding import Outcome, Verdict
from peso.errors import Reason
from peso.products.engines.native import Outcome as NativeOutcome
from peso.products.engines.port import AnyBuild, AnyLock, Artifact, Workbench
from peso.products.stack import Stack
from peso.services import pipeline
from peso.services.assurance.gate import GateVerdict
from peso.services.assurance.policy import own_policy
from peso.services.integration.build import Build
from peso.services.steps import making
from peso.services.steps.assuring import GATE
from peso.services.steps.port import Life, Ports, Step

LOCK = lock_of(
    Piece("t", "top", needs={"b": "link"}, root=True), Piece("b", "broken"), Piece("z", "zlib")
)
LOG = b"==> broken: Executing phase: 'build'\nbroken.c:3:12: error: 'x' undeclared\nmake: *** [a]\n"
NATIVE = STACK.model_copy(
    update={
        "parts": Stack.model_validate(
            {
                **STACK.plain(),
                "parts": {"native": {"engine": "spack", "environment": "spack.yaml"}},
                "products": [{"name": "top", "part": "native"}],
            }
        ).parts,
        "products": (),
    }
)
LIFE_ = replace(LIFE, stack=NATIVE)


@dataclass
class Engine(StillEngine):
    """Fails to build `broken` until it is mended."""

    mended: bool = False
    benches: list[Workbench] = field(default_factory=list)

    def plan(self, stack: Stack, part: str, bench: Workbench, *, upgrade: bool) -> AnyLock:  # noqa: ARG002
        return LOCK.model_copy(
            update={
                "document": put(bench, LOCK.document.path),
                "environment": tuple(put(bench, one.path) for one in LOCK.environment),
                "settings": put(bench, LOCK.settings.path),
            }
        )

    def build(self, lock: AnyLock, bench: Workbench) -> AnyBuild:
        self.benches.append(bench)
        assert lock.engine == "spack"
        if self.mended:
            return build_of(lock, z="reused")
        build = build_of(lock, b="failed", t="not-tried")
        log = put(bench, "native/logs/broken.txt", LOG)
        update: dict[str, dict[str, object]] = {
            full("b"): {"because": "it failed in the phase build", "log": log, "prefix": ""},
            full("t"): {"blocked_by": (full("b"),), "prefix": ""},
        }
        units = tuple(one.model_copy(update=update.get(one.hash, {})) for one in build.units)
        return build.model_copy(update={"units": units})

    def lost(self, build: AnyBuild) -> str | None:  # noqa: ARG002
        return None


def put(bench: Workbench, path: str, data: bytes | None = None) -> Artifact:
    sha256, length = bench.blobs.put(path.encode() if data is None else data)
    return Artifact(role="log", path=path, media_type="text/plain", length=length, sha256=sha256)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def ports(tmp_path: Path, engine: Engine) -> Ports:
    return replace(_ports(tmp_path), engines={"spack": engine}, policy=own_policy())


def gate(outcome: Outcome) -> Step:
    """Return a gate that looks at nothing."""

    def judge(life: Life, _ports: Ports, _seen: object) -> GateVerdict:
        assert isinstance(life.of(Build), Build)
        reason = "" if outcome is Outcome.PASS else "a unit is not there"
        return GateVerdict(
            policy="ours",
            policy_sha256="0" * 64,
            judged=NOW,
            verdict=Verdict(outcome=outcome, reason=reason),
            rules=(),
            waived=(),
            valid_until=None,
        )

    return replace(GATE, inputs=lambda life, _ports: {"build": life.of(Build).digest()}, do=judge)


def test_it_goes_on_to_the_gate_which_says_no_and_names_what_failed(ports: Ports) -> None:
    events: list[pipeline.Event] = []
    steps = (making.PLAN, making.BUILD, gate(Outcome.FAIL))
    with pytest.raises(pipeline.Stopped) as caught:
        pipeline.run(LIFE_, ports, observer=events.append, steps=steps)
    stopped = caught.value
    assert (stopped.exit_code, stopped.reason) == (1, Reason.POLICY)
    assert "only the rest is built" in (stopped.hint or "")
    built = next(one for one in events if one.step == "build" and one.did == "ran")
    assert built.no
    assert built.result.endswith("failed: broken@1.0")
    [part] = stopped.account.native
    [failed] = part.failed
    assert failed.error is not None
    assert (failed.error.text, failed.error.line) == ("broken.c:3:12: error: 'x' undeclared", 2)
    assert Path(failed.log).read_bytes() == LOG
    assert failed.holds_up == 1


def test_a_run_that_ends_before_the_gate_says_no_too(ports: Ports, engine: Engine) -> None:
    steps = (making.PLAN, making.BUILD, gate(Outcome.PASS))
    with pytest.raises(pipeline.Stopped, match="2 units are not there") as caught:
        pipeline.run(LIFE_, ports, until="build", steps=steps)
    assert (caught.value.exit_code, caught.value.reason) == (1, Reason.MISSING)
    assert [one.step for one in caught.value.account.steps] == ["plan", "build"]
    engine.mended = True
    pipeline.run(LIFE_, ports, until="build", steps=steps)


def test_the_next_delivery_goes_on_and_says_why(ports: Ports, engine: Engine) -> None:
    steps = (making.PLAN, making.BUILD, gate(Outcome.FAIL))
    with pytest.raises(pipeline.Stopped):
        pipeline.run(LIFE_, ports, steps=steps)
    said = pipeline.explain(LIFE_, ports, steps=steps)
    assert [(one.step, one.now) for one in said] == [
        ("plan", "would be reused"),
        ("build", "would run"),
        ("gate", "follows"),
    ]
    assert said[1].why == "it was not whole the last time (broken, top)"
    engine.mended = True
    steps = (making.PLAN, making.BUILD, gate(Outcome.PASS))
    done = pipeline.run(LIFE_, ports, steps=steps)
    assert [(one.step, one.did) for one in done.steps] == [
        ("plan", "reused"),
        ("build", "ran"),
        ("gate", "ran"),
    ]
    again = pipeline.run(LIFE_, ports, steps=steps)
    assert [one.did for one in again.steps] == ["reused"] * 3
    assert len(engine.benches) == 2


def test_whether_the_first_failure_stops_all_reaches_the_engine(
    ports: Ports, engine: Engine
) -> None:
    engine.mended = True
    pipeline.run(LIFE_, ports, until="build", steps=(making.PLAN, making.BUILD))
    assert not engine.benches[0].fail_fast
    other = replace(ports, fail_fast=True)
    assert other.bench("build", lambda _progress: None).fail_fast


def test_of_many_that_are_missing_some_are_named(ports: Ports) -> None:
    words = "abcdefgh"
    lock = lock_of(*(Piece(one, f"unit-{one}", root=True) for one in words))
    outcomes: dict[str, NativeOutcome] = dict.fromkeys(words, "failed")
    part = build_of(lock, **outcomes)
    record = Build(parts=(part,), started=NOW, finished=NOW)
    assert making.stale_build(LIFE_, ports, record) == (
        "it was not whole the last time (unit-a, unit-b, unit-c, unit-d, unit-e and 3 more)"
    )
    assert making.said_build(record).words == (
        "8 units: 8 failed; failed: unit-a@1.0, unit-b@1.0, unit-c@1.0, unit-d@1.0, unit-e@1.0 "
        "and 3 more"
    )
