"""The files that decide a stack: all of them, in order, and nothing that a link could exchange."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from peso.errors import BadInput
from peso.products.stack import load_stack, stack_files


def test_the_files_of_a_stack(small: Path) -> None:
    (small.parent / "tests" / "__pycache__").mkdir()
    (small.parent / "tests" / "__pycache__" / "one.pyc").write_bytes(b"")
    (small.parent / "tests" / ".one.py.swp").write_bytes(b"")
    (small.parent / "public").mkdir()
    (small.parent / "README.md").write_text("not part of it\n")
    assert [str(path) for path in stack_files(load_stack(small))] == [
        "constraints.txt",
        "stack.yaml",
        "tests/deep/data.txt",
        "tests/one.py",
    ]


def test_the_stack_file_may_have_another_name(small: Path) -> None:
    other = small.rename(small.with_name("small.yaml"))
    assert PurePosixPath("small.yaml") in stack_files(load_stack(other))


@pytest.mark.parametrize("kind", ["file", "folder", "dangling"])
def test_a_link_among_the_tests_is_refused(small: Path, kind: str) -> None:
    target = {"file": small, "folder": small.parent / "tests" / "deep", "dangling": Path("/none")}
    link = small.parent / "tests" / "link"
    link.symlink_to(target[kind])
    with pytest.raises(BadInput, match="it is a link") as refused:
        stack_files(load_stack(small))
    assert [fault.where for fault in refused.value.faults] == [str(link)]


def test_a_file_that_went_away_is_refused(small: Path) -> None:
    stack = load_stack(small)
    small.with_name("constraints.txt").unlink()
    with pytest.raises(BadInput, match="there is no such file"):
        stack_files(stack)


def test_too_many_files_are_refused(small: Path) -> None:
    for number in range(101):
        folder = small.parent / "tests" / str(number)
        folder.mkdir()
        for name in range(100):
            (folder / f"{name}.txt").touch()
    with pytest.raises(BadInput, match="more than 10000 files"):
        stack_files(load_stack(small))
