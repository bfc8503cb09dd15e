from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from peso.errors import BadInput, Reason, Refused
from peso.services.assurance.advisories.formats import LONGEST
from peso.services.assurance.advisories.places import (
    File,
    files_in,
    head_of,
    heaps_in,
    read_file,
)
from peso.services.assurance.advisories.record import Unreadable


def zipped(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def tarred(path: Path, *members: tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def info(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


def files(source: Path) -> list[File]:
    return [one for heap in heaps_in(source) for one in heap]


def test_files_that_are_named_like_records_are_found_in_order(tmp_path: Path) -> None:
    for name in ("b/2.yaml", "b/1.json", "a.yml", "x.pm", "README.md", ".git/c.json", ".d.json"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    assert [one.name for one in files_in(tmp_path)] == ["a.yml", "x.pm", "b/1.json", "b/2.yaml"]
    assert [one.name for one in files_in(tmp_path / "README.md")] == ["README.md"]
    assert [one.name for one in files(tmp_path)] == ["a.yml", "x.pm", "b/1.json", "b/2.yaml"]


def test_an_archive_is_read_in_place(tmp_path: Path) -> None:
    wanted = (("b/2.yaml", b"two"), ("b/1.json", b"one"))
    others = (("README.md", b"x"), (".git/c.json", b"x"), ("b/.d.json", b"x"), ("folder/", b""))
    expected = [("b/2.yaml", b"two"), ("b/1.json", b"one")]
    places = [
        zipped(tmp_path / "a.zip", *wanted, *others),
        tarred(tmp_path / "a.tar.gz", *((info(name), data) for name, data in wanted + others[:3])),
        tarred(tmp_path / "a.tar", *((info(name), data) for name, data in wanted), mode="w"),
    ]
    before = sorted(tmp_path.iterdir())
    for place in places:
        assert [(one.name, read_file(one, 10)) for one in files(place)] == expected
    assert sorted(tmp_path.iterdir()) == before


def test_many_members_come_heap_by_heap(tmp_path: Path) -> None:
    place = zipped(tmp_path / "a.zip", *((f"{n}.json", b"{}") for n in range(4001)))
    assert [len(heap) for heap in heaps_in(place)] == [2000, 2000, 1]


@pytest.mark.parametrize("name", ["../x.json", "/x.json", "a/../../x.json", "a\\x.json", "C:x"])
def test_a_name_that_could_leave_a_folder_refuses_the_archive(tmp_path: Path, name: str) -> None:
    place = tarred(tmp_path / "a.tar.gz", (info("1.json"), b"{}"), (info(name), b"{}"))
    with pytest.raises(Refused) as refused:
        files(place)
    assert refused.value.reason is Reason.UNSAFE_PATH
    assert refused.value.where == str(place)


def test_the_same_name_twice_refuses_the_archive(tmp_path: Path) -> None:
    place = tarred(tmp_path / "a.tar.gz", (info("1.json"), b"{}"), (info("./1.json"), b"[]"))
    with pytest.raises(Refused, match="twice"):
        files(place)


def test_links_and_special_files_are_given_and_not_read(tmp_path: Path) -> None:
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE)
    members = [(info(f"{n}.json", kind, "/etc/passwd"), b"") for n, kind in enumerate(kinds)]
    found = files(tarred(tmp_path / "a.tar.gz", *members))
    assert len(found) == 4
    for one in found:
        assert head_of(one) == b""
        with pytest.raises(Unreadable, match="link or a special file"):
            read_file(one, 10)


def test_of_a_member_that_is_too_long_no_more_is_kept_than_tells_so(tmp_path: Path) -> None:
    size = LONGEST + (3 << 20)
    place = zipped(tmp_path / "a.zip", ("1.json", b"[" * size), ("2.bin", b"x" * size))
    [one] = files(place)
    assert len(one.data) == LONGEST + 1
    with pytest.raises(Unreadable, match="longer than 32 MiB"):
        read_file(one, LONGEST)


def test_a_damaged_archive_is_bad_input(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "a.zip", ("1.json", b"{}" * 1000)).read_bytes()
    for number, data in enumerate((whole[:-30], b"PK\3\4", b"\x1f\x8bnothing", b"BZhnothing")):
        place = tmp_path / f"{number}.zip"
        place.write_bytes(data)
        with pytest.raises(BadInput, match="damaged"):
            files(place)


def test_a_file_is_plain_and_not_endless(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    [plain] = files_in(tmp_path / "a")
    assert read_file(plain, 3) == head_of(plain) == b"abc"
    with pytest.raises(Unreadable, match="longer"):
        read_file(plain, 2)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    for name in ("pipe", "link"):
        [other] = files_in(tmp_path / name)
        assert head_of(other) == b""
        with pytest.raises(Unreadable, match="special file"):
            read_file(other, 10)
