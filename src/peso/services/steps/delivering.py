"""Delivering: the steps attest and publish; what decides each and when it is stale.

The keys are opened only where something is signed: a delivery with nothing to do asks for no
passphrase. Which key signs decides the statements: a release that was never published is attested
anew under a new key; one that was keeps its statements, whose key stays known as a retired one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import peso
from peso.base.digest import canonical_json, sha256_bytes
from peso.base.record import Record
from peso.errors import Reason, Refused
from peso.products.engines.port import Artifact
from peso.services.assurance.gate import GateVerdict
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.matching.record import Scan
from peso.services.delivery.manifest import Manifest, assemble, lock_digest
from peso.services.delivery.publication.publish import (
    Published,
    behind,
    publish,
    standing,
)
from peso.services.delivery.signing.keys import KeyFolder, has_keys
from peso.services.delivery.statements.attest import Attested, attest, evidence_files
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.relocate import Relocations
from peso.services.integration.test import TestRun
from peso.services.integration.trial import files_of
from peso.services.steps.port import Life, Ports, Said, Seen, Step, never
from peso.services.steps.showing import show


def definition_digest(life: Life, ports: Ports) -> str:
    """Return the digest of the stack file, everything it names, and the policy it is judged by."""
    named = [[file.path, file.sha256] for file in life.definition]
    return sha256_bytes(canonical_json([*named, ["policy", ports.policy.digest()]]))


def refuse_to_replace(life: Life, ports: Ports) -> None:
    """Refuse to go on to a version that is published already with other content.

    Raises:
        Refused: it is; the stack file needs a new version.
    """
    stack = life.stack
    there = standing(
        ports.publication, channel=stack.channel, stack=stack.name, version=stack.version
    )
    ours = (lock_digest(life.of(Plan)), definition_digest(life, ports))
    if there is not None and (there.lock, there.definition) != ours:
        what = "another lock" if there.lock != ours[0] else "another definition"
        raise Refused(
            f"{stack.name} {stack.version} is published already, from {what}",
            where=str(ports.publication),
            hint="raise `version:` in the stack file: a published version is never replaced",
            reason=Reason.CHANGED,
        )


def attest_inputs(life: Life, ports: Ports) -> Mapping[str, str]:
    """What decides the statements: the definition and every record they speak of."""
    kinds = (Plan, Build, Relocations, TestRun, Inventory, Scan, GateVerdict)
    return {
        "definition": definition_digest(life, ports),
        "key of the channel": ports.channel_key(life.stack.channel),
        **{kind.__name__.lower(): life.of(kind).digest() for kind in kinds},
    }


def do_attest(life: Life, ports: Ports, _seen: Seen) -> Manifest:
    """Write the evidence down, sign statements about it, and name every file of the release."""
    definition = definition_digest(life, ports)
    files = _shipped(life)
    attested = Attested(
        stack=life.stack,
        definition=definition,
        plan=life.of(Plan),
        build=life.of(Build),
        relocations=life.of(Relocations),
        tests=life.of(TestRun),
        inventory=life.of(Inventory),
        scan=life.of(Scan),
        verdict=life.of(GateVerdict),
        files=files,
        tool=f"peso {peso.__version__}",
    )
    blobs, now = ports.ledger.blobs, ports.clock()
    evidence = evidence_files(attested, blobs)
    signer = ports.keys().signer(life.stack.channel)
    statements = attest(attested, evidence, signer, blobs, now=now)
    return assemble(
        life.stack,
        life.of(Plan),
        life.of(Build),
        (*files, *evidence, *statements),
        definition=definition,
        now=now,
    )


def publish_inputs(life: Life, ports: Ports) -> Mapping[str, str]:
    """What decides publishing: the manifest, and where to."""
    return {"manifest": life.of(Manifest).digest(), "publication": str(ports.publication)}


def do_publish(life: Life, ports: Ports, _seen: Seen) -> Published:
    """Put the release and its pages into the publication; the timestamp switches last."""
    manifest, keys, now = life.of(Manifest), ports.keys(), ports.clock()
    shown = show(manifest, ports, root_sha256=_pinned(keys), development=keys.development, now=now)
    published = publish(
        manifest,
        shown.pages,
        ports.ledger.blobs,
        ports.publication,
        keys,
        freshness=ports.freshness,
        now=now,
        # Should the publication have been lost, this is above every version it can have had.
        first=int(now.timestamp()),
        beside=shown.beside,
    )
    if published.did == "published":
        shown.keep(ports.ledger, now)
    return published


def stale_publish(life: Life, ports: Ports, record: Record) -> str | None:
    """A release is published again where it is not there, or where signatures are due anew."""
    published, manifest = cast("Published", record), life.of(Manifest)
    there = standing(
        ports.publication,
        channel=manifest.channel,
        stack=manifest.stack,
        version=manifest.version,
    )
    if there is None:
        return "the publication does not have it"
    if not Path(published.root_file).is_file():
        return "the root beside the publication is gone"
    if has_keys(ports.key_folder) and behind(ports.publication, ports.key_folder):
        return "a key was rotated since it was signed"
    if ports.freshness.due("timestamp", published.fresh_until, ports.clock()):
        return f"its timestamp is to be signed anew (good until {published.fresh_until:%Y-%m-%d})"
    return None


def _shipped(life: Life) -> tuple[Artifact, ...]:
    inventory, tests = life.of(Inventory), life.of(TestRun)
    logs = [log for result in tests.results for log in result.logs]
    files = (
        *life.definition,
        *files_of(life.of(Build)),
        inventory.cyclonedx,
        inventory.spdx,
        *logs,
        *_logs_of_failed(life.of(Build)),
    )
    return tuple({file.path: file for file in files}.values())


def _logs_of_failed(build: Build) -> list[Artifact]:
    """Return the logs of native units that failed; those of the others are nobody's need."""
    units = [one for part in build.native for one in part.units if one.outcome == "failed"]
    return [one.log for one in units if one.log is not None]


def _pinned(keys: KeyFolder) -> str:
    """Return the digest of the first root: what a facility pins."""
    return sha256_bytes(keys.chain[0])


def said_attest(record: Record) -> Said:
    """Say how many files the manifest names."""
    return Said(f"a manifest of {len(cast('Manifest', record).files)} files")


def said_publish(record: Record) -> Said:
    """Say how long the signatures count."""
    return Said(f"signed until {cast('Published', record).fresh_until:%Y-%m-%d %H:%M} UTC")


ATTEST = Step(
    name="attest",
    record=Manifest,
    inputs=attest_inputs,
    do=do_attest,
    stale=never,
    said=said_attest,
)
PUBLISH = Step(
    name="publish",
    record=Published,
    inputs=publish_inputs,
    do=do_publish,
    stale=stale_publish,
    said=said_publish,
)
