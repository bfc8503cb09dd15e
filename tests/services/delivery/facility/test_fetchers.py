from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from tests.facility import serve
from tuf.api.exceptions import DownloadError, DownloadHTTPError, DownloadLengthMismatchError

from peso.base.net import Net
from peso.errors import Outside, Reason, Refused
from peso.services.delivery.facility.fetchers import (
    BASE,
    Differs,
    Fetcher,
    FolderSource,
    Source,
    UrlSource,
    inside,
)

DATA = b"0123456789"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "public"
    (made / "below").mkdir(parents=True)
    (made / "below" / "file").write_bytes(DATA)
    return made


@pytest.fixture(params=["folder", "url"])
def source(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    if request.param == "folder":
        return FolderSource(folder)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    url: str = request.getfixturevalue("server")
    return UrlSource(url, request.getfixturevalue("net"))


@pytest.fixture
def server(folder: Path):  # type: ignore[no-untyped-def]  # noqa: ANN201
    with serve(folder) as running:
        yield running.url


@pytest.fixture
def net():  # type: ignore[no-untyped-def]  # noqa: ANN201
    with Net(sleep=lambda _seconds: None) as made:
        yield made


def refused(reason: Reason, where: str) -> pytest.RaisesExc[Refused]:
    return pytest.RaisesExc(
        Refused, check=lambda error: (error.reason, error.where) == (reason, where)
    )


def test_reads_a_file_up_to_its_limit(source: Source) -> None:
    assert source.read("below/file", limit=len(DATA)) == DATA
    with refused(Reason.TOO_LARGE, "below/file"):
        source.read("below/file", limit=len(DATA) - 1)


def test_a_missing_file_is_missing(source: Source) -> None:
    for path in ("nothing", "below/nothing", "no/where"):
        with refused(Reason.MISSING, path):
            source.read(path, limit=10)


@pytest.mark.parametrize("path", ["../x", "/x", "a/../b", "", ".", "a//b", "./a", "a\\b", "a\0b"])
def test_no_path_leaves_the_publication(source: Source, path: str) -> None:
    with pytest.raises(Refused) as told:
        source.read(path, limit=10)
    assert told.value.reason is Reason.UNSAFE_PATH


def test_a_plain_path_is_inside() -> None:
    assert inside("blobs/sha256/ab/abcd") == "blobs/sha256/ab/abcd"


def test_copies_what_was_proven(source: Source, tmp_path: Path) -> None:
    target = tmp_path / "new" / "copy"
    source.copy("below/file", target, sha256=SHA256, length=len(DATA))
    assert target.read_bytes() == DATA


@pytest.mark.parametrize(
    ("sha256", "length", "reason"),
    [
        ("0" * 64, len(DATA), Reason.CHANGED),
        (SHA256, len(DATA) + 1, Reason.CHANGED),
        (SHA256, len(DATA) - 1, Reason.TOO_LARGE),
    ],
)
def test_copies_nothing_else(
    source: Source, tmp_path: Path, sha256: str, length: int, reason: Reason
) -> None:
    target = tmp_path / "copy"
    with refused(reason, "below/file") as told:
        source.copy("below/file", target, sha256=sha256, length=length)
    assert not target.exists()
    if reason is Reason.CHANGED:
        assert isinstance(told.value, Differs)
        assert told.value.found == SHA256


def test_follows_no_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_bytes(DATA)
    (folder / "link").symlink_to(tmp_path / "outside" / "file")
    (folder / "linked").symlink_to(tmp_path / "outside")
    for path in ("link", "linked/file"):
        with refused(Reason.UNSAFE_PATH, path):
            FolderSource(folder).read(path, limit=10)


def test_opens_regular_files_only(folder: Path) -> None:
    os.mkfifo(folder / "fifo")
    for path in ("fifo", "below"):
        with refused(Reason.UNSAFE_PATH, path):
            FolderSource(folder).read(path, limit=10)


def test_the_folder_itself_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(folder)
    assert FolderSource(tmp_path / "current").read("below/file", limit=10) == DATA


def open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def test_leaves_no_descriptor_open(folder: Path) -> None:
    (folder / "link").symlink_to("below")
    source, before = FolderSource(folder), open_files()
    for path in ("below/file", "below", "link", "nothing", "below/file/x"):
        try:
            source.read(path, limit=10)
        except Refused:
            continue
    assert open_files() == before


def test_measures_without_reading_past_the_limit(folder: Path) -> None:
    os.truncate(folder / "below" / "file", 1 << 40)
    assert FolderSource(folder).measure("below/file", limit=5)[1] == 6


def test_a_server_that_is_not_there_is_outside(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(Outside):
        UrlSource("http://127.0.0.1:9/", net).read("file", limit=10)


class TestFetcher:
    def test_gives_tuf_the_bytes_and_remembers_them(self, folder: Path) -> None:
        fetcher = Fetcher(FolderSource(folder))
        assert fetcher.download_bytes(f"{BASE}below/file", 10) == DATA
        assert (fetcher.path, fetcher.data) == ("below/file", DATA)

    def test_says_not_found_in_tufs_words(self, folder: Path) -> None:
        fetcher = Fetcher(FolderSource(folder))
        with pytest.raises(DownloadHTTPError) as told:
            fetcher.download_bytes(f"{BASE}nothing", 10)
        assert told.value.status_code == 404
        assert fetcher.data is None

    def test_says_too_large_in_tufs_words(self, folder: Path) -> None:
        fetcher = Fetcher(FolderSource(folder))
        fetcher.limit = 5
        with pytest.raises(DownloadLengthMismatchError):
            fetcher.download_bytes(f"{BASE}below/file", 10)

    def test_keeps_any_other_error_as_the_cause(self, folder: Path) -> None:
        (folder / "link").symlink_to("below/file")
        with pytest.raises(DownloadError) as told:
            Fetcher(FolderSource(folder)).download_bytes(f"{BASE}link", 10)
        assert isinstance(told.value.__cause__, Refused)
