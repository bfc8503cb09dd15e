"""The definition of a stack: read in either form, and every file that decides it."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.errors import BadInput
from peso.products.bare_stack import is_bare
from peso.products.environments.facts import Facts
from peso.products.environments.read import Reader
from peso.products.stack_definition import definition_of, read_stack

STACK = """\
schema: peso.stack/1
name: mine
version: "1"
title: Mine
parts:
  native: {engine: spack, environment: env/spack.yaml}
products: []
tests:
  one:
    of: [lz4]
    run: [sh, tests/one.sh]
    expect: {ok: "== 1"}
"""


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def reader() -> Reader:
    return Reader(Facts(home="/nowhere"))


def paths(file: Path) -> dict[str, str]:
    return {one.path: one.role for one in definition_of(read_stack(file, reader()), reader())}


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    return write(tmp_path / "_config" / "packages.yaml", "packages: {all: {}}\n")


@pytest.mark.usefixtures("shared")
def test_what_an_environment_includes_is_in_it(tmp_path: Path) -> None:
    file = write(tmp_path / "mine" / "stack.yaml", STACK)
    write(tmp_path / "mine" / "tests" / "one.sh", "echo ok=1\n")
    write(tmp_path / "mine" / "env" / "near.yaml", "config: {}\n")
    write(
        tmp_path / "mine" / "env" / "spack.yaml",
        "spack: {include: [near.yaml, ../../_config/packages.yaml], specs: [lz4]}\n",
    )

    assert paths(file) == {
        "stack.yaml": "evidence",
        "env/spack.yaml": "evidence",
        "env/near.yaml": "evidence",
        "tests/one.sh": "test",
        "environments/native/_config/packages.yaml": "evidence",
    }


@pytest.mark.usefixtures("shared")
def test_a_bare_environment_ships_the_stack_file_that_is_made_of_it(tmp_path: Path) -> None:
    text = "spack: {include: [../_config/packages.yaml], specs: [lz4]}\n"
    file = write(tmp_path / "cpu" / "spack.yaml", text)
    stack = read_stack(file, reader())
    found = {one.path: one.data for one in definition_of(stack, reader())}

    assert is_bare(stack)
    assert list(found) == [
        "stack.yaml",
        "spack.yaml",
        "environments/native/_config/packages.yaml",
    ]
    assert found["spack.yaml"] == file.read_bytes()
    assert b"name: cpu" in found["stack.yaml"]


def test_the_form_is_what_the_file_says(tmp_path: Path) -> None:
    named = write(tmp_path / "a" / "environment.yaml", "spack: {specs: [lz4]}\n")
    ours = write(tmp_path / "b" / "spack.yaml", STACK.replace("env/spack.yaml", "other.yaml"))
    write(tmp_path / "b" / "other.yaml", "spack: {specs: [lz4]}\n")
    write(tmp_path / "b" / "tests" / "one.sh", "")

    assert is_bare(read_stack(named, reader()))
    assert not is_bare(read_stack(ours, reader()))


@pytest.mark.parametrize("text", ["", "[", "a: 1", "schema: peso.stack/1"])
def test_what_is_neither_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput):
        read_stack(write(tmp_path / "stack.yaml", text), reader())
    with pytest.raises(BadInput):
        read_stack(tmp_path / "gone.yaml", reader())


def test_an_environment_that_is_a_link_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "real.yaml", "spack: {specs: [lz4]}\n")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "spack.yaml").symlink_to(tmp_path / "real.yaml")
    stack = read_stack(tmp_path / "mine" / "spack.yaml", reader())

    with pytest.raises(BadInput, match="is a link"):
        definition_of(stack, reader())
