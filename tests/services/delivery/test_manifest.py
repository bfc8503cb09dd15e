from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from peso.base.ledger import Blobs
from peso.errors import PesoError, Reason, Refused
from peso.products.engines.port import Artifact
from peso.services.delivery.manifest import (
    Manifest,
    assemble,
    lock_digest,
    shipped_build,
    shipped_plan,
)

if TYPE_CHECKING:
    from tests.services.delivery.conftest import Kit, Release


@pytest.fixture
def release(tmp_path: Path, kit: Kit) -> Release:
    return kit.release(Blobs(tmp_path))


def made(kit: Kit, release: Release, *more: Artifact) -> Manifest:
    return assemble(
        release.stack,
        release.plan,
        release.build,
        (*release.files, *more),
        definition="d" * 64,
        now=kit.now,
    )


def test_it_names_every_file_once_in_order(kit: Kit, release: Release) -> None:
    manifest = made(kit, release, release.files[0])
    paths = [one.path for one in manifest.files]
    assert paths == sorted(one.path for one in release.files)
    assert manifest.target == "testing/small-1.0.manifest.json"
    assert manifest.lock == lock_digest(release.plan)
    (part,) = manifest.parts
    assert (part.name, part.engine, part.document) == ("python", "pypi", "pylock.release.toml")
    assert part.requires == release.build.parts[0].requires


def test_it_reads_back_to_the_same_bytes(kit: Kit, release: Release) -> None:
    data = made(kit, release).canonical()
    assert Manifest.parse(data).canonical() == data


def test_one_path_is_one_file(kit: Kit, release: Release) -> None:
    twin = release.files[0].model_copy(update={"sha256": "f" * 64})
    with pytest.raises(PesoError, match="one path"):
        made(kit, release, twin)


@pytest.mark.parametrize("path", ["../x", "/x", "", "a\\b", "a\0b"])
def test_a_path_that_leaves_the_release_is_refused(kit: Kit, release: Release, path: str) -> None:
    with pytest.raises(Refused) as no:
        made(kit, release, release.files[0].model_copy(update={"path": path}))
    assert no.value.reason is Reason.UNSAFE_PATH


@pytest.mark.parametrize("path", ["a//b", "./a", "a/"])
def test_a_path_has_one_form(kit: Kit, release: Release, path: str) -> None:
    with pytest.raises(PesoError, match="plain form"):
        made(kit, release, release.files[0].model_copy(update={"path": path}))


def test_a_part_without_its_document_is_a_fault(kit: Kit, release: Release) -> None:
    files = tuple(one for one in release.files if one.role != "lock")
    with pytest.raises(PesoError, match="no document"):
        assemble(
            release.stack, release.plan, release.build, files, definition="d" * 64, now=kit.now
        )


def test_what_is_shipped_names_no_index_and_one_index_is_as_good_as_another(
    release: Release,
) -> None:
    for shipped in (shipped_plan(release.plan), shipped_build(release.build)):
        assert b"index.example" not in shipped.canonical()
    (lock,) = release.plan.python
    units = tuple(
        unit.model_copy(update={"url": f"https://mirror.example/{unit.filename}"})
        for unit in lock.units
    )
    mirrored = release.plan.model_copy(
        update={"locks": (lock.model_copy(update={"units": units}),)}
    )
    assert mirrored.digest() != release.plan.digest()
    assert lock_digest(mirrored) == lock_digest(release.plan)
