"""Whether programs find their libraries by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.engines.spack.elves import elf, put

from peso.products.engines.spack.linking import Lacking, Linking, linking_of


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A unit with one library."""
    put(tmp_path / "other" / "lib64" / "libother.so.1", elf())
    return tmp_path / "other"


@pytest.mark.parametrize("by", ["rpath", "runpath"])
def test_found_by_a_run_path(tmp_path: Path, other: Path, by: str) -> None:
    program = elf("libother.so.1", "libc.so.6", **{by: f"/nowhere:{other}/lib64"})
    put(tmp_path / "unit" / "bin" / "program", program)

    assert linking_of(tmp_path / "unit", [other]) == Linking(looked_at=1)


def test_found_beside_itself(tmp_path: Path) -> None:
    unit = tmp_path / "unit"
    put(unit / "lib" / "libown.so", elf())
    put(unit / "bin" / "program", elf("libown.so", runpath="$ORIGIN/../lib"))

    assert linking_of(unit, []).lacking == ()


def test_not_found_and_where_it_is(tmp_path: Path, other: Path) -> None:
    unit = tmp_path / "unit"
    program = put(unit / "bin" / "program", elf("libother.so.1", "libown.so", "libc.so.6"))
    put(unit / "lib" / "libown.so", elf())

    assert linking_of(unit, [other]).lacking == (
        Lacking(file=program, library="libother.so.1", folder=other / "lib64"),
        Lacking(file=program, library="libown.so", folder=unit / "lib"),
    )


def test_what_only_the_machine_has_is_not_lacking(tmp_path: Path) -> None:
    put(tmp_path / "unit" / "bin" / "program", elf("libnowhere.so.6"))

    assert linking_of(tmp_path / "unit", [tmp_path / "gone"]) == Linking(looked_at=1)


def test_scripts_links_and_folders_are_passed_over(tmp_path: Path) -> None:
    unit = tmp_path / "unit"
    put(unit / "bin" / "script", b"#!/bin/sh\n")
    put(unit / "lib" / "deeper" / "libplugin.so", elf("libx.so"))
    (unit / "bin" / "link").symlink_to(put(tmp_path / "program", elf()))

    assert linking_of(unit, []) == Linking(looked_at=0)


@pytest.mark.parametrize("cut", [5, 20, 64, 100, 180, 200])
def test_a_file_that_was_cut_short_is_counted(tmp_path: Path, cut: int) -> None:
    put(tmp_path / "bin" / "program", elf("libother.so.1", rpath="/x")[:cut])

    found = linking_of(tmp_path, [])

    assert found.looked_at + found.unread == 1
    assert found.lacking == ()
