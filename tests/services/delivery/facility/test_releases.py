from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.services.delivery.conftest import NOW, MakePublication

from peso.base.digest import sha256_bytes
from peso.base.ledger import Blobs
from peso.errors import Reason, Refused
from peso.products.engines.port import Artifact
from peso.services.delivery.facility.releases import read_pages, read_release
from peso.services.delivery.facility.target import Target
from peso.services.delivery.layout.labels import Label
from peso.services.delivery.manifest import Manifest, PagesManifest
from peso.services.delivery.publication.enter import label_of

PLACE = "targets/testing/x.small-1.0.manifest.json"


@pytest.fixture(scope="module")
def manifest(
    make_publication: MakePublication, tmp_path_factory: pytest.TempPathFactory
) -> Manifest:
    made = make_publication(tmp_path_factory.mktemp("published"))
    assert isinstance(made.blobs, Blobs)
    return made.manifests[0]


def target(
    data: bytes, *, role: str = "testing", name: str = "", label: Label | None = None
) -> Target:
    return Target(
        role=role,
        name=name or "testing/small-1.0.manifest.json",
        place=PLACE,
        sha256=sha256_bytes(data),
        data=data,
        label=label,
    )


def reason(one: Target) -> Reason | None:
    with pytest.raises(Refused) as told:
        read_pages(one) if one.role == "pages" else read_release(one)
    assert told.value.where == PLACE
    return told.value.reason


def first(manifest: Manifest, **update: object) -> bytes:
    """Return the manifest's bytes with its first file changed."""
    one, *rest = manifest.files
    files = (one.model_copy(update=update), *rest)
    return manifest.model_copy(update={"files": files}).canonical()


def test_reads_an_honest_manifest(manifest: Manifest) -> None:
    release = read_release(target(manifest.canonical()))
    assert release.manifest == manifest
    assert release.name == "testing/small-1.0"
    found = release.named("stack.yaml")
    assert found is not None
    assert found.role == "evidence"
    assert release.named("nothing") is None


@pytest.mark.parametrize(
    "edit",
    [
        lambda _data: b"",
        lambda _data: b"[]",
        lambda data: data + b" ",
        lambda data: data.replace(b'"peso.manifest/1"', b'"peso.manifest/2"'),
        lambda data: data[:-1] + b',"more":1}',
        lambda data: data.replace(b'"version":"1.0"', b'"version": "1.0"'),
    ],
)
def test_one_canonical_form(manifest: Manifest, edit: Callable[[bytes], bytes]) -> None:
    assert reason(target(edit(manifest.canonical()))) is Reason.CHANGED


@pytest.mark.parametrize(
    "update", [{"stack": "large"}, {"version": "1.1"}, {"created": NOW + timedelta(seconds=1)}]
)
def test_is_about_what_its_label_says(manifest: Manifest, update: dict[str, object]) -> None:
    honest = target(manifest.canonical(), label=label_of(manifest))
    assert read_release(honest).manifest == manifest
    other = label_of(manifest.model_copy(update=update))
    assert reason(target(manifest.canonical(), label=other)) is Reason.SWAPPED


def test_is_about_what_its_place_names(manifest: Manifest) -> None:
    data = manifest.canonical()
    assert reason(target(data, name="testing/small-1.1.manifest.json")) is Reason.SWAPPED
    assert reason(target(data, role="stable")) is Reason.SWAPPED


@pytest.mark.parametrize("path", ["../x", "/x", "", "x//y", "x/../y", "x\\y", "./x", "x/"])
def test_every_path_stays_inside(manifest: Manifest, path: str) -> None:
    assert reason(target(first(manifest, path=path))) is Reason.UNSAFE_PATH


def test_every_path_is_there_once(manifest: Manifest) -> None:
    other = manifest.files[1].path
    assert reason(target(first(manifest, path=other))) is Reason.UNSAFE_PATH
    assert reason(target(first(manifest, path=f"{other}/x"))) is Reason.UNSAFE_PATH


@pytest.mark.parametrize(
    "update",
    [
        {"sha256": "../../x"},
        {"sha256": "A" * 64},
        {"sha256": ""},
        {"length": -1},
        {"length": 1 << 60},
    ],
)
def test_every_digest_and_length_is_one(manifest: Manifest, update: dict[str, object]) -> None:
    assert reason(target(first(manifest, **update))) is Reason.CHANGED


def test_there_is_something_to_install(manifest: Manifest) -> None:
    def of(**update: object) -> bytes:
        return manifest.model_copy(update=update).canonical()

    no_artifacts = tuple(one for one in manifest.files if one.role != "artifact")
    no_document = tuple(one for one in manifest.files if one.role != "lock")
    for data in (of(parts=()), of(files=no_artifacts), of(files=no_document), of(files=())):
        assert reason(target(data)) is Reason.MISSING


@pytest.mark.parametrize(
    "path", ["metadata/9.snapshot.json", "targets/x", "blobs/sha256/ab/x", "../index.html"]
)
def test_pages_lie_among_pages(path: str) -> None:
    page = Artifact(role="page", path=path, media_type="text/html", length=1, sha256="0" * 64)
    pages = PagesManifest(schema_="peso.pages/1", files=(page,))
    assert reason(target(pages.canonical(), role="pages")) is Reason.UNSAFE_PATH


def test_pages_are_pages() -> None:
    file = Artifact(role="log", path="x.html", media_type="text/html", length=1, sha256="0" * 64)
    pages = PagesManifest(schema_="peso.pages/1", files=(file,))
    assert reason(target(pages.canonical(), role="pages")) is Reason.UNSAFE_PATH
    page = file.model_copy(update={"role": "page"})
    honest = PagesManifest(schema_="peso.pages/1", files=(page,))
    assert read_pages(target(honest.canonical(), role="pages")) == honest
