"""Archives unpack to plain files inside their folder, or not at all."""

from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peso.base.files import extract
from peso.errors import BadInput, Outside, PesoError, Reason, Refused

LIMIT = 1 << 20

Add = Callable[[tarfile.TarFile], None]


def member(name: str, data: bytes = b"", **header: object) -> Add:
    """Return what adds a member to a tar, with any header one likes."""

    def add(tar: tarfile.TarFile) -> None:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        for key, value in header.items():
            setattr(info, key, value)
        tar.addfile(info, io.BytesIO(data))

    return add


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> Add:
    return member(name, type=kind, linkname=target)


def make_tar(path: Path, *adds: Add) -> Path:
    with tarfile.open(path, "w") as tar:
        for add in adds:
            add(tar)
    return path


def zip_link(name: str, target: str, mode: int = stat.S_IFLNK) -> tuple[zipfile.ZipInfo, str]:
    info = zipfile.ZipInfo(name)
    info.external_attr = (mode | 0o777) << 16
    return info, target


def nothing_left(tmp_path: Path, *known: str) -> bool:
    return {path.name for path in tmp_path.iterdir()} == set(known)


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_is_unpacked_with_plain_permissions(tmp_path: Path, mode: str) -> None:
    archive = tmp_path / "archive"  # no suffix: the kind is seen in the bytes
    with tarfile.open(archive, mode) as tar:  # type: ignore[call-overload]
        for add in (
            member("./", type=tarfile.DIRTYPE),
            member("pkg/", type=tarfile.DIRTYPE, mode=0o2777),
            member("pkg/run", b"#!", mode=0o6755, mtime=1_000_000_000),
            member("pkg/data", b"x" * 300_000, mode=0o666),
            link("pkg/also", "data"),
            link("pkg/same", "pkg/data", tarfile.LNKTYPE),
        ):
            add(tar)
    into = tmp_path / "new" / "into"
    names = extract(archive, into, limit=LIMIT)
    assert names == tuple(into / "pkg" / name for name in ("run", "data", "also", "same"))
    modes = {name.name: stat.S_IMODE(name.stat().st_mode) for name in names}
    assert modes["run"] & 0o7700 == 0o700
    assert modes["data"] & 0o7700 == 0o600
    assert not modes["data"] & 0o022
    assert (into / "pkg/run").stat().st_mtime == 1_000_000_000
    assert (into / "pkg/also").readlink() == Path("data")
    assert (into / "pkg/same").read_bytes() == b"x" * 300_000
    assert [path.name for path in into.parent.iterdir()] == ["into"]


def test_a_zip_is_unpacked_into_an_empty_folder(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("pkg/", "")
        opened.writestr("pkg/data", b"x" * 300_000)
        run = zipfile.ZipInfo("pkg/run")
        run.external_attr = (stat.S_IFREG | 0o4755) << 16
        opened.writestr(run, b"#!")
        opened.writestr(*zip_link("pkg/also", "data"))
    into = tmp_path / "into"
    into.mkdir()
    names = extract(archive, into, limit=LIMIT)
    assert [name.name for name in names] == ["data", "run", "also"]
    assert (into / "pkg/also").read_bytes() == b"x" * 300_000
    assert stat.S_IMODE((into / "pkg/run").stat().st_mode) & 0o7700 == 0o700


UNSAFE = {
    "parent": [member("../x", b"x")],
    "parent-inside": [member("a/../../x", b"x")],
    "absolute": [member("/tmp/x", b"x")],  # noqa: S108 - the attack
    "drive": [member("C:/x", b"x")],
    "backslash": [member("..\\x", b"x")],
    "control": [member("a\x1b[2Jb", b"x")],
    "link-absolute": [link("a", "/etc/passwd")],
    "link-parent": [link("a", "../x")],
    "link-deep": [member("d/f", b"x"), link("d/a", "../../x")],
    "link-empty": [link("a", "")],
    "link-by-link": [link("p/q/d", "../.."), link("p/q/x", "d/../../y")],
    "link-chain": [link("a", "b"), link("b", "c/../.."), member("c/f")],
    "through-link": [link("a", "."), member("a/x", b"x")],
    "over-link": [link("a", "b"), member("a", b"x")],
    "hard-outside": [link("a", "../x", tarfile.LNKTYPE)],
    "hard-absolute": [link("a", "/etc/passwd", tarfile.LNKTYPE)],
    "hard-to-nothing": [link("a", "b", tarfile.LNKTYPE)],
    "hard-to-itself": [link("a", "a", tarfile.LNKTYPE)],
    "hard-to-link": [link("l", "/etc/passwd"), link("a", "l", tarfile.LNKTYPE)],
    "device": [member("a", type=tarfile.CHRTYPE, devmajor=1, devminor=3)],
    "block-device": [member("a", type=tarfile.BLKTYPE)],
    "fifo": [member("a", type=tarfile.FIFOTYPE)],
    "twice": [member("a", b"1"), member("a", b"2")],
    "twice-otherwise": [member("d/a", b"1"), member("d/./a", b"2")],
    "below-a-file": [member("a", b"1"), member("a/b", b"2")],
    "file-over-folder": [member("a/b", b"1"), member("a", b"2")],
}


@pytest.mark.parametrize("adds", UNSAFE.values(), ids=UNSAFE)
def test_an_unsafe_tar_is_refused_and_leaves_nothing(tmp_path: Path, adds: list[Add]) -> None:
    archive = make_tar(tmp_path / "bad.tar", member("good", b"x"), *adds)
    with pytest.raises(Refused) as raised:
        extract(archive, tmp_path / "into", limit=LIMIT)
    assert raised.value.reason is Reason.UNSAFE_PATH
    assert raised.value.where == str(archive)
    assert nothing_left(tmp_path, "bad.tar")


@pytest.mark.parametrize(
    "entry",
    [
        ("../x", "x"),
        ("/x", "x"),
        ("a\\b", "x"),
        zip_link("a", "../x"),
        zip_link("a", "/etc/passwd"),
        zip_link("a", "x", stat.S_IFIFO),
    ],
)
def test_an_unsafe_zip_is_refused_and_leaves_nothing(
    tmp_path: Path, entry: tuple[str | zipfile.ZipInfo, str]
) -> None:
    archive = tmp_path / "bad.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("good", "x")
        opened.writestr(*entry)
    with pytest.raises(Refused) as raised:
        extract(archive, tmp_path / "into", limit=LIMIT)
    assert raised.value.reason is Reason.UNSAFE_PATH
    assert nothing_left(tmp_path, "bad.zip")


def test_a_nul_in_a_zip_name_is_not_cut_off(tmp_path: Path) -> None:
    archive = tmp_path / "bad.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("good.txt_", "x")
    archive.write_bytes(archive.read_bytes().replace(b"good.txt_", b"good\0txt_"))
    with pytest.raises(PesoError) as raised:
        extract(archive, tmp_path / "into", limit=LIMIT)
    assert raised.value.exit_code in {1, 2}
    assert nothing_left(tmp_path, "bad.zip")


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.xz", "sparse"])
def test_bytes_are_counted_as_they_are_written(tmp_path: Path, kind: str) -> None:
    archive = tmp_path / "bomb"
    if kind == "zip":
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
            opened.writestr("a", b"\0" * 600)
            opened.writestr("b", b"\0" * 600)
    elif kind == "sparse":
        _sparse_tar(archive, 1 << 40)
    else:
        mode = {"tar": "w", "tar.gz": "w:gz", "tar.xz": "w:xz"}[kind]
        with tarfile.open(archive, mode) as tar:  # type: ignore[call-overload]
            member("a", b"\0" * 600)(tar)
            member("b", b"\0" * 600)(tar)
    with pytest.raises(Refused, match="more than 1000 bytes") as raised:
        extract(archive, tmp_path / "into", limit=1000)
    assert raised.value.reason is Reason.TOO_LARGE
    assert nothing_left(tmp_path, "bomb")


def _sparse_tar(path: Path, size: int) -> None:
    """Write a tar whose one member is a hole of `size` bytes, in the PAX way."""
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        info = tarfile.TarInfo("hole")
        info.pax_headers = {
            "GNU.sparse.map": f"{size},0",
            "GNU.sparse.size": str(size),
            "GNU.sparse.name": "hole",
        }
        tar.addfile(info)


def test_exactly_the_limit_is_allowed(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a.tar", member("a", b"x" * 600), member("b", b"x" * 400))
    assert len(extract(archive, tmp_path / "into", limit=1000)) == 2


def test_a_zip_that_lies_about_its_size_is_counted_all_the_same(tmp_path: Path) -> None:
    archive = tmp_path / "lie.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("a", b"\0" * 100_000)
    data = archive.read_bytes().replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    archive.write_bytes(data)
    with pytest.raises(PesoError):
        extract(archive, tmp_path / "into", limit=LIMIT)
    assert nothing_left(tmp_path, "lie.zip")


def test_headers_cannot_fill_the_memory(tmp_path: Path) -> None:
    archive = tmp_path / "pax.tar.gz"
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 64 << 20
    with gzip.open(archive, "wb", compresslevel=1) as stream:
        stream.write(info.tobuf())
        for _ in range(64):
            stream.write(bytes(1 << 20))
    with pytest.raises(Refused, match="headers") as raised:
        extract(archive, tmp_path / "into", limit=1 << 30)
    assert raised.value.reason is Reason.TOO_LARGE


def test_the_number_of_members_has_a_limit(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a.tar", *(member(f"f{i}") for i in range(4)))
    with pytest.raises(Refused, match="more than 3 members") as raised:
        extract(archive, tmp_path / "into", limit=LIMIT, files_limit=3)
    assert raised.value.reason is Reason.TOO_LARGE
    assert nothing_left(tmp_path, "a.tar")


def _good(kind: str) -> bytes:
    stream = io.BytesIO()
    noise = os.urandom(40_000)
    if kind == "zip":
        with zipfile.ZipFile(stream, "w") as opened:
            opened.writestr("a", noise)
        return stream.getvalue()
    with tarfile.open(fileobj=stream, mode=f"w{kind}") as tar:  # type: ignore[call-overload]
        member("a", noise)(tar)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["zip", "", ":gz", ":bz2", ":xz"])
def test_a_cut_off_archive_is_bad_input(tmp_path: Path, kind: str) -> None:
    data = _good(kind)
    archive = tmp_path / "cut"
    archive.write_bytes(data[: min(len(data) // 2, 20_000)])
    with pytest.raises(BadInput, match="damaged") as raised:
        extract(archive, tmp_path / "into", limit=LIMIT)
    assert raised.value.where == str(archive)
    assert nothing_left(tmp_path, "cut")


@pytest.mark.parametrize("kind", ["zip", ":gz", ":bz2", ":xz"])
def test_a_changed_byte_is_noticed(tmp_path: Path, kind: str) -> None:
    data = bytearray(_good(kind))
    data[20_000] ^= 1
    archive = tmp_path / "changed"
    archive.write_bytes(data)
    with pytest.raises(BadInput, match="damaged"):
        extract(archive, tmp_path / "into", limit=LIMIT)
    assert nothing_left(tmp_path, "changed")


@pytest.mark.parametrize("data", [b"", b"x", b"hello world\n" * 100, b"PK\3\4", b"\x1f\x8b\0"])
def test_what_is_no_archive_is_bad_input(tmp_path: Path, data: bytes) -> None:
    archive = tmp_path / "file"
    archive.write_bytes(data)
    with pytest.raises(BadInput, match="damaged or no zip or tar"):
        extract(archive, tmp_path / "into", limit=LIMIT)


def test_an_encrypted_zip_is_bad_input(tmp_path: Path) -> None:
    archive = tmp_path / "secret.zip"
    archive.write_bytes(_good("zip"))
    data = bytearray(archive.read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1
    archive.write_bytes(data)
    with pytest.raises(BadInput, match="encrypted"):
        extract(archive, tmp_path / "into", limit=LIMIT)


def test_a_folder_with_something_in_it_stays_as_it_is(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a.tar", member("a", b"new"))
    into = tmp_path / "into"
    into.mkdir()
    (into / "a").write_bytes(b"old")
    with pytest.raises(BadInput, match="not empty"):
        extract(archive, into, limit=LIMIT)
    assert (into / "a").read_bytes() == b"old"


def test_a_missing_archive_is_outside(tmp_path: Path) -> None:
    with pytest.raises(Outside, match="no such file"):
        extract(tmp_path / "absent", tmp_path / "into", limit=LIMIT)


NAMES = st.text(alphabet="ab./\\", min_size=1, max_size=6)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from("fdlh"), NAMES, NAMES), max_size=6))
def test_nothing_is_ever_written_outside(
    tmp_path: Path, entries: list[tuple[str, str, str]]
) -> None:
    top = tmp_path / str(len(list(tmp_path.iterdir())))
    sentinel = top / "outside"
    sentinel.mkdir(parents=True)
    kinds = {
        "f": tarfile.REGTYPE,
        "d": tarfile.DIRTYPE,
        "l": tarfile.SYMTYPE,
        "h": tarfile.LNKTYPE,
    }
    archive = make_tar(
        top / "a.tar", *(member(name, type=kinds[kind], linkname=to) for kind, name, to in entries)
    )
    into = top / "into"
    try:
        names = extract(archive, into, limit=LIMIT)
    except Refused:
        assert nothing_left(top, "a.tar", "outside")
    else:
        assert all(Path(os.path.realpath(name)).is_relative_to(into) for name in names)
        assert nothing_left(top, "a.tar", "outside", "into")
    assert not list(sentinel.iterdir())
