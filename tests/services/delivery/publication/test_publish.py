"""Publishing, told as stories; TUF's own client is the referee after every step."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from peso.base import files
from peso.base.digest import sha256_bytes
from peso.base.ledger import Blobs
from peso.base.net import Net
from peso.errors import BadInput, Outside, PesoError, Reason, Refused
from peso.services.delivery.facility.verify import verify
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.layout import places
from peso.services.delivery.manifest import Manifest
from peso.services.delivery.publication import folder as there
from peso.services.delivery.publication import publish
from peso.services.delivery.publication.place import Disk
from peso.services.delivery.signing import keys
from peso.services.delivery.signing.keys import KeyFolder

if TYPE_CHECKING:
    from tests.services.delivery.conftest import Kit, Publication


class KilledError(Exception):
    """The process ends here."""


class Watched(Disk):
    """A door that looks at the publication after every step, and may be killed before one."""

    def __init__(
        self, staging: Path, look: Callable[[], object], killed_before: int | None = None
    ) -> None:
        super().__init__(staging)
        self.steps: list[str] = []
        self._look, self._killed_before = look, killed_before

    def place(self, data: bytes, target: Path) -> None:
        self._before(target)
        super().place(data, target)
        self._look()

    def copy(self, source: Path, target: Path, sha256: str, length: int) -> None:
        self._before(target)
        super().copy(source, target, sha256, length)
        self._look()

    def remove(self, target: Path) -> None:
        self._before(target)
        super().remove(target)
        self._look()

    def rename(self, source: Path, target: Path) -> None:
        self._before(target)
        super().rename(source, target)
        self._look()

    def _before(self, target: Path) -> None:
        if len(self.steps) == self._killed_before:
            raise KilledError
        self.steps.append(str(target))


class Story:
    """A publication that is published to again and again."""

    def __init__(self, kit: Kit, made: Publication) -> None:
        self.kit, self.made = kit, made
        self.root, self.now = made.root_file.read_bytes(), made.now
        self.keys = made.keys
        self.done = made.manifests
        self.freshness = Freshness()

    def look(self) -> tuple[str, ...]:
        return self.kit.referee(self.made.folder, self.root, self.now)

    def manifest(self, version: str, channel: str = "testing") -> Manifest:
        whole = self.kit.manifest(
            self.made.blobs, self.keys, version=version, channel=channel, now=self.now
        )
        return self.kit.slimmed(whole)

    def release(
        self,
        manifest: Manifest,
        *,
        killed_before: int | None = None,
        look: bool = True,
    ) -> tuple[publish.Published, list[str]]:
        doors: list[Watched] = []

        def door(staging: Path) -> Watched:
            doors.append(Watched(staging, self.look if look else lambda: None, killed_before))
            return doors[-1]

        known = (*(one for one in self.done if one.target != manifest.target), manifest)
        told = publish.publish(
            manifest,
            self.kit.pages(known),
            self.made.blobs,
            self.made.folder,
            self.keys,
            freshness=self.freshness,
            now=self.now,
            door=door,
        )
        self.done = known
        return told, doors[-1].steps

    def refresh(self) -> publish.Published:
        told = publish.refresh(
            self.made.folder,
            self.keys,
            freshness=self.freshness,
            now=self.now,
            door=lambda staging: Watched(staging, self.look),
        )
        self.look()
        return told

    def rotate(self, *roles: str) -> None:
        for role in roles:
            keys.rotate(
                self.keys.folder,
                self.kit.passphrase,
                role,
                now=self.now,
                freshness=Freshness(),
            )
        self.keys = KeyFolder(self.keys.folder, self.kit.passphrase)


@pytest.fixture
def story(tmp_path: Path, kit: Kit) -> Story:
    return Story(kit, kit.publication(tmp_path, slim=True))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_first_release_is_there_at_once(story: Story, tmp_path: Path) -> None:
    assert story.look() == ("testing/small-1.0.manifest.json",)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("blobs", "keys", "public", "public.root.json")
    ]
    assert story.root == story.keys.root_bytes()
    assert (story.made.folder / "metadata/1.root.json").read_bytes() == story.root
    assert publish.releases(story.made.folder) == story.made.manifests


def test_it_says_what_it_did(story: Story) -> None:
    told, _ = story.release(story.manifest("1.1"))
    assert told.did == "published"
    assert told.root_sha256 == sha256_bytes(story.root)
    assert told.root_file == str(story.made.root_file)
    assert told.generation == 2
    assert told.development
    assert told.fresh_until == story.now + timedelta(days=7)


def test_a_second_version_keeps_the_first_and_every_moment_verifies(story: Story) -> None:
    _, steps = story.release(story.manifest("1.1"))
    names = [step.removeprefix(f"{story.made.folder}/") for step in steps]
    kinds = [name.split("/")[0] for name in names]
    assert kinds.index("metadata") < kinds.index("targets") < kinds.index("blobs")
    switch = names.index("metadata/timestamp.json")
    assert names.index("index.html") < switch
    assert "blobs" not in kinds[switch:]
    assert story.look() == (
        "testing/small-1.0.manifest.json",
        "testing/small-1.1.manifest.json",
    )
    assert [one.version for one in publish.releases(story.made.folder)] == ["1.0", "1.1"]


def test_the_generation_before_stays_older_ones_go(story: Story) -> None:
    for version in ("1.1", "1.2", "1.3"):
        story.release(story.manifest(version))
    assert there.versions(story.made.folder) == {
        "root": (1,),
        "targets": (1,),
        "testing": (3, 4),
        "pages": (3, 4),
        "snapshot": (3, 4),
    }
    assert len(story.look()) == 4
    assert len(list((story.made.folder / "targets").glob("*.pages.manifest.json"))) == 2


def test_the_same_version_again_changes_nothing(story: Story) -> None:
    before = snapshot(story.made.folder)
    told, _ = story.release(story.manifest("1.0"))
    assert told.did == "nothing"
    assert snapshot(story.made.folder) == before
    other_time = story.made.manifests[0].model_copy(
        update={"created": story.now + timedelta(days=1)}
    )
    assert story.release(other_time)[0].did == "nothing"


def test_the_same_version_with_other_content_is_refused(story: Story) -> None:
    before = snapshot(story.made.folder)
    for change in ({"definition": "f" * 64}, {"lock": "f" * 64}):
        with pytest.raises(Refused, match="other content") as no:
            story.release(story.made.manifests[0].model_copy(update=change))
        assert no.value.reason is Reason.CHANGED
        assert "raise `version:`" in (no.value.hint or "")
    assert snapshot(story.made.folder) == before


def test_standing_says_what_a_version_was_made_of(story: Story, tmp_path: Path) -> None:
    (made,) = story.made.manifests
    found = publish.standing(story.made.folder, channel="testing", stack="small", version="1.0")
    assert found
    assert (found.lock, found.definition) == (made.lock, made.definition)
    for channel, stack, version in (
        ("testing", "small", "2"),
        ("stable", "small", "1.0"),
        ("pages", "x", "1"),
    ):
        asked = publish.standing(story.made.folder, channel=channel, stack=stack, version=version)
        assert asked is None
    assert publish.standing(tmp_path, channel="a", stack="b", version="c") is None
    assert publish.releases(tmp_path / "nowhere") == ()


def test_what_is_due_is_signed_again(story: Story) -> None:
    story.now += timedelta(days=3)
    assert story.refresh().did == "nothing"
    story.now += timedelta(days=1)
    told = story.refresh()
    assert (told.did, told.generation) == ("refreshed", 1)
    story.freshness = Freshness(snapshot=60)  # longer from now on: what is there is due
    told, _ = story.release(story.manifest("1.0"))
    assert (told.did, told.generation) == ("refreshed", 2)
    assert there.versions(story.made.folder)["testing"] == (1,)
    story.freshness = Freshness(channel=400)
    assert story.refresh().generation == 3
    assert there.versions(story.made.folder)["testing"] == (1, 2)


def test_what_ran_out_can_be_renewed(story: Story) -> None:
    story.now += timedelta(days=200)
    told = publish.refresh(story.made.folder, story.keys, freshness=Freshness(), now=story.now)
    assert told.did == "refreshed"
    story.look()


def test_an_expired_root_is_refused(story: Story) -> None:
    story.now += timedelta(days=366)
    with pytest.raises(Refused, match="root expired") as no:
        story.release(story.manifest("1.1"))
    assert no.value.reason is Reason.EXPIRED
    story.rotate("root")
    publish.refresh(story.made.folder, story.keys, freshness=Freshness(), now=story.now)
    story.look()


def test_a_channel_is_added(story: Story) -> None:
    keys.add_channel(story.keys.folder, story.kit.passphrase, "stable")
    story.release(story.manifest("1.0", channel="stable"))
    assert story.look() == (
        "stable/small-1.0.manifest.json",
        "testing/small-1.0.manifest.json",
    )
    story.release(story.manifest("1.1"))
    assert len(story.look()) == 3


def test_a_channel_without_a_key_is_refused_and_nothing_is_laid(story: Story) -> None:
    before = snapshot(story.made.folder)
    other = story.made.manifests[0].model_copy(update={"channel": "stable"})
    with pytest.raises(BadInput, match="stable is missing"):
        story.release(other)
    assert snapshot(story.made.folder) == before


@pytest.mark.parametrize(
    "roles",
    [
        ("root-1",),
        ("targets",),
        ("snapshot",),
        ("timestamp",),
        ("pages",),
        ("testing",),
        ("timestamp", "snapshot", "targets", "root-2", "testing", "pages"),
        ("root-1", "root-2", "root-3"),
    ],
)
def test_a_rotated_key_is_taken_up_and_every_moment_verifies(
    story: Story, roles: tuple[str, ...]
) -> None:
    story.rotate(*roles)
    story.release(story.manifest("1.1"))
    laid = {
        (path.name, one)
        for path in (story.made.folder / "metadata").iterdir()
        for one in [path.read_bytes()]
    }
    for number, root in enumerate(story.keys.chain, start=1):
        assert (f"{number}.root.json", root) in laid
    story.rotate(*roles)
    story.refresh()
    assert len(story.look()) == 2


@pytest.mark.parametrize("role", ["root-1", "timestamp", "testing", "pages"])
def test_it_says_when_a_rotated_key_is_not_taken_up_yet(story: Story, role: str) -> None:
    assert not publish.behind(story.made.folder, story.keys.folder)
    story.rotate(role)
    assert publish.behind(story.made.folder, story.keys.folder)
    assert story.release(story.manifest("1.0"))[0].did == "refreshed"
    assert not publish.behind(story.made.folder, story.keys.folder)
    assert not publish.behind(story.made.folder.parent, story.keys.folder)


def test_a_role_rotated_twice_between_two_publishings_ends_well(story: Story) -> None:
    story.rotate("timestamp", "snapshot", "timestamp")
    publish.refresh(story.made.folder, story.keys, freshness=Freshness(), now=story.now)
    story.look()


def test_a_rotation_killed_anywhere_is_finished(tmp_path: Path, kit: Kit) -> None:
    base = Story(kit, kit.publication(tmp_path / "base", slim=True))
    base.rotate("timestamp", "targets")
    for count in range(0, 100, 2):
        story = again(base, tmp_path / f"{count}")
        try:
            story.release(story.manifest("1.1"), killed_before=count, look=False)
        except KilledError:
            story.look()
            story.release(story.manifest("1.1"), look=False)
            assert len(story.look()) == 2
            continue
        break
    assert count > 8


def test_peso_verify_says_yes_at_every_moment(tmp_path: Path, kit: Kit) -> None:
    story = Story(kit, kit.publication(tmp_path / "here"))

    def look() -> None:
        with Net(offline=True) as net:
            verify(
                story.made.folder,
                root=story.made.root_file,
                state=tmp_path / "state",
                unsafe_development_keys=True,
                unsafe_as_of=None,
                net=net,
                now=story.now,
            )

    story.rotate("timestamp", "testing", "root-1", "snapshot")
    manifest = kit.manifest(story.made.blobs, story.keys, version="1.1", now=story.now)
    publish.publish(
        manifest,
        kit.pages((*story.done, manifest)),
        story.made.blobs,
        story.made.folder,
        story.keys,
        freshness=Freshness(),
        now=story.now,
        door=lambda staging: Watched(staging, look),
    )
    assert len(story.look()) == 2


def again(story: Story, folder: Path) -> Story:
    """Return the same story in another place."""
    shutil.copytree(story.made.folder.parent, folder)
    made = replace(
        story.made,
        folder=folder / "public",
        root_file=folder / "public.root.json",
        blobs=Blobs(folder / "blobs"),
    )
    other = Story(story.kit, made)
    other.keys = story.keys
    return other


def test_killed_before_any_step_it_verifies_and_goes_on(tmp_path: Path, kit: Kit) -> None:
    base = Story(kit, kit.publication(tmp_path / "base", slim=True))
    base.manifest("1.1")
    for count in range(100):
        story = again(base, tmp_path / f"{count}")
        manifest = story.manifest("1.1")
        try:
            story.release(manifest, killed_before=count, look=False)
        except KilledError:
            story.look()
            told, _ = story.release(manifest, look=False)
            assert told.generation == 2
            assert len(story.look()) == 2
            assert_only_two_generations(story)
            continue
        break
    assert count > 8


def assert_only_two_generations(story: Story) -> None:
    for role, versions in there.versions(story.made.folder).items():
        assert role == "root" or len(versions) <= 2, (role, versions)
    assert not story.made.folder.with_name("public.staging").exists()


def test_killed_and_then_another_release_leaves_nothing_of_the_first(
    tmp_path: Path, kit: Kit
) -> None:
    base = Story(kit, kit.publication(tmp_path / "base", slim=True))
    base.manifest("1.1")
    base.manifest("2.0")
    for count in range(100):
        story = again(base, tmp_path / f"{count}")
        try:
            story.release(story.manifest("1.1"), killed_before=count, look=False)
        except KilledError:
            watched = count % 5 == 0  # every moment, for some
            story.release(story.manifest("2.0"), look=watched)
            if len(story.look()) == 2:
                assert not list(story.made.folder.rglob("*1.1*"))
            assert_only_two_generations(story)
            continue
        break
    assert count > 8


def test_killed_and_then_refreshed_verifies_at_every_moment(tmp_path: Path, kit: Kit) -> None:
    base = Story(kit, kit.publication(tmp_path / "base", slim=True))
    base.manifest("1.1")
    for count in range(100):
        story = again(base, tmp_path / f"{count}")
        try:
            story.release(story.manifest("1.1"), killed_before=count, look=False)
        except KilledError:
            if count % 2:
                story.now += timedelta(days=4)
            else:
                story.freshness = Freshness(snapshot=90)
            if count % 3 == 0:
                story.refresh()
            story.release(story.manifest("1.1"), look=count % 7 == 0)
            assert len(story.look()) == 2
            continue
        break
    assert count > 8


def test_a_first_publishing_killed_anywhere_shows_nothing_or_all(tmp_path: Path, kit: Kit) -> None:
    signing = kit.keys(tmp_path / "keys")
    blobs, public = Blobs(tmp_path / "blobs"), tmp_path / "public"
    half, whole = (
        kit.slimmed(one)
        for one in (kit.manifest(blobs, signing, version="0.9"), kit.manifest(blobs, signing))
    )

    def attempt(manifest: Manifest, killed_before: int | None) -> None:
        publish.publish(
            manifest,
            kit.pages((manifest,)),
            blobs,
            public,
            signing,
            freshness=Freshness(),
            now=kit.now,
            door=lambda staging: Watched(staging, lambda: None, killed_before),
        )

    for count in range(100):
        try:
            attempt(half, count)
        except KilledError:
            if public.exists():
                found = kit.referee(public, signing.root_bytes())
                assert found == (half.target,)
            elif count % 2 == 0:
                attempt(whole, None)
                found = kit.referee(public, signing.root_bytes())
                assert found == (whole.target,)
                shutil.rmtree(public)
            continue
        break
    assert count > 8


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB; skipped where this user may not mount one."""
    place = tmp_path / "small"
    place.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if mount is None or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("NOT CHECKED: a full disk (this user may not mount a tmpfs)")
    yield place
    subprocess.run([shutil.which("umount") or "umount", str(place)], check=True)


def fill(path: Path) -> None:
    """Write until nothing more fits."""
    with suppress(OSError), path.open("wb", buffering=0) as stream:
        while True:
            stream.write(b"x" * 4096)


def test_a_full_disk_leaves_nothing_half_published(
    tmp_path: Path, kit: Kit, small_disk: Path
) -> None:
    signing, blobs = kit.keys(tmp_path / "keys"), Blobs(tmp_path / "blobs")
    public = small_disk / "public"
    filler = small_disk / "filler"

    def attempt(manifest: Manifest) -> None:
        publish.publish(
            manifest,
            kit.pages((manifest,)),
            blobs,
            public,
            signing,
            freshness=Freshness(),
            now=kit.now,
        )

    filler.write_bytes(b"x" * (200 << 10))
    with pytest.raises(Outside, match="full"):
        attempt(kit.manifest(blobs, signing))
    assert not public.exists()
    filler.unlink()
    attempt(kit.manifest(blobs, signing))
    fill(filler)
    with pytest.raises(Outside, match="full"):
        attempt(kit.manifest(blobs, signing, version="1.1"))
    assert kit.referee(public, signing.root_bytes()) == ("testing/small-1.0.manifest.json",)


def test_a_read_only_disk_is_said(tmp_path: Path, kit: Kit, small_disk: Path) -> None:
    signing, blobs = kit.keys(tmp_path / "keys"), Blobs(tmp_path / "blobs")
    manifest = kit.manifest(blobs, signing)
    mount = shutil.which("mount") or "mount"
    subprocess.run([mount, "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(Outside, match="read-only"):
        publish.publish(
            manifest,
            kit.pages((manifest,)),
            blobs,
            small_disk / "public",
            signing,
            freshness=Freshness(),
            now=kit.now,
        )


def test_two_at_once_the_second_is_told_who_holds_the_lock(story: Story) -> None:
    staging = story.made.folder.with_name("public.staging")
    with (
        files.locked(staging / "lock", who="peso deliver"),
        pytest.raises(Outside, match=r"peso deliver .* holds the lock"),
    ):
        story.release(story.manifest("1.1"))


@pytest.mark.parametrize("kind", ["other files", "a file", "a link", "other keys", "no metadata"])
def test_nothing_that_is_not_ours_is_written_over(
    tmp_path: Path, kit: Kit, story: Story, kind: str
) -> None:
    place = tmp_path / "elsewhere"
    if kind == "other files":
        place.mkdir()
        (place / "thesis.tex").write_text("years of work")
    elif kind == "a file":
        place.write_text("x")
    elif kind == "a link":
        place.symlink_to(story.made.folder)
    elif kind == "no metadata":
        shutil.copytree(story.made.folder, place)
        (place / "metadata" / "timestamp.json").unlink()
    else:
        place = kit.publication(tmp_path / "others").folder
    before = snapshot(place)
    with pytest.raises(BadInput) as no:
        publish.publish(
            story.made.manifests[0],
            (),
            story.made.blobs,
            place,
            story.keys,
            freshness=Freshness(),
            now=story.now,
        )
    assert no.value.hint
    assert snapshot(place) == before
    assert not place.with_name(f"{place.name}.staging").exists()


def test_an_empty_folder_may_be_published_into(tmp_path: Path, kit: Kit, story: Story) -> None:
    place = tmp_path / "empty"
    place.mkdir()
    publish.publish(
        story.made.manifests[0],
        (),
        story.made.blobs,
        place,
        story.keys,
        freshness=Freshness(),
        now=story.now,
    )
    assert kit.referee(place, story.root) == ("testing/small-1.0.manifest.json",)


def test_a_changed_publication_is_not_built_upon(story: Story) -> None:
    path = story.made.folder / "metadata" / "1.testing.json"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"version":1', b'"version":2'))
    with pytest.raises(Refused) as no:
        story.release(story.manifest("1.1"), look=False)
    assert no.value.where == "metadata/1.testing.json"
    path.unlink()
    with pytest.raises(Refused) as no:
        story.release(story.manifest("1.1"), look=False)
    assert no.value.reason is Reason.MISSING


def test_a_blob_that_is_wrong_in_the_ledger_is_not_published(story: Story) -> None:
    manifest = story.manifest("1.1")
    new = next(one for one in manifest.files if one.path.startswith("wheels/beta"))
    path = story.made.blobs.path(new.sha256)
    path.chmod(0o644)
    path.write_bytes(b"other bytes, other wheel")
    with pytest.raises(Outside, match="changed in the ledger"):
        story.release(manifest)
    assert len(story.look()) == 1
    path.unlink()
    with pytest.raises(Outside, match="missing in the ledger"):
        story.release(manifest)
    story.look()


def test_a_blob_damaged_in_the_publication_is_healed_when_it_is_named_again(
    story: Story,
) -> None:
    shared = next(one for one in story.made.manifests[0].files if one.path == "tests/ring.py")
    (story.made.folder / places.blob_path(shared.sha256)).write_bytes(b"edited")
    story.release(story.manifest("1.1"), look=False)
    story.look()


def test_the_ledger_is_not_linked_into_the_publication(story: Story) -> None:
    for one in story.made.manifests[0].files:
        published = story.made.folder / places.blob_path(one.sha256)
        assert not published.samefile(story.made.blobs.path(one.sha256))
        assert published.stat().st_nlink == 1


def test_a_page_outside_its_places_is_a_fault(story: Story, kit: Kit) -> None:
    for path in ("metadata/x.html", "../x.html", "targets/x", "blobs/x", "a//b.html"):
        with pytest.raises(PesoError):
            publish.refresh(
                story.made.folder,
                story.keys,
                freshness=Freshness(),
                now=story.now,
                pages=(kit.page(path=path, data=b""),),
            )
    story.look()


def test_pages_can_be_replaced_alone(story: Story, kit: Kit) -> None:
    page = kit.page(path="index.html", data=b"<title>New</title>")
    told = publish.refresh(
        story.made.folder,
        story.keys,
        freshness=Freshness(),
        now=story.now,
        pages=(page,),
        door=lambda staging: Watched(staging, story.look),
    )
    assert (told.did, told.generation) == ("refreshed", 2)
    assert (story.made.folder / "index.html").read_bytes() == page.data
    story.look()


def test_the_root_beside_is_put_right(story: Story) -> None:
    story.made.root_file.write_text("{}")
    story.release(story.manifest("1.1"))
    assert story.made.root_file.read_bytes() == story.root


def test_there_must_be_something_to_refresh(tmp_path: Path, story: Story) -> None:
    with pytest.raises(BadInput, match="no publication"):
        publish.refresh(tmp_path / "nothing", story.keys, freshness=Freshness(), now=story.now)


def test_a_planted_version_does_not_lead_the_count(story: Story) -> None:
    for role in ("snapshot", "testing"):
        (story.made.folder / "metadata" / f"999999999.{role}.json").write_text("{}")
    told, _ = story.release(story.manifest("1.1"), look=False)
    assert told.generation == 2
    assert there.versions(story.made.folder)["testing"] == (1, 2, 999999999)


def test_a_file_nobody_signed_for_is_left_for_verify(story: Story) -> None:
    stray = [
        story.made.folder / "metadata" / "7.stray.json",
        story.made.folder / "notes.txt",
    ]
    for path in stray:
        path.write_text("{}")
    for version in ("1.1", "1.2"):
        story.release(story.manifest(version), look=False)
    assert all(path.exists() for path in stray)
