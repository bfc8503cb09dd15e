"""Units of a native part come back from the release: the wanted ones, proven, and no others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
from tests.facility import NOW, Thief, copy_of, serve
from tests.products.engines.spack.tiny import tiny_entry
from tests.services.delivery.conftest import Release as Records
from tests.services.delivery.conftest import make_keys, make_pages
from tests.services.delivery.facility.test_evidence import attested
from tests.services.delivery.facility.test_install import Recorder
from tests.spack_cache_files import BASE, TOP
from tests.spack_release import Bringer, with_tiny

from peso.base.digest import sha256_bytes
from peso.base.ledger import Blobs
from peso.base.net import Net
from peso.errors import BadInput, Outside, Reason, Refused
from peso.products.engines.native import NativeBuild
from peso.products.engines.port import Progress, Workbench
from peso.services.delivery.facility.install import install
from peso.services.delivery.facility.receipt import Receipt, receipts
from peso.services.delivery.facility.report import NotProven
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.manifest import CachedUnit, Manifest
from peso.services.delivery.publication import publish
from peso.services.delivery.signing.keys import KeyFolder

Change = Callable[[Records], Records]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    return make_keys(tmp_path_factory.mktemp("keys"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    folder: Path
    manifest: Manifest

    def file(self, path: str) -> str:
        """Return where a file of the release lies in the publication."""
        return blob_path(next(one.sha256 for one in self.manifest.files if one.path == path))

    def unit(self, hash_: str) -> CachedUnit:
        (part,) = (part for part in self.manifest.parts if part.native)
        return next(one for one in part.units if one.hash == hash_)

    def blobs_of(self, hash_: str) -> set[str]:
        unit = self.unit(hash_)
        return {blob_path(one) for one in (unit.manifest, unit.spec, unit.archive)}


def published(
    home: Path, keys: KeyFolder, *, python: bool = True, change: Change = lambda one: one
) -> Published:
    blobs = Blobs(home / "blobs")
    manifest = attested(blobs, keys, lambda one: change(with_tiny(one, blobs, python=python)))
    folder = home / "public"
    pages = make_pages((manifest,))
    publish.publish(manifest, pages, blobs, folder, keys, freshness=Freshness(), now=NOW)
    return Published(folder=folder, manifest=manifest)


@pytest.fixture(scope="module")
def both(keys: KeyFolder, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A release with a Python part and a native one."""
    return published(tmp_path_factory.mktemp("both"), keys)


@pytest.fixture(scope="module")
def native(keys: KeyFolder, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A release that is a native part."""
    return published(tmp_path_factory.mktemp("native"), keys, python=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine that installs, with a memory of its own."""

    home: Path
    root: Path
    spack: Bringer = field(default_factory=Bringer)
    python: Recorder = field(default_factory=Recorder)
    seen: list[str] = field(default_factory=list)

    @property
    def prefix(self) -> Path:
        return self.home / "prefix"

    def install(self, where: Path | str, *only: str, now: datetime = NOW) -> Receipt:
        bench = Workbench(
            blobs=Blobs(self.home / "work" / "blobs"),
            work=self.home / "work",
            cache=self.home / "cache",
            offline=True,
            progress=self._see,
        )
        with Net(sleep=lambda _seconds: None, timeout=1.0) as net:
            return install(
                where,
                self.prefix,
                root=self.root,
                state=self.home / "state",
                unsafe_development_keys=True,
                unsafe_as_of=None,
                net=net,
                now=now,
                engines={"pypi": self.python, "spack": self.spack},
                bench=bench,
                only=only,
            )

    def _see(self, progress: Progress) -> None:
        self.seen.append(progress.line)


def machine_for(release: Published, tmp_path: Path) -> Machine:
    return Machine(home=tmp_path / "machine", root=publish.root_file(release.folder))


class TestWhole:
    def test_every_unit_is_brought_and_told(self, native: Published, tmp_path: Path) -> None:
        machine = machine_for(native, tmp_path)
        receipt = machine.install(native.folder)
        assert machine.spack.brought == [TOP, BASE]
        assert [(one.name, one.hash, one.folder, one.asked) for one in receipt.units] == [
            ("tiny-top", TOP, TOP, True),
            ("tiny-base", BASE, BASE, False),
        ]
        assert receipt.units[0].archive == native.unit(TOP).archive
        assert receipt.parts == (".",)
        assert [one.name for one in receipt.products] == ["tiny-top", "tiny-base"]
        assert receipt.not_installed == ()
        assert receipts(machine.prefix) == (receipt,)
        share = machine.prefix / "share/peso/small"
        assert (share / "native/spack.lock").is_file()
        assert not (share / "native/cache").exists()

    def test_parts_are_side_by_side(self, both: Published, tmp_path: Path) -> None:
        machine = machine_for(both, tmp_path)
        receipt = machine.install(both.folder)
        assert receipt.parts == ("python", "native")
        assert [prefix for _, prefix in machine.python.calls] == [machine.prefix / "python"]
        assert {one.folder for one in receipt.units} == {f"native/{TOP}", f"native/{BASE}"}
        assert [one.name for one in receipt.products] == ["alpha", "beta", "tiny-top", "tiny-base"]

    def test_twice_is_once(self, native: Published, tmp_path: Path) -> None:
        machine = machine_for(native, tmp_path)
        first = machine.install(native.folder)
        assert machine.install(native.folder) == first
        assert machine.spack.brought == [TOP, BASE]


class TestSome:
    @pytest.fixture(autouse=True)
    def _no_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def test_only_what_is_wanted_is_fetched(self, both: Published, tmp_path: Path) -> None:
        machine = machine_for(both, tmp_path)
        with serve(both.folder) as server:
            receipt = machine.install(server.url, "tiny-base")
        assert both.blobs_of(BASE) <= set(server.asked)
        assert not both.blobs_of(TOP) & set(server.asked)
        assert both.file("wheels/alpha-1.0-py3-none-any.whl") not in server.asked
        assert both.file("native/recipes.tar.gz") in server.asked
        assert [one.name for one in receipt.units] == ["tiny-base"]
        assert [one.name for one in receipt.products] == ["tiny-base"]
        (left,) = receipt.not_installed
        assert (left.part, left.because) == ("python", "not-asked")
        assert machine.python.calls == []

    def test_what_a_root_needs_comes_with_it(self, both: Published, tmp_path: Path) -> None:
        machine = machine_for(both, tmp_path)
        receipt = machine.install(both.folder, "tiny-top")
        assert [(one.name, one.asked) for one in receipt.units] == [
            ("tiny-top", True),
            ("tiny-base", False),
        ]

    def test_a_python_part_is_installed_whole(self, both: Published, tmp_path: Path) -> None:
        machine = machine_for(both, tmp_path)
        with serve(both.folder) as server:
            receipt = machine.install(server.url, "Alpha")
        assert not (both.blobs_of(BASE) | both.blobs_of(TOP)) & set(server.asked)
        assert both.file("native/recipes.tar.gz") not in server.asked
        assert [one.name for one in receipt.products] == ["alpha", "beta"]
        assert receipt.parts == ("python",)
        assert [(one.part, one.because) for one in receipt.not_installed] == [
            ("native", "not-asked")
        ]

    def test_more_of_the_same_release_is_added(self, both: Published, tmp_path: Path) -> None:
        machine = machine_for(both, tmp_path)
        machine.install(both.folder, "tiny-base")
        with serve(both.folder) as server:
            machine.install(server.url, "tiny-top")
            assert not both.blobs_of(BASE) & set(server.asked)
            receipt = machine.install(server.url)
        assert machine.spack.brought == [BASE, TOP]
        assert {one.name: one.asked for one in receipt.units} == {
            "tiny-base": True,
            "tiny-top": True,
        }
        assert set(receipt.parts) == {"python", "native"}
        assert receipt.not_installed == ()
        assert receipts(machine.prefix) == (receipt,)
        assert machine.install(both.folder, "tiny-base") == receipt

    @pytest.mark.parametrize("name", ["nobody", "tiny-top/zz", "/zz", "alpha/x"])
    def test_a_name_that_no_part_has_is_told_with_those_there_are(
        self, both: Published, tmp_path: Path, name: str
    ) -> None:
        machine = machine_for(both, tmp_path)
        with pytest.raises(BadInput, match="alpha, beta, tiny-top") as no:
            machine.install(both.folder, "tiny-base", name)
        assert no.value.where == "--only"
        assert not machine.prefix.exists()


class TestLacking:
    def test_all_that_is_lacking_is_told_at_once_and_nothing_is_written(
        self, both: Published, tmp_path: Path
    ) -> None:
        machine = machine_for(both, tmp_path)
        machine.python.lacks = "it needs Python 3.13"
        machine.spack.lacking = ("openmpi@4.1.4 is not here", "no patchelf on PATH")
        with pytest.raises(Refused) as no:
            machine.install(both.folder)
        for said in (
            "python: it needs Python 3.13",
            "native: openmpi@4.1.4 is not here",
            "native: no patchelf on PATH",
        ):
            assert said in no.value.message
        assert not machine.prefix.exists()
        assert (machine.spack.brought, machine.python.calls) == ([], [])

    def test_what_is_not_asked_for_is_not_missed(self, both: Published, tmp_path: Path) -> None:
        machine = machine_for(both, tmp_path)
        machine.spack.lacks = "it is for rhel9; this is debian12"
        assert machine.install(both.folder, "alpha").parts == ("python",)
        with pytest.raises(Refused, match="native: it is for rhel9"):
            machine.install(both.folder, "tiny-top")

    def test_a_unit_without_a_binary_is_told_with_the_reason(
        self, keys: KeyFolder, tmp_path: Path
    ) -> None:
        def left_out(records: Records) -> Records:
            (native,) = records.build.native
            why = {BASE: "its recipe does not let binaries of it be given to others"}
            units = tuple(
                one.model_copy(update={"not_shipped": why.get(one.hash, "")})
                for one in native.units
            )
            cache = tuple(one for one in native.cache if one.hash != BASE)
            paths = {one.path for one in native.cache[1].files}
            part = native.model_copy(update={"units": units, "cache": cache})
            return replaced(records, part, paths)

        release = published(tmp_path, keys, python=False, change=left_out)
        machine = machine_for(release, tmp_path)
        with pytest.raises(Refused, match=r"no binary of tiny-base@1\.1/ryyjpd6: its recipe"):
            machine.install(release.folder)
        assert not machine.prefix.exists()


def replaced(records: Records, part: NativeBuild, without: set[str]) -> Records:
    """Return records with another native part, and without some files."""
    parts = tuple(part if one.part == "native" else one for one in records.build.parts)
    files = tuple(one for one in records.files if one.path not in without)
    build = records.build.model_copy(update={"parts": parts})
    return replace(records, build=build, files=files)


class TestProof:
    @pytest.fixture
    def folder(self, native: Published, tmp_path: Path) -> Path:
        return copy_of(native.folder, tmp_path / "public")

    def test_a_changed_archive_is_refused_before_spack_sees_it(
        self, native: Published, folder: Path, tmp_path: Path
    ) -> None:
        place = blob_path(native.unit(BASE).archive)
        data = bytearray((folder / place).read_bytes())
        data[-1] ^= 1
        (folder / place).chmod(0o644)
        (folder / place).write_bytes(data)
        machine = machine_for(native, tmp_path)
        with pytest.raises(Refused) as no:
            machine.install(folder)
        assert (no.value.reason, no.value.where) == (Reason.CHANGED, place)
        assert machine.spack.brought == []
        assert not machine.prefix.exists()

    def test_two_units_bound_to_each_others_files_are_refused(
        self, native: Published, folder: Path, keys: KeyFolder, tmp_path: Path
    ) -> None:
        """Signed with stolen keys: each file is as it was signed, and the units are not."""

        def swap(manifest: Manifest) -> Manifest:
            (part,) = manifest.parts
            first, second = part.units
            names = ("name", "version", "hash")
            crossed = (
                first.model_copy(update={one: getattr(second, one) for one in names}),
                second.model_copy(update={one: getattr(first, one) for one in names}),
            )
            changed = part.model_copy(update={"units": crossed})
            return manifest.model_copy(update={"parts": (changed,)})

        Thief(folder=folder, keys=keys).manifest("testing", swap)
        machine = machine_for(native, tmp_path)
        with pytest.raises(NotProven) as no:
            machine.install(folder)
        assert Reason.SWAPPED in {one.reason for one in no.value.doubts}
        assert machine.spack.brought == []

    def test_an_archive_of_another_unit_is_refused_before_spack_sees_it(
        self, keys: KeyFolder, tmp_path: Path
    ) -> None:
        """All is bound to each other as it is signed; only the archive itself tells."""

        def other(records: Records) -> Records:
            (native,) = records.build.native
            blobs = Blobs(tmp_path / "blobs")
            wrong = tiny_entry(BASE, blobs, "other-unit-in-archive")
            without = {one.path for one in native.cache[1].files}
            part = native.model_copy(update={"cache": (native.cache[0], wrong)})
            made = replaced(records, part, without)
            paths = {one.path for one in made.files}
            new = (one for one in wrong.files if one.path not in paths)
            return replace(made, files=(*made.files, *new))

        release = published(tmp_path, keys, python=False, change=other)
        machine = machine_for(release, tmp_path)
        with pytest.raises(Refused, match="inside the archive is of tiny-top") as no:
            machine.install(release.folder)
        assert no.value.reason is Reason.SWAPPED
        assert machine.spack.brought == []
        assert not machine.prefix.exists()

    def test_another_plan_than_the_release_was_made_from_is_swapped(
        self, native: Published, folder: Path, keys: KeyFolder, tmp_path: Path
    ) -> None:
        def change(manifest: Manifest) -> Manifest:
            return manifest.model_copy(update={"lock": "0" * 64})

        Thief(folder=folder, keys=keys).manifest("testing", change)
        machine = machine_for(native, tmp_path)
        with pytest.raises(Refused, match="not the plan it was made from") as no:
            machine.install(folder)
        assert no.value.reason is Reason.SWAPPED


class TestGoingOn:
    @pytest.fixture(autouse=True)
    def _no_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def test_one_that_was_cut_short_fetches_and_brings_the_rest(
        self, native: Published, tmp_path: Path
    ) -> None:
        machine = machine_for(native, tmp_path)
        machine.spack.stops_after = 1
        with pytest.raises(Outside):
            machine.install(native.folder)
        assert machine.spack.brought == [TOP]
        assert receipts(machine.prefix) == ()
        machine.spack.stops_after = None
        with serve(native.folder) as server:
            receipt = machine.install(server.url)
        assert not native.blobs_of(TOP) & set(server.asked)
        assert native.blobs_of(BASE) <= set(server.asked)
        assert [one.name for one in receipt.units] == ["tiny-top", "tiny-base"]

    def test_what_a_killed_run_had_fetched_is_not_fetched_again(
        self, native: Published, tmp_path: Path
    ) -> None:
        machine = machine_for(native, tmp_path)
        fetched = machine.home / "cache" / "fetched"
        fetched.mkdir(parents=True)
        base, top = native.unit(BASE), native.unit(TOP)
        whole = (native.folder / blob_path(base.archive)).read_bytes()
        (fetched / base.archive).write_bytes(whole)
        (fetched / top.archive).write_bytes(whole[:100])  # half of one, and a damaged one
        (fetched / top.spec).write_bytes(
            b"x" * len((native.folder / blob_path(top.spec)).read_bytes())
        )
        with serve(native.folder) as server:
            machine.install(server.url)
        assert blob_path(base.archive) not in server.asked
        assert {blob_path(top.archive), blob_path(top.spec)} <= set(server.asked)
        assert not fetched.exists()

    def test_a_truncated_download_is_refused_and_the_rest_is_kept(
        self, native: Published, tmp_path: Path
    ) -> None:
        folder = copy_of(native.folder, tmp_path / "public")
        place = folder / blob_path(native.unit(TOP).archive)
        place.chmod(0o644)
        whole = place.read_bytes()
        place.write_bytes(whole[:-10])
        machine = machine_for(native, tmp_path)
        with serve(folder) as server:
            with pytest.raises(Refused) as no:
                machine.install(server.url)
            assert no.value.reason is Reason.CHANGED
            assert machine.spack.brought == []
            place.write_bytes(whole)
            server.asked.clear()
            machine.install(server.url)
        assert sha256_bytes(whole) == native.unit(TOP).archive
        assert machine.spack.brought == [TOP, BASE]
