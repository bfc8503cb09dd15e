from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from tests.facility import NOW, Thief, copy_of, files_of
from tests.services.delivery.conftest import MakePublication, Publication
from tuf.api.metadata import Metadata, Snapshot, Targets

from peso.errors import Reason, Refused
from peso.services.delivery.facility.chain import Chain, follow
from peso.services.delivery.facility.fetchers import FolderSource
from peso.services.delivery.facility.report import Doubt
from peso.services.delivery.facility.trust import choose
from peso.services.delivery.facility.walk import DEEPEST, Walked, list_folder, walk
from peso.services.delivery.signing.serialize import metadata_bytes


@pytest.fixture(scope="module")
def published(
    make_publication: MakePublication, tmp_path_factory: pytest.TempPathFactory
) -> Publication:
    return make_publication(tmp_path_factory.mktemp("published"), versions=("1.0", "1.1"))


@pytest.fixture
def folder(published: Publication, tmp_path: Path) -> Path:
    return copy_of(published.folder, tmp_path / "public")


@pytest.fixture
def chain(published: Publication, tmp_path: Path) -> Chain:
    source = FolderSource(published.folder)
    trust = choose(published.root_file, tmp_path / "state", source, folder=None)
    return follow(source, trust, now=NOW, unsafe_as_of=None)


def walked(folder: Path, chain: Chain) -> Walked:
    return walk(FolderSource(folder), list_folder(folder), chain)


def told(doubts: tuple[Doubt, ...]) -> set[tuple[Reason, str]]:
    return {(one.reason, one.where) for one in doubts}


def test_an_honest_folder_has_no_doubt(folder: Path, chain: Chain) -> None:
    found = walked(folder, chain)
    assert found.doubts == ()
    assert found.files == len(files_of(folder))


def test_the_previous_generation_may_be_there_or_not(folder: Path, chain: Chain) -> None:
    (pages,) = (
        one
        for one in (folder / "targets").glob("*.pages.manifest.json")
        if one.name.partition(".")[0] not in str(chain.delegated["pages"].targets)
        and not any(target.place.endswith(one.name) for target in chain.manifests)
    )
    for path in (
        pages,
        *(folder / f"metadata/1.{role}.json" for role in ("snapshot", "testing", "pages")),
    ):
        path.unlink()
    assert walked(folder, chain).doubts == ()


def test_an_older_page_is_not_brought_back(folder: Path, chain: Chain) -> None:
    """Superseded metadata may lie around; what only it says of a page counts for nothing."""
    text = (folder / "index.html").read_bytes()
    (folder / "index.html").write_bytes(text.replace(b"<li>testing/small 1.1</li>", b""))
    assert told(walked(folder, chain).doubts) == {(Reason.CHANGED, "index.html")}


def test_pending_metadata_must_be_signed_by_the_role(
    folder: Path, chain: Chain, published: Publication
) -> None:
    thief = Thief(folder=folder, keys=published.keys)
    snapshot = Metadata[Snapshot].from_bytes((folder / thief.path("snapshot")).read_bytes())
    snapshot.signed.version += 1
    snapshot.sign(published.keys.signer("snapshot"))
    pending = folder / "metadata" / "3.snapshot.json"
    pending.write_bytes(metadata_bytes(snapshot))
    assert walked(folder, chain).doubts == ()
    snapshot.sign(published.keys.signer("pages"))
    pending.write_bytes(metadata_bytes(snapshot))
    assert told(walked(folder, chain).doubts) == {
        (Reason.UNKNOWN_SIGNER, "metadata/3.snapshot.json")
    }


def test_pending_manifests_let_their_files_in(
    folder: Path, chain: Chain, published: Publication
) -> None:
    """A release under way: signed and named, though nothing leads to it yet."""
    thief = Thief(folder=folder, keys=published.keys)
    current = folder / thief.path("testing")
    metadata = Metadata[Targets].from_bytes(current.read_bytes())
    metadata.signed.version += 1
    metadata.signed.targets.clear()
    metadata.sign(published.keys.signer("testing"))
    (folder / "metadata/3.testing.json").write_bytes(metadata_bytes(metadata))
    assert walked(folder, chain).doubts == ()


def test_a_role_nobody_delegates_to_is_additional(folder: Path, chain: Chain) -> None:
    for name in ("1.stable.json", "7.root.json", "1.timestamp.json", "root.json", "x"):
        shutil.copy(folder / "metadata/1.testing.json", folder / "metadata" / name)
    assert told(walked(folder, chain).doubts) == {
        (Reason.SWAPPED, "metadata/1.stable.json"),
        (Reason.SWAPPED, "metadata/7.root.json"),
        (Reason.ADDITIONAL, "metadata/1.timestamp.json"),
        (Reason.ADDITIONAL, "metadata/root.json"),
        (Reason.ADDITIONAL, "metadata/x"),
    }


def test_names_nobody_can_print_are_told(folder: Path, chain: Chain) -> None:
    (folder / "new\nline").write_bytes(b"")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff")).write_bytes(b"")
    found = told(walked(folder, chain).doubts)
    assert found == {(Reason.ADDITIONAL, "new\\nline"), (Reason.ADDITIONAL, "\\udcff")}


def test_folders_have_a_depth_limit(folder: Path, chain: Chain) -> None:
    deep = folder.joinpath(*["d"] * (DEEPEST + 2))
    deep.mkdir(parents=True)
    assert {reason for reason, _ in told(walked(folder, chain).doubts)} == {Reason.TOO_LARGE}


def test_an_emptied_file_is_changed_and_not_swapped(folder: Path, chain: Chain) -> None:
    (folder / "index.html").write_bytes(b"")
    assert told(walked(folder, chain).doubts) == {(Reason.CHANGED, "index.html")}


def test_every_doubt_is_told_once(folder: Path, chain: Chain) -> None:
    for place in files_of(folder):
        if not place.startswith("metadata/"):
            (folder / place).write_bytes(b"x")
    places = [one.where for one in walked(folder, chain).doubts]
    assert len(places) == len(set(places))
    assert set(places) == {one for one in files_of(folder) if not one.startswith("metadata/")}


def test_the_chain_is_judged_at_the_date_it_is_given(
    published: Publication, tmp_path: Path
) -> None:
    source = FolderSource(published.folder)
    trust = choose(published.root_file, tmp_path / "state", source, folder=None)
    with pytest.raises(Refused) as error:
        follow(source, trust, now=NOW + timedelta(days=400), unsafe_as_of=None)
    assert error.value.reason is Reason.EXPIRED
