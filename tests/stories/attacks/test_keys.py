"""Keys: stolen below the threshold, of strangers, of development; and roots from nowhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner
from tests.facility import NOW, Facility
from tests.services.delivery.conftest import PASSPHRASE, MakePublication
from tests.stories.attacks.conftest import TIMESTAMP, Scene
from tuf.api.metadata import Metadata, Root, Snapshot, Targets

from peso.errors import Reason, Refused
from peso.services.delivery.signing import keyfiles
from peso.services.delivery.signing.serialize import metadata_bytes

# Keys lost below the threshold


def _stranger() -> CryptoSigner:
    return CryptoSigner.generate_ed25519()


def test_one_root_key_makes_no_root(scene: Scene) -> None:
    """With one of two root keys the thief names their own keys in a second root."""
    stolen = keyfiles.open_key(scene.published.keys.folder / "root-1.pem", PASSPHRASE)
    mine = _stranger()
    root = Metadata[Root].from_bytes(scene.read("metadata/1.root.json"))
    root.signed.version = 2
    root.signed.roles["root"].threshold = 1
    root.signed.add_key(mine.public_key, "timestamp")
    root.signatures.clear()
    root.sign(stolen, append=True)
    scene.replace("metadata/2.root.json", metadata_bytes(root))
    scene.facility.refuses(scene.where, Reason.BELOW_THRESHOLD, "metadata/2.root.json")


def test_a_root_by_a_stranger(scene: Scene) -> None:
    root = Metadata[Root].from_bytes(scene.read("metadata/1.root.json"))
    root.signed.version = 2
    root.signatures.clear()
    root.sign(_stranger())
    scene.replace("metadata/2.root.json", metadata_bytes(root))
    scene.facility.refuses(scene.where, Reason.UNKNOWN_SIGNER, "metadata/2.root.json")


def test_the_timestamp_key_alone_changes_no_release(scene: Scene) -> None:
    thief, mine = scene.thief, _stranger()
    thief.edit(Snapshot, "snapshot", lambda _snapshot: None, mine)
    thief.bind_snapshot()
    scene.facility.refuses(scene.where, Reason.UNKNOWN_SIGNER, thief.path("snapshot"))


def test_the_index_keys_change_no_release(scene: Scene) -> None:
    """With timestamp and snapshot keys, but not the channel's, a channel cannot be signed."""
    thief = scene.thief
    thief.edit(Targets, "testing", lambda targets: targets.targets.clear(), _stranger())
    thief.bind()
    scene.facility.refuses(scene.where, Reason.UNKNOWN_SIGNER, thief.path("testing"))


def test_the_pages_key_names_no_release(scene: Scene) -> None:
    thief = scene.thief
    channel = Metadata[Targets].from_bytes(scene.read(thief.path("testing")))

    def claim(pages: Targets) -> None:
        pages.targets.update(channel.signed.targets)

    thief.edit(Targets, "pages", claim)
    thief.bind()
    scene.facility.refuses(scene.where, Reason.UNKNOWN_SIGNER, thief.path("pages"))


def test_a_channels_key_names_no_other_channel(scene: Scene) -> None:
    thief = scene.thief

    def claim(targets: Targets) -> None:
        name, target = targets.targets.popitem()
        target.path = name.replace("testing/", "stable/")
        targets.targets[target.path] = target

    thief.edit(Targets, "testing", claim)
    thief.bind()
    scene.facility.refuses(scene.where, Reason.UNKNOWN_SIGNER, thief.path("testing"))


def test_a_strangers_statement(scene: Scene) -> None:
    """A second signature that nobody knows makes signed metadata something else."""
    path = scene.thief.path("targets")
    metadata = Metadata[Targets].from_bytes(scene.read(path))
    metadata.sign(_stranger(), append=True)
    scene.replace(path, metadata_bytes(metadata))
    scene.thief.bind()
    if scene.server is None:
        scene.facility.refuses(scene.where, Reason.UNKNOWN_SIGNER, path)


# Keys and roots


def test_development_keys_are_nobodys_word(scene: Scene) -> None:
    with pytest.raises(Refused) as told:
        scene.facility.verify(scene.where, development=False)
    assert told.value.reason is Reason.DEVELOPMENT_KEYS


def test_a_root_from_inside_proves_nothing(carried: Scene) -> None:
    inside = carried.folder / "metadata" / "1.root.json"
    facility = Facility(state=carried.facility.state, root=inside)
    with pytest.raises(Refused) as told:
        facility.verify(carried.where)
    assert told.value.reason is Reason.NO_TRUSTED_ROOT


def test_somebody_elses_root(
    scene: Scene,
    make_publication: MakePublication,
    tmp_path: Path,
) -> None:
    other = make_publication(tmp_path / "other")
    facility = Facility(state=tmp_path / "state", root=other.root_file)
    facility.refuses(scene.where, Reason.UNKNOWN_SIGNER, TIMESTAMP)


def test_the_epoch_helps_nobody(scene: Scene) -> None:
    """A date before the last accepted one is refused, whatever it would lift."""
    scene.facility.verify(scene.where)
    with pytest.raises(Refused) as told:
        scene.facility.verify(
            scene.where, now=NOW + timedelta(days=9), as_of=datetime(2020, 1, 1, tzinfo=UTC)
        )
    assert told.value.reason is Reason.ROLLBACK
