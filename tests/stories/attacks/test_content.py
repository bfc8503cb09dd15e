"""Other bytes than were signed: changed, missing, or a signed file in another's place."""

from __future__ import annotations

import pytest
from tests.stories.attacks.conftest import Scene

from peso.errors import Reason, Refused
from peso.products.engines.port import Artifact
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.manifest import Manifest


def test_an_honest_publication_is_a_yes(scene: Scene) -> None:
    report = scene.facility.verify(scene.where)
    assert [one.version for one in report.releases] == ["1.0", "1.1"]
    assert report.development
    assert (report.not_looked_at == ()) == (scene.server is None)


# A changed artifact


def test_a_changed_artifact(scene: Scene) -> None:
    place = scene.blob("wheels/alpha-1.0-py3-none-any.whl")
    data = bytearray(scene.read(place))
    data[len(data) // 2] ^= 1
    scene.replace(place, bytes(data))
    scene.facility.refuses(scene.where, Reason.CHANGED, place)


def test_a_truncated_artifact(scene: Scene) -> None:
    place = scene.blob("tests/ring.py")
    scene.replace(place, scene.read(place)[:-1])
    scene.facility.refuses(scene.where, Reason.CHANGED, place)


def test_a_missing_artifact(scene: Scene) -> None:
    place = scene.blob("tests/ring.py")
    (scene.folder / place).unlink()
    scene.facility.refuses(scene.where, Reason.MISSING, place)


def test_a_changed_page(scene: Scene) -> None:
    scene.replace("index.html", scene.read("index.html").replace(b"small", b"smell"))
    scene.facility.refuses(scene.where, Reason.CHANGED, "index.html")


# Mix and match


def test_another_versions_manifest_in_its_place(scene: Scene) -> None:
    place = scene.manifest("1.0")
    scene.replace(place, scene.read(scene.manifest("1.1")))
    scene.facility.refuses(scene.where, Reason.SWAPPED, place)


def test_another_artifact_in_its_place(scene: Scene) -> None:
    place = scene.blob("wheels/beta-1.0-py3-none-any.whl")
    scene.replace(place, scene.read(scene.blob("wheels/beta-1.1-py3-none-any.whl", "1.1")))
    scene.facility.refuses(scene.where, Reason.SWAPPED, place)


def test_a_channels_metadata_in_the_place_of_the_pages(scene: Scene) -> None:
    place = scene.thief.path("pages")
    scene.replace(place, scene.read(scene.thief.path("testing")))
    with pytest.raises(Refused) as told:
        scene.facility.verify(scene.where)
    assert told.value.where == place
    assert told.value.reason in {Reason.UNKNOWN_SIGNER, Reason.TOO_LARGE, Reason.SWAPPED}


def test_a_manifest_under_another_releases_name(scene: Scene) -> None:
    """Even the channel's own key cannot say that 1.0 is 1.1."""
    place = scene.thief.manifest(
        "testing", lambda manifest: manifest.model_copy(update={"version": "9.9"})
    )
    scene.facility.refuses(scene.where, Reason.SWAPPED, place)


def test_another_releases_attestation(scene: Scene) -> None:
    """A statement that was signed for 1.0 does not speak for 1.1."""
    other = scene.named("attestations/verdict.dsse.json", "1.0")
    scene.thief.manifest("testing", lambda manifest: _with(manifest, other))
    scene.facility.refuses(scene.where, Reason.SWAPPED, blob_path(other.sha256))


def _with(manifest: Manifest, other: Artifact) -> Manifest:
    files = [other if one.path == other.path else one for one in manifest.files]
    return manifest.model_copy(update={"files": tuple(files)})
