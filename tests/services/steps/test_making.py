"""The test step: when its record no longer stands, and what is said of it in a few words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from peso.base.finding import Outcome, Verdict
from peso.products.engines.files import Artifact
from peso.products.platforms.detect import detect_host
from peso.products.platforms.port import JobEnd
from peso.products.stack import SpackPart, SpackSuite, Stack
from peso.services.integration.results import TestResult, TestRun
from peso.services.steps.making import said_test, stale_test
from peso.services.steps.port import Life, Ports, Said

LOG = Artifact(role="log", path="x.log", media_type="text/plain", length=0, sha256="0" * 64)
RAN = datetime(2026, 11, 25, 12, tzinfo=UTC)
PASS = Verdict(outcome=Outcome.PASS)
FAIL = Verdict(outcome=Outcome.FAIL, reason="no")
SKIPPED = Verdict(outcome=Outcome.NOT_APPLICABLE, reason="skipped")


def ran(*verdicts: Verdict) -> TestRun:
    end = JobEnd(ended="exit", code=0, seconds=1.0, peak_memory=None, left_behind=())
    results = tuple(
        TestResult(
            name=f"t{number}",
            ranks=None,
            of=(),
            verdict=verdict,
            end=end,
            figures=(),
            stdout=LOG,
            stderr=LOG,
            suite="own",
        )
        for number, verdict in enumerate(verdicts)
    )
    return TestRun(
        platform="here",
        host=detect_host(),
        started=RAN,
        finished=RAN,
        results=results,
        findings=(),
    )


def life(until: str) -> Life:
    skip = {"test": "gmp", "owner": "Ada", "reason": "hangs", "until": until}
    suite = SpackSuite.model_validate({"kind": "spack", "skip": (skip,)})
    stack = Stack(
        schema_="peso.stack/1",
        name="small",
        version="1",
        title="Small",
        parts={"native": SpackPart(engine="spack", environment="spack.yaml")},
        products=(),
        suites={"own": suite},
    )
    return Life(stack=stack, definition=(), records={})


def ports(now: datetime) -> Ports:
    policy = SimpleNamespace(evidence_within=None)
    return cast("Ports", SimpleNamespace(policy=policy, clock=lambda: now, work=Path()))


@pytest.mark.parametrize(
    ("until", "day", "why"),
    [
        ("2026-11-30", 30, None),
        ("2026-11-29", 30, "the skip of own/gmp ended on 2026-11-29"),
        ("2026-11-25", 26, "the skip of own/gmp ended on 2026-11-25"),
        ("2026-11-24", 30, None),
    ],
    ids=["it holds", "it ended", "it ended the day after", "it had ended before"],
)
def test_tests_are_run_again_when_a_skip_has_ended(until: str, day: int, why: str | None) -> None:
    assert stale_test(life(until), ports(datetime(2026, 11, day, tzinfo=UTC)), ran(PASS)) == why


def test_tests_that_did_not_pass_are_named_with_their_suite() -> None:
    assert stale_test(life("2026-12-01"), ports(RAN), ran(PASS, FAIL)) == (
        "it did not pass the last time (own/t1)"
    )


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ((PASS, PASS), Said("2 of 2 test runs passed")),
        ((PASS, SKIPPED), Said("1 of 2 test runs passed, 1 skipped")),
        ((PASS, SKIPPED, FAIL), Said("1 of 3 test runs passed, 1 skipped", no=True)),
    ],
)
def test_a_skipped_test_did_not_pass(verdicts: tuple[Verdict, ...], said: Said) -> None:
    assert said_test(ran(*verdicts)) == said
