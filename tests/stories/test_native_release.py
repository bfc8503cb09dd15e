"""From a stack of two parts to a release: one manifest, one SBOM, one page, and no Spack.

The native part's engine is a recorded one: it gives a lock and an account, and starts nothing. All
else is as in `test_delivery.py`: uv, an index on loopback, real keys, real proofs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
from tests.native_locks import OPENMPI, Piece, build_of, full, lock_of
from tests.products.engines.still import StillEngine
from tests.stories.conftest import TinyStack

import peso
from peso.base.ledger import Blobs
from peso.cli import screen
from peso.products.engines.native import NativeBuild, NativeLock, UnitBuild
from peso.products.engines.port import AnyBuild, AnyLock, Artifact, Role, Workbench
from peso.products.stack import Stack
from peso.services import pipeline
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.manifest import Manifest
from peso.services.delivery.publication.publish import releases
from peso.services.pipeline import Delivery, Stopped
from peso.workspace import open_stack, this_machine

STORE = "/home/somebody/store"
SAID = "inflate.c:12:3: error: expected ';' before '}' token"
LOG = f"==> zlib-ng: Executing phase: 'build'\ncc -c inflate.c\n{SAID}\nmake: *** [all] Error 1\n"


@dataclass(slots=True)
class RecordedEngine(StillEngine):
    """An engine that gives what was recorded: a lock of a few units, and what became of them."""

    failing: bool = False
    patches: tuple[str, ...] = ()
    """What the lock says is applied to zlib-ng, by sha256."""
    calls: list[str] = field(default_factory=list)

    def identity(self) -> str:
        return "recorded 1"

    def plan(
        self,
        stack: Stack,  # noqa: ARG002 - the port's own, as below
        part: str,
        bench: Workbench,
        *,
        upgrade: bool,  # noqa: ARG002
    ) -> AnyLock:
        self.calls.append("plan")
        lock = lock_of(
            Piece("hy", "hypre", "2.26.0", {"mp": "build,link", "zl": "link"}, root=True),
            Piece("zl", "zlib-ng", "2.2.4", license="Zlib", patches=self.patches),
            Piece("mp", "openmpi", "4.1.4", external=OPENMPI),
            part=part,
        )
        return lock.model_copy(
            update={
                "document": _put(bench.blobs, "lock", f"{part}/spack.lock", b'{"roots": []}'),
                "environment": (_put(bench.blobs, "lock", f"{part}/spack.yaml", b"spack: {}"),),
                "settings": _put(bench.blobs, "lock", f"{part}/settings.yaml", b"config: {}"),
            }
        )

    def build(self, lock: AnyLock, bench: Workbench) -> AnyBuild:
        self.calls.append("build")
        assert isinstance(lock, NativeLock)
        made = build_of(lock, zl="reused")
        made = made.model_copy(update={"units": tuple(_in_store(one) for one in made.units)})
        return self._with_failure(made, bench) if self.failing else made

    def _with_failure(self, made: NativeBuild, bench: Workbench) -> NativeBuild:
        log = _put(bench.blobs, "log", "native/logs/zlib-ng.txt", LOG.encode())
        became: dict[str, dict[str, object]] = {
            full("zl"): {"outcome": "failed", "because": "phase build", "log": log},
            full("hy"): {"outcome": "not-tried", "blocked_by": (full("zl"),)},
        }
        units: tuple[UnitBuild, ...] = tuple(
            one.model_copy(update={"prefix": "", **became.get(one.hash, {})}) for one in made.units
        )
        return made.model_copy(update={"units": units})

    def lost(self, build: AnyBuild) -> str | None:  # noqa: ARG002
        return None


@dataclass(frozen=True, slots=True)
class Mixed:
    """The tiny stack with a native part beside its Python part."""

    tiny: TinyStack
    engine: RecordedEngine

    def deliver(self, now: datetime | None = None) -> Delivery:
        """Deliver it; `now` is when that is, where it is not today."""
        stack, workspace = open_stack(self.tiny.file, this_machine())
        python = {name: part for name, part in stack.parts.items() if part.engine == "pypi"}
        ports = workspace.ports(stack.model_copy(update={"parts": python}), self.tiny.publication)
        ports = replace(ports, engines={**ports.engines, "spack": self.engine})
        if now is not None:
            ports = replace(ports, clock=lambda: now)
        return pipeline.run(workspace.life(stack), ports)

    @property
    def manifest(self) -> Manifest:
        (manifest,) = releases(self.tiny.publication)
        return manifest

    def read(self, path: str) -> bytes:
        (file,) = [one for one in self.manifest.files if one.path == path]
        return (self.tiny.publication / blob_path(file.sha256)).read_bytes()


@pytest.fixture
def mixed(tiny_stack: TinyStack) -> Mixed:
    return with_a_native_part(tiny_stack)


def with_a_native_part(tiny_stack: TinyStack) -> Mixed:
    """Return the tiny stack with a native part of three units beside its Python part."""
    text = tiny_stack.file.read_text()
    text = text.replace(
        "parts:\n", "parts:\n  native: {engine: spack, environment: spack.yaml}\n"
    ).replace("products:\n", "products:\n  - {name: hypre, part: native}\n")
    tiny_stack.file.write_text(text)
    (tiny_stack.folder / "spack.yaml").write_text("spack:\n  specs: [hypre]\n")
    policy = tiny_stack.folder / "policies" / "lenient.yaml"
    policy.write_text(policy.read_text().replace("[MIT,", "[MIT, Zlib,"))
    return Mixed(tiny_stack, RecordedEngine())


def test_both_parts_are_one_release(mixed: Mixed) -> None:
    mixed.deliver()
    report = peso.verify("public", root="public.root.json", unsafe_development_keys=True)

    assert report.ok
    assert [(part.name, part.document) for part in mixed.manifest.parts] == [
        ("native", "native/spack.lock"),
        ("python", "pylock.release.toml"),
    ]
    boms = [one.path for one in mixed.manifest.files if one.role == "sbom"]
    assert boms == ["sbom/bom.cdx.json", "sbom/bom.spdx.json"]
    bom = json.loads(mixed.read("sbom/bom.cdx.json"))
    assert {"alpha", "beta", "hypre", "zlib-ng"} <= {one["name"] for one in bom["components"]}
    assert {"native/spack.lock", "native/spack.yaml", "native/settings.yaml"} <= {
        one.path for one in mixed.manifest.files
    }


def test_its_page_has_both_parts_and_links_that_hold(mixed: Mixed) -> None:
    mixed.deliver()

    page = (mixed.tiny.publication / "releases/testing/tiny-1.0.html").read_text()
    for words in ("Native products", "hypre", "Python products the stack names", "alpha"):
        assert words in page
    assert "openmpi-bin 4.1.4-3+b1" in page
    assert "3 of 3 units are there" in page


def test_nothing_published_names_the_builders_store(mixed: Mixed) -> None:
    mixed.deliver()

    files = [path for path in mixed.tiny.publication.rglob("*") if path.is_file()]
    assert [path for path in files if STORE.encode() in path.read_bytes()] == []


def test_one_changed_byte_of_the_native_lock_is_found(mixed: Mixed) -> None:
    mixed.deliver()
    (lock,) = [one for one in mixed.manifest.files if one.path == "native/spack.lock"]
    path = mixed.tiny.publication / blob_path(lock.sha256)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"roots", b"r0ots"))

    with pytest.raises(peso.Refused) as no:
        peso.verify("public", root="public.root.json", unsafe_development_keys=True)
    assert (no.value.reason, no.value.where) == (peso.Reason.CHANGED, blob_path(lock.sha256))


def test_a_second_delivery_asks_the_engine_for_nothing(mixed: Mixed) -> None:
    mixed.deliver()
    mixed.engine.calls.clear()

    done = mixed.deliver()

    assert {step.did for step in done.steps} == {"reused"}
    assert mixed.engine.calls == []


def test_a_facility_installs_the_python_part_and_is_told_of_the_other(
    mixed: Mixed, capsys: pytest.CaptureFixture[str]
) -> None:
    mixed.deliver()

    receipt = peso.install(
        "public", "prefix", root="public.root.json", unsafe_development_keys=True
    )

    screen.show(receipt, as_json=False, quiet=False)
    said = capsys.readouterr().out
    assert "NOT installed: native: the release holds its lock and no binaries" in said
    assert "spack env create --without-view -d built native/spack.lock" in said
    assert (Path(receipt.prefix) / "bin" / "python").exists()
    assert (Path(receipt.prefix) / "share/peso/tiny/native/spack.lock").is_file()
    assert {one.name for one in receipt.products} == {"alpha", "beta"}


def test_a_unit_that_fails_stops_the_release_and_is_told(
    mixed: Mixed, capsys: pytest.CaptureFixture[str]
) -> None:
    mixed.engine.failing = True

    with pytest.raises(Stopped) as no:
        mixed.deliver()
    code = screen.fail(no.value, as_json=False)

    assert code == 1
    assert no.value.reason is peso.Reason.POLICY
    assert not mixed.tiny.publication.exists()
    said = capsys.readouterr().err
    assert "native: 3 units: 1 not tried, 1 failed, 1 external" in said
    assert "failed  zlib-ng@2.2.4/zlxxxxx: phase build; 1 not tried because of it" in said
    assert SAID in said
    log = Path(said.split("log  ")[1].splitlines()[0])
    assert log.read_text() == LOG
    screen.fail(no.value, as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["error"]["reason"] == "policy"
    assert document["delivery"]["native"][0]["failed"][0]["unit"] == "zlib-ng@2.2.4/zlxxxxx"
    screen.fail(no.value, as_json=False, quiet=True)
    assert "zlib-ng@2.2.4/zlxxxxx: phase build; 1 not tried" not in capsys.readouterr().err
    (part,) = no.value.account.native
    assert [one.error.kind for one in part.failed if one.error] == ["compile"]


def _in_store(unit: UnitBuild) -> UnitBuild:
    """Say where a unit is, as Spack has it."""
    prefix = f"{STORE}/linux-x86_64_v3/{unit.name}-{unit.version}-{unit.hash}"
    if unit.outcome == "external":
        return unit.model_copy(update={"prefix": "/usr", "because": "/usr"})
    return unit.model_copy(update={"prefix": prefix, "because": f"it was in {STORE} before"})


def _put(blobs: Blobs, role: Role, path: str, data: bytes) -> Artifact:
    sha256, length = blobs.put(data)
    return Artifact(role=role, path=path, media_type="text/plain", length=length, sha256=sha256)
