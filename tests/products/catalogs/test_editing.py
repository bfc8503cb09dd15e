"""Editing single keys: the rest stays, all faults at once, and git takes the patch."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.errors import BadInput
from peso.products.catalogs.editing import added, edit, patch_of
from peso.products.catalogs.splice import REMOVED
from peso.products.product import Product

PATH = "products/halden.yaml"
TEXT = """\
# Kept by hand.
schema: peso.product/1
name: Halden   # as its authors write it
description: Writes arrays

spack: [halden]   # one
license: MIT
"""


def test_every_other_byte_stays() -> None:
    done = edit(Product, PATH, TEXT, {"license": "BSD-3-Clause", "foundation": "Pond"})
    assert done.wrong == ()
    assert done.text == TEXT.replace("license: MIT", "license: BSD-3-Clause") + "foundation: Pond\n"


def test_a_key_that_goes() -> None:
    done = edit(Product, PATH, TEXT, {"license": REMOVED})
    assert done.text == TEXT.replace("license: MIT\n", "")


def test_all_faults_at_once_each_with_its_key() -> None:
    links = [{"label": "Repository", "url": "https://example.org", "what": 1}]
    done = edit(Product, PATH, TEXT, {"name": "", "links": links})
    assert {one.key for one in done.wrong} == {"name", "links"}
    assert all(one.message for one in done.wrong)


@pytest.mark.parametrize("text", ["{schema: peso.product/1, name: A}\n", "a: [\n", "", "- a\n"])
def test_a_file_that_cannot_be_changed_says_so(text: str) -> None:
    done = edit(Product, PATH, text, {"name": "B"})
    assert done.wrong
    assert done.text == ""


def test_a_new_file_says_what_was_asked_and_nothing_else(tmp_path: Path) -> None:
    said = {"schema": "peso.product/1", "name": "Halden: a lake", "description": "1\n2 \n"}
    done = added(Product, PATH, said)
    assert done.wrong == ()
    assert [line.partition(":")[0] for line in done.text.splitlines()[:3]] == [*said]
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    patch = patch_of(PATH, None, done.text).encode()
    for _ in ("checked", "applied"):
        argv = ["git", "apply", *(["--check"] if _ == "checked" else []), "-"]
        subprocess.run(argv, cwd=tmp_path, input=patch, check=True)
    assert (tmp_path / PATH).read_bytes() == done.text.encode()
    again = subprocess.run(
        ["git", "apply", "-"], cwd=tmp_path, input=patch, check=False, capture_output=True
    )
    assert b"already exists" in again.stderr


def test_a_new_file_that_is_no_record_says_why_at_its_key() -> None:
    done = added(Product, PATH, {"schema": "peso.product/1", "name": "", "spack": "no list"})
    assert {one.key for one in done.wrong} == {"name", "spack"}
    assert done.text == ""


@pytest.mark.parametrize("path", ["../x.yaml", "a b.yaml", "/etc/x", "a/../b", "a\nb", ".git/x"])
def test_a_path_that_a_patch_cannot_name(path: str) -> None:
    with pytest.raises(BadInput):
        patch_of(path, "a\n", "b\n")


_LINES = st.lists(st.sampled_from(["a", "b", "", "c\r", "-- ", "ä"]), max_size=12)


@given(before=_LINES, after=_LINES, ends=st.tuples(st.booleans(), st.booleans()))
def test_git_takes_every_patch(
    tmp_path_factory: Any,  # noqa: ANN401 - a fixture
    before: list[str],
    after: list[str],
    ends: tuple[bool, bool],
) -> None:
    old, new = (
        "\n".join(["x", *lines]) + ("\n" if end else "")
        for lines, end in zip((before, after), ends, strict=True)
    )
    folder: Path = tmp_path_factory.mktemp("git")
    (folder / "a.yaml").write_bytes(old.encode())
    patch = patch_of("a.yaml", old, new)
    assert bool(patch) == (old != new)
    if patch:
        subprocess.run(
            ["git", "apply", "-"], cwd=folder, input=patch.encode(), check=True, timeout=60
        )
    assert (folder / "a.yaml").read_bytes() == new.encode()
