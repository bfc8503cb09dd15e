"""Verify: is a publication, in a folder or behind a URL, what a pinned root says it is?

The facility's side. `proof.py` looks at everything; this file gives the answer:

1. A no is an exception with its reason and place; a yes is a report of what was proven.
2. Nothing to check is unknown, and unknown is not yes.
3. The date is remembered after a full yes only. What TUF's client saw signed is remembered at once,
   also when the answer is no: an index that was validly signed stays known.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from peso.base.net import Net
from peso.errors import Reason, Refused
from peso.services.delivery.facility.proof import Asked, Proof, ask, prove
from peso.services.delivery.facility.releases import Release
from peso.services.delivery.facility.report import ReleaseProven, VerifyReport, freshness
from peso.services.delivery.facility.trust import accept
from peso.services.delivery.signing.roots import is_development


def verify(  # noqa: PLR0913 - every argument is a decision of the facility
    where: str | Path,
    *,
    root: Path | None,
    state: Path,
    unsafe_development_keys: bool,
    unsafe_as_of: datetime | None,
    net: Net,
    now: datetime,
) -> VerifyReport:
    """Prove a publication, or say everything that is wrong with it.

    Args:
        where: A folder, or an http, https or file URL.
        root: The root file to trust; None to use the roots pinned in `state`.
        state: The folder of trust: pinned roots and what was last seen under each.
        unsafe_development_keys: Take a root that is marked as development.
        unsafe_as_of: Judge the index's freshness as of this date instead of now.
        net: The network.
        now: The present time.

    Raises:
        Refused: no, with `reason` and the path inside the publication; `NotProven` with all doubts.
        BadInput: there is no such folder, URL or root file, or no such date.
        Outside: the disk, the network, or the folder of trust failed.
    """
    asked = ask(
        where,
        root=root,
        state=state,
        unsafe_development_keys=unsafe_development_keys,
        unsafe_as_of=unsafe_as_of,
        net=net,
        now=now,
    )
    proof = prove(asked)
    if not proof.releases:
        raise Refused(
            "it has no release, so nothing was checked",
            where=asked.source.where,
            hint="deliver a release into it first",
            reason=Reason.MISSING,
        )
    accept(asked.trust, proof.chain.as_of)
    return _report(asked, proof)


def _report(asked: Asked, proof: Proof) -> VerifyReport:
    chain = proof.chain
    not_looked_at = (
        ()
        if asked.folder is not None
        else (
            "files the server may have that nothing current names",
            "metadata of older and of coming generations",
        )
    )
    return VerifyReport(
        where=asked.source.where,
        root_sha256=asked.trust.sha256,
        development=any(map(is_development, chain.roots.values())),
        as_of=chain.as_of,
        fresh_until=chain.fresh_until,
        freshness=freshness(chain.as_of, chain.fresh_until, fresh=chain.fresh),
        releases=tuple(_proven(one) for one in proof.releases),
        files=proof.files,
        bytes=proof.bytes,
        not_looked_at=not_looked_at,
        checked=_checked(asked, proof),
    )


def _proven(release: Release) -> ReleaseProven:
    one = release.manifest
    return ReleaseProven(
        channel=one.channel,
        stack=one.stack,
        version=one.version,
        title=one.title,
        manifest=release.sha256,
        files=len(one.files),
        bytes=sum(file.length for file in one.files),
    )


def _units(proof: Proof) -> tuple[str, ...]:
    count = sum(len(part.units) for one in proof.releases for part in one.manifest.parts)
    return (f"the name, version and hash of {count} units of Spack's",) if count else ()


def _checked(asked: Asked, proof: Proof) -> tuple[str, ...]:
    chain = proof.chain
    steps = chain.root.version - asked.trust.root.version
    followed = f", followed to version {chain.root.version}" if steps else ""
    files = "every file in the folder" if asked.folder else "every file that is named"
    return (
        f"the root with sha256 {asked.trust.sha256}{followed}",
        f"the index: timestamp {chain.timestamp.version}, snapshot {chain.snapshot.version}",
        f"the signed manifests of {len(proof.releases)} releases",
        f"{files}: {proof.files} files, {proof.bytes} bytes, by length and sha256",
        "the evidence of each release: provenance, tests, sbom, scan, verdict",
        *_units(proof),
    )
