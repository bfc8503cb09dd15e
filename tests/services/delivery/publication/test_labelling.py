"""What an earlier PESO published gets its labels when its channel is signed next, once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.facility import Facility, Thief
from tests.services.delivery.publication.test_publish import (
    KilledError,
    Story,
    again,
    snapshot,
)
from tuf.api.metadata import Metadata, TargetFile, Targets

from peso.services.delivery.freshness import Freshness
from peso.services.delivery.layout.labels import Label, label_on
from peso.services.delivery.layout.places import target_path
from peso.services.delivery.manifest import Manifest
from peso.services.delivery.publication.enter import label_of
from peso.services.delivery.signing import keys

if TYPE_CHECKING:
    from tests.services.delivery.conftest import Kit


def strip(story: Story, channel: str = "testing") -> None:
    """Make a publication as an earlier PESO signed it: without labels."""

    def bare(targets: Targets) -> None:
        for path, one in targets.targets.items():
            targets.targets[path] = TargetFile(one.length, one.hashes, path)

    thief = Thief(folder=story.made.folder, keys=story.keys)
    thief.edit(Targets, channel, bare)
    thief.bind()


def targets(story: Story, channel: str = "testing") -> dict[str, TargetFile]:
    path = Thief(folder=story.made.folder, keys=story.keys).path(channel)
    signed = Metadata[Targets].from_bytes((story.made.folder / path).read_bytes()).signed
    return dict(signed.targets)


def labels(story: Story, channel: str = "testing") -> dict[str, Label | None]:
    """Return the label of each release of a channel, by version."""
    return {
        path.rpartition("-")[2].removesuffix(".manifest.json"): label_on(channel, target)
        for path, target in targets(story, channel).items()
    }


def told(*manifests: Manifest) -> dict[str, Label | None]:
    return {one.version: label_of(one) for one in manifests}


@pytest.fixture
def story(tmp_path: Path, kit: Kit) -> Story:
    """Two releases without labels."""
    made = Story(kit, kit.publication(tmp_path, versions=("1.0", "1.1"), slim=True))
    strip(made)
    assert labels(made) == {"1.0": None, "1.1": None}
    return made


def test_the_next_release_brings_labels_for_those_before(story: Story) -> None:
    story.release(story.manifest("1.2"))
    assert labels(story) == told(*story.done)
    assert len(story.look()) == 3


def test_labels_alone_are_no_reason_to_sign(story: Story) -> None:
    before = snapshot(story.made.folder)
    assert story.refresh().did == "nothing"
    assert snapshot(story.made.folder) == before


def test_a_channel_that_is_due_gets_them(story: Story) -> None:
    story.freshness = Freshness(channel=400)  # longer from now on: what is there is due
    assert story.refresh().did == "refreshed"
    assert labels(story) == told(*story.done)


@pytest.mark.parametrize("roles", [("testing",), ("timestamp", "snapshot", "targets", "testing")])
def test_a_channel_with_a_new_key_gets_them(story: Story, roles: tuple[str, ...]) -> None:
    """Roots that are followed on the way bring nothing but their keys; what comes last does."""
    story.rotate(*roles)
    assert story.refresh().did == "refreshed"
    assert labels(story) == told(*story.done)


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "root-1", "pages"])
def test_another_key_brings_none(story: Story, role: str) -> None:
    story.rotate(role)
    story.refresh()
    assert set(labels(story).values()) == {None}


def test_a_channel_that_is_not_signed_stays_as_it_is(story: Story) -> None:
    keys.add_channel(story.keys.folder, story.kit.passphrase, "stable")
    story.release(story.manifest("1.0", channel="stable"))
    assert labels(story, "stable") == told(story.done[-1])
    assert set(labels(story).values()) == {None}


def test_once_labelled_no_manifest_is_opened_again(story: Story) -> None:
    story.release(story.manifest("1.2"))
    kept = targets(story)
    for path, target in kept.items():
        place = story.made.folder / target_path(path, target)
        place.chmod(0o644)
        place.unlink()
    story.release(story.manifest("1.3"), look=False)
    assert {path: targets(story)[path] for path in kept} == kept


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_one_whose_manifest_is_not_as_signed_gets_none(story: Story, harm: str) -> None:
    (path, target), *_ = targets(story).items()
    place = story.made.folder / target_path(path, target)
    place.chmod(0o644)
    if harm == "gone":
        place.unlink()
    else:
        place.write_bytes(place.read_bytes().replace(b"1.0", b"9.9"))
    story.release(story.manifest("1.2"), look=False)
    assert labels(story) == {**told(*story.done), "1.0": None}


def test_one_that_is_another_release_gets_none(story: Story) -> None:
    """Signed with stolen keys; a facility refuses it, labelled or not."""
    (other,) = (one for one in story.done if one.version == "1.1")

    def swap(signed: Targets) -> None:
        path = "testing/small-1.0.manifest.json"
        signed.targets[path] = TargetFile.from_data(path, other.canonical(), ["sha256"])
        place = story.made.folder / target_path(path, signed.targets[path])
        place.write_bytes(other.canonical())

    thief = Thief(folder=story.made.folder, keys=story.keys)
    thief.edit(Targets, "testing", swap)
    thief.bind()
    story.release(story.manifest("1.2"), look=False)
    assert labels(story) == {**told(*story.done), "1.0": None}


def test_a_publishing_killed_anywhere_goes_on(tmp_path: Path, kit: Kit) -> None:
    base = Story(kit, kit.publication(tmp_path / "base", versions=("1.0", "1.1"), slim=True))
    strip(base)
    base.manifest("1.2")
    for count in range(100):
        story = again(base, tmp_path / f"{count}")
        manifest = story.manifest("1.2")
        try:
            story.release(manifest, killed_before=count, look=False)
        except KilledError:
            story.look()
            done, _ = story.release(manifest, look=False)
            assert done.generation == 3, "what was begun is continued"
            assert labels(story) == told(*story.done)
            assert len(story.look()) == 3
            continue
        break
    assert count > 8


def test_a_rotation_killed_anywhere_goes_on(tmp_path: Path, kit: Kit) -> None:
    base = Story(kit, kit.publication(tmp_path / "base", versions=("1.0", "1.1"), slim=True))
    strip(base)
    base.rotate("timestamp", "testing", "targets")
    for count in range(0, 100, 2):
        story = again(base, tmp_path / f"{count}")
        try:
            story.release(story.manifest("1.2"), killed_before=count, look=False)
        except KilledError:
            story.look()
            story.release(story.manifest("1.2"), look=False)
            assert labels(story) == told(*story.done)
            assert len(story.look()) == 3
            continue
        break
    assert count > 8


def test_a_facility_says_yes_to_what_was_labelled(tmp_path: Path, kit: Kit) -> None:
    story = Story(kit, kit.publication(tmp_path, versions=("1.0", "1.1")))
    strip(story)
    facility = Facility(state=tmp_path / "state", root=story.made.root_file)
    facility.verify(story.made.folder)
    manifest = kit.manifest(story.made.blobs, story.keys, version="1.2", now=story.now)
    story.release(manifest)
    assert labels(story) == told(*story.done)
    assert len(facility.verify(story.made.folder).releases) == 3
