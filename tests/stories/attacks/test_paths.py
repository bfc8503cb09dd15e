"""Paths that escape, downloads without end, links and special files."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories.attacks.conftest import TIMESTAMP, Scene
from tuf.api.metadata import Targets

from peso.errors import Reason, Refused
from peso.services.delivery.layout.places import target_path
from peso.services.delivery.manifest import Manifest

# A path that escapes


@pytest.mark.parametrize(
    "path", ["../../../etc/cron.d/x", "/etc/passwd", "a/../../b", "./a", "a//b", "a\\b", "a\nb"]
)
def test_a_manifest_whose_path_escapes(scene: Scene, path: str) -> None:
    """Signed by the channel's own key, and still refused."""

    def escape(manifest: Manifest) -> Manifest:
        first, *rest = manifest.files
        return manifest.model_copy(
            update={"files": (first.model_copy(update={"path": path}), *rest)}
        )

    place = scene.thief.manifest("testing", escape)
    scene.facility.refuses(scene.where, Reason.UNSAFE_PATH, place)


def test_a_file_that_is_also_a_folder(scene: Scene) -> None:
    def both(manifest: Manifest) -> Manifest:
        first, *rest = manifest.files
        inside = first.model_copy(update={"path": f"{rest[0].path}/x"})
        return manifest.model_copy(update={"files": (inside, *rest)})

    place = scene.thief.manifest("testing", both)
    scene.facility.refuses(scene.where, Reason.UNSAFE_PATH, place)


@pytest.mark.parametrize("name", ["testing/../../x.manifest.json", "testing/x/y.manifest.json"])
def test_a_target_outside_its_channel(scene: Scene, name: str) -> None:
    def escape(targets: Targets) -> None:
        old, target = targets.targets.popitem()
        assert old.startswith("testing/")
        target.path = name
        targets.targets[name] = target

    scene.thief.edit(Targets, "testing", escape)
    scene.thief.bind()
    with pytest.raises(Refused) as told:
        scene.facility.verify(scene.where)
    assert told.value.where == scene.thief.path("testing")


def test_a_target_whose_digest_is_a_path(scene: Scene) -> None:
    def escape(targets: Targets) -> None:
        for target in targets.targets.values():
            target.hashes["sha256"] = "../../x"

    scene.thief.edit(Targets, "testing", escape)
    scene.thief.bind()
    scene.facility.refuses(scene.where, Reason.CHANGED, scene.thief.path("testing"))


def test_a_page_in_the_place_of_metadata(carried: Scene) -> None:
    """The pages' key cannot make a page of the index."""
    thief = carried.thief

    place = _pages(carried, "metadata/3.snapshot.json")
    thief.bind()
    carried.facility.refuses(carried.where, Reason.UNSAFE_PATH, place)


def _pages(scene: Scene, path: str) -> str:
    """Sign a pages manifest whose first page lies at `path`; returns the manifest's place."""
    placed: list[str] = []

    def change(targets: Targets) -> None:
        (name,) = targets.targets
        old = target_path(name, targets.targets[name])
        data = scene.read(old).replace(b'"index.html"', b'"' + path.encode() + b'"')
        target = type(targets.targets[name]).from_data(name, data, ["sha256"])
        targets.targets[name] = target
        placed.append(target_path(name, target))
        scene.replace(placed[0], data)

    scene.thief.edit(Targets, "pages", change)
    return placed[0]


# Endless and huge downloads


def test_a_longer_artifact(scene: Scene) -> None:
    place = scene.blob("tests/ring.py")
    scene.replace(place, scene.read(place) + b"#")
    scene.facility.refuses(scene.where, Reason.TOO_LARGE, place)


def test_a_huge_file(scene: Scene) -> None:
    """A sparse file of a terabyte is not read to its end."""
    for place in (scene.blob("tests/ring.py"), "index.html", scene.manifest("1.0")):
        os.truncate(scene.folder / place, 1 << 40)
    scene.facility.refuses(scene.where, Reason.TOO_LARGE, scene.blob("tests/ring.py"))


def test_a_huge_index(scene: Scene) -> None:
    os.truncate(scene.folder / TIMESTAMP, 1 << 40)
    scene.facility.refuses(scene.where, Reason.TOO_LARGE, TIMESTAMP)


@pytest.mark.parametrize("what", ["timestamp", "manifest", "blob", "page", "root"])
def test_an_endless_download(served: Scene, what: str) -> None:
    place = {
        "timestamp": TIMESTAMP,
        "manifest": served.manifest("1.0"),
        "blob": served.blob("tests/ring.py"),
        "page": "index.html",
        "root": "metadata/2.root.json",
    }[what]
    assert served.server is not None
    served.server.endless.add(place)
    served.facility.refuses(served.where, Reason.TOO_LARGE, place)


# Links and special files


def _links() -> dict[str, Callable[[Path, Path], object]]:
    return {
        "link": lambda path, kept: path.symlink_to(kept),
        "fifo": lambda path, _kept: os.mkfifo(path),
        "socket": lambda path, _kept: _bind(path),
        "folder": lambda path, _kept: (path / "x").mkdir(parents=True),
    }


def _bind(path: Path) -> None:
    """Make a socket's entry; its path may be longer than a socket's address."""
    here = os.open(path.parent, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(f"/proc/self/fd/{here}/{path.name}")
    finally:
        os.close(here)


@pytest.mark.parametrize("what", list(_links()))
@pytest.mark.parametrize("place", ["index.html", TIMESTAMP, "metadata/1.root.json", "blob"])
def test_a_file_that_is_none(carried: Scene, what: str, place: str, tmp_path: Path) -> None:
    """What is behind the link has the right bytes, and it is a no all the same."""
    place = carried.blob("tests/ring.py") if place == "blob" else place
    kept = tmp_path / "kept"
    (carried.folder / place).rename(kept)
    _links()[what](carried.folder / place, kept)
    reason = Reason.MISSING if what == "folder" else Reason.UNSAFE_PATH
    if what == "folder" and place == TIMESTAMP:  # it is asked for before the folder is walked
        reason = Reason.UNSAFE_PATH
    carried.facility.refuses(carried.where, reason, place)


def test_a_folder_that_is_a_link(carried: Scene, tmp_path: Path) -> None:
    (carried.folder / "blobs").rename(tmp_path / "kept")
    (carried.folder / "blobs").symlink_to(tmp_path / "kept")
    carried.facility.refuses(carried.where, Reason.UNSAFE_PATH, "blobs")


def test_an_additional_link(carried: Scene) -> None:
    (carried.folder / "releases" / "latest").symlink_to("testing")
    carried.facility.refuses(carried.where, Reason.UNSAFE_PATH, "releases/latest")


def test_a_hard_link_is_a_file(carried: Scene, tmp_path: Path) -> None:
    os.link(carried.folder / "index.html", tmp_path / "another-name")
    carried.facility.verify(carried.where)
