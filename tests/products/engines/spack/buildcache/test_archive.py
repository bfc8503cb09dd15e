"""The spec in an archive: the one Spack would install, or a refusal; never another one."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.spack_cache_files import BASE, archive_of, spec_bytes, spec_of

from peso.errors import BadInput, PesoError, Reason, Refused
from peso.products.engines.spack.buildcache import archive
from peso.products.engines.spack.buildcache.archive import inside

Add = Callable[[tarfile.TarFile], None]
UNIT = "store/tiny-base"
SPEC = gzip.decompress(spec_bytes("whole", "tiny-base"))
OTHER = gzip.decompress(spec_bytes("whole", "tiny-top"))


def member(name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE, target: str = "") -> Add:
    def add(tar: tarfile.TarFile) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.type, info.linkname = len(data), kind, target
        tar.addfile(info, io.BytesIO(data))

    return add


def link(name: str, target: str) -> Add:
    return member(name, kind=tarfile.SYMTYPE, target=target)


def hard_link(name: str, target: str) -> Add:
    return member(name, kind=tarfile.LNKTYPE, target=target)


THE_SPEC = member(f"{UNIT}/.spack/spec.json", SPEC)
MARK = member(f"{UNIT}/.spack/binary_distribution", b"{}")


def packed(folder: Path, *adds: Add) -> Path:
    path = folder / "archive"
    with tarfile.open(path, "w:gz") as tar:
        for add in adds:
            add(tar)
    return path


def test_the_spec_in_an_archive_that_spack_made() -> None:
    found = inside(archive_of("whole", "tiny-base"), "a")
    assert (found.hash, found.hash_holds) == (BASE, True)
    assert found == spec_of("whole", "tiny-base")


def test_nothing_is_written(tmp_path: Path) -> None:
    inside(packed(tmp_path, THE_SPEC, MARK), "a")
    assert [one.name for one in tmp_path.iterdir()] == ["archive"]


def test_links_that_spack_packs_are_no_fault(tmp_path: Path) -> None:
    found = inside(
        packed(
            tmp_path,
            member("store", kind=tarfile.DIRTYPE),
            THE_SPEC,
            member(f"{UNIT}/lib/libx.so.1", b"x"),
            link(f"{UNIT}/lib/libx.so", "libx.so.1"),
            link(f"{UNIT}/libexec", "/other/store/unit"),
            hard_link(f"{UNIT}/lib/liby.so", f"{UNIT}/lib/libx.so.1"),
            MARK,
        ),
        "a",
    )
    assert found.hash == BASE


def test_any_letters_are_good_in_a_name(tmp_path: Path) -> None:
    odd = member(f"{UNIT}/share/dev-\\x2d \n \udcff", b"x")
    assert inside(packed(tmp_path, THE_SPEC, odd, MARK), "a").hash == BASE


def test_a_unit_inside_of_a_unit_is_not_the_one_spack_installs(tmp_path: Path) -> None:
    deeper = member(f"{UNIT}/share/in/.spack/spec.json", OTHER)
    mark = member(f"{UNIT}/share/in/.spack/binary_distribution", b"{}")
    assert inside(packed(tmp_path, deeper, mark, THE_SPEC, MARK), "a").hash == BASE


@pytest.mark.parametrize(
    ("adds", "reason"),
    [
        ((THE_SPEC, THE_SPEC, MARK), Reason.SWAPPED),
        ((THE_SPEC, MARK, MARK), Reason.SWAPPED),
        ((THE_SPEC, MARK, member("../outside", b"x")), Reason.UNSAFE_PATH),
        ((THE_SPEC, MARK, member("/etc/passwd", b"x")), Reason.UNSAFE_PATH),
        ((THE_SPEC, MARK, member(f"{UNIT}/./x", b"x")), Reason.UNSAFE_PATH),
        ((THE_SPEC, MARK, member("store/other/x", b"x")), Reason.UNSAFE_PATH),
        ((THE_SPEC, MARK, link("elsewhere", "x")), Reason.UNSAFE_PATH),
        ((THE_SPEC, MARK, hard_link(f"{UNIT}/x", "store/other/x")), Reason.UNSAFE_PATH),
        ((THE_SPEC, MARK, hard_link(f"{UNIT}/x", "../x")), Reason.UNSAFE_PATH),
        ((THE_SPEC, MARK, member(f"{UNIT}/x", kind=tarfile.FIFOTYPE)), Reason.UNSAFE_PATH),
        ((link(f"{UNIT}/.spack/spec.json", "x"), MARK), Reason.UNSAFE_PATH),
        ((link(f"{UNIT}/.spack", "share"), THE_SPEC, MARK), Reason.UNSAFE_PATH),
        (
            (THE_SPEC, MARK, link(f"{UNIT}/lib", ".spack"), member(f"{UNIT}/lib/spec.json", OTHER)),
            Reason.UNSAFE_PATH,
        ),
        (
            (
                THE_SPEC,
                MARK,
                link(f"{UNIT}/x", ".spack/spec.json"),
                member(f"{UNIT}/x", OTHER),
            ),
            Reason.UNSAFE_PATH,
        ),
        (
            (THE_SPEC, MARK, hard_link(f"{UNIT}/x", f"{UNIT}/.spack/spec.json")),
            Reason.UNSAFE_PATH,
        ),
    ],
)
def test_what_would_become_another_unit_is_refused(
    tmp_path: Path, adds: tuple[Add, ...], reason: Reason
) -> None:
    with pytest.raises(Refused) as caught:
        inside(packed(tmp_path, *adds), "a")
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("adds", "says"),
    [
        ((MARK,), "has no .spack/spec.json"),
        ((THE_SPEC,), "or no .spack/binary_distribution"),
        ((), "has no"),
        ((member(f"{UNIT}/in/.spack/spec.json", SPEC), MARK), "is not beside"),
        ((member(f"{UNIT}/.spack/spec.json", b"{"), MARK), "no spec of Spack"),
    ],
)
def test_what_is_no_archive_of_a_unit_says_why(
    tmp_path: Path, adds: tuple[Add, ...], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        inside(packed(tmp_path, *adds), "a")


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"plain", b"\x1f\x8b", b"\x1f\x8b" + b"x" * 99])
def test_what_is_no_archive_at_all_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "archive"
    path.write_bytes(data)
    with pytest.raises(BadInput):
        inside(path, "a")


def test_an_archive_that_ends_too_early_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(archive_of("whole", "tiny-base").read_bytes()[:2000])
    with pytest.raises(BadInput, match="damaged"):
        inside(path, "a")


def test_an_archive_in_an_archive_is_not_unpacked_twice(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(gzip.compress(packed(tmp_path, THE_SPEC, MARK).read_bytes()))
    with pytest.raises(BadInput):
        inside(path, "a")


@pytest.mark.parametrize("name", ["_FREE", "MOST_UNPACKED"])
def test_a_bomb_is_unpacked_no_further_than_it_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(archive, name, 1 << 20)
    bomb = packed(tmp_path, THE_SPEC, member(f"{UNIT}/zero", bytes(64 << 20)), MARK)
    with pytest.raises(Refused) as caught:
        inside(bomb, "a")
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("name", "most"), [("MOST_MEMBERS", 3), ("_MOST_LINKS", 1), ("_MOST_SPECS", 1), ("LARGEST", 99)]
)
def test_more_than_an_archive_may_have_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    monkeypatch.setattr(archive, name, most)
    adds = (THE_SPEC, link(f"{UNIT}/a", "x"), link(f"{UNIT}/b", "x"), MARK)
    with pytest.raises(Refused) as caught:
        inside(packed(tmp_path, *adds), "a")
    assert caught.value.reason is Reason.TOO_LARGE


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_any_damage_is_read_or_refused(tmp_path: Path, rand: random.Random) -> None:
    with tarfile.open(tmp_path / "archive", "w") as tar:
        for add in (THE_SPEC, link(f"{UNIT}/a", "x"), MARK):
            add(tar)
    data = bytearray((tmp_path / "archive").read_bytes())
    for _ in range(rand.randint(1, 4)):
        data[rand.randrange(len(data))] = rand.randrange(256)
    path = tmp_path / "damaged"
    path.write_bytes(gzip.compress(bytes(data), compresslevel=1))
    try:
        found = inside(path, "a")
    except PesoError:
        return
    assert found.hash == BASE or found.hash_holds is not True
