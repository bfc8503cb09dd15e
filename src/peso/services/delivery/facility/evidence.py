"""Evidence: do the statements about a release hold, and do they say that it may be used?

The signed manifest names every statement by digest; this asks what they say. Pure over bytes that
its caller has proven. For each release, closed by default:

1. All five statements are there, each of its own predicate type; and that on VEX, if the release
   ships what people state of its components.
2. Each is signed by a key that the channel has, or had when the release was published.
3. Each is about exactly the release's artifacts and native locks: the same paths with the same
   digests. A release that has neither is about nothing, and no statement is about nothing.
4. Each names the evidence it speaks of, as the release ships it.
5. The verdict is about this very release, rests on the other statements as they are shipped,
   and says passed; so does the gate's own record. Anything else is `policy`.
6. Nothing the verdict rests on has run out, else `stale-evidence`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from pydantic import ValidationError
from tuf.api.metadata import Targets

from peso.base.finding import Outcome
from peso.errors import Reason, Refused
from peso.products.engines.port import Artifact
from peso.services.assurance.gate import GateVerdict
from peso.services.delivery.facility.releases import Release
from peso.services.delivery.facility.report import Doubt
from peso.services.delivery.layout.delegations import envelope_keys
from peso.services.delivery.layout.places import blob_path, statement_path
from peso.services.delivery.statements import statement as words

Read = Callable[[Artifact], bytes]
"""Gives the bytes of a file of the release, proven by digest; raises Refused."""

STATEMENTS: Mapping[str, str] = {
    "provenance": words.PROVENANCE,
    "tests": words.TESTS,
    "sbom": words.SBOM,
    "scan": words.SCAN,
    "verdict": words.VERDICT,
}
"""The statements of every release and their predicate types."""

_VEX = "vex"
_NEW_RELEASE = "ask the publisher for a new release"


def check_evidence(
    release: Release, targets: Targets, read: Read, now: datetime
) -> Iterator[Doubt]:
    """Give every doubt about a release's evidence.

    Args:
        release: The release, from its proven manifest.
        targets: The trusted list of channels: whose keys speak for which channel.
        read: Gives the bytes of the release's files.
        now: The present time; no other date makes old evidence good.
    """
    for name in _expected(release):
        one = release.named(statement_path(name))
        if one is None:
            yield Doubt(
                reason=Reason.MISSING,
                where=release.place,
                message=f"{release.name} has no statement on {name}",
                hint=_NEW_RELEASE,
            )
            continue
        try:
            said = _statement(release, name, one, targets, read)
            if name == "verdict":
                _check_verdict(release, said, read, now)
        except Refused as error:
            yield Doubt(
                reason=error.reason or Reason.CHANGED,
                where=error.where or blob_path(one.sha256),
                message=f"{release.name}, {one.path}: {error.message}",
                hint=error.hint,
            )


def _expected(release: Release) -> Mapping[str, str]:
    """Return the statements that a release has to have, with their predicate types."""
    paths = (words.SPEAKS_OF[words.VEX], statement_path(_VEX))
    stated = any(release.named(path) is not None for path in paths)
    return {**STATEMENTS, _VEX: words.VEX} if stated else STATEMENTS


def _statement(
    release: Release, name: str, one: Artifact, targets: Targets, read: Read
) -> words.Statement:
    """Return a statement for which rules 1 to 4 hold."""
    if one.length > words.ENVELOPE_LIMIT:
        raise Refused("too long for a statement", reason=Reason.TOO_LARGE)
    keys = envelope_keys(targets, release.manifest.channel)
    said = words.read_envelope(read(one), keys, 1, where=blob_path(one.sha256))
    if said.predicate_type != _expected(release)[name]:
        raise Refused(f"it is a {said.predicate_type}", reason=Reason.SWAPPED)
    expected = sorted((file.path, file.sha256) for file in release.manifest.subjects)
    subject = sorted((about.name, about.digests.sha256) for about in said.subject)
    if not expected or subject != expected:
        raise Refused("it is not about exactly what this release ships", reason=Reason.SWAPPED)
    evidence = release.named(words.SPEAKS_OF[said.predicate_type])
    if evidence is None:
        raise Refused("what it speaks of is not shipped", reason=Reason.MISSING)
    if evidence.length > words.ENVELOPE_LIMIT:
        raise Refused(f"{evidence.path} is too long", reason=Reason.TOO_LARGE)
    if not words.speaks_of(said, evidence, read(evidence)):
        raise Refused(f"it does not speak of {evidence.path} as shipped", reason=Reason.SWAPPED)
    return said


def _check_verdict(release: Release, said: words.Statement, read: Read, now: datetime) -> None:
    """Refuse a verdict that is not a yes to this very release, now (rules 5 and 6)."""
    evidence = release.named(words.SPEAKS_OF[words.VERDICT])
    try:
        summary = words.Summary.model_validate(said.predicate)
        gate = GateVerdict.parse(read(evidence)) if evidence else None
    except ValidationError as error:
        raise Refused("it cannot be read as a verdict", reason=Reason.POLICY) from error
    if summary.resource_uri != f"urn:peso:release:{release.name}":
        raise Refused(f"it is about {summary.resource_uri}", reason=Reason.SWAPPED)
    others = {statement_path(name) for name in _expected(release) if name != "verdict"}
    rests_on = {(one.uri, (one.digests or {}).get("sha256")) for one in summary.input_attestations}
    shipped = {(one.path, one.sha256) for one in release.manifest.files if one.path in others}
    if rests_on != shipped:
        raise Refused("it rests on other statements than those shipped", reason=Reason.SWAPPED)
    passed = gate is not None and gate.verdict.outcome is Outcome.PASS
    if gate is None or not passed or summary.verification_result != "PASSED":
        why = gate.verdict.reason if gate else None
        raise Refused(
            f"the gate did not say yes: {why or summary.verification_result}",
            hint=_NEW_RELEASE,
            reason=Reason.POLICY,
        )
    if gate.valid_until is not None and now >= gate.valid_until:
        raise Refused(
            f"the gate's yes was good until {gate.valid_until.isoformat()}",
            hint=_NEW_RELEASE,
            reason=Reason.STALE_EVIDENCE,
        )
