"""One release is proven while others come: from a folder and from a URL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.facility import NOW, copy_of, serve
from tests.services.delivery.conftest import (
    PASSPHRASE,
    MakePublication,
    Publication,
    publish_another,
)

from peso.base.net import Net
from peso.errors import Reason
from peso.services.delivery.facility.choice import Meant
from peso.services.delivery.facility.fetchers import FolderSource, Source, UrlSource
from peso.services.delivery.facility.one import prove_one
from peso.services.delivery.facility.proof import Asked, Proof
from peso.services.delivery.facility.report import NotProven
from peso.services.delivery.facility.trust import choose as choose_root
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.signing.keys import rotate


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(scope="module")
def published(
    make_publication: MakePublication, tmp_path_factory: pytest.TempPathFactory
) -> Publication:
    return make_publication(tmp_path_factory.mktemp("published"), versions=("1.0", "1.1"))


def asking(published: Publication, home: Path, source: Source) -> Asked:
    trust = choose_root(published.root_file, home / "state", source, folder=None)
    return Asked(
        source=source,
        folder=None,
        trust=trust,
        unsafe_development_keys=True,
        unsafe_as_of=None,
        now=NOW,
    )


def proven(asked: Asked) -> Proof:
    return prove_one(asked, Meant(where=asked.source.where))


class Meddled:
    """A folder into which somebody publishes when a file of a kind is first read."""

    def __init__(self, folder: Path, end: str, meddle: Callable[[], None]) -> None:
        self._folder, self._end, self._meddle = FolderSource(folder), end, meddle
        self.where = str(folder)
        self.read_: list[str] = []

    def read(self, path: str, *, limit: int) -> bytes:
        if path.endswith(self._end) and not any(one.endswith(self._end) for one in self.read_):
            self.read_.append(path)
            self._meddle()
        self.read_.append(path)
        return self._folder.read(path, limit=limit)

    def copy(self, path: str, target: Path, *, sha256: str, length: int) -> None:
        self._folder.copy(path, target, sha256=sha256, length=length)


def test_what_was_proven_is_the_release_its_evidence_and_no_file(
    published: Publication, tmp_path: Path
) -> None:
    source = Meddled(published.folder, "no such file", lambda: None)
    proof = proven(asking(published, tmp_path, source))
    assert [one.name for one in proof.releases] == ["testing/small-1.1"]
    assert (proof.files, proof.bytes) == (0, 0)
    manifests = [path for path in source.read_ if path.startswith("targets/")]
    assert [path.rpartition(".small-")[2] for path in manifests] == ["1.1.manifest.json"]
    mine = {blob_path(one.sha256): one for one in published.manifests[1].files}
    read = {mine[path].role for path in source.read_ if path.startswith("blobs/")}
    assert read <= {"evidence", "attestation", "sbom"}


@pytest.mark.parametrize("kind", ["snapshot.json", "targets.json", "testing.json"])
def test_a_generation_that_was_swept_meanwhile_is_read_again(
    make_publication: MakePublication, tmp_path: Path, kind: str
) -> None:
    made = make_publication(tmp_path / "made")

    def twice() -> None:
        publish_another(made, "1.1")
        publish_another(made, "1.2")

    source = Meddled(made.folder, kind, twice)
    proof = proven(asking(made, tmp_path, source))
    assert [one.manifest.version for one in proof.releases] == ["1.2"]
    assert source.read_.count("metadata/timestamp.json") > 1


def test_a_root_that_came_between_is_followed_at_the_second_look(
    make_publication: MakePublication, tmp_path: Path
) -> None:
    """The next root was looked for before it was there, the timestamp read after its keys came."""
    made = make_publication(tmp_path / "made")

    def rotated() -> None:
        rotate(made.keys.folder, PASSPHRASE, "timestamp", now=NOW, freshness=Freshness())
        publish_another(made, "1.1")

    source = Meddled(made.folder, "timestamp.json", rotated)
    proof = proven(asking(made, tmp_path, source))
    assert [one.manifest.version for one in proof.releases] == ["1.1"]


def test_what_stays_wrong_is_refused_with_every_doubt(
    published: Publication, tmp_path: Path
) -> None:
    folder = copy_of(published.folder, tmp_path / "public")
    mine = {one.path: blob_path(one.sha256) for one in published.manifests[1].files}
    bad = [mine[f"attestations/{name}.dsse.json"] for name in ("tests", "verdict")]
    for path in bad:
        (folder / path).write_bytes(b"[]")
    with pytest.raises(NotProven) as no:
        proven(asking(published, tmp_path, Meddled(folder, "-", lambda: None)))
    assert {one.where for one in no.value.doubts} == set(bad)
    assert {one.reason for one in no.value.doubts} == {Reason.CHANGED}


@pytest.mark.parametrize("reached", ["folder", "url"])
def test_releases_may_come_while_one_is_proven(
    make_publication: MakePublication, tmp_path: Path, reached: str
) -> None:
    made = make_publication(tmp_path / "made")
    seen: list[str] = []

    def write() -> None:
        for number in range(1, 4):
            publish_another(made, f"1.{number}")

    writer = threading.Thread(target=write)
    with serve(made.folder) as server, Net(sleep=lambda _seconds: None) as net:
        writer.start()
        while True:
            last = not writer.is_alive()
            source = (
                FolderSource(made.folder) if reached == "folder" else UrlSource(server.url, net)
            )
            (release,) = proven(asking(made, tmp_path, source)).releases
            seen.append(release.manifest.version)
            if last:
                break
        writer.join()
    assert seen == sorted(seen)
    assert seen[-1] == "1.3"
