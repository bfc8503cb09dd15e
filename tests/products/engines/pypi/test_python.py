"""Interpreters and what a machine lacks."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from packaging.tags import Tag, sys_tags

from peso.errors import Outside
from peso.products.engines.port import Requires
from peso.products.engines.pypi.python import (
    Interpreter,
    describe,
    find_python,
    identity,
    lacks,
    least,
)

PLATFORMS = (
    "manylinux_2_36_x86_64",
    "manylinux_2_28_x86_64",
    "manylinux_2_17_x86_64",
    "manylinux2014_x86_64",
    "linux_x86_64",
)
LINUX = (
    *(Tag("cp311", "cp311", platform) for platform in PLATFORMS),
    *(Tag("py3", "none", platform) for platform in PLATFORMS),
    Tag("py3", "none", "any"),
)
THIS = "this is CPython 3.11.7 on x86_64 with glibc 2.36"
HERE = Interpreter(
    path=Path("python"), implementation="cpython", version="3.11.7", tags=LINUX, markers={}
)


def requires(
    python: str = "==3.11.*", *platforms: str, implementation: str = "cpython"
) -> Requires:
    return Requires(python=python, implementation=implementation, platforms=platforms)


def test_this_python_is_described_without_starting_one(tmp_path: Path) -> None:
    seen: list[str] = []
    sys.addaudithook(lambda event, _: seen.append(event) if event == "subprocess.Popen" else None)
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    told = describe(link, {})
    assert told.version == ".".join(str(part) for part in sys.version_info[:3])
    assert told.tags == tuple(sys_tags())
    assert not seen


def test_another_python_is_asked_and_says_the_same(tmp_path: Path) -> None:
    other = tmp_path / "python"
    other.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    other.chmod(0o755)
    asked, known = describe(other, os.environ), describe(Path(sys.executable), os.environ)
    assert asked.path == Path(sys.executable)
    assert (asked.implementation, asked.version) == (known.implementation, known.version)
    assert asked.markers == known.markers
    assert set(asked.tags) == set(known.tags)
    assert asked.tags[:50] == known.tags[:50]


def test_interpreters_have_names_of_their_own(tmp_path: Path) -> None:
    seen: list[str] = []
    sys.addaudithook(lambda event, _: seen.append(event) if event == "subprocess.Popen" else None)
    other = tmp_path / "python3.99"
    names = {identity(Path(sys.executable)), identity(other)}
    other.write_text("one")
    names.add(identity(other))
    other.write_text("another")
    names.add(identity(other))
    assert len(names) == 4
    assert not seen


def test_something_that_is_no_python(tmp_path: Path) -> None:
    other = tmp_path / "python3.12"
    other.write_text("#!/bin/sh\necho hello\n")
    other.chmod(0o755)
    with pytest.raises(Outside, match="does not say what it is"):
        describe(other, os.environ)


def test_the_running_python_is_taken_where_it_will_do() -> None:
    assert find_python(">=3.11", {}) == Path(sys.executable)


def test_the_newest_that_satisfies_is_found_on_path(tmp_path: Path) -> None:
    said = '{"executable": "/far/python3.99", "soabi": "cpython-399-x", "markers": %s}'
    markers = {
        "implementation_name": "cpython",
        "python_full_version": "3.99.1",
        "python_version": "3.99",
    }
    for name, text in (
        ("python3.40", "exit 1"),
        ("python3.39", f"echo '{said % str(markers).replace(chr(39), chr(34))}'"),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    assert find_python("==3.99.*", {"PATH": str(tmp_path)}) == Path("/far/python3.99")


def test_no_python_will_do(tmp_path: Path) -> None:
    with pytest.raises(Outside, match=r"no Python ==2\.7\.\*") as seen:
        find_python("==2.7.*", {"PATH": str(tmp_path)})
    assert seen.value.hint


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (requires(), None),
        (requires("==3.11.*", "manylinux_2_28_x86_64", "manylinux_2_17_x86_64"), None),
        (
            requires("==3.12.*", "manylinux_2_17_x86_64", "manylinux_2_28_x86_64"),
            "needs CPython 3.12 on x86_64 with glibc 2.28 or newer",
        ),
        (
            requires("==3.11.*", "manylinux_2_40_x86_64"),
            "needs CPython 3.11 on x86_64 with glibc 2.40 or newer",
        ),
        (
            requires("==3.11.*", "manylinux_2_17_aarch64"),
            "needs CPython 3.11 on aarch64 with glibc 2.17 or newer",
        ),
        (
            requires("==3.11.*", "musllinux_1_2_x86_64"),
            "needs CPython 3.11 on x86_64 with musl 1.2 or newer",
        ),
        (
            requires(implementation="pypy"),
            "needs PyPy 3.11",
        ),
    ],
)
def test_what_a_machine_lacks(asked: Requires, said: str | None) -> None:
    assert lacks(asked, HERE) == (said and f"{said}; {THIS}")


@pytest.mark.parametrize(
    ("platforms", "expected"),
    [
        (["any"], None),
        (["manylinux_2_17_x86_64", "manylinux2014_x86_64"], "manylinux_2_17_x86_64"),
        (["manylinux_2_28_x86_64", "manylinux_2_17_x86_64"], "manylinux_2_17_x86_64"),
        (["manylinux_2_28_x86_64", "manylinux_2_99_x86_64"], "manylinux_2_28_x86_64"),
        (["linux_x86_64"], "manylinux_2_36_x86_64"),
    ],
)
def test_a_wheel_needs_the_least_of_its_tags(platforms: list[str], expected: str | None) -> None:
    tags = frozenset(Tag("py3", "none", platform) for platform in platforms)
    assert least(tags, HERE) == expected
