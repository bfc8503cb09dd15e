"""A release with a native part: its manifest, statements, proof, and what installing it does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope
from tests.facility import NOW, Facility
from tests.products.engines.spack.tiny import BUILT_IN, tiny_entry
from tests.services.delivery.conftest import Release as Records
from tests.services.delivery.conftest import make_keys, make_pages, make_release, referee
from tests.services.delivery.facility.test_evidence import attested, reasons
from tests.services.delivery.facility.test_install import Machine, Recorder
from tests.services.delivery.native_release import STORE, with_native
from tests.spack_cache_files import TOP
from tests.spack_release import with_tiny
from tuf.api.metadata import Metadata, Targets

from peso.base.finding import Unknown
from peso.base.ledger import Blobs
from peso.errors import Reason, Refused
from peso.services.delivery.facility.receipt import receipts
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.manifest import Manifest, shipped_build, shipped_plan
from peso.services.delivery.publication import publish
from peso.services.delivery.signing.keys import KeyFolder
from peso.services.delivery.statements import statement as words

LOCK = "native/spack.lock"
WHEELS = ["wheels/alpha-1.0-py3-none-any.whl", "wheels/beta-1.0-py3-none-any.whl"]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def targets(keys: KeyFolder, tmp_path_factory: pytest.TempPathFactory) -> Targets:
    home = tmp_path_factory.mktemp("published")
    folder, _ = published(home, Blobs(home / "blobs"), keys)
    data = (folder / "metadata/1.targets.json").read_bytes()
    return Metadata[Targets].from_bytes(data).signed


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def manifest_of(blobs: Blobs, keys: KeyFolder, *, python: bool = True) -> Manifest:
    return attested(blobs, keys, lambda one: with_native(one, blobs, python=python))


def published(
    tmp_path: Path, blobs: Blobs, keys: KeyFolder, *, python: bool = True
) -> tuple[Path, Manifest]:
    manifest = manifest_of(blobs, keys, python=python)
    folder = tmp_path / "public"
    pages = make_pages((manifest,))
    publish.publish(manifest, pages, blobs, folder, keys, freshness=Freshness(), now=NOW)
    return folder, manifest


def provenance(blobs: Blobs, manifest: Manifest) -> words.Provenance:
    file = next(one for one in manifest.files if "provenance" in one.path)
    envelope = json.loads(blobs.read(file.sha256, limit=1 << 20))
    payload = Envelope.from_dict(envelope).payload
    return words.Provenance.model_validate(json.loads(payload)["predicate"])


class TestManifest:
    def test_the_native_lock_is_a_document_and_a_subject(
        self, blobs: Blobs, keys: KeyFolder
    ) -> None:
        mixed = manifest_of(blobs, keys)
        native = next(part for part in mixed.parts if part.name == "native")
        assert (native.engine, native.document, native.native) == ("spack", LOCK, True)
        assert [one.path for one in mixed.subjects] == [LOCK, *WHEELS]
        alone = manifest_of(blobs, keys, python=False)
        assert [one.path for one in alone.subjects] == [LOCK]

    def test_it_reads_back_to_the_same_bytes(self, blobs: Blobs, keys: KeyFolder) -> None:
        data = manifest_of(blobs, keys).canonical()
        assert Manifest.parse(data).canonical() == data

    def test_a_part_holds_binaries_where_units_are_bound_to_some(
        self, blobs: Blobs, keys: KeyFolder
    ) -> None:
        mixed = manifest_of(blobs, keys)
        assert {part.name: mixed.holds(part) for part in mixed.parts} == {
            "python": True,
            "native": False,
        }
        assert mixed.folder_of(mixed.parts[0]) == "."
        tree = mixed.files[0].model_copy(update={"role": "artifact", "path": "native/hypre.tar"})
        fuller = mixed.model_copy(update={"files": (*mixed.files, tree)})
        assert not fuller.holds(fuller.parts[1])
        tiny = attested(blobs, keys, lambda one: with_tiny(one, blobs))
        assert all(map(tiny.holds, tiny.parts))
        assert [tiny.folder_of(part) for part in tiny.parts] == ["python", "native"]

    def test_a_unit_is_bound_to_the_digests_of_its_files(
        self, blobs: Blobs, keys: KeyFolder
    ) -> None:
        tiny = attested(blobs, keys, lambda one: with_tiny(one, blobs))
        part = tiny.parts[1]
        top = next(one for one in part.units if one.hash == TOP)
        entry = tiny_entry(TOP, blobs)
        assert (top.name, top.version, top.length) == ("tiny-top", "1.1", entry.archive.length)
        assert [top.manifest, top.spec, top.archive] == [one.sha256 for one in entry.files]
        assert part.built_in == len(BUILT_IN)
        assert {one.path for one in entry.files} <= {one.path for one in tiny.subjects}

    def test_a_part_without_units_is_written_as_ever(self, blobs: Blobs, keys: KeyFolder) -> None:
        """Manifests of earlier releases have to stay the bytes that were signed."""
        said = json.loads(manifest_of(blobs, keys).canonical())
        assert {name for part in said["parts"] for name in part} == {
            "name",
            "engine",
            "document",
            "requires",
        }
        tiny = json.loads(attested(blobs, keys, lambda one: with_tiny(one, blobs)).canonical())
        assert {"units", "built_in", "recipes"} <= set(tiny["parts"][1])
        assert not {"units", "built_in", "recipes"} & set(tiny["parts"][0])


class TestShipped:
    def test_the_builders_folders_are_left_out(self, blobs: Blobs) -> None:
        build = with_native(make_release(blobs), blobs).build
        assert STORE.encode() in build.canonical()
        shipped = shipped_build(build)
        assert STORE.encode() not in shipped.canonical()
        reused = next(one for one in shipped.native[0].units if one.outcome == "reused")
        assert reused.because == "in STORE before"

    def test_an_address_only_the_builders_machine_knows_is_left_out(self, blobs: Blobs) -> None:
        plan = with_native(make_release(blobs), blobs).plan
        (lock,) = plan.native
        ours = lock.units[0].sources
        assert not isinstance(ours, Unknown)
        local = ours[0].model_copy(update={"url": "file:///home/somebody/mirror/hypre.tar.gz"})
        changed = lock.units[0].model_copy(update={"sources": (local,)})
        lock = lock.model_copy(update={"units": (changed, *lock.units[1:])})
        shipped = shipped_plan(plan.model_copy(update={"locks": (lock,)}))
        assert b"file:///" not in shipped.canonical()
        assert local.sha256.encode() in shipped.canonical()

    def test_where_an_external_is_stays(self, blobs: Blobs) -> None:
        """It is in Spack's lock, and decides the hash; who builds from it needs the same."""
        release = with_native(make_release(blobs), blobs)
        (part,) = shipped_build(release.build).native
        (lock,) = shipped_plan(release.plan).native
        assert {one.prefix for one in part.units if one.prefix} == {"/usr"}
        assert "/opt/cmake" in {unit.external.prefix for unit in lock.units if unit.external}


class TestProvenance:
    @pytest.fixture
    def named(self, blobs: Blobs, keys: KeyFolder) -> list[words.Resource]:
        said = provenance(blobs, manifest_of(blobs, keys))
        return list(said.build_definition.resolved_dependencies)

    def test_python_sources_come_first(self, named: list[words.Resource]) -> None:
        assert named[0].name == "alpha-1.0.tar.gz"

    def test_sources_are_named_once_with_the_units_they_are_for(
        self, named: list[words.Resource]
    ) -> None:
        (git,) = [one for one in named if one.uri == "https://git.invalid/lib.git"]
        assert git.digests == {"gitCommit": "c0" * 20}
        assert git.annotations == {
            "use": "git",
            "units": ["zlib-ng@2.2.4/zlxxxxx", "zlib-ng@2.2.5/twxxxxx"],
        }
        (archive,) = [one for one in named if one.name == "hypre-2.26.0.tar.gz"]
        assert archive.uri == "https://sources.invalid/hypre-2.26.0.tar.gz"
        assert set(archive.digests or {}) == {"sha256"}
        (patch,) = [one for one in named if (one.annotations or {}).get("use") == "patch"]
        assert (patch.name, patch.uri) == ("patch beside the recipe", None)

    def test_checkouts_are_named_by_commit_or_as_not_known(
        self, named: list[words.Resource]
    ) -> None:
        by_name = {one.name: one for one in named}
        assert by_name["spack"].digests == {"gitCommit": "5b" * 20}
        assert by_name["builtin"].digests is None
        assert by_name["builtin"].annotations == {
            "use": "recipes",
            "commitUnknown": "it is no git checkout",
        }

    def test_externals_are_the_distributions(self, named: list[words.Resource]) -> None:
        by_name = {one.name: one for one in named}
        said = by_name["openmpi-bin"].annotations or {}
        assert (said["version"], said["distribution"]) == ("4.1.4-3+b1", "debian-12")
        assert (by_name["cmake@3.25.1/cmxxxxx"].annotations or {})["unknown"] == "no package has it"

    def test_what_is_not_known_is_named(self, named: list[words.Resource]) -> None:
        (riddle,) = [one for one in named if one.name == "riddle@1.0/noxxxxx"]
        assert (riddle.annotations or {})["unknown"] == "its recipe could not be read"

    def test_tools_and_settings_are_said(self, blobs: Blobs, keys: KeyFolder) -> None:
        said = provenance(blobs, manifest_of(blobs, keys)).build_definition.internal_parameters
        assert said["tools"] == {"python": "uv 0.13.9", "native": "spack 1.1.0"}
        settings = said["settings"]
        assert isinstance(settings, dict)
        assert list(settings) == ["native"]


class TestEvidence:
    @pytest.mark.parametrize("python", [True, False])
    def test_honest_evidence_has_no_doubt(
        self, blobs: Blobs, keys: KeyFolder, targets: Targets, *, python: bool
    ) -> None:
        assert reasons(manifest_of(blobs, keys, python=python), blobs, targets) == set()

    def test_another_lock_is_not_what_was_attested(
        self, blobs: Blobs, keys: KeyFolder, targets: Targets
    ) -> None:
        manifest = manifest_of(blobs, keys)
        sha256, length = blobs.put(b'{"roots": ["other"]}')
        files = tuple(
            one.model_copy(update={"sha256": sha256, "length": length}) if one.path == LOCK else one
            for one in manifest.files
        )
        changed = manifest.model_copy(update={"files": files})
        assert reasons(changed, blobs, targets) == {Reason.SWAPPED}

    def test_a_lock_that_is_called_something_else_still_needs_its_statements(
        self, blobs: Blobs, keys: KeyFolder, targets: Targets
    ) -> None:
        manifest = attested(blobs, keys)  # of a release without a native part
        native = manifest_of(blobs, keys)
        part = next(one for one in native.parts if one.native)
        lock = next(one for one in native.files if one.path == LOCK)
        hidden = lock.model_copy(update={"role": "evidence"})
        added = manifest.model_copy(
            update={"parts": (*manifest.parts, part), "files": (*manifest.files, hidden)}
        )
        assert reasons(added, blobs, targets) == {Reason.SWAPPED}

    def test_a_python_lock_alone_is_nothing_to_attest(self, blobs: Blobs, keys: KeyFolder) -> None:
        def bare(one: Records) -> Records:
            return replace(one, files=tuple(f for f in one.files if f.role != "artifact"))

        with pytest.raises(Refused, match="nothing to attest"):
            attested(blobs, keys, bare)


class TestFacility:
    def test_a_facility_proves_it_and_so_does_tuf(
        self, tmp_path: Path, blobs: Blobs, keys: KeyFolder
    ) -> None:
        folder, _ = published(tmp_path, blobs, keys, python=False)
        root = publish.root_file(folder)
        facility = Facility(state=tmp_path / "state", root=root)
        assert facility.verify(folder).releases[0].stack == "small"
        assert referee(folder, root.read_bytes(), NOW) == ("testing/small-1.0.manifest.json",)

    def test_one_changed_byte_of_the_lock_is_found(
        self, tmp_path: Path, blobs: Blobs, keys: KeyFolder
    ) -> None:
        folder, manifest = published(tmp_path, blobs, keys, python=False)
        lock = next(one for one in manifest.files if one.path == LOCK)
        path = folder / blob_path(lock.sha256)
        path.chmod(0o644)
        path.write_bytes(path.read_bytes().replace(b"[", b"{"))
        facility = Facility(state=tmp_path / "state", root=publish.root_file(folder))
        facility.refuses(folder, Reason.CHANGED, blob_path(lock.sha256))


class TestInstall:
    def test_the_python_part_is_installed_and_the_native_one_is_not_silently_left_out(
        self, tmp_path: Path, blobs: Blobs, keys: KeyFolder
    ) -> None:
        folder, _ = published(tmp_path, blobs, keys)
        machine = Machine(home=tmp_path / "machine", root=publish.root_file(folder))
        engine = Recorder()
        receipt = machine.install(folder, engine)
        assert engine.calls == [("pylock.release.toml", machine.prefix)]
        assert receipt.parts == (".",)
        assert [one.name for one in receipt.products] == ["alpha", "beta"]
        (left,) = receipt.not_installed
        assert (left.part, left.engine, left.document) == ("native", "spack", LOCK)
        assert left.build.endswith("spack -e ./built install --only-concrete")
        assert LOCK in left.build
        share = machine.prefix / "share/peso/small"
        assert (share / left.document).read_bytes() == b'{"roots": []}'
        assert receipts(machine.prefix) == (receipt,)

    def test_a_release_without_binaries_is_refused_with_what_to_do(
        self, tmp_path: Path, blobs: Blobs, keys: KeyFolder
    ) -> None:
        folder, manifest = published(tmp_path, blobs, keys, python=False)
        machine = Machine(home=tmp_path / "machine", root=publish.root_file(folder))
        with pytest.raises(Refused, match="no binaries to install: of native") as no:
            machine.install(folder, Recorder())
        lock = next(one for one in manifest.files if one.path == LOCK)
        assert blob_path(lock.sha256) in (no.value.hint or "")
        assert "spack env create" in (no.value.hint or "")
        assert not machine.prefix.exists()
