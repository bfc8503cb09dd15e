from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.facility import NOW, Facility, Thief, copy_of, serve
from tests.products.engines.still import StillEngine
from tests.services.delivery.conftest import MakePublication, Publication
from tuf.api.metadata import Targets

from peso.base.ledger import Blobs
from peso.base.net import Net
from peso.errors import BadInput, Outside, Reason, Refused
from peso.products.engines.port import AnyRequires, Progress, Requires, Workbench
from peso.services.delivery.facility.install import install
from peso.services.delivery.facility.receipt import Receipt, receipts
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.manifest import Manifest, PartManifest


@dataclass(slots=True)
class Recorder(StillEngine):
    """An engine that copies what it is given into the prefix, and says what it saw."""

    lacks: str | None = None
    asked: Callable[[], None] = lambda: None
    """Called between the proof and the copying."""
    breaks: bool = False
    calls: list[tuple[str, Path]] = field(default_factory=list)

    def identity(self) -> str:
        return "recorder"

    def mismatch(self, requires: AnyRequires) -> str | None:
        assert isinstance(requires, Requires)
        assert requires.python
        self.asked()
        return self.lacks

    def install(self, document: Path, prefix: Path, bench: Workbench) -> None:
        assert bench.offline
        prefix.mkdir(parents=True, exist_ok=True)
        (prefix / ".peso-recorder").write_bytes(document.read_bytes())
        if self.breaks:
            raise Outside("the machine went away")
        for wheel in sorted((document.parent / "wheels").iterdir()):
            (prefix / wheel.name).write_bytes(wheel.read_bytes())
        self.calls.append((document.name, prefix))


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine that installs, with a memory of its own."""

    home: Path
    root: Path
    seen: list[str] = field(default_factory=list)

    @property
    def prefix(self) -> Path:
        return self.home / "prefix"

    def install(
        self,
        where: Path | str,
        engine: Recorder,
        *,
        release: str | None = None,
        channel: str | None = None,
        now: datetime = NOW,
        as_of: datetime | None = None,
    ) -> Receipt:
        bench = Workbench(
            blobs=Blobs(self.home / "work" / "blobs"),
            work=self.home / "work",
            cache=self.home / "cache",
            offline=True,
            progress=self._see,
        )
        with Net(sleep=lambda _seconds: None) as net:
            return install(
                where,
                self.prefix,
                root=self.root,
                state=self.home / "state",
                unsafe_development_keys=True,
                unsafe_as_of=as_of,
                net=net,
                now=now,
                engines={"pypi": engine},
                bench=bench,
                release=release,
                channel=channel,
            )

    def _see(self, progress: Progress) -> None:
        self.seen.append(f"{progress.done}/{progress.total} {progress.line}")


@pytest.fixture(scope="module")
def published(
    make_publication: MakePublication, tmp_path_factory: pytest.TempPathFactory
) -> Publication:
    return make_publication(tmp_path_factory.mktemp("published"), versions=("1.0", "1.1"))


@pytest.fixture
def machine(published: Publication, tmp_path: Path) -> Machine:
    return Machine(home=tmp_path / "machine", root=published.root_file)


@pytest.fixture
def folder(published: Publication, tmp_path: Path) -> Path:
    return copy_of(published.folder, tmp_path / "public")


def test_installs_the_newest_release(machine: Machine, published: Publication) -> None:
    engine = Recorder()
    receipt = machine.install(published.folder, engine)
    assert engine.calls == [("pylock.release.toml", machine.prefix)]
    assert (receipt.stack, receipt.version, receipt.channel) == ("small", "1.1", "testing")
    assert receipt.parts == (".",)
    assert [one.name for one in receipt.products] == ["alpha", "beta"]
    assert (machine.prefix / "beta-1.1-py3-none-any.whl").read_bytes() == b"PK wheel of beta 1.1"
    assert machine.seen[-1].startswith(f"{len(receipt.files)}/{len(receipt.files)} ")


def test_leaves_a_receipt_and_what_was_found_out(machine: Machine, published: Publication) -> None:
    receipt = machine.install(published.folder, Recorder())
    share = machine.prefix / "share" / "peso" / "small"
    for path in (
        "tests/ring.py",
        "stack.yaml",
        "evidence/verdict.json",
        "sbom/bom.cdx.json",
        "attestations/provenance.dsse.json",
    ):
        assert (share / path).is_file(), path
    assert not (share / "wheels").exists()
    assert receipts(machine.prefix) == (receipt,)
    told = json.loads((share / "receipt.json").read_bytes())
    assert told["root_sha256"] == receipt.root_sha256
    assert told["where"] == str(published.folder)
    assert told["freshness"].startswith("proven fresh")
    assert not [*(machine.home / "work").glob("release*")]


def test_says_when_freshness_was_not_proven(machine: Machine, published: Publication) -> None:
    receipt = machine.install(published.folder, Recorder(), now=NOW + timedelta(days=9), as_of=NOW)
    assert receipt.freshness == "freshness not proven since 2026-11-23"


def test_installs_the_release_that_is_named(machine: Machine, published: Publication) -> None:
    receipt = machine.install(published.folder, Recorder(), release="small@1.0")
    assert receipt.version == "1.0"
    assert (machine.prefix / "beta-1.0-py3-none-any.whl").is_file()


def test_a_release_nobody_published_is_bad_input(machine: Machine, published: Publication) -> None:
    with pytest.raises(BadInput, match=r"small@1\.1 \(testing\)"):
        machine.install(published.folder, Recorder(), release="small@3")
    with pytest.raises(BadInput):
        machine.install(published.folder, Recorder(), channel="stable")


def test_twice_is_once(machine: Machine, published: Publication) -> None:
    first = machine.install(published.folder, Recorder())
    engine = Recorder()
    assert machine.install(published.folder, engine, now=NOW + timedelta(days=1)) == first
    assert engine.calls == []


def test_another_release_goes_into_another_prefix(machine: Machine, published: Publication) -> None:
    machine.install(published.folder, Recorder(), release="small@1.0")
    with pytest.raises(BadInput, match=r"holds testing/small-1\.0 already"):
        machine.install(published.folder, Recorder())


def test_a_prefix_of_somebody_else_is_left_alone(machine: Machine, published: Publication) -> None:
    machine.prefix.mkdir(parents=True)
    (machine.prefix / "precious").write_bytes(b"x")
    engine = Recorder()
    with pytest.raises(BadInput, match="did not put there"):
        machine.install(published.folder, engine)
    assert [one.name for one in machine.prefix.iterdir()] == ["precious"]
    assert engine.calls == []


@pytest.mark.parametrize("what", ["file", "link"])
def test_a_prefix_is_a_folder(machine: Machine, published: Publication, what: str) -> None:
    machine.home.mkdir()
    if what == "file":
        machine.prefix.write_bytes(b"")
    else:
        machine.prefix.symlink_to(machine.home)
    with pytest.raises(BadInput, match="not a folder"):
        machine.install(published.folder, Recorder())


def test_one_that_was_cut_short_is_finished(machine: Machine, published: Publication) -> None:
    with pytest.raises(Outside):
        machine.install(published.folder, Recorder(breaks=True))
    assert receipts(machine.prefix) == ()
    assert machine.install(published.folder, Recorder()).version == "1.1"


def test_a_machine_that_lacks_something_is_told_what(
    machine: Machine, published: Publication
) -> None:
    engine = Recorder(lacks="it needs Python 3.13")
    with pytest.raises(Refused, match=r"python: it needs Python 3\.13"):
        machine.install(published.folder, engine)
    assert not machine.prefix.exists()


@pytest.mark.parametrize(
    "path",
    [
        "attestations/verdict.dsse.json",
        "evidence/verdict.json",
        "evidence/plan.json",
        "evidence/inventory.json",
        "sbom/bom.cdx.json",
        "pylock.release.toml",
        "tests/ring.py",
        "wheels/alpha-1.1-py3-none-any.whl",
    ],
)
@pytest.mark.parametrize("harm", ["changed", "longer", "gone"])
def test_what_is_not_proven_is_not_installed(
    machine: Machine, folder: Path, published: Publication, path: str, harm: str
) -> None:
    (file,) = (one for one in published.manifests[1].files if one.path == path)
    place = folder / blob_path(file.sha256)
    data = place.read_bytes()
    if harm == "gone":
        place.unlink()
    else:
        place.write_bytes(data + b"." if harm == "longer" else bytes((data[0] ^ 1, *data[1:])))
    engine = Recorder()
    with pytest.raises(Refused) as told:
        machine.install(folder, engine)
    assert told.value.where == blob_path(file.sha256)
    assert (
        told.value.reason
        is {
            "changed": Reason.CHANGED,
            "longer": Reason.TOO_LARGE,
            "gone": Reason.MISSING,
        }[harm]
    )
    assert engine.calls == []
    assert not machine.prefix.exists()


def test_a_file_in_anothers_place_is_called_swapped(
    machine: Machine, folder: Path, published: Publication
) -> None:
    alpha, beta = (
        blob_path(file.sha256) for file in published.manifests[1].files if file.role == "artifact"
    )
    (folder / alpha).write_bytes((folder / beta).read_bytes())
    with pytest.raises(Refused, match=beta) as told:
        machine.install(folder, Recorder())
    assert (told.value.reason, told.value.where) == (Reason.SWAPPED, alpha)


def test_a_changed_manifest_is_not_installed(machine: Machine, folder: Path) -> None:
    (place,) = (folder / "targets/testing").glob("*.small-1.1.manifest.json")
    place.write_bytes(place.read_bytes() + b" ")
    engine = Recorder()
    with pytest.raises(Refused) as told:
        machine.install(folder, engine)
    assert told.value.where == str(place.relative_to(folder))
    assert engine.calls == []


class TestNothingElse:
    """What is not installed is not looked at; `verify` is who looks."""

    @pytest.fixture
    def facility(self, machine: Machine) -> Facility:
        return Facility(state=machine.home / "looking", root=machine.root)

    def test_a_page(self, machine: Machine, folder: Path, facility: Facility) -> None:
        (folder / "index.html").write_bytes(b"<title>")
        facility.refuses(folder, Reason.CHANGED, "index.html")
        assert machine.install(folder, Recorder()).version == "1.1"

    def test_a_file_too_many(self, machine: Machine, folder: Path, facility: Facility) -> None:
        (folder / "notes.txt").write_bytes(b"hello")
        (folder / "link").symlink_to(folder)
        facility.refuses(folder, Reason.ADDITIONAL, "notes.txt")
        assert machine.install(folder, Recorder()).version == "1.1"

    def test_the_manifest_of_another_release(
        self, machine: Machine, folder: Path, facility: Facility
    ) -> None:
        (other,) = (folder / "targets/testing").glob("*.small-1.0.manifest.json")
        other.write_bytes(b"[]")
        facility.refuses(folder, Reason.CHANGED, str(other.relative_to(folder)))
        assert machine.install(folder, Recorder()).version == "1.1"
        with pytest.raises(Refused):
            Machine(home=machine.home / "other", root=machine.root).install(
                folder, Recorder(), release="small@1.0"
            )

    def test_all_that_is_needed_is_the_index_and_the_release(
        self, machine: Machine, folder: Path, published: Publication
    ) -> None:
        """A folder stripped of everything else is enough, so nothing else is opened."""
        (manifest,) = (folder / "targets/testing").glob("*.small-1.1.manifest.json")
        mine = {folder / blob_path(one.sha256) for one in published.manifests[1].files}
        for path in [one for one in folder.rglob("*") if one.is_file()]:
            if path.parent.name != "metadata" and path not in {manifest, *mine}:
                path.unlink()
        assert machine.install(folder, Recorder()).version == "1.1"

    def test_a_label_that_lies_about_the_time_alone(
        self, machine: Machine, folder: Path, published: Publication, facility: Facility
    ) -> None:
        """`verify` says so; whoever installs another release does not open what would tell."""

        def lie(targets: Targets) -> None:
            label = targets.targets["testing/small-1.0.manifest.json"].custom
            label["created"] = "2026-01-01T00:00:00+00:00"

        thief = Thief(folder=folder, keys=published.keys)
        thief.edit(Targets, "testing", lie)
        thief.bind()
        (place,) = (folder / "targets/testing").glob("*.small-1.0.manifest.json")
        facility.refuses(folder, Reason.SWAPPED, str(place.relative_to(folder)))
        with pytest.raises(Refused) as told:
            machine.install(folder, Recorder(), release="small@1.0")
        assert told.value.reason is Reason.SWAPPED
        assert machine.install(folder, Recorder()).version == "1.1"

    def test_the_receipt_says_so(self, machine: Machine, published: Publication) -> None:
        (said,) = machine.install(published.folder, Recorder()).not_looked_at
        assert "`peso verify` proves all of it" in said


def test_what_is_changed_after_the_proof_is_not_installed(
    machine: Machine, folder: Path, published: Publication
) -> None:
    """Between the walk and the copying somebody puts another wheel in."""
    wheel = next(one for one in published.manifests[1].files if one.path.startswith("wheels/beta"))

    def change() -> None:
        (folder / blob_path(wheel.sha256)).write_bytes(b"PK wheel of evil 1.1")

    engine = Recorder(asked=change)
    with pytest.raises(Refused) as told:
        machine.install(folder, engine)
    assert told.value.reason is Reason.CHANGED
    assert told.value.where == blob_path(wheel.sha256)
    assert engine.calls == []
    assert not machine.prefix.exists()


def test_a_link_that_comes_after_the_proof_is_not_followed(
    machine: Machine, folder: Path, published: Publication, tmp_path: Path
) -> None:
    wheel = next(one for one in published.manifests[1].files if one.role == "artifact")
    (tmp_path / "elsewhere").write_bytes((folder / blob_path(wheel.sha256)).read_bytes())

    def change() -> None:
        (folder / blob_path(wheel.sha256)).unlink()
        (folder / blob_path(wheel.sha256)).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(Refused) as told:
        machine.install(folder, Recorder(asked=change))
    assert told.value.reason is Reason.UNSAFE_PATH


def test_several_parts_have_a_folder_each(
    machine: Machine, folder: Path, published: Publication
) -> None:
    def two(manifest: Manifest) -> Manifest:
        part = manifest.parts[0]
        other = PartManifest(
            name="other", engine="pypi", document=part.document, requires=part.requires
        )
        return manifest.model_copy(update={"parts": (part, other)})

    Thief(folder=folder, keys=published.keys).manifest("testing", two)
    engine = Recorder()
    receipt = machine.install(folder, engine)
    assert receipt.parts == ("python", "other")
    assert [prefix for _, prefix in engine.calls] == [
        machine.prefix / "python",
        machine.prefix / "other",
    ]


def test_an_engine_nobody_has_is_said(
    machine: Machine, folder: Path, published: Publication
) -> None:
    def spack(manifest: Manifest) -> Manifest:
        part = manifest.parts[0].model_copy(update={"engine": "spack"})
        return manifest.model_copy(update={"parts": (part,)})

    Thief(folder=folder, keys=published.keys).manifest("testing", spack)
    with pytest.raises(Refused, match="an engine 'spack'"):
        machine.install(folder, Recorder())


class TestFromUrl:
    @pytest.fixture(autouse=True)
    def _no_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def test_fetches_only_that_release(self, machine: Machine, published: Publication) -> None:
        with serve(published.folder) as server:
            receipt = machine.install(server.url, Recorder(), release="small@1.0")
        other = next(
            one for one in published.manifests[1].files if one.path.startswith("wheels/beta")
        )
        assert receipt.version == "1.0"
        assert blob_path(other.sha256) not in server.asked
        assert "index.html" not in server.asked

    @pytest.mark.parametrize("asked", [None, "small", "small@1.0"])
    def test_fetches_the_manifest_of_that_release_alone(
        self, machine: Machine, published: Publication, asked: str | None
    ) -> None:
        with serve(published.folder) as server:
            receipt = machine.install(server.url, Recorder(), release=asked)
        named = [path for path in server.asked if path.startswith("targets/")]
        assert [path.endswith(f".small-{receipt.version}.manifest.json") for path in named] == [
            True
        ]
        assert receipt.version == ("1.0" if asked == "small@1.0" else "1.1")

    @pytest.mark.parametrize(
        ("asked", "fetched"), [(None, 2), ("small", 2), ("small@1.1", 1), ("small@1.0", 1)]
    )
    def test_what_an_earlier_peso_published_is_asked_which_it_is(
        self,
        machine: Machine,
        folder: Path,
        published: Publication,
        asked: str | None,
        fetched: int,
    ) -> None:
        def bare(targets: Targets) -> None:
            targets.targets["testing/small-1.0.manifest.json"].unrecognized_fields.clear()

        thief = Thief(folder=folder, keys=published.keys)
        thief.edit(Targets, "testing", bare)
        thief.bind()
        with serve(folder) as server:
            receipt = machine.install(server.url, Recorder(), release=asked)
        assert receipt.version == ("1.0" if asked == "small@1.0" else "1.1")
        assert sum(path.startswith("targets/") for path in server.asked) == fetched

    @pytest.mark.parametrize(("of", "says"), [("1.0", "9"), ("1.1", "0.1"), ("1.1", "\x1b[1m")])
    def test_a_label_that_lies_is_refused(
        self, machine: Machine, folder: Path, published: Publication, of: str, says: str
    ) -> None:
        """Chosen or not: one that makes its release look older would be overlooked."""

        def lie(targets: Targets) -> None:
            targets.targets[f"testing/small-{of}.manifest.json"].custom["version"] = says

        thief = Thief(folder=folder, keys=published.keys)
        thief.edit(Targets, "testing", lie)
        thief.bind()
        engine = Recorder()
        with serve(folder) as server:
            for where in (folder, server.url):
                with pytest.raises(Refused) as told:
                    machine.install(where, engine)
                assert told.value.reason is Reason.SWAPPED
        assert engine.calls == []

    def test_a_changed_file_is_not_installed(
        self, machine: Machine, folder: Path, published: Publication
    ) -> None:
        wheel = next(
            one for one in published.manifests[1].files if one.path.startswith("wheels/beta")
        )
        (folder / blob_path(wheel.sha256)).write_bytes(b"PK wheel of evil 1.1")
        engine = Recorder()
        with serve(folder) as server, pytest.raises(Refused) as told:
            machine.install(server.url, engine)
        assert (told.value.reason, told.value.where) == (
            Reason.CHANGED,
            blob_path(wheel.sha256),
        )
        assert engine.calls == []
        assert not machine.prefix.exists()

    def test_an_endless_file_is_cut_off(
        self, machine: Machine, folder: Path, published: Publication
    ) -> None:
        wheel = next(one for one in published.manifests[1].files if one.role == "artifact")
        with serve(folder) as server:
            server.endless.add(blob_path(wheel.sha256))
            with pytest.raises(Refused) as told:
                machine.install(server.url, Recorder())
        assert told.value.reason is Reason.TOO_LARGE
