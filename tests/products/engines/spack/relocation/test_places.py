"""Folders of the builder's in bytes: found whole, the longest one, and never the one of now."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.products.engines.relocation import Place
from peso.products.engines.spack.relocation.places import Named, Places

FOLDERS: tuple[tuple[Place, Path], ...] = (
    ("store", Path("/work/cache/spack/store")),
    ("stage", Path("/work/cache/spack/stage")),
    ("scratch", Path("/work/cache/spack")),
    ("scratch", Path("/tmp")),  # noqa: S108 - everybody's
    ("home", Path("/root")),
)
NOW = Path("/work/cache/rff")


@pytest.fixture
def places() -> Places:
    return Places(FOLDERS, NOW)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/work/cache/spack/store/lz4-1/lib", ["store"]),
        ("-L/work/cache/spack/store:/work/cache/spack/stage/x.c", ["store", "stage"]),
        ("/work/cache/spack/store2/lib", ["scratch"]),
        ("/work/cache/spack-other", []),
        ("/work/cache/rff/lz4-1/lib", []),
        ("/tmp/x", []),  # noqa: S108
        ("/root", ["home"]),
        ("-I/root/include", ["home"]),
        ("/usr/root/x", []),
        ("chroot/root/x", []),
        ("/rooted", []),
    ],
)
def test_what_is_named(places: Places, text: str, found: list[str]) -> None:
    assert [one.place for one in places.named(text.encode())] == found


def test_where_it_is_named(places: Places) -> None:
    data = b"\0\0/work/cache/spack/store\0"
    assert list(places.named(data)) == [Named("store", 2, 25)]


def test_the_folder_of_now_in_the_users_home_is_no_leak() -> None:
    places = Places((("home", Path("/root")),), Path("/root/prefix"))
    assert [one.start for one in places.named(b"/root/prefix/lib /root/other")] == [17]


def test_what_is_said_names_no_folder(places: Places) -> None:
    said = b"cc -I/work/cache/spack/store/lz4 -o /work/cache/rff/\xff"
    assert places.hidden(said) == "cc -I<store>/lz4 -o <here>/\\xff"


def test_where_links_lead_counts_too(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    places = Places((("store", tmp_path / "link"),), NOW)
    assert places.hidden(f"{tmp_path}/real/x {tmp_path}/link/x".encode()) == "<store>/x <store>/x"
