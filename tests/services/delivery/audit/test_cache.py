"""Where a cache is read from: links are not followed, and what is proven is what is given."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.facility import copy_of, serve
from tests.spack_cache_files import CACHES, archive_of, manifest_of

from peso.base.net import Net
from peso.errors import BadInput, Reason, Refused
from peso.products.engines.spack.buildcache.layout import MANIFESTS, blob_path
from peso.products.engines.spack.buildcache.record import Blob
from peso.services.delivery.audit import cache as caches
from peso.services.delivery.audit.cache import (
    Cache,
    FolderCache,
    Listed,
    UrlCache,
    open_cache,
    read_blob,
)

ARCHIVE = manifest_of("whole", "tiny-base").archive
PATH = blob_path(ARCHIVE.sha256)


def refusal(cache: Cache, blob: Blob = ARCHIVE, path: str = PATH) -> Reason | None:
    with pytest.raises(Refused) as caught, cache.opened(path, blob):
        pass
    return caught.value.reason


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        (CACHES / "whole", FolderCache),
        (str(CACHES / "whole"), FolderCache),
        ((CACHES / "whole").as_uri(), FolderCache),
        ("https://example.org/cache", UrlCache),
    ],
)
def test_a_folder_or_an_address(where: str | Path, kind: type) -> None:
    assert isinstance(open_cache(where, Net()), kind)


@pytest.mark.parametrize(
    "where", ["/no/such/folder", "oci://example.org/cache", "s3://bucket", "https://e.org/c?key=1"]
)
def test_what_cannot_be_read_from_is_wrong_use(where: str) -> None:
    with pytest.raises(BadInput):
        open_cache(where, Net())


def test_a_folder_is_listed_without_following_links(tmp_path: Path) -> None:
    folder = copy_of(CACHES / "whole", tmp_path / "cache")
    (folder / MANIFESTS / "linked").symlink_to(folder / MANIFESTS / "tiny-base")
    os.mkfifo(folder / MANIFESTS / "pipe")
    listed = FolderCache(folder).listed()
    assert len(listed.files) == 2
    assert listed.odd == (f"{MANIFESTS}/linked", f"{MANIFESTS}/pipe")


def test_no_folder_of_manifests_is_an_empty_list(tmp_path: Path) -> None:
    assert FolderCache(tmp_path).listed() == Listed((), ())


def test_more_manifests_than_are_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "MOST", 1)
    with pytest.raises(Refused) as caught:
        FolderCache(CACHES / "whole").listed()
    assert caught.value.reason is Reason.TOO_LARGE


def test_an_archive_is_given_from_its_start_once_it_is_proven() -> None:
    with serve(CACHES / "whole") as server, Net() as net:
        for cache in (FolderCache(CACHES / "whole"), UrlCache(server.url, net)):
            with cache.opened(PATH, ARCHIVE) as stream:
                assert stream.read() == archive_of("whole", "tiny-base").read_bytes()


def test_an_archive_that_is_another_is_refused() -> None:
    other = Blob(media_type="", sha256="0" * 64, length=ARCHIVE.length)
    shorter = Blob(media_type="", sha256=ARCHIVE.sha256, length=ARCHIVE.length - 1)
    longer = Blob(media_type="", sha256=ARCHIVE.sha256, length=ARCHIVE.length + 1)
    with serve(CACHES / "whole") as server, Net() as net:
        for cache in (FolderCache(CACHES / "whole"), UrlCache(server.url, net)):
            assert refusal(cache, other) is Reason.CHANGED
            assert refusal(cache, shorter) is Reason.TOO_LARGE
            assert refusal(cache, longer) is Reason.CHANGED
            assert refusal(cache, ARCHIVE, blob_path("0" * 64)) is Reason.MISSING


def test_an_archive_that_never_ends_is_refused() -> None:
    with serve(CACHES / "whole") as server, Net() as net:
        server.endless.add(PATH)
        assert refusal(UrlCache(server.url, net)) is Reason.TOO_LARGE


def test_a_blob_is_read_only_as_what_its_manifest_says() -> None:
    cache = FolderCache(CACHES / "whole")
    spec = manifest_of("whole", "tiny-base").spec
    assert len(read_blob(cache, spec, most=1 << 20)) == spec.length
    for blob, most, reason in (
        (spec, spec.length - 1, Reason.TOO_LARGE),
        (Blob(media_type="", sha256=spec.sha256, length=3), 1 << 20, Reason.TOO_LARGE),
        (Blob(media_type="", sha256=spec.sha256, length=10_000), 1 << 20, Reason.CHANGED),
        (Blob(media_type="", sha256="0" * 64, length=3), 1 << 20, Reason.MISSING),
    ):
        with pytest.raises(Refused) as caught:
            read_blob(cache, blob, most=most)
        assert caught.value.reason is reason
