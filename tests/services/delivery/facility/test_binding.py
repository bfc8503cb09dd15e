"""What binds a unit of Spack to its files: each way it can be wrong is a doubt with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.products.engines.spack.tiny import tiny_entry
from tests.services.delivery.conftest import make_keys
from tests.services.delivery.facility.test_evidence import attested
from tests.spack_cache_files import BASE, TOP
from tests.spack_release import with_tiny

from peso.base.ledger import Blobs
from peso.errors import BadInput, Reason, Refused
from peso.products.engines.native import CacheEntry
from peso.products.engines.port import Artifact
from peso.services.delivery.facility.binding import check_archives, check_places, check_units
from peso.services.delivery.facility.releases import Release
from peso.services.delivery.facility.report import Doubt
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.manifest import CachedUnit, Manifest
from peso.services.delivery.signing.keys import KeyFolder

Change = Callable[[CachedUnit], CachedUnit]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


@pytest.fixture
def manifest(blobs: Blobs, keys: KeyFolder) -> Manifest:
    return attested(blobs, keys, lambda one: with_tiny(one, blobs))


def release_of(manifest: Manifest) -> Release:
    return Release(manifest=manifest, sha256="", place="targets/x")


def doubts(manifest: Manifest, blobs: Blobs, only: frozenset[str] | None = None) -> list[Doubt]:
    def read(one: Artifact) -> bytes:
        return blobs.read(one.sha256, limit=one.length)

    release = release_of(manifest)
    return [*check_places(release), *check_units(release, read, only=only)]


def reasons(manifest: Manifest, blobs: Blobs) -> set[Reason]:
    return {one.reason for one in doubts(manifest, blobs)}


def units(manifest: Manifest) -> tuple[CachedUnit, ...]:
    (part,) = (part for part in manifest.parts if part.native)
    return part.units


def with_units(manifest: Manifest, changed: tuple[CachedUnit, ...]) -> Manifest:
    parts = tuple(
        part.model_copy(update={"units": changed}) if part.native else part
        for part in manifest.parts
    )
    return manifest.model_copy(update={"parts": parts})


def with_file(manifest: Manifest, path: str, data: bytes, blobs: Blobs) -> Manifest:
    """Return the manifest with other bytes at a path, named with their own digest."""
    sha256, length = blobs.put(data)
    update = {"sha256": sha256, "length": length}
    files = tuple(
        one.model_copy(update=update) if one.path == path else one for one in manifest.files
    )
    return manifest.model_copy(update={"files": files})


def instead(manifest: Manifest, entry: CacheEntry) -> Manifest:
    """Return the manifest with another pair under a unit's hash, bound to it without a fault."""
    before = next(one for one in units(manifest) if one.hash == entry.hash)
    bound = before.model_copy(
        update={
            "manifest": entry.manifest.sha256,
            "spec": entry.spec.sha256,
            "archive": entry.archive.sha256,
            "length": entry.archive.length,
        }
    )
    others = {before.manifest, before.spec, before.archive} - {
        digest for one in units(manifest) if one != before for digest in (one.spec, one.archive)
    }
    kept = [one for one in manifest.files if one.sha256 not in others]
    paths = {one.path for one in kept}
    files = (*kept, *(one for one in entry.files if one.path not in paths))
    changed = tuple(bound if one == before else one for one in units(manifest))
    return with_units(manifest.model_copy(update={"files": files}), changed)


def test_what_is_bound_as_it_was_pushed_is_no_doubt(manifest: Manifest, blobs: Blobs) -> None:
    assert {one.hash for one in units(manifest)} == {TOP, BASE}
    assert doubts(manifest, blobs) == []


def test_an_older_pair_that_is_bound_is_a_unit_too(manifest: Manifest, blobs: Blobs) -> None:
    """Which of two pairs of one hash is meant is the manifest's word alone."""
    older = tiny_entry(BASE, blobs, "replayed-older-pair")
    assert older.archive.sha256 not in {one.archive for one in units(manifest)}
    assert doubts(instead(manifest, older), blobs) == []


@pytest.mark.parametrize(
    ("cache", "said"),
    [
        ("wrong-hash-in-spec", "not what its hash stands for"),
        ("other-unit-in-archive", ""),
    ],
)
def test_a_pair_that_is_not_the_units_is_swapped(
    manifest: Manifest, blobs: Blobs, cache: str, said: str
) -> None:
    wrong = instead(manifest, tiny_entry(BASE, blobs, cache))
    found = doubts(wrong, blobs)
    if not said:
        assert found == []  # only who opens the archive sees it: see below
        return
    assert {one.reason for one in found} == {Reason.SWAPPED}
    assert any(said in one.message for one in found)


def test_two_units_bound_to_each_others_files_are_swapped(manifest: Manifest, blobs: Blobs) -> None:
    first, second = units(manifest)
    files = ("manifest", "spec", "archive", "length")
    crossed = (
        first.model_copy(update={name: getattr(second, name) for name in files}),
        second.model_copy(update={name: getattr(first, name) for name in files}),
    )
    assert reasons(with_units(manifest, crossed), blobs) == {Reason.SWAPPED}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda one: one.model_copy(update={"hash": "a" * 32}), Reason.MISSING),
        (lambda one: one.model_copy(update={"name": "tiny-other"}), Reason.MISSING),
        (lambda one: one.model_copy(update={"version": "1.0"}), Reason.MISSING),
        (lambda one: one.model_copy(update={"archive": "0" * 64}), Reason.MISSING),
        (lambda one: one.model_copy(update={"manifest": "0" * 64}), Reason.SWAPPED),
        (lambda one: one.model_copy(update={"length": 1}), Reason.SWAPPED),
        (lambda one: one.model_copy(update={"spec": one.archive}), Reason.SWAPPED),
    ],
)
def test_a_binding_that_is_edited_does_not_fit_the_files(
    manifest: Manifest, blobs: Blobs, change: Change, reason: Reason
) -> None:
    first, second = units(manifest)
    assert reason in reasons(with_units(manifest, (change(first), second)), blobs)


def test_a_unit_that_is_bound_twice_is_swapped(manifest: Manifest, blobs: Blobs) -> None:
    first, second = units(manifest)
    found = doubts(with_units(manifest, (first, second, first)), blobs)
    assert [(one.reason, "bound twice" in one.message) for one in found] == [(Reason.SWAPPED, True)]


def test_recipes_that_are_named_are_there(manifest: Manifest, blobs: Blobs) -> None:
    files = tuple(one for one in manifest.files if one.role != "recipes")
    assert len(files) == len(manifest.files) - 1
    (found,) = doubts(manifest.model_copy(update={"files": files}), blobs)
    assert (found.reason, "recipes.tar.gz" in found.message) == (Reason.MISSING, True)


def test_a_file_of_the_cache_that_no_unit_has_is_additional(
    manifest: Manifest, blobs: Blobs
) -> None:
    first, _ = units(manifest)
    found = doubts(with_units(manifest, (first,)), blobs)
    assert {one.reason for one in found} == {Reason.ADDITIONAL}
    assert len(found) == 3


@pytest.mark.parametrize("data", [b"{}", b"no json", b"-----BEGIN PGP SIGNED MESSAGE-----\n"])
def test_what_is_no_manifest_of_spacks_is_changed(
    manifest: Manifest, blobs: Blobs, data: bytes
) -> None:
    first, second = units(manifest)
    path = next(one.path for one in manifest.files if one.sha256 == first.manifest)
    changed = with_file(manifest, path, data, blobs)
    sha256, _ = blobs.put(data)
    bound = with_units(changed, (first.model_copy(update={"manifest": sha256}), second))
    assert reasons(bound, blobs) == {Reason.CHANGED}


def test_only_the_units_that_are_asked_for_are_read(manifest: Manifest, blobs: Blobs) -> None:
    first, second = units(manifest)
    blobs.path(second.spec).unlink()
    assert doubts(manifest, blobs, frozenset({first.hash})) == []
    assert doubts(manifest, blobs, frozenset()) == []


def test_a_unit_that_several_releases_have_is_read_once(manifest: Manifest, blobs: Blobs) -> None:
    asked: list[str] = []

    def read(one: Artifact) -> bytes:
        asked.append(one.path)
        return blobs.read(one.sha256, limit=one.length)

    looked_at: set[CachedUnit] = set()
    for _ in range(2):
        found = check_units(release_of(manifest), read, looked_at=looked_at)
        assert [*found] == []
    assert len(asked) == 4
    assert looked_at == set(units(manifest))
    first, second = units(manifest)
    other = with_units(manifest, (first.model_copy(update={"version": "1.0"}), second))
    assert {
        one.reason for one in check_units(release_of(other), read, looked_at=looked_at)
    } == set()  # its manifest is at no place of that version: `check_places` says so
    assert {one.reason for one in check_places(release_of(other))} >= {Reason.MISSING}


class TestArchives:
    def lay(self, manifest: Manifest, blobs: Blobs, folder: Path) -> Iterator[None]:
        for one in manifest.files:
            blobs.lay(one.sha256, folder / one.path)
        yield

    def check(self, manifest: Manifest, blobs: Blobs, folder: Path) -> None:
        [*self.lay(manifest, blobs, folder)]
        (part,) = (part for part in manifest.parts if part.native)
        check_archives(part, folder, frozenset({TOP, BASE}))

    def test_the_units_own_is_no_doubt(
        self, manifest: Manifest, blobs: Blobs, tmp_path: Path
    ) -> None:
        self.check(manifest, blobs, tmp_path / "staging")

    def test_another_units_is_swapped(
        self, manifest: Manifest, blobs: Blobs, tmp_path: Path
    ) -> None:
        wrong = instead(manifest, tiny_entry(BASE, blobs, "other-unit-in-archive"))
        with pytest.raises(Refused, match="inside the archive is of tiny-top") as no:
            self.check(wrong, blobs, tmp_path / "staging")
        assert no.value.reason is Reason.SWAPPED
        archive = next(one.archive for one in units(wrong) if one.hash == BASE)
        assert no.value.where == blob_path(archive)

    def test_what_is_none_is_bad_input(
        self, manifest: Manifest, blobs: Blobs, tmp_path: Path
    ) -> None:
        first, second = units(manifest)
        sha256, length = blobs.put(b"no archive")
        path = f"native/cache/blobs/sha256/{sha256[:2]}/{sha256}"
        old = next(one for one in manifest.files if one.sha256 == first.archive)
        update = {"path": path, "sha256": sha256, "length": length}
        files = (*manifest.files, old.model_copy(update=update))
        bound = first.model_copy(update={"archive": sha256, "length": length})
        changed = manifest.model_copy(update={"files": files})
        with pytest.raises(BadInput):
            self.check(with_units(changed, (bound, second)), blobs, tmp_path / "staging")
