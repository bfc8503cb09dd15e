"""The index: rolled back, frozen, edited, or expired."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from tests.facility import NOW, Facility, copy_of, files_of
from tests.services.delivery.conftest import MakePublication
from tests.stories.attacks.conftest import TIMESTAMP, Scene
from tuf.api.metadata import Metadata, Snapshot, Targets, Timestamp

from peso.errors import Reason
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.signing.serialize import metadata_bytes

# Rollback


def test_an_older_index_after_a_newer_one(scene: Scene) -> None:
    scene.facility.verify(scene.where)
    old = scene.read(scene.thief.path("timestamp"))
    scene.thief.edit(Timestamp, "timestamp", _later)
    scene.facility.verify(scene.where)
    scene.replace(TIMESTAMP, old)
    scene.facility.refuses(scene.where, Reason.ROLLBACK, TIMESTAMP)


def _later(timestamp: Timestamp) -> None:
    timestamp.version += 1


def test_a_whole_older_folder(scene: Scene, tmp_path: Path) -> None:
    """Everything goes back together: each file alone is as it was signed once."""
    older = files_of(scene.folder)
    thief = scene.thief
    snapshot = Metadata[Snapshot].from_bytes(scene.read(thief.path("snapshot")))
    snapshot.signed.version += 1
    snapshot.sign(scene.published.keys.signer("snapshot"))
    scene.replace(f"metadata/{snapshot.signed.version}.snapshot.json", metadata_bytes(snapshot))
    thief.edit(Timestamp, "timestamp", _later)
    thief.bind_snapshot()
    scene.facility.verify(scene.where)
    shutil.rmtree(scene.folder)
    for path, data in older.items():
        (scene.folder / path).parent.mkdir(parents=True, exist_ok=True)
        scene.replace(path, data)
    scene.facility.refuses(scene.where, Reason.ROLLBACK, TIMESTAMP)
    elsewhere = copy_of(scene.folder, tmp_path / "elsewhere")
    scene.facility.refuses(elsewhere, Reason.ROLLBACK, TIMESTAMP)


def test_an_older_snapshot_in_the_place_of_the_newest(scene: Scene) -> None:
    place = scene.thief.path("snapshot")
    older = place.replace("2.snapshot", "1.snapshot")
    assert older != place
    scene.replace(place, scene.read(older))
    scene.facility.refuses(scene.where, Reason.ROLLBACK, place)


# A frozen or edited index


def test_a_frozen_index(scene: Scene) -> None:
    later = NOW + timedelta(days=8)
    told = scene.facility.refuses(scene.where, Reason.FROZEN, TIMESTAMP, now=later)
    assert told.hint is not None
    assert "--unsafe-as-of" in told.hint


def test_an_index_edited_to_look_fresh(scene: Scene) -> None:
    data = scene.read(TIMESTAMP)
    assert b"2026-11-30" in data
    scene.replace(TIMESTAMP, data.replace(b"2026-11-30", b"2027-11-30"))
    scene.facility.refuses(scene.where, Reason.CHANGED, TIMESTAMP)


def test_an_index_with_a_field_that_nobody_signed(carried: Scene) -> None:
    data = carried.read(TIMESTAMP)
    carried.replace(TIMESTAMP, data[:-1] + b',"x":1}')
    carried.facility.refuses(carried.where, Reason.CHANGED, TIMESTAMP)


def test_a_signature_in_another_notation(carried: Scene) -> None:
    """It still verifies, yet it is not what was published."""
    data = carried.read(TIMESTAMP)
    start = data.index(b'"sig":"') + 7
    signature = data[start : start + 128]
    carried.replace(TIMESTAMP, data.replace(signature, signature.upper()))
    carried.facility.refuses(carried.where, Reason.CHANGED, TIMESTAMP)


# An expired role


@pytest.mark.parametrize("role", ["targets", "testing", "pages", "snapshot"])
def test_an_expired_role(scene: Scene, role: str) -> None:
    thief = scene.thief

    def expire(signed: Targets | Snapshot) -> None:
        signed.expires = NOW + timedelta(hours=1)

    if role == "snapshot":
        thief.edit(Snapshot, role, expire)
        thief.bind_snapshot()
    else:
        thief.edit(Targets, role, expire)
        thief.bind()
    scene.facility.verify(scene.where)
    place = scene.thief.path(role)
    later = NOW + timedelta(hours=2)
    scene.facility.refuses(scene.where, Reason.EXPIRED, place, now=later)
    if role != "snapshot":  # no date makes a list of channels, a channel or pages good again
        scene.facility.refuses(scene.where, Reason.EXPIRED, place, now=later, as_of=NOW)


def test_an_expired_root(
    make_publication: MakePublication,
    tmp_path: Path,
) -> None:
    slow = Freshness(timestamp=400, snapshot=400, channel=400)
    made = make_publication(tmp_path / "slow", freshness=slow)
    facility = Facility(state=tmp_path / "state", root=made.root_file)
    later = NOW + timedelta(days=366)
    facility.refuses(made.folder, Reason.EXPIRED, "metadata/1.root.json", now=later)
    facility.refuses(made.folder, Reason.EXPIRED, "metadata/1.root.json", now=later, as_of=NOW)
