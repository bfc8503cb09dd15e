"""Made-up deliveries in real records: a week of a CI, for tests and timings of the portal.

1. Everything is decided by its numbers: the same sizes give the same records on every machine.
2. What is measured reads them as it reads anybody's: through a ledger of files, or as records.
3. A run has figures, one in forty fails with an error in its log, one in two hundred is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.native_locks import Piece, build_of, lock_of

from peso.base.digest import sha256_bytes
from peso.base.finding import Outcome, Verdict
from peso.base.ledger import Ledger
from peso.products.engines.native import Outcome as BuildOutcome
from peso.products.engines.port import Artifact
from peso.products.platforms.port import Host, JobEnd
from peso.services.assurance.gate import GateVerdict, RuleResult
from peso.services.integration.build import Build
from peso.services.integration.figures import Figure
from peso.services.integration.plan import Plan
from peso.services.integration.results import TestResult, TestRun
from peso.services.pipeline import Delivery, StepAccount

FIRST_DAY = datetime(2026, 1, 5, 6, tzinfo=UTC)
_HOST = Host(
    name="node",
    system="Linux",
    machine="x86_64",
    distribution="Debian GNU/Linux 12",
    libc="glibc 2.36",
    cores=64,
    memory=1 << 38,
    python="3.11.2",
)
_KINDS = ("smoke", "install", "linear-solve", "io", "scaling", "bindings", "restart")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much there is."""

    results: int
    releases: int = 20
    platforms: int = 20
    products: int = 150
    units: int = 906

    @property
    def each(self) -> int:
        """Results of one delivery."""
        return self.results // (self.releases * self.platforms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One delivery: its account, the records it names, and the logs those name."""

    account: Delivery
    plan: Plan
    build: Build
    tests: TestRun
    logs: tuple[bytes, ...]


def products_of(sizes: Sizes) -> tuple[str, ...]:
    """Return the names of the products."""
    return tuple(f"solver-{number:03}" for number in range(sizes.products))


def deliveries_of(sizes: Sizes) -> Iterator[Made]:
    """Yield every delivery, release by release, platform by platform."""
    for release in range(sizes.releases):
        plan, build = _made(sizes, release)
        for platform in range(sizes.platforms):
            yield _delivery(sizes, release, platform, plan, build)


def write_ledger(folder: Path, sizes: Sizes) -> None:
    """Write them as a ledger."""
    ledger = Ledger(folder)
    for one in deliveries_of(sizes):
        for log in one.logs:
            path = ledger.blobs.path(sha256_bytes(log))
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():  # no wait for the disk: nothing here is for good
                path.write_bytes(log)
        keys = {step.step: step.key for step in one.account.steps}
        for step, record in (("plan", one.plan), ("build", one.build), ("test", one.tests)):
            if ledger.root.joinpath(step, f"{keys[step]}.json").exists():
                continue
            payload = b'{"inputs":{},"record":' + record.canonical() + b"}"
            ledger.append(step, keys[step], payload, made=one.tests.finished)
        key = sha256_bytes(one.account.canonical())
        ledger.append("delivery", key, one.account.canonical(), made=one.account.finished)


def _made(sizes: Sizes, release: int) -> tuple[Plan, Build]:
    """Return the plan and the build of a release: the products, and what they stand on."""
    pieces = [
        Piece(sha256_bytes(f"{release} {name}".encode())[:32], name, f"{release}.2", root=True)
        for name in products_of(sizes)
    ]
    pieces += [
        Piece(sha256_bytes(f"{release} below {n}".encode())[:32], f"below-{n:03}", "1.4.2")
        for n in range(sizes.units - sizes.products)
    ]
    plan = Plan(stack="week", version=f"26.{release:02}", locks=(lock_of(*pieces),))
    failed: dict[str, BuildOutcome] = {one.word: "failed" for one in pieces[:3]}
    part = build_of(plan.native[0], **failed)
    started = FIRST_DAY + timedelta(days=7 * release)
    return plan, Build(parts=(part,), started=started, finished=started + timedelta(hours=5))


def _delivery(sizes: Sizes, release: int, platform: int, plan: Plan, build: Build) -> Made:
    started = build.finished + timedelta(minutes=platform)
    pairs = [_result(sizes, release, platform, number) for number in range(sizes.each)]
    run = TestRun(
        platform=f"platform-{platform:02}",
        host=_HOST,
        started=started,
        finished=started + timedelta(hours=1),
        results=tuple(result for result, _ in pairs),
        findings=(),
    )
    gate = GateVerdict(
        policy="default",
        policy_sha256=sha256_bytes(b"policy"),
        judged=run.finished,
        verdict=Verdict(outcome=Outcome.FAIL, reason="3 units did not build"),
        rules=(RuleResult(rule="whole", verdict=Verdict(outcome=Outcome.FAIL, reason="3 units")),),
        waived=(),
        valid_until=None,
    )
    names = (("plan", f"p{release}"), ("build", f"b{release}"), ("test", f"t{release} {platform}"))
    account = Delivery(
        stack=plan.stack,
        version=plan.version,
        channel="testing",
        finished=run.finished + timedelta(minutes=1),
        steps=tuple(
            StepAccount(step=step, did="ran", why="", seconds=1.0, key=sha256_bytes(key.encode()))
            for step, key in names
        ),
        verdict=gate,
        published=None,
    )
    logs = (b"", *(log for _, log in pairs))
    return Made(account=account, plan=plan, build=build, tests=run, logs=logs)


def _result(sizes: Sizes, release: int, platform: int, number: int) -> tuple[TestResult, bytes]:
    """Return a run and what it printed."""
    seed = (release * 31 + platform * 17 + number * 7) % 1000
    failed, unknown = seed % 40 == 3, seed % 200 == 9
    rate = 100.0 + seed / 7 + release
    log = _log(release, platform, number, failed=failed, rate=rate)
    figures = (
        Figure(name="rate_MBps", value=rate, expect="> 0", met=True),
        Figure(name="error", value=1e-9 * seed, expect="< 1e-3", met=True),
    )
    outcome = Outcome.FAIL if failed else Outcome.UNKNOWN if unknown else Outcome.PASS
    said = "it ended with exit code 1" if failed else "the platform was lost" if unknown else None
    names = products_of(sizes)
    result = TestResult(
        name=f"{_KINDS[number // len(names) % len(_KINDS)]}-{number // len(names)}",
        ranks=1 + number % 4,
        of=(names[number % len(names)],),
        verdict=Verdict(outcome=outcome, reason=said),
        end=JobEnd(
            ended="exit",
            code=int(failed),
            seconds=1.5 + seed / 100,
            peak_memory=1 << 27,
            left_behind=(),
        ),
        figures=() if failed else figures,
        stdout=_file(f"logs/{number}.out", log),
        stderr=_file(f"logs/{number}.err", log if failed else b""),
    )
    return result, log


def _file(path: str, data: bytes) -> Artifact:
    return Artifact(
        role="log",
        path=path,
        media_type="text/plain",
        length=len(data),
        sha256=sha256_bytes(data),
    )


def _log(release: int, platform: int, number: int, *, failed: bool, rate: float) -> bytes:
    lines = [f"test {number} of release {release} on platform {platform}"]
    lines += [f"step {step}: residual {1 / (step + 1):.6f}" for step in range(20)]
    if failed:
        lines += [
            "Traceback (most recent call last):",
            f'  File "/work/test_{number}.py", line 12, in <module>',
            f"ValueError: residual {rate} is too large",
        ]
    else:
        lines += [f"rate_MBps={rate}"]
    return "\n".join(lines).encode() + b"\n"
