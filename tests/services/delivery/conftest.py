"""A small finished publication, made quickly with real keys, real TUF and real attestations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import pytest
from tuf.api.exceptions import DownloadHTTPError
from tuf.api.metadata import TargetFile
from tuf.ngclient import FetcherInterface, Updater

from peso.base.digest import sha256_bytes, sha256_file
from peso.base.finding import Finding, Level, Verdict
from peso.base.finding import Outcome as Answer
from peso.base.ledger import Blobs
from peso.products.engines.port import Artifact, Lock, Made, PartBuild, Requires, Role, Unit
from peso.products.platforms.port import Host, JobEnd
from peso.products.stack import Product, PypiPart, Stack
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.gate import GateVerdict, RuleResult
from peso.services.assurance.inventory import Component, Inventory
from peso.services.assurance.matching.coverage import Coverage
from peso.services.assurance.matching.record import Scan
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.manifest import Manifest, PagesManifest, assemble
from peso.services.delivery.publication import publish
from peso.services.delivery.signing.keys import KeyFolder, create_keys
from peso.services.delivery.statements import attest
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.relocate import Relocations
from peso.services.integration.test import Figure, TestResult, TestRun

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PASSPHRASE = b"correct horse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    path: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    folder: Path
    root_file: Path
    keys: KeyFolder
    blobs: Blobs
    manifests: tuple[Manifest, ...]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Every record of one release, as the steps before delivery leave them."""

    stack: Stack
    plan: Plan
    build: Build
    tests: TestRun
    inventory: Inventory
    scan: Scan
    verdict: GateVerdict
    files: tuple[Artifact, ...] = field(default=())


class MakePublication(Protocol):
    def __call__(
        self,
        folder: Path,
        *,
        versions: tuple[str, ...] = ("1.0",),
        channel: str = "testing",
        development: bool = True,
        now: datetime = NOW,
        freshness: Freshness = Freshness(),  # noqa: B008 - frozen
    ) -> Publication: ...


def put(blobs: Blobs, role: Role, path: str, data: bytes, media_type: str = "") -> Artifact:
    sha256, length = blobs.put(data)
    return Artifact(
        role=role,
        path=path,
        media_type=media_type or "application/octet-stream",
        length=length,
        sha256=sha256,
    )


def make_release(
    blobs: Blobs, *, version: str = "1.0", channel: str = "testing", now: datetime = NOW
) -> Release:
    wheels = {
        name: put(blobs, "artifact", f"wheels/{name}-{version}-py3-none-any.whl", data)
        for name, data in (
            ("alpha", b"PK wheel of alpha, the same in every version"),
            ("beta", f"PK wheel of beta {version}".encode()),
        )
    }
    document = put(blobs, "lock", "pylock.release.toml", b'lock-version = "1.0"\n')
    requires = Requires(python="==3.11.*", implementation="cpython", platforms=())
    units = tuple(
        Unit(
            name=name,
            version=version,
            purl=f"pkg:pypi/{name}@{version}",
            filename=f"{name}-{version}.tar.gz",
            sha256=wheel.sha256,
            length=wheel.length,
            url=f"https://index.example/{name}-{version}.tar.gz",
            root=True,
        )
        for name, wheel in wheels.items()
    )
    lock = Lock(
        part="python",
        engine="pypi",
        requires=requires,
        units=units,
        document=document,
        tool="uv 0.13.9",
    )
    made = tuple(
        Made(
            unit=unit.name,
            version=version,
            artifact=wheels[unit.name],
            source_filename=unit.filename,
            source_sha256=unit.sha256,
            built_here=True,
            license="MIT",
            built_with=(unit.model_copy(update={"name": "hatchling"}),),
        )
        for unit in units
    )
    part = PartBuild(
        part="python", requires=requires, made=made, document=document, tool="uv 0.13.9"
    )
    script = put(blobs, "test", "tests/ring.py", b"print('sum_error=0')\n")
    definition = f"""\
schema: peso.stack/1
name: small
version: "{version}"
title: A small stack
channel: {channel}
parts: {{python: {{engine: pypi}}}}
products: [{{name: alpha, part: python}}, {{name: beta, part: python}}]
"""
    stack_file = put(blobs, "evidence", "stack.yaml", definition.encode())
    tests, logs = make_tests(blobs, now)
    inventory = make_inventory(blobs, part, now)
    return Release(
        stack=make_stack(version, channel),
        plan=Plan(stack="small", version=version, locks=(lock,)),
        build=Build(parts=(part,), started=now - timedelta(minutes=2), finished=now),
        tests=tests,
        inventory=inventory,
        scan=make_scan(inventory, now),
        verdict=make_verdict(now),
        files=(
            *wheels.values(),
            document,
            script,
            stack_file,
            inventory.cyclonedx,
            inventory.spdx,
            *logs,
        ),
    )


def make_stack(version: str = "1.0", channel: str = "testing") -> Stack:
    return Stack(
        schema_="peso.stack/1",
        name="small",
        version=version,
        title="A small stack",
        channel=channel,
        parts={"python": PypiPart(engine="pypi")},
        products=(Product(name="alpha", part="python"), Product(name="beta", part="python")),
    )


def make_tests(blobs: Blobs, now: datetime) -> tuple[TestRun, tuple[Artifact, ...]]:
    out = put(blobs, "log", "logs/tests/ring-2.out", b"sum_error=0\n", "text/plain")
    err = put(blobs, "log", "logs/tests/ring-2.err", b"", "text/plain")
    result = TestResult(
        name="ring",
        ranks=2,
        of=("alpha",),
        verdict=Verdict(outcome=Answer.PASS),
        end=JobEnd(ended="exit", code=0, seconds=0.5, peak_memory=1 << 20, left_behind=()),
        figures=(Figure(name="sum_error", value=0.0, expect="== 0", met=True),),
        stdout=out,
        stderr=err,
    )
    host = Host(
        name="node",
        system="Linux",
        machine="x86_64",
        distribution="Debian 12",
        libc="glibc 2.36",
        cores=2,
        memory=1 << 33,
        python="3.11.7",
    )
    run = TestRun(
        platform="this-machine",
        host=host,
        started=now - timedelta(minutes=1),
        finished=now,
        results=(result,),
        findings=(),
    )
    return run, (out, err)


def make_inventory(blobs: Blobs, part: PartBuild, now: datetime) -> Inventory:
    bom = b'{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": []}'
    return Inventory(
        made=now,
        components=tuple(
            Component(
                name=one.unit,
                version=one.version,
                purl=f"pkg:pypi/{one.unit}@{one.version}",
                part="python",
                license="MIT",
                sha256=one.artifact.sha256,
                path=one.artifact.path,
                depends=(),
            )
            for one in part.made
        ),
        cyclonedx=put(blobs, "sbom", "sbom/bom.cdx.json", bom, "application/vnd.cyclonedx+json"),
        spdx=put(blobs, "sbom", "sbom/bom.spdx.json", b"{}", "application/spdx+json"),
        findings=(),
    )


def make_scan(inventory: Inventory, now: datetime) -> Scan:
    purls = [one.purl for one in inventory.components]
    return Scan(
        made=now,
        inventory=inventory.cyclonedx.sha256,
        sources=(Source(name="osv", records=10, newest=now, imported=now, sha256="0" * 64),),
        findings=(
            Finding(
                rule="PYSEC-2026-1",
                level=Level.LOW,
                subject=purls[0],
                message="a small weakness",
                aliases=("CVE-2026-1",),
            ),
        ),
        coverage=(Coverage(purl=purls[0], sources=("osv",)), Coverage(purl=purls[1], sources=())),
    )


def make_verdict(now: datetime) -> GateVerdict:
    passed = Verdict(outcome=Answer.PASS)
    return GateVerdict(
        policy="default",
        policy_sha256="1" * 64,
        judged=now,
        verdict=passed,
        rules=(RuleResult(rule="tests", verdict=passed),),
        waived=(),
        valid_until=None,
    )


def make_manifest(
    blobs: Blobs,
    keys: KeyFolder,
    *,
    version: str = "1.0",
    channel: str = "testing",
    now: datetime = NOW,
    definition: str = "",
) -> Manifest:
    """Make a release's manifest, with its evidence and signed attestations in the store."""
    release = make_release(blobs, version=version, channel=channel, now=now)
    digest = definition or f"{version:0>64}".replace(".", "0")
    attested = attest.Attested(
        stack=release.stack,
        definition=digest,
        plan=release.plan,
        build=release.build,
        relocations=Relocations(made=NOW),
        tests=release.tests,
        inventory=release.inventory,
        scan=release.scan,
        verdict=release.verdict,
        files=release.files,
        tool="0.1.0",
    )
    evidence = attest.evidence_files(attested, blobs)
    signed = attest.attest(attested, evidence, keys.signer(channel), blobs, now=now)
    return assemble(
        release.stack,
        release.plan,
        release.build,
        (*release.files, *evidence, *signed),
        definition=digest,
        now=now,
    )


def make_pages(manifests: tuple[Manifest, ...]) -> tuple[Page, ...]:
    lines = "".join(f"<li>{one.channel}/{one.stack} {one.version}</li>" for one in manifests)
    index = Page(path="index.html", data=f"<title>Releases</title>{lines}".encode())
    return (
        index,
        *(
            Page(
                path=f"releases/{one.channel}/{one.stack}-{one.version}.html",
                data=f"<title>{one.stack} {one.version}</title>".encode(),
            )
            for one in manifests
        ),
    )


def make_keys(
    folder: Path,
    *,
    channels: tuple[str, ...] = ("testing",),
    development: bool = True,
    now: datetime = NOW,
    freshness: Freshness = Freshness(),  # noqa: B008 - frozen
) -> KeyFolder:
    create_keys(
        folder,
        passphrase=PASSPHRASE,
        channels=channels,
        development=development,
        freshness=freshness,
        now=now,
    )
    return KeyFolder(folder, PASSPHRASE)


def slimmed(manifest: Manifest) -> Manifest:
    """Keep four files of a release, for stories with many steps."""
    few = tuple(one for one in manifest.files if one.role in {"artifact", "lock", "test"})
    return manifest.model_copy(update={"files": few})


def make_publication_in(
    folder: Path,
    *,
    versions: tuple[str, ...] = ("1.0",),
    channel: str = "testing",
    development: bool = True,
    now: datetime = NOW,
    freshness: Freshness = Freshness(),  # noqa: B008 - frozen
    slim: bool = False,
) -> Publication:
    keys = make_keys(
        folder / "keys",
        channels=(channel,),
        development=development,
        now=now,
        freshness=freshness,
    )
    blobs, public = Blobs(folder / "blobs"), folder / "public"
    done: tuple[Manifest, ...] = ()
    for version in versions:
        made = make_manifest(blobs, keys, version=version, channel=channel, now=now)
        if slim:
            made = slimmed(made)
        done = (*done, made)
        publish.publish(
            done[-1], make_pages(done), blobs, public, keys, freshness=freshness, now=now
        )
    return Publication(
        folder=public,
        root_file=publish.root_file(public),
        keys=keys,
        blobs=blobs,
        manifests=done,
        now=now,
    )


def publish_another(made: Publication, version: str) -> None:
    """Publish one more release into a publication that may be written into."""
    keys = KeyFolder(made.keys.folder, PASSPHRASE)
    manifest = make_manifest(made.blobs, keys, version=version)
    pages = make_pages((*made.manifests, manifest))
    publish.publish(manifest, pages, made.blobs, made.folder, keys, freshness=Freshness(), now=NOW)


class FolderFetcher(FetcherInterface):
    """Gives TUF's own client what lies in a folder."""

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = Path(url.removeprefix("file://"))
        if not path.is_file():
            raise DownloadHTTPError(f"no {path}", 404)
        yield path.read_bytes()


def referee(folder: Path, root: bytes, now: datetime = NOW) -> tuple[str, ...]:
    """Let TUF's own client walk a publication from a pinned root, and account for every file.

    Returns the target paths of the releases. It knows nothing of PESO's own `verify`.
    """
    with TemporaryDirectory() as state:
        updater = Updater(
            state,
            f"file://{folder}/metadata/",
            target_dir=state,
            target_base_url=f"file://{folder}/targets/",
            fetcher=FolderFetcher(),
            bootstrap=root,
        )
        updater._trusted_set.reference_time = now
        updater.refresh()
        delegations = updater._trusted_set.targets.delegations
        assert delegations is not None
        found: list[str] = []
        pages: tuple[Artifact, ...] = ()
        for role in delegations.roles or {}:
            for path in sorted(_loaded(updater, role)):
                info = updater.get_targetinfo(path)
                assert info is not None
                data = Path(updater.download_target(info)).read_bytes()
                if role == "pages":
                    pages = PagesManifest.parse(data).files
                    continue
                found.append(path)
                for one in Manifest.parse(data).files:
                    blob = folder / f"blobs/sha256/{one.sha256[:2]}/{one.sha256}"
                    assert sha256_file(blob) == (one.sha256, one.length), one.path
        _account(folder, pages, {*updater._trusted_set.root.keys, *delegations.keys})
        return tuple(found)


def _loaded(updater: Updater, role: str) -> dict[str, TargetFile]:
    return updater._load_targets(role, "targets").targets


def _account(folder: Path, pages: tuple[Artifact, ...], keyids: set[str]) -> None:
    """Every file is named by metadata, current or not; every page is current or pending."""
    named = {folder / "metadata" / "timestamp.json"}
    wanted = {page.path: {page.sha256} for page in pages}
    ever, signed = set(keyids), dict[Path, set[str]]()
    current = _version_of(folder, pages)
    for path in (folder / "metadata").iterdir():
        said = json.loads(path.read_bytes())
        named.add(path)
        signed[path] = {one["keyid"] for one in said["signatures"]}
        ever |= set(said["signed"].get("keys", {}))
        ever |= set(said["signed"].get("delegations", {}).get("keys", {}))
        for place, manifest in _manifests(folder, said["signed"]):
            named |= {place, *(_blob(folder, one) for one in manifest.get("files", ()))}
            if place.name.endswith(".pages.manifest.json") and said["signed"]["version"] > current:
                for one in manifest.get("files", ()):
                    wanted.setdefault(one["path"], set()).add(one["sha256"])
    for page, digests in wanted.items():
        named.add(folder / page)
        if page in {one.path for one in pages} or (folder / page).exists():
            assert sha256_file(folder / page)[0] in digests, page
    assert {path for path in folder.rglob("*") if not path.is_dir()} <= named
    assert not [path for path, who in signed.items() if not who <= ever], "an unknown signer"


def _blob(folder: Path, one: dict[str, str]) -> Path:
    return folder / "blobs" / "sha256" / one["sha256"][:2] / one["sha256"]


def _manifests(folder: Path, signed: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Give every manifest that targets metadata names, empty where it is not there."""
    targets = signed["targets"] if signed["_type"] == "targets" else {}
    for target, info in targets.items():
        head, slash, tail = target.rpartition("/")
        place = folder / "targets" / f"{head}{slash}{info['hashes']['sha256']}.{tail}"
        yield place, json.loads(place.read_bytes()) if place.exists() else {}


def _version_of(folder: Path, pages: tuple[Artifact, ...]) -> int:
    """Return the version of the pages metadata that names exactly these pages."""
    digest = sha256_bytes(PagesManifest(schema_="peso.pages/1", files=pages).canonical())
    versions = [0]
    for path in (folder / "metadata").glob("*.pages.json"):
        said = json.loads(path.read_bytes())["signed"]
        if any(one["hashes"]["sha256"] == digest for one in said["targets"].values()):
            versions.append(said["version"])
    return max(versions)


class Kit:
    """What the tests of this folder are made with."""

    now = NOW
    passphrase = PASSPHRASE
    keys = staticmethod(make_keys)
    release = staticmethod(make_release)
    manifest = staticmethod(make_manifest)
    pages = staticmethod(make_pages)
    page = Page
    publication = staticmethod(make_publication_in)
    slimmed = staticmethod(slimmed)
    referee = staticmethod(referee)


@pytest.fixture(scope="session")
def kit() -> Kit:
    return Kit()


@pytest.fixture(scope="session")
def make_publication() -> MakePublication:
    """A factory: `make_publication(folder)` gives `folder/public`, keys, blobs and manifests."""
    return make_publication_in
