"""Reading the evidence a release ships."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from peso.base.finding import Outcome
from peso.base.record import Record
from peso.errors import BadInput, Reason, Refused
from peso.products.engines.port import Artifact
from peso.services.delivery.pages import page


def test_units_know_why_they_are_there(release: Callable[..., Any]) -> None:
    units = {unit.name: unit for unit in release().view().units}
    assert units["numpy"].named
    assert "scipy" in units["numpy"].needed_by
    assert not units["idna"].named
    assert units["idna"].needed_by == ("requests",)
    assert units["mpi4py"].require == ">=4"
    assert units["parsl"].source == "parsl-2026.11.16.tar.gz"
    assert units["numpy"].source == ""


def test_tests_keep_the_order_of_the_stack_file(release: Callable[..., Any]) -> None:
    view = release(failing=True).view()
    assert [test.name for test in view.tests][:3] == ["ring", "allreduce", "mpi-io"]
    outcomes = {test.name: test.verdict.outcome for test in view.tests}
    assert outcomes["ring"] is Outcome.PASS
    assert outcomes["compression"] is Outcome.FAIL
    assert outcomes["workflows"] is Outcome.UNKNOWN


def test_a_figure_that_was_not_printed_keeps_its_row(release: Callable[..., Any]) -> None:
    view = release(failing=True).view()
    workflows = next(test for test in view.tests if test.name == "workflows")
    lost = next(one for one in workflows.figures if one.name == "tasks_lost")
    assert lost.expect == "== 0"
    assert lost.values == ((),)


def test_a_test_that_was_not_run_is_unknown(release: Callable[..., Any]) -> None:
    sample = release()
    run = sample.view().tests_run
    fewer = run.model_copy(update={"results": tuple(r for r in run.results if r.name != "ring")})
    ring = next(one for one in view_with(sample, "tests", fewer).tests if one.name == "ring")
    assert ring.verdict.outcome is Outcome.UNKNOWN
    assert ring.runs == ()


def test_a_waiver_is_found_by_alias_and_product(release: Callable[..., Any]) -> None:
    findings = {one.finding.rule: one for one in release(failing=True).view().findings}
    waived = findings["GHSA-9wx4-h78v-vm56"].waiver
    assert waived is not None
    assert waived.rule == "CVE-2024-47081"
    assert findings["PYSEC-2026-12"].waiver is None
    assert findings["test-left-processes"].seen_by == "tests"


def test_without_a_source_nothing_is_covered(release: Callable[..., Any]) -> None:
    view = release(scanned=False).view()
    assert len(view.not_covered) == len(view.inventory.components) == 44


@pytest.mark.parametrize("path", ["evidence/scan.json", "evidence/plan.json", "stack.yaml"])
def test_missing_evidence_is_refused(release: Callable[..., Any], path: str) -> None:
    sample = release()
    kept = tuple(file for file in sample.manifest.files if file.path != path)
    with pytest.raises(Refused) as caught:
        page.view(sample.manifest.model_copy(update={"files": kept}), sample.read)
    assert caught.value.reason is Reason.MISSING
    assert caught.value.where == f"testing/hpc-ai-26.11: {path}"


@pytest.mark.parametrize("path", ["evidence/tests.json", "stack.yaml"])
@pytest.mark.parametrize("data", [b"{", b"[]", b"\xff"])
def test_unreadable_evidence_is_said(release: Callable[..., Any], path: str, data: bytes) -> None:
    sample = release()

    def read(file: Artifact) -> bytes:
        return data if file.path == path else bytes(sample.read(file))

    with pytest.raises(BadInput) as caught:
        page.view(sample.manifest, read)
    assert caught.value.where == path


def view_with(sample: Any, name: str, record: Record) -> page.ReleaseView:  # noqa: ANN401
    def read(file: Artifact) -> bytes:
        replaced = file.path == f"evidence/{name}.json"
        return record.canonical() if replaced else bytes(sample.read(file))

    return page.view(sample.manifest, read)
