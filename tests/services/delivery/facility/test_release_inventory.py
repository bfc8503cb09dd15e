"""The inventory of a release: proven, or said not to be; a changed one is never read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.facility import NOW, copy_of, serve
from tests.services.delivery.conftest import MakePublication, Publication

from peso.base.net import Net
from peso.errors import BadInput, Reason, Refused
from peso.services.assurance.inventory import Inventory
from peso.services.delivery.facility.proof import Asked, ask
from peso.services.delivery.facility.release_inventory import PATH, release_inventory
from peso.services.delivery.layout.places import blob_path


@pytest.fixture(scope="module")
def published(
    make_publication: MakePublication, tmp_path_factory: pytest.TempPathFactory
) -> Publication:
    return make_publication(tmp_path_factory.mktemp("published"), versions=("1.0", "1.1"))


def asking(
    folder: Path, state: Path, root: Path | None, *, development: bool = True
) -> Callable[[], Asked]:
    def opened() -> Asked:
        with Net() as net:
            return ask(
                folder,
                root=root,
                state=state,
                unsafe_development_keys=development,
                unsafe_as_of=None,
                net=net,
                now=NOW,
            )

    return opened


def test_it_is_proven_and_the_newest_release_is_meant(
    published: Publication, tmp_path: Path
) -> None:
    opened = asking(published.folder, tmp_path, published.root_file)
    found = release_inventory(str(published.folder), None, opened)
    assert (found.release, found.unproven) == ("testing/small-1.1", "")
    assert Inventory.parse(found.data).components


def test_a_release_can_be_named(published: Publication, tmp_path: Path) -> None:
    opened = asking(published.folder, tmp_path, published.root_file)
    found = release_inventory(str(published.folder), "small@1.0", opened)
    assert found.release == "testing/small-1.0"
    with pytest.raises(BadInput, match="no such release"):
        release_inventory(str(published.folder), "small@9", opened)


@pytest.mark.parametrize("said", [None, "small", "small@1.0"])
def test_no_other_manifest_is_fetched(
    published: Publication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str | None
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serve(published.folder) as server, Net() as net:

        def opened() -> Asked:
            return ask(
                server.url,
                root=published.root_file,
                state=tmp_path,
                unsafe_development_keys=True,
                unsafe_as_of=None,
                net=net,
                now=NOW,
            )

        found = release_inventory(server.url, said, opened)
    version = "1.0" if said == "small@1.0" else "1.1"
    assert (found.release, found.unproven) == (f"testing/small-{version}", "")
    (manifest,) = (path for path in server.asked if path.startswith("targets/"))
    assert manifest.endswith(f".small-{version}.manifest.json")
    assert sum(path.startswith("blobs/") for path in server.asked) == 1


def test_of_a_folder_nothing_else_is_looked_at(published: Publication, tmp_path: Path) -> None:
    folder = copy_of(published.folder, tmp_path / "copy")
    for path in folder.glob("targets/testing/*.small-1.0.manifest.json"):
        path.write_bytes(b"")
    (folder / "index.html").unlink()
    opened = asking(folder, tmp_path, published.root_file)
    assert release_inventory(str(folder), None, opened).release == "testing/small-1.1"


@pytest.mark.parametrize("pinned", [False, True])
def test_without_trust_a_folder_is_read_and_said_not_to_be_proven(
    published: Publication, tmp_path: Path, *, pinned: bool
) -> None:
    root = published.root_file if pinned else None
    opened = asking(published.folder, tmp_path, root, development=False)
    found = release_inventory(str(published.folder), None, opened)
    assert found.release == "testing/small-1.1"
    assert found.unproven.startswith("the publication is not proven: ")


@pytest.mark.parametrize("pinned", [False, True])
def test_a_changed_inventory_is_refused_trusted_or_not(
    published: Publication, tmp_path: Path, *, pinned: bool
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(published.folder, folder)
    manifest = published.manifests[-1]
    [file] = [one for one in manifest.files if one.path == PATH]
    place = folder / blob_path(file.sha256)
    place.chmod(0o644)
    data = place.read_bytes()
    place.write_bytes(data[:-1] + b" ")
    opened = asking(folder, tmp_path, published.root_file if pinned else None)
    with pytest.raises(Refused) as error:
        release_inventory(str(folder), None, opened)
    assert error.value.reason is Reason.CHANGED


def test_a_manifest_that_is_not_what_its_name_says_is_refused_without_trust(
    published: Publication, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(published.folder, folder)
    [manifest] = folder.glob("targets/testing/*.small-1.0.manifest.json")
    manifest.chmod(0o644)
    manifest.write_bytes(manifest.read_bytes() + b" ")
    with pytest.raises(Refused, match="not what its name says"):
        release_inventory(str(folder), None, asking(folder, tmp_path, None))
    named = release_inventory(str(folder), "small@1.1", asking(folder, tmp_path, None))
    assert named.release == "testing/small-1.1", "no other has to be read for it"
    with pytest.raises(BadInput, match="no such release"):
        release_inventory(str(published.folder), "other", asking(published.folder, tmp_path, None))
