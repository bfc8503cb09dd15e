"""What the files of a unit still name, by what reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.engines.spack.elves import elf, put, with_sections

from peso.base.finding import Level
from peso.products.engines.relocation import LeakKind, Place
from peso.products.engines.spack.relocation.gravity import gravity
from peso.products.engines.spack.relocation.looking import Look, look
from peso.products.engines.spack.relocation.places import Places

STORE, STAGE = "/build/store", "/build/stage"
PLACES = Places((("store", Path(STORE)), ("stage", Path(STAGE))), Path("/elsewhere"))


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    return tmp_path / "unit"


def seen(unit: Path) -> dict[str, tuple[LeakKind, Place, str]]:
    found = look(unit, PLACES)
    assert found.unread == []
    return {one.file: (one.kind, one.place, one.where) for one in found.seen}


def test_a_clean_unit_has_none(unit: Path) -> None:
    put(unit / "bin/program", elf("libc.so.6", runpath="/elsewhere/lib"))
    put(unit / "lib/empty", b"")
    assert look(unit, PLACES) == Look(seen=[], files=2, unread=[])


def test_text_by_line_and_shebang(unit: Path) -> None:
    put(unit / "lib/pkgconfig/x.pc", f"a\nprefix={STORE}/x\n".encode())
    put(unit / "bin/script", f"#!{STORE}/python/bin/python\n".encode())
    put(unit / "bin/plain", f"#!/bin/sh\n# {STAGE}\n".encode())
    assert seen(unit) == {
        "lib/pkgconfig/x.pc": ("text", "store", "line 2"),
        "bin/script": ("shebang", "store", "line 1"),
        "bin/plain": ("text", "stage", "line 2"),
    }


def test_a_run_path_is_followed_and_what_it_left_behind_is_not(unit: Path) -> None:
    followed = elf("libx.so", runpath=f"/usr/lib:{STORE}/x/lib")
    named = elf(f"{STORE}/x/lib/libx.so")
    left = elf("libx.so", runpath="/elsewhere/x") + b"\0" + STORE.encode()
    put(unit / "lib/followed.so", with_sections(followed, dynstr=None))
    put(unit / "lib/named.so", with_sections(named, dynstr=None))
    put(unit / "lib/left.so", with_sections(left, dynstr=f"\0{STORE}/old\0".encode()))
    assert {name: kind for name, (kind, _, _) in seen(unit).items()} == {
        "lib/followed.so": "run path",
        "lib/named.so": "library",
        "lib/left.so": "leftover",
    }


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        ("interp", "interpreter"),
        ("rodata", "data"),
        ("data__rel__ro", "data"),
        ("debug_str", "debug"),
        ("comment", "debug"),
        ("strtab", "debug"),
    ],
)
def test_a_string_in_a_program_by_its_section(unit: Path, section: str, kind: str) -> None:
    said = f"x\0{STAGE}/src/a.c\0y\0{STAGE}/src/b.c\0".encode()
    put(unit / "bin/program", with_sections(elf(), **{section: said}))
    (one,) = look(unit, PLACES).seen
    assert (one.kind, one.place, one.times, one.text) == (kind, "stage", 2, "<stage>/src/a.c")
    assert one.where.startswith("offset 0x")


def test_an_object_in_a_static_library(unit: Path) -> None:
    object_ = with_sections(elf(), debug_str=f"{STAGE}/a.c\0".encode())
    header = b"a.o/".ljust(16) + b"0".ljust(32) + str(len(object_)).encode().ljust(10) + b"`\n"
    put(unit / "lib/libx.a", b"!<arch>\n" + header + object_)
    assert seen(unit)["lib/libx.a"][:2] == ("debug", "stage")


def test_links_are_not_followed(unit: Path, tmp_path: Path) -> None:
    put(tmp_path / "outside/file", STORE.encode())
    (unit / "lib").mkdir(parents=True)
    (unit / "lib/dangling").symlink_to(f"{STORE}/x/lib")
    (unit / "lib/folder").symlink_to(tmp_path / "outside")
    assert seen(unit) == {"lib/dangling": ("link", "store", "")}


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (".spack/spack-build-env.txt", "account"),
        ("share/doc/x/README", "documentation"),
        ("share/man/man1/x.1", "documentation"),
        ("lib/python3/x.pyc", "bytecode"),
        ("lib/python3/x.py", "text"),
    ],
)
def test_some_are_known_by_where_they_lie(unit: Path, file: str, kind: str) -> None:
    put(unit / file, STAGE.encode())
    assert seen(unit)[file][0] == kind


@pytest.mark.parametrize("cut", [4, 16, 63, 64, 120, 300])
def test_a_program_cut_short_is_data(unit: Path, cut: int) -> None:
    whole = with_sections(elf("libx.so", runpath=STORE), debug_str=STAGE.encode())
    put(unit / "bin/program", whole[:cut] + b"\0" + STORE.encode() + b"/x\0")
    assert [one.kind for one in look(unit, PLACES).seen][:1] == ["data"]


def test_what_cannot_be_read_is_told(unit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peso.products.engines.spack.relocation.looking.LARGEST", 3)
    put(unit / "big", b"four")
    assert look(unit, PLACES) == Look(seen=[], files=0, unread=["big"])


def test_how_grave_it_is_hangs_on_what_reads_it() -> None:
    assert gravity("run path", "stage")[0] is Level.HIGH
    assert gravity("data", "store")[0] is Level.MEDIUM
    assert gravity("data", "stage")[0] is Level.LOW
    assert gravity("debug", "store")[0] is Level.NOTE
