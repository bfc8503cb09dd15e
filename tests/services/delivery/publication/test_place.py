from __future__ import annotations

from pathlib import Path

import pytest

from peso.base.digest import sha256_bytes
from peso.errors import Outside
from peso.services.delivery.publication.place import Disk

DATA = b"a wheel"
DIGEST = sha256_bytes(DATA)


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "staging")


def test_what_is_placed_is_whole_and_replaces(tmp_path: Path, disk: Disk) -> None:
    target = tmp_path / "public" / "deep" / "x"
    disk.place(b"one", target)
    disk.place(b"two", target)
    assert target.read_bytes() == b"two"
    assert list((tmp_path / "staging").iterdir()) == []
    before = target.stat().st_ino
    disk.place(b"two", target)
    assert target.stat().st_ino == before


def test_a_copy_is_a_file_of_its_own(tmp_path: Path, disk: Disk) -> None:
    source, target = tmp_path / "source", tmp_path / "public" / "x"
    source.write_bytes(DATA)
    disk.copy(source, target, DIGEST, len(DATA))
    assert target.read_bytes() == DATA
    assert not target.samefile(source)
    target.write_bytes(b"edited")
    assert source.read_bytes() == DATA
    disk.copy(source, target, DIGEST, len(DATA))
    assert target.read_bytes() == DATA


def test_what_is_not_what_its_name_says_does_not_enter(tmp_path: Path, disk: Disk) -> None:
    source, target = tmp_path / "source", tmp_path / "public" / "x"
    with pytest.raises(Outside, match="missing in the ledger"):
        disk.copy(source, target, DIGEST, len(DATA))
    for wrong in (b"", DATA + b"!", b"a whEEl"):
        source.write_bytes(wrong)
        with pytest.raises(Outside, match="changed in the ledger"):
            disk.copy(source, target, DIGEST, len(DATA))
    assert not target.exists()
    assert list((tmp_path / "staging").iterdir()) == []


def test_a_link_in_the_way_is_replaced_not_followed(tmp_path: Path, disk: Disk) -> None:
    outside, target = tmp_path / "outside", tmp_path / "public" / "x"
    outside.write_bytes(DATA)
    target.parent.mkdir()
    target.symlink_to(outside)
    disk.place(b"new", target)
    assert not target.is_symlink()
    assert outside.read_bytes() == DATA
    target.unlink()
    target.symlink_to(outside)
    disk.copy(outside, target, DIGEST, len(DATA))
    assert not target.is_symlink()
    disk.remove(target)
    disk.remove(target)
    assert outside.exists()
    assert not target.exists()


def test_something_in_the_way_is_said(tmp_path: Path, disk: Disk) -> None:
    (tmp_path / "public").write_text("a file")
    (tmp_path / "source").write_bytes(DATA)
    with pytest.raises(Outside):
        disk.place(DATA, tmp_path / "public" / "x")
    with pytest.raises(Outside):
        disk.copy(tmp_path / "source", tmp_path / "public" / "x", DIGEST, len(DATA))
    (tmp_path / "folder" / "x").mkdir(parents=True)
    with pytest.raises(Outside):
        disk.remove(tmp_path / "folder" / "x")
    with pytest.raises(Outside):
        disk.rename(tmp_path / "nothing", tmp_path / "folder" / "y")
