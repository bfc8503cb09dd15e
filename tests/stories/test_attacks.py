"""Every threat of the trust chapter, as a story: from a folder, and from a web server on loopback.

The publication is small and real: real keys, TUF metadata and attestations, two releases.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner
from tests.facility import NOW, Facility, Server, Thief, copy_of, files_of, serve
from tests.services.delivery.conftest import (
    PASSPHRASE,
    MakePublication,
    Publication,
    make_publication,  # noqa: F401 - a fixture
)
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from peso.errors import Reason, Refused
from peso.products.engines.port import Artifact
from peso.services.delivery import keyfiles
from peso.services.delivery.folder import blob_path, target_path
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.manifest import Manifest
from peso.services.delivery.serialize import metadata_bytes

TIMESTAMP = "metadata/timestamp.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A publication in the attacker's hands, and the facility it is carried to or served for."""

    folder: Path
    published: Publication
    facility: Facility
    where: Path | str
    server: Server | None

    @property
    def thief(self) -> Thief:
        return Thief(folder=self.folder, keys=self.published.keys)

    def blob(self, path: str, version: str = "1.0") -> str:
        return blob_path(self.named(path, version).sha256)

    def named(self, path: str, version: str = "1.0") -> Artifact:
        manifest = next(one for one in self.published.manifests if one.version == version)
        return next(one for one in manifest.files if one.path == path)

    def manifest(self, version: str) -> str:
        (found,) = (self.folder / "targets/testing").glob(f"*.small-{version}.manifest.json")
        return str(found.relative_to(self.folder))

    def replace(self, path: str, data: bytes) -> None:
        (self.folder / path).write_bytes(data)

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()


@pytest.fixture(scope="module")
def published(
    make_publication: MakePublication,  # noqa: F811 - the fixture
    tmp_path_factory: pytest.TempPathFactory,
) -> Publication:
    """Two releases, 1.0 and 1.1; never written into."""
    return make_publication(tmp_path_factory.mktemp("published"), versions=("1.0", "1.1"))


def _scene(reached: str, published: Publication, home: Path, stack: ExitStack) -> Scene:
    folder = copy_of(published.folder, home / "public")
    server = stack.enter_context(serve(folder)) if reached == "url" else None
    return Scene(
        folder=folder,
        published=published,
        facility=Facility(state=home / "state", root=published.root_file),
        where=server.url if server else folder,
        server=server,
    )


@pytest.fixture(params=["folder", "url"])
def scene(
    request: pytest.FixtureRequest,
    published: Publication,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Scene]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ExitStack() as stack:
        yield _scene(request.param, published, tmp_path, stack)


@pytest.fixture
def carried(published: Publication, tmp_path: Path) -> Iterator[Scene]:
    """A folder carried to the facility, for what only a folder can have."""
    with ExitStack() as stack:
        yield _scene("folder", published, tmp_path, stack)


@pytest.fixture
def served(
    published: Publication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    """A web server, for what only a server can do."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ExitStack() as stack:
        yield _scene("url", published, tmp_path, stack)


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
    make_publication: MakePublication,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    slow = Freshness(timestamp=400, snapshot=400, channel=400)
    made = make_publication(tmp_path / "slow", freshness=slow)
    facility = Facility(state=tmp_path / "state", root=made.root_file)
    later = NOW + timedelta(days=366)
    facility.refuses(made.folder, Reason.EXPIRED, "metadata/1.root.json", now=later)
    facility.refuses(made.folder, Reason.EXPIRED, "metadata/1.root.json", now=later, as_of=NOW)


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


# Every file


def test_every_byte_that_is_tried_counts(carried: Scene) -> None:
    """The first, middle and last byte of every published file; the file is named each time."""
    tried = 0
    for place, data in files_of(carried.folder).items():
        for index in sorted({0, len(data) // 2, len(data) - 1}) if data else ():
            wrong = bytearray(data)
            wrong[index] ^= 0x20 if index % 2 else 1
            carried.replace(place, bytes(wrong))
            with pytest.raises(Refused) as told:
                carried.facility.verify(carried.where)
            assert place in str(told.value), place
            tried += 1
        carried.replace(place, data)
    assert tried > 100
    carried.facility.verify(carried.where)


def test_every_current_file_is_missed(carried: Scene) -> None:
    """Each in turn; what is superseded may go, and then what only it named is additional."""
    superseded = {"metadata/1.snapshot.json", "metadata/1.testing.json", "metadata/1.pages.json"}
    (old_pages,) = (
        target_path(name, target)
        for name, target in Metadata[Targets]
        .from_bytes(carried.read("metadata/1.pages.json"))
        .signed.targets.items()
    )
    for place, data in files_of(carried.folder).items():
        if place not in {*superseded, old_pages}:
            (carried.folder / place).unlink()
            carried.facility.refuses(carried.where, Reason.MISSING, place)
            carried.replace(place, data)
    (carried.folder / "metadata/1.pages.json").unlink()
    carried.facility.refuses(carried.where, Reason.ADDITIONAL, old_pages)


def test_a_file_too_many_in_every_folder(carried: Scene) -> None:
    folders = [carried.folder, *(one for one in carried.folder.rglob("*") if one.is_dir())]
    for folder in folders:
        extra = folder / "extra.json"
        extra.write_bytes(b"{}")
        place = str(extra.relative_to(carried.folder))
        carried.facility.refuses(carried.where, Reason.ADDITIONAL, place)
        extra.unlink()
    (carried.folder / "empty" / "folders").mkdir(parents=True)
    carried.facility.verify(carried.where)


def test_every_file_replaced_by_one_of_another_kind(carried: Scene) -> None:
    """Every file by one of two kinds in turn, and one file of each kind by one of every other."""
    files = files_of(carried.folder)
    kinds = [
        "index.html",
        TIMESTAMP,
        "metadata/1.root.json",
        "metadata/1.snapshot.json",
        carried.thief.path("testing"),
        carried.manifest("1.1"),
        carried.blob("wheels/alpha-1.0-py3-none-any.whl"),
    ]
    pairs = {(one, other) for one in kinds for other in kinds}
    for number, place in enumerate(files):
        pairs |= {(place, kinds[(number + step) % len(kinds)]) for step in (0, 3)}
    for place, kind in sorted(pairs):
        if files[kind] != files[place]:
            carried.replace(place, files[kind])
            with pytest.raises(Refused) as told:
                carried.facility.verify(carried.where)
            assert place in str(told.value), (place, kind)
            carried.replace(place, files[place])


def test_all_doubts_are_told(carried: Scene) -> None:
    for place in ("index.html", carried.blob("tests/ring.py")):
        carried.replace(place, b"x")
    (carried.folder / "extra").write_bytes(b"")
    told = carried.facility.refuses(carried.where, Reason.CHANGED, "index.html")
    assert "extra" in str(told)
    assert carried.blob("tests/ring.py") in str(told)


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
    make_publication: MakePublication,  # noqa: F811 - the fixture
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
