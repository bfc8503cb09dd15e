"""Attest: what the steps found out, as signed statements that other tools can read.

1. Five statements, each about every artifact and every native lock the release ships: provenance,
   tests, SBOM, scan and verdict; and VEX, where people state something of its components. The
   verdict comes last and names the others.
2. Each names the evidence it speaks of by digest: the steps' own records, shipped as canonical
   JSON under `evidence/`.
3. Nothing is said that no record says. No SLSA level is claimed: PESO's gate verifies none.
4. No statement names the index a file came from; a source is named by purl, file name and digest.
5. A release with nothing to attest is refused.

Equal records, key and time give equal bytes. Judges nothing and publishes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue
from securesystemslib.dsse import Envelope
from securesystemslib.signer import Signer

from peso.base.digest import canonical_json
from peso.base.finding import Outcome
from peso.base.ledger import Blobs
from peso.base.record import Record
from peso.errors import Reason, Refused
from peso.products.engines.port import Artifact, Role
from peso.products.stack import Stack
from peso.services.assurance.gate import GateVerdict
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.matching.record import Scan
from peso.services.assurance.vex.openvex import MEDIA_TYPE, WireDocument, document_of, text_of
from peso.services.delivery.layout.places import statement_path
from peso.services.delivery.manifest import shipped_build, shipped_plan, subjects
from peso.services.delivery.statements import statement as words
from peso.services.delivery.statements.materials import materials
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.relocate import Relocations
from peso.services.integration.test import TestResult, TestRun

BUILD_TYPE = "urn:peso:buildtype:stack/1"
BUILDER = "urn:peso:builder"
GATE = "urn:peso:gate"
SCANNER = "urn:peso:scan"
ADVISORIES = "urn:peso:advisories"
ENVELOPE_TYPE = "application/vnd.dsse.envelope.v1+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """Everything that is attested of one release."""

    stack: Stack
    definition: str
    """Digest of the stack file and everything it names."""
    plan: Plan
    build: Build
    relocations: Relocations
    tests: TestRun
    inventory: Inventory
    scan: Scan
    verdict: GateVerdict
    files: tuple[Artifact, ...]
    """What the release ships, besides evidence and attestations."""
    tool: str
    """PESO's own version."""


def evidence_files(attested: Attested, blobs: Blobs) -> tuple[Artifact, ...]:
    """Put the steps' records into the store as the release ships them, and return the files."""
    records: dict[str, Record] = {
        "plan": shipped_plan(attested.plan),
        "build": shipped_build(attested.build),
        "relocations": attested.relocations,
        "tests": attested.tests,
        "inventory": attested.inventory,
        "scan": attested.scan,
        "verdict": attested.verdict,
    }
    files = [
        _put(blobs, "evidence", f"evidence/{name}.json", "application/json", record.canonical())
        for name, record in records.items()
    ]
    if (document := _vex(attested)) is not None:
        data = text_of(document)
        files.append(_put(blobs, "evidence", words.SPEAKS_OF[words.VEX], MEDIA_TYPE, data))
    return tuple(files)


def _vex(attested: Attested) -> WireDocument | None:
    """Return the statements that name a component of the release; None where there are none."""
    stated = tuple({one.statement: None for one in attested.scan.vex})
    if not stated:
        return None
    return document_of(stated, made=attested.scan.made, tooling=attested.tool)


def attest(
    attested: Attested,
    evidence: Iterable[Artifact],
    signer: Signer,
    blobs: Blobs,
    *,
    now: datetime,
) -> tuple[Artifact, ...]:
    """Make and sign the statements of a release; returns the envelopes as files it ships.

    Args:
        attested: The release's records and files.
        evidence: What `evidence_files` made of the records.
        signer: The channel's key.
        blobs: Where the CycloneDX document is, and where the envelopes go.
        now: When the verdict is summed up.

    Raises:
        Refused: The release has nothing to attest.
    """
    filed = {one.path: one for one in evidence}
    document = attested.inventory.cyclonedx
    sbom = json.loads(blobs.read(document.sha256, limit=words.ENVELOPE_LIMIT))
    predicates: dict[str, tuple[str, dict[str, JsonValue]]] = {
        "provenance": (words.PROVENANCE, _provenance(attested, filed).plain()),
        "tests": (words.TESTS, _tests(attested, filed).plain()),
        "sbom": (words.SBOM, sbom),
        "scan": (words.SCAN, _scan(attested, filed).plain()),
    }
    if (stated := _vex(attested)) is not None:
        predicates["vex"] = (words.VEX, stated.plain())
    subject = _subject(attested)
    made = [
        _sign(blobs, name, kind, predicate, subject, signer)
        for name, (kind, predicate) in predicates.items()
    ]
    summary = _verdict(attested, filed, made, now).plain()
    return (*made, _sign(blobs, "verdict", words.VERDICT, summary, subject, signer))


def _sign(  # noqa: PLR0913, PLR0917 - one statement in full
    blobs: Blobs,
    name: str,
    kind: str,
    predicate: dict[str, JsonValue],
    subject: tuple[words.Subject, ...],
    signer: Signer,
) -> Artifact:
    """Sign one statement and put its envelope into the store."""
    said = words.Statement(
        type_=words.STATEMENT, subject=subject, predicate_type=kind, predicate=predicate
    )
    envelope = Envelope(said.canonical(), words.PAYLOAD_TYPE, {})
    envelope.sign(signer)
    path = statement_path(name)
    return _put(blobs, "attestation", path, ENVELOPE_TYPE, canonical_json(envelope.to_dict()))


def _subject(attested: Attested) -> tuple[words.Subject, ...]:
    """Name everything that is attested, by path."""
    native = [part.document.path for part in attested.build.native]
    if not (found := subjects(attested.files, native)):
        raise Refused(
            "the release has no artifact and no native lock, so there is nothing to attest",
            where=f"{attested.stack.name} {attested.stack.version}",
            hint="add a product to `products:` of the stack file",
            reason=Reason.MISSING,
        )
    return tuple(
        words.Subject(name=one.path, digests=words.DigestSet(sha256=one.sha256)) for one in found
    )


def _provenance(attested: Attested, filed: dict[str, Artifact]) -> words.Provenance:
    stack, build = attested.stack, attested.build
    logs = [_file(one) for one in attested.files if one.role == "log"]
    return words.Provenance(
        build_definition=words.BuildDefinition(
            build_type=BUILD_TYPE,
            external_parameters={
                "stack": stack.name,
                "version": stack.version,
                "channel": stack.channel,
                "definition": {"sha256": attested.definition},
            },
            internal_parameters=_parameters(attested),
            resolved_dependencies=materials(shipped_plan(attested.plan), build),
        ),
        run_details=words.RunDetails(
            builder=words.Builder(id=BUILDER, version={"peso": attested.tool}),
            metadata=words.BuildMetadata(
                invocation_id=f"urn:sha256:{filed['evidence/build.json'].sha256}",
                started_on=build.started,
                finished_on=build.finished,
            ),
            byproducts=(
                _file(filed["evidence/plan.json"]),
                _file(filed["evidence/build.json"]),
                _file(filed["evidence/relocations.json"]),
                *logs,
            ),
        ),
    )


def _parameters(attested: Attested) -> dict[str, JsonValue]:
    """Say what PESO itself decided: the tools, and the settings it gave Spack."""
    tools: dict[str, JsonValue] = {part.part: part.tool for part in attested.build.parts}
    settings: dict[str, JsonValue] = {
        lock.part: {"digest": {"sha256": lock.settings.sha256}} for lock in attested.plan.native
    }
    return {"tools": tools, "settings": settings} if settings else {"tools": tools}


def _tests(attested: Attested, filed: dict[str, Artifact]) -> words.TestResults:
    results = attested.tests.results
    failed = [one for one in results if not one.verdict.ok]
    warned = [one for one in results if one.verdict.ok and one.end.left_behind]
    # One that was skipped is in none of the lists: it did not pass; the record says why.
    ran = [one for one in results if one.verdict.outcome is not Outcome.NOT_APPLICABLE]
    passed = [one for one in ran if one not in failed and one not in warned]
    figures: dict[str, JsonValue] = {
        f"{_test_name(one)}.{figure.name}": figure.value
        for one in results
        for figure in one.figures
    }
    definition = [_file(one) for one in attested.files if one.path == "stack.yaml"]
    said = _file(filed["evidence/tests.json"])
    return words.TestResults(
        # No test at all is not a pass: nothing was checked.
        result="FAILED" if failed or not ran else "WARNED" if warned else "PASSED",
        configuration=(said.model_copy(update={"annotations": figures}), *definition),
        passed_tests=tuple(_test_name(one) for one in passed),
        warned_tests=tuple(_test_name(one) for one in warned),
        failed_tests=tuple(_test_name(one) for one in failed),
    )


def _test_name(result: TestResult) -> str:
    return result.title if result.ranks is None else f"{result.title}@{result.ranks}"


def _scan(attested: Attested, filed: dict[str, Artifact]) -> words.Vulnerabilities:
    scan = attested.scan
    sources = sorted(scan.sources, key=lambda one: one.name)
    uncovered: list[JsonValue] = [one.purl for one in scan.coverage if not one.sources]
    return words.Vulnerabilities(
        scanner=words.Scanner(
            uri=SCANNER,
            version=attested.tool,
            db=words.Database(
                uri=ADVISORIES,
                version=",".join(f"{one.name}@{one.sha256}" for one in sources),
                last_update=max((one.newest for one in sources if one.newest), default=None),
                annotations=(
                    *({"source": one.name, "records": one.records} for one in sources),
                    {"notCovered": uncovered},
                ),
            ),
            result=tuple(
                words.Vulnerability(
                    id=finding.rule,
                    severity=(words.Severity(method="peso-level", score=finding.level.value),),
                    annotations=(
                        {"subject": finding.subject, "message": finding.message},
                        {"aliases": [*finding.aliases]},
                    ),
                )
                for finding in scan.findings
            ),
        ),
        metadata=words.ScanMetadata(scan_started_on=scan.made, scan_finished_on=scan.made),
        evidence=(_file(filed["evidence/scan.json"]), _file(attested.inventory.cyclonedx)),
    )


def _verdict(
    attested: Attested, filed: dict[str, Artifact], made: Iterable[Artifact], now: datetime
) -> words.Summary:
    stack, verdict = attested.stack, attested.verdict
    passed = verdict.verdict.outcome is Outcome.PASS
    return words.Summary(
        verifier=words.Verifier(id=GATE, version={"peso": attested.tool}),
        time_verified=now,
        resource_uri=f"urn:peso:release:{stack.channel}/{stack.name}-{stack.version}",
        policy=words.Resource(
            uri=f"urn:peso:policy:{verdict.policy}", digests={"sha256": verdict.policy_sha256}
        ),
        input_attestations=tuple(
            words.Resource(uri=one.path, digests={"sha256": one.sha256}) for one in made
        ),
        verification_result="PASSED" if passed else "FAILED",
        verified_levels=(),
        evidence=(_file(filed["evidence/verdict.json"]),),
    )


def _file(artifact: Artifact) -> words.Resource:
    return words.Resource(
        name=artifact.path, digests={"sha256": artifact.sha256}, media_type=artifact.media_type
    )


def _put(blobs: Blobs, role: Role, path: str, media_type: str, data: bytes) -> Artifact:
    sha256, length = blobs.put(data)
    return Artifact(role=role, path=path, media_type=media_type, length=length, sha256=sha256)
