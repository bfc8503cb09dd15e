"""Statements: what was found out about artifacts, in the words of in-toto, and who signed for it.

The records follow the standards they are named after, field by field:

- Statement: in-toto Attestation Framework v1, https://in-toto.io/Statement/v1
- Provenance: https://slsa.dev/provenance/v1
- TestResults: https://in-toto.io/attestation/test-result/v0.1
- Vulnerabilities: https://in-toto.io/attestation/vulns/v0.1
- Summary: https://slsa.dev/verification_summary/v1
- a CycloneDX document as it is: https://cyclonedx.org/bom
- an OpenVEX document as it is: https://openvex.dev/ns

Where a standard has no field for the evidence a statement speaks of, `peso_evidence` names it; the
standards ask readers to pass over fields they do not know.

`read_envelope` is closed by default: no key, no threshold, a signer nobody knows, another payload,
no subject, or more bytes than the limit is a no. It makes no statement; `attest.py` does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, JsonValue, ValidationError
from pydantic.alias_generators import to_camel
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Key

from peso.base.digest import canonical_json
from peso.base.record import Record
from peso.errors import Reason, Refused
from peso.products.engines.port import Artifact

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PROVENANCE = "https://slsa.dev/provenance/v1"
TESTS = "https://in-toto.io/attestation/test-result/v0.1"
SBOM = "https://cyclonedx.org/bom"
SCAN = "https://in-toto.io/attestation/vulns/v0.1"
VERDICT = "https://slsa.dev/verification_summary/v1"
VEX = "https://openvex.dev/ns"

SPEAKS_OF = {
    PROVENANCE: "evidence/build.json",
    TESTS: "evidence/tests.json",
    SBOM: "sbom/bom.cdx.json",
    SCAN: "evidence/scan.json",
    VEX: "evidence/vex.openvex.json",
    VERDICT: "evidence/verdict.json",
}
"""The file of a release that a statement of each predicate type speaks of."""

_WHOLE = frozenset({SBOM, VEX})
"""The predicates that are the document they speak of."""
ENVELOPE_LIMIT = 64 << 20
"""The longest envelope that is read, in bytes."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Standard(Record):
    """A record in a standard's own words: camelCase, and what is not known is left out."""

    model_config = ConfigDict(alias_generator=to_camel)

    def plain(self) -> dict[str, Any]:
        """Return the record as plain JSON data, without the fields that are not there."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Resource(Standard):
    """An in-toto ResourceDescriptor: a file or a thing, by name, address or digest."""

    name: str | None = None
    uri: str | None = None
    digests: dict[str, str] | None = Field(default=None, alias="digest")
    media_type: str | None = None
    annotations: dict[str, JsonValue] | None = None


class DigestSet(Standard):
    """The digest of an artifact; sha256 is the one PESO knows."""

    sha256: Sha256


class Subject(Standard):
    """An artifact that a statement is about."""

    name: str
    digests: DigestSet = Field(alias="digest")


class Statement(Standard):
    """What is said of which artifacts."""

    type_: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    subject: Annotated[tuple[Subject, ...], Field(min_length=1)]
    predicate_type: str
    predicate: dict[str, JsonValue]


class BuildDefinition(Standard):
    """What was asked to be built, from what."""

    build_type: str
    external_parameters: dict[str, JsonValue]
    internal_parameters: dict[str, JsonValue]
    resolved_dependencies: tuple[Resource, ...]


class Builder(Standard):
    """Who built."""

    id: str
    version: dict[str, str]


class BuildMetadata(Standard):
    """When it was built."""

    invocation_id: str
    started_on: datetime
    finished_on: datetime


class RunDetails(Standard):
    """How it was built."""

    builder: Builder
    metadata: BuildMetadata
    byproducts: tuple[Resource, ...]


class Provenance(Standard):
    """SLSA build provenance."""

    build_definition: BuildDefinition
    run_details: RunDetails


class TestResults(Standard):
    """One run of a set of tests."""

    result: Literal["PASSED", "WARNED", "FAILED"]
    configuration: tuple[Resource, ...]
    passed_tests: tuple[str, ...]
    warned_tests: tuple[str, ...]
    failed_tests: tuple[str, ...]


class Severity(Standard):
    """How grave, by which measure."""

    method: str
    score: str


class Vulnerability(Standard):
    """One known weakness that was found."""

    id: str
    severity: tuple[Severity, ...]
    annotations: tuple[dict[str, JsonValue], ...]


class Database(Standard):
    """The advisories that were asked."""

    uri: str
    version: str
    last_update: datetime | None
    annotations: tuple[dict[str, JsonValue], ...]


class Scanner(Standard):
    """What scanned, with which advisories, and what it found."""

    uri: str
    version: str
    db: Database
    result: tuple[Vulnerability, ...]


class ScanMetadata(Standard):
    """When it was scanned."""

    scan_started_on: datetime
    scan_finished_on: datetime


class Vulnerabilities(Standard):
    """What a scan for known weaknesses found."""

    scanner: Scanner
    metadata: ScanMetadata
    evidence: tuple[Resource, ...] = Field(alias="peso_evidence")


class Verifier(Standard):
    """Who verified."""

    id: str
    version: dict[str, str]


class Summary(Standard):
    """A verification summary: the gate's answer, on which attestations."""

    verifier: Verifier
    time_verified: datetime
    resource_uri: str
    policy: Resource
    input_attestations: tuple[Resource, ...]
    verification_result: Literal["PASSED", "FAILED"]
    verified_levels: tuple[str, ...]
    evidence: tuple[Resource, ...] = Field(alias="peso_evidence")


def read_envelope(
    data: bytes, keys: Sequence[Key], threshold: int, *, where: str = "envelope"
) -> Statement:
    """Return the statement in a DSSE envelope that enough of the given keys signed.

    Args:
        data: The envelope, JSON.
        keys: The keys whose signatures count.
        threshold: How many of them must have signed; at least 1.
        where: What errors call the envelope.

    Raises:
        Refused: `too-large`; `changed` (not an envelope with an in-toto statement, or a signature
            that does not fit); `unknown-signer`; `below-threshold`.
    """
    if len(data) > ENVELOPE_LIMIT:
        raise _no(f"longer than {ENVELOPE_LIMIT} bytes", where, Reason.TOO_LARGE)
    if threshold < 1 or not keys:
        raise _no("no key that may sign it is known", where, Reason.UNKNOWN_SIGNER)
    try:
        envelope = Envelope.from_dict(json.loads(data))
        pae = envelope.pae()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _no("not a DSSE envelope", where, Reason.CHANGED) from error
    if envelope.payload_type != PAYLOAD_TYPE:
        raise _no(f"its payload is not {PAYLOAD_TYPE}", where, Reason.CHANGED)
    known = {key.keyid: key for key in keys}
    if not set(envelope.signatures) <= set(known):
        raise _no("signed by a key nobody knows", where, Reason.UNKNOWN_SIGNER)
    for keyid, signature in envelope.signatures.items():
        try:
            known[keyid].verify_signature(signature, pae)
        except UnverifiedSignatureError as error:
            raise _no("changed after it was signed", where, Reason.CHANGED) from error
    if len(envelope.signatures) < threshold:
        raise _no(
            f"{len(envelope.signatures)} of {threshold} signatures", where, Reason.BELOW_THRESHOLD
        )
    try:
        return Statement.parse(envelope.payload)
    except ValidationError as error:
        raise _no("not an in-toto statement", where, Reason.CHANGED) from error


def speaks_of(statement: Statement, evidence: Artifact, data: bytes) -> bool:
    """Say whether a statement speaks of this file of a release, whose bytes are `data`.

    A CycloneDX or OpenVEX predicate is the document itself; any other names the file's digest.
    """
    if statement.predicate_type in _WHOLE:
        try:
            return canonical_json(json.loads(data)) == canonical_json(statement.predicate)
        except (ValueError, RecursionError):
            return False
    return (evidence.path, evidence.sha256) in _named(statement.predicate)


def _named(value: JsonValue) -> set[tuple[str, str]]:
    """Return the name and sha256 of every resource that a predicate names."""
    if isinstance(value, list):
        return set().union(*(_named(one) for one in value))
    if not isinstance(value, dict):
        return set()
    found = set().union(*(_named(one) for one in value.values()))
    name, digest = value.get("name"), value.get("digest")
    sha256 = digest.get("sha256") if isinstance(digest, dict) else None
    if isinstance(name, str) and isinstance(sha256, str):
        found.add((name, sha256))
    return found


def _no(message: str, where: str, reason: Reason) -> Refused:
    return Refused(message, where=where, reason=reason)
