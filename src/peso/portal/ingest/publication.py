"""A publication as a source: nothing of it is taken in that a pinned root does not prove.

The same proof as `peso verify`: a file changed anywhere is a no, and then nothing is taken in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from peso.base.net import Net
from peso.portal.ingest.facts import Records, ReleaseFact
from peso.portal.ingest.logs import Read
from peso.products.engines.port import Artifact
from peso.services.delivery.facility.proof import Asked, ask, prove
from peso.services.delivery.facility.releases import Release
from peso.services.delivery.layout.places import METADATA, blob_path
from peso.services.delivery.pages.view import view
from peso.services.delivery.signing.roots import is_development
from peso.services.integration.build import Build


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One release as a publication has it."""

    release: ReleaseFact
    records: Records
    logs: tuple[Artifact, ...]


def is_publication(folder: Path) -> bool:
    """Say whether a folder is a publication."""
    return (folder / METADATA / "timestamp.json").is_file()


def open_publication(  # noqa: PLR0913 - as `verify`
    folder: Path,
    *,
    root: Path | None,
    state: Path,
    unsafe_development_keys: bool,
    net: Net,
    now: datetime,
) -> tuple[Iterator[Published], Read]:
    """Prove a publication, and return its releases and what reads its logs.

    Raises:
        Refused: it is not proven.
        BadInput, Outside: as `verify`.
    """
    asked = ask(
        str(folder),
        root=root,
        state=state,
        unsafe_development_keys=unsafe_development_keys,
        unsafe_as_of=None,
        net=net,
        now=now,
    )
    proof = prove(asked)
    development = any(map(is_development, proof.chain.roots.values()))

    def read(sha256: str, limit: int) -> bytes:
        return asked.source.read(blob_path(sha256), limit=limit)

    several = (_published(one, asked, folder.name, development) for one in proof.releases)
    return several, read


def _published(one: Release, asked: Asked, name: str, development: bool) -> Published:  # noqa: FBT001
    def read(file: Artifact) -> bytes:
        return asked.source.read(blob_path(file.sha256), limit=file.length)

    seen, manifest = view(one.manifest, read), one.manifest
    build = next(file for file in manifest.files if file.path == "evidence/build.json")
    return Published(
        release=ReleaseFact(
            channel=manifest.channel,
            stack=manifest.stack,
            version=manifest.version,
            title=manifest.title,
            created=manifest.created,
            manifest=one.sha256,
            published=True,
            development=development,
            verdict=seen.gate.verdict.outcome.value,
            reason=seen.gate.verdict.reason or "",
            publication=name,
            files=manifest.files,
        ),
        records=Records(
            plan=seen.plan,
            build=Build.parse(read(build)),
            tests=seen.tests_run,
            inventory=seen.inventory,
            scan=seen.scan,
            gate=seen.gate,
        ),
        logs=tuple(file for file in manifest.files if file.role == "log"),
    )
