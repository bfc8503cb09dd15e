from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from peso.base.finding import Outcome, Verdict
from peso.base.ledger import Blobs
from peso.products.engines.port import Artifact
from peso.services.delivery.manifest import lock_digest
from peso.services.delivery.signing.keys import KeyFolder
from peso.services.delivery.statements import attest
from peso.services.delivery.statements import statement as words
from peso.services.delivery.statements.attest import Attested
from peso.services.integration.relocate import Relocations

if TYPE_CHECKING:
    from tests.services.delivery.conftest import Kit


class Desk:
    """Attests one small release, with what a test changes in it."""

    def __init__(self, folder: Path, kit: Kit) -> None:
        self.kit, self.blobs = kit, Blobs(folder / "blobs")
        self.keys: KeyFolder = kit.keys(folder / "keys")
        self.release = kit.release(self.blobs)

    def attested(self, **changes: object) -> Attested:
        given: dict[str, Any] = {
            name: getattr(self.release, name)
            for name in ("stack", "plan", "build", "tests", "inventory", "scan", "verdict", "files")
        }
        given["relocations"] = Relocations(made=self.kit.now)
        return Attested(**{**given, "definition": "d" * 64, "tool": "0.1.0", **changes})

    def made(self, **changes: object) -> dict[str, Artifact]:
        attested = self.attested(**changes)
        evidence = attest.evidence_files(attested, self.blobs)
        signer = self.keys.signer("testing")
        signed = attest.attest(attested, evidence, signer, self.blobs, now=self.kit.now)
        return {one.path: one for one in (*evidence, *signed)}

    def said(self, name: str, **changes: object) -> words.Statement:
        file = self.made(**changes)[f"attestations/{name}.dsse.json"]
        data = self.blobs.read(file.sha256, limit=1 << 20)
        return words.read_envelope(data, (self.keys.public("testing"),), 1)

    def predicate(self, name: str, **changes: object) -> Any:  # noqa: ANN401 - JSON
        return self.said(name, **changes).predicate


@pytest.fixture
def desk(tmp_path: Path, kit: Kit) -> Desk:
    return Desk(tmp_path, kit)


def test_five_statements_and_seven_records(desk: Desk) -> None:
    made = desk.made()
    assert {path for path, one in made.items() if one.role == "attestation"} == {
        f"attestations/{name}.dsse.json"
        for name in ("provenance", "tests", "sbom", "scan", "verdict")
    }
    assert {path for path, one in made.items() if one.role == "evidence"} == {
        f"evidence/{name}.json"
        for name in (
            "plan",
            "build",
            "relocations",
            "tests",
            "inventory",
            "scan",
            "verdict",
        )
    }


def test_every_statement_is_about_every_artifact(desk: Desk) -> None:
    wheels = {(one.path, one.sha256) for one in desk.release.files if one.role == "artifact"}
    for name in ("provenance", "tests", "sbom", "scan", "verdict"):
        said = desk.said(name)
        assert {(one.name, one.digests.sha256) for one in said.subject} == wheels
        assert said.predicate_type in words.SPEAKS_OF


def test_equal_records_give_equal_bytes(desk: Desk) -> None:
    assert desk.made() == desk.made()


def test_evidence_is_the_records_and_names_no_index(desk: Desk) -> None:
    made = desk.made()
    for path, file in made.items():
        data = desk.blobs.read(file.sha256, limit=1 << 20)
        assert b"index.example" not in data, path
        if file.role == "evidence":
            json.loads(data)
    tests = made["evidence/tests.json"]
    assert tests.sha256 == desk.release.tests.digest()
    assert made["evidence/plan.json"].sha256 == lock_digest(desk.release.plan)


def test_provenance_names_what_went_in(desk: Desk) -> None:
    said = desk.predicate("provenance")
    definition, details = said["buildDefinition"], said["runDetails"]
    assert definition["buildType"] == "urn:peso:buildtype:stack/1"
    assert definition["externalParameters"] == {
        "stack": "small",
        "version": "1.0",
        "channel": "testing",
        "definition": {"sha256": "d" * 64},
    }
    names = [one["name"] for one in definition["resolvedDependencies"]]
    assert names[:2] == ["alpha-1.0.tar.gz", "beta-1.0.tar.gz"]
    first, *_, tool = definition["resolvedDependencies"]
    assert first["annotations"] == {
        "artifact": "wheels/alpha-1.0-py3-none-any.whl",
        "builtHere": True,
    }
    assert tool["annotations"] == {"use": "build"}
    assert details["builder"] == {"id": "urn:peso:builder", "version": {"peso": "0.1.0"}}
    assert details["metadata"]["startedOn"] == "2026-11-23T11:58:00Z"
    byproducts = [one["name"] for one in details["byproducts"]]
    assert byproducts[:2] == ["evidence/plan.json", "evidence/build.json"]
    assert "logs/tests/ring-2.out" in byproducts


def test_test_results_carry_their_figures(desk: Desk) -> None:
    said = desk.predicate("tests")
    assert (said["result"], said["passedTests"], said["failedTests"]) == ("PASSED", ["ring@2"], [])
    named, definition = said["configuration"]
    assert named["name"] == "evidence/tests.json"
    assert named["annotations"] == {"ring@2.sum_error": 0.0}
    assert definition["name"] == "stack.yaml"


def test_a_failed_an_unknown_and_no_test_are_not_a_pass(desk: Desk) -> None:
    run = desk.release.tests
    (result,) = run.results
    for outcome in (Outcome.FAIL, Outcome.UNKNOWN):
        bad = result.model_copy(update={"verdict": Verdict(outcome=outcome, reason="so")})
        said = desk.predicate("tests", tests=run.model_copy(update={"results": (bad,)}))
        assert (said["result"], said["failedTests"]) == ("FAILED", ["ring@2"])
    said = desk.predicate("tests", tests=run.model_copy(update={"results": ()}))
    assert said["result"] == "FAILED"


def test_a_test_of_a_suite_has_its_name_before_it(desk: Desk) -> None:
    run = desk.release.tests
    (result,) = run.results
    other = result.model_copy(update={"suite": "e4s", "ranks": None, "name": "gmp"})
    said = desk.predicate("tests", tests=run.model_copy(update={"results": (result, other)}))
    assert said["passedTests"] == ["ring@2", "e4s/gmp"]


def test_a_skipped_test_is_in_no_list_and_skipped_ones_alone_are_no_pass(desk: Desk) -> None:
    run = desk.release.tests
    (result,) = run.results
    verdict = Verdict(outcome=Outcome.NOT_APPLICABLE, reason="skipped until 2027-01-01 by Ada: x")
    skipped = result.model_copy(update={"verdict": verdict, "name": "other"})
    said = desk.predicate("tests", tests=run.model_copy(update={"results": (result, skipped)}))
    assert (said["result"], said["passedTests"], said["failedTests"]) == ("PASSED", ["ring@2"], [])
    said = desk.predicate("tests", tests=run.model_copy(update={"results": (skipped,)}))
    assert said["result"] == "FAILED"


def test_a_test_that_leaves_processes_behind_is_a_warning(desk: Desk) -> None:
    run = desk.release.tests
    (result,) = run.results
    end = result.end.model_copy(update={"left_behind": ("sleep 60",)})
    left = run.model_copy(update={"results": (result.model_copy(update={"end": end}),)})
    said = desk.predicate("tests", tests=left)
    assert (said["result"], said["warnedTests"], said["passedTests"]) == (
        "WARNED",
        ["ring@2"],
        [],
    )


def test_the_sbom_statement_is_the_document(desk: Desk) -> None:
    document = desk.release.inventory.cyclonedx
    data = desk.blobs.read(document.sha256, limit=1 << 20)
    assert desk.predicate("sbom") == json.loads(data)


def test_the_scan_says_what_it_found_and_what_it_did_not_cover(desk: Desk) -> None:
    said = desk.predicate("scan")
    (found,) = said["scanner"]["result"]
    assert found["id"] == "PYSEC-2026-1"
    assert found["severity"] == [{"method": "peso-level", "score": "low"}]
    assert {"aliases": ["CVE-2026-1"]} in found["annotations"]
    assert {"notCovered": ["pkg:pypi/beta@1.0"]} in said["scanner"]["db"]["annotations"]
    assert said["scanner"]["db"]["lastUpdate"] == "2026-11-23T12:00:00Z"
    assert said["metadata"].keys() == {"scanStartedOn", "scanFinishedOn"}
    nothing = desk.release.scan.model_copy(update={"sources": ()})
    assert "lastUpdate" not in desk.predicate("scan", scan=nothing)["scanner"]["db"]


def test_the_verdict_names_the_other_statements(desk: Desk) -> None:
    made = desk.made()
    said = desk.predicate("verdict")
    assert said["verificationResult"] == "PASSED"
    assert said["verifiedLevels"] == []
    assert said["resourceUri"] == "urn:peso:release:testing/small-1.0"
    assert said["policy"]["digest"] == {"sha256": "1" * 64}
    assert {(one["uri"], one["digest"]["sha256"]) for one in said["inputAttestations"]} == {
        (path, file.sha256)
        for path, file in made.items()
        if file.role == "attestation" and "verdict" not in path
    }


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE])
def test_whatever_is_not_a_pass_is_a_failed_verdict(desk: Desk, outcome: Outcome) -> None:
    verdict = desk.release.verdict.model_copy(
        update={"verdict": Verdict(outcome=outcome, reason="so")}
    )
    assert desk.predicate("verdict", verdict=verdict)["verificationResult"] == "FAILED"


def test_times_are_those_of_the_records(desk: Desk) -> None:
    later = desk.release.build.model_copy(update={"finished": desk.kit.now + timedelta(seconds=5)})
    said = desk.predicate("provenance", build=later)
    assert said["runDetails"]["metadata"]["finishedOn"] == "2026-11-23T12:00:05Z"
