from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.facility import NOW
from tests.services.assurance.vex.making import stated
from tests.services.delivery.conftest import (
    MakePublication,
    Publication,
    make_keys,
    make_manifest,
    make_release,
)
from tests.services.delivery.conftest import Release as Records
from tuf.api.metadata import Metadata, Targets

from peso.base.finding import Outcome, Verdict
from peso.base.ledger import Blobs
from peso.errors import Reason
from peso.products.engines.port import Artifact
from peso.services.delivery.facility.evidence import STATEMENTS, check_evidence
from peso.services.delivery.facility.releases import Release
from peso.services.delivery.facility.report import Doubt
from peso.services.delivery.layout.places import statement_path
from peso.services.delivery.manifest import Manifest, assemble
from peso.services.delivery.signing.keys import KeyFolder
from peso.services.delivery.statements import attest
from peso.services.integration.relocate import Relocations


@pytest.fixture(scope="module")
def published(
    make_publication: MakePublication, tmp_path_factory: pytest.TempPathFactory
) -> Publication:
    return make_publication(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def targets(published: Publication) -> Targets:
    data = (published.folder / "metadata/1.targets.json").read_bytes()
    return Metadata[Targets].from_bytes(data).signed


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def doubts(manifest: Manifest, blobs: Blobs, targets: Targets, days: int = 0) -> tuple[Doubt, ...]:
    release = Release(manifest=manifest, sha256="", place="targets/x")

    def read(one: Artifact) -> bytes:
        return blobs.read(one.sha256, limit=one.length)

    return tuple(check_evidence(release, targets, read, NOW + timedelta(days=days)))


def reasons(manifest: Manifest, blobs: Blobs, targets: Targets, days: int = 0) -> set[Reason]:
    return {one.reason for one in doubts(manifest, blobs, targets, days)}


def attested(
    blobs: Blobs, keys: KeyFolder, change: Callable[[Records], Records] = lambda one: one
) -> Manifest:
    """Make the manifest of a release whose records were changed before they were attested."""
    made = change(make_release(blobs))
    said = attest.Attested(
        stack=made.stack,
        definition="0" * 64,
        plan=made.plan,
        build=made.build,
        relocations=Relocations(made=NOW),
        tests=made.tests,
        inventory=made.inventory,
        scan=made.scan,
        verdict=made.verdict,
        files=made.files,
        tool="0",
    )
    evidence = attest.evidence_files(said, blobs)
    signed = attest.attest(said, evidence, keys.signer("testing"), blobs, now=NOW)
    files = (*made.files, *evidence, *signed)
    return assemble(made.stack, made.plan, made.build, files, definition="0" * 64, now=NOW)


def instead(manifest: Manifest, path: str, other: Artifact | None) -> Manifest:
    """Return the manifest with another file at a path, or none."""
    files = [one for one in manifest.files if one.path != path]
    if other is not None:
        files.append(other.model_copy(update={"path": path}))
    return manifest.model_copy(update={"files": tuple(files)})


def test_honest_evidence_has_no_doubt(
    blobs: Blobs, published: Publication, targets: Targets
) -> None:
    assert doubts(attested(blobs, published.keys), blobs, targets) == ()


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_statement_must_be_there(
    blobs: Blobs, published: Publication, targets: Targets, name: str
) -> None:
    manifest = instead(attested(blobs, published.keys), statement_path(name), None)
    assert Reason.MISSING in reasons(manifest, blobs, targets)


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_strangers_statement_counts_for_nothing(
    blobs: Blobs, published: Publication, targets: Targets, name: str, tmp_path: Path
) -> None:
    stranger = make_keys(tmp_path / "keys")
    other = attested(blobs, stranger)
    theirs = next(one for one in other.files if one.path == statement_path(name))
    manifest = instead(attested(blobs, published.keys), theirs.path, theirs)
    assert Reason.UNKNOWN_SIGNER in reasons(manifest, blobs, targets)


def test_a_statement_in_another_ones_place(
    blobs: Blobs, published: Publication, targets: Targets
) -> None:
    manifest = attested(blobs, published.keys)
    scan = next(one for one in manifest.files if one.path == statement_path("scan"))
    manifest = instead(manifest, statement_path("tests"), scan)
    assert Reason.SWAPPED in reasons(manifest, blobs, targets)


def test_subjects_are_exactly_the_artifacts(
    blobs: Blobs, published: Publication, targets: Targets
) -> None:
    manifest = attested(blobs, published.keys)
    sha256, length = blobs.put(b"one wheel more")
    more = manifest.files[0].model_copy(
        update={"role": "artifact", "path": "wheels/x.whl", "sha256": sha256, "length": length}
    )
    added = manifest.model_copy(update={"files": (*manifest.files, more)})
    assert reasons(added, blobs, targets) == {Reason.SWAPPED}
    fewer = instead(manifest, "wheels/alpha-1.0-py3-none-any.whl", None)
    assert reasons(fewer, blobs, targets) == {Reason.SWAPPED}


@pytest.mark.parametrize("path", ["evidence/tests.json", "evidence/scan.json", "sbom/bom.cdx.json"])
def test_statements_speak_of_what_is_shipped(
    blobs: Blobs, published: Publication, targets: Targets, path: str
) -> None:
    manifest = attested(blobs, published.keys)
    old = next(one for one in manifest.files if one.path == path)
    data = json.loads(blobs.read(old.sha256, limit=old.length)) | {"changed": True}
    sha256, length = blobs.put(json.dumps(data).encode())
    new = old.model_copy(update={"sha256": sha256, "length": length})
    assert reasons(instead(manifest, path, new), blobs, targets) == {Reason.SWAPPED}
    assert reasons(instead(manifest, path, None), blobs, targets) == {Reason.MISSING}


def test_a_verdict_that_did_not_pass_is_policy(
    blobs: Blobs, published: Publication, targets: Targets
) -> None:
    for outcome in (Outcome.FAIL, Outcome.UNKNOWN):
        verdict = Verdict(outcome=outcome, reason="a test failed")

        def judged(one: Records, verdict: Verdict = verdict) -> Records:
            return replace(one, verdict=one.verdict.model_copy(update={"verdict": verdict}))

        manifest = attested(blobs, published.keys, judged)
        (told,) = doubts(manifest, blobs, targets)
        assert told.reason is Reason.POLICY
        assert "a test failed" in told.message


def test_a_verdict_runs_out(blobs: Blobs, published: Publication, targets: Targets) -> None:
    until = NOW + timedelta(days=3)

    def until_then(one: Records) -> Records:
        return replace(one, verdict=one.verdict.model_copy(update={"valid_until": until}))

    manifest = attested(blobs, published.keys, until_then)
    assert doubts(manifest, blobs, targets, days=2) == ()
    assert reasons(manifest, blobs, targets, days=3) == {Reason.STALE_EVIDENCE}


def test_a_verdict_about_another_release(
    blobs: Blobs, published: Publication, targets: Targets
) -> None:
    """Even where the artifacts are the same: the verdict names the release."""
    manifest = attested(blobs, published.keys)
    renamed = manifest.model_copy(update={"version": "2.0"})
    assert reasons(renamed, blobs, targets) == {Reason.SWAPPED}


def test_no_channel_speaks_for_another(
    blobs: Blobs, published: Publication, targets: Targets
) -> None:
    manifest = make_manifest(blobs, published.keys)
    moved = manifest.model_copy(update={"channel": "stable"})
    assert reasons(moved, blobs, targets) == {Reason.UNKNOWN_SIGNER}


def stating(made: Records) -> Records:
    """Return a release on whose component somebody states something."""
    said = stated(made.scan.coverage[0].purl, vulnerability="CVE-2026-1")
    return replace(made, scan=made.scan.model_copy(update={"vex": (said,)}))


VEX = "evidence/vex.openvex.json"


def test_statements_are_shipped_and_signed(
    blobs: Blobs, published: Publication, targets: Targets
) -> None:
    manifest = attested(blobs, published.keys, stating)
    paths = {one.path for one in manifest.files}
    assert {VEX, statement_path("vex")} <= paths
    assert doubts(manifest, blobs, targets) == ()


@pytest.mark.parametrize("path", [VEX, statement_path("vex")])
def test_of_statements_neither_document_nor_signature_may_be_missing(
    blobs: Blobs, published: Publication, targets: Targets, path: str
) -> None:
    manifest = instead(attested(blobs, published.keys, stating), path, None)
    assert Reason.MISSING in reasons(manifest, blobs, targets)


def test_statements_cannot_be_taken_out(
    blobs: Blobs, published: Publication, targets: Targets
) -> None:
    manifest = attested(blobs, published.keys, stating)
    for path in (VEX, statement_path("vex")):
        manifest = instead(manifest, path, None)
    assert Reason.SWAPPED in reasons(manifest, blobs, targets)


def test_other_statements_than_those_signed(
    blobs: Blobs, published: Publication, targets: Targets
) -> None:
    manifest = attested(blobs, published.keys, stating)
    other = next(one for one in manifest.files if one.path == VEX)
    sha256, length = blobs.put(b"{}")
    changed = other.model_copy(update={"sha256": sha256, "length": length})
    assert Reason.SWAPPED in reasons(instead(manifest, VEX, changed), blobs, targets)
