"""What differs between two environments: roots by name, configuration by value."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.environments.conftest import LINUX

from peso.products.environments.combine import Combiner
from peso.products.environments.compare import root_changes, setting_changes
from peso.products.environments.read import read_environment
from peso.products.environments.record import Environment


def _read(folder: Path, text: str) -> Environment:
    folder.mkdir(exist_ok=True)
    (folder / "spack.yaml").write_text(text)
    return read_environment(folder, LINUX)


def _roots(tmp_path: Path, before: str, after: str) -> list[tuple[str, str, tuple[str, ...]]]:
    one = _read(tmp_path / "a", f"spack:\n  specs: [{before}]\n")
    two = _read(tmp_path / "b", f"spack:\n  specs: [{after}]\n")
    changes = root_changes(one.roots, two.roots, Combiner())
    return [(change.change.value, change.name, change.what) for change in changes]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("zlib, hdf5+mpi~cxx", "hdf5~cxx+mpi, zlib", []),
        ("zlib", "zlib, zlib", [("added", "zlib", ())]),
        ("zlib, hdf5", "hdf5", [("removed", "zlib", ())]),
        ("zlib", "bzip2", [("added", "bzip2", ()), ("removed", "zlib", ())]),
        ("hdf5@1.12", "hdf5@1.14", [("changed", "hdf5", ("version",))]),
        ("hdf5+mpi", "hdf5~mpi", [("changed", "hdf5", ("variants",))]),
        ("hdf5 %gcc@12", "'hdf5 %gcc@13'", [("changed", "hdf5", ("compiler",))]),
        ("hdf5 ^mpich", "hdf5 ^openmpi", [("changed", "hdf5", ("dependencies",))]),
        ("hdf5 target=zen3", "hdf5 target=zen4", [("changed", "hdf5", ("target",))]),
        ("hdf5 cflags=-O2", "hdf5 cflags=-O3", [("changed", "hdf5", ("flags",))]),
        (
            "hdf5@1.12+mpi, hdf5@1.10~mpi",
            "hdf5@1.10~mpi+cxx, hdf5@1.12",
            [("changed", "hdf5", ("variants",)), ("changed", "hdf5", ("variants",))],
        ),
        (
            "{group: one, specs: [zlib]}",
            "{group: two, specs: [zlib]}",
            [("changed", "zlib", ("group",))],
        ),
    ],
)
def test_roots(
    tmp_path: Path, before: str, after: str, changes: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    assert _roots(tmp_path, before, after) == changes


def test_configuration(tmp_path: Path) -> None:
    one = _read(
        tmp_path / "a",
        "spack:\n"
        "  packages:\n"
        "    {all: {target: [zen3, zen2]}, hdf5: {variants: +mpi}, old: {buildable: true}}\n"
        "  repos: {builtin: {commit: abc}}\n"
        "  concretizer: {unify: true, reuse: false}\n",
    )
    two = _read(
        tmp_path / "b",
        "spack:\n"
        "  packages: {all: {target: [zen4, zen2]}, hdf5: {variants: ~mpi}}\n"
        "  repos: {builtin: {commit: def}}\n"
        "  concretizer: {reuse: false, unify: when_possible}\n"
        "  view: false\n",
    )

    changes = setting_changes(one, two)

    assert [(one.change.value, one.path, one.before, one.after) for one in changes] == [
        ("changed", "concretizer:unify", "true", "when_possible"),
        ("removed", "packages:all:target", "zen3", ""),
        ("added", "packages:all:target", "", "zen4"),
        ("changed", "packages:hdf5:variants", "+mpi", "~mpi"),
        ("removed", "packages:old:buildable", "true", ""),
        ("changed", "repos:builtin:commit", "abc", "def"),
        ("added", "view", "", "false"),
    ]
    assert changes[0].place.file.endswith("b/spack.yaml")
    assert changes[1].place.file.endswith("a/spack.yaml")


def test_what_groups_override_and_need(tmp_path: Path) -> None:
    group = "{group: g, needs: [%s], specs: [zlib], override: {packages: {all: {target: [%s]}}}}"
    one = _read(tmp_path / "a", f"spack:\n  specs: [{group % ('', 'zen3')}]\n")
    two = _read(tmp_path / "b", f"spack:\n  specs: [{group % ('default', 'zen3')}]\n")
    three = _read(tmp_path / "c", f"spack:\n  specs: [{group % ('', 'zen4')}]\n")

    assert [(one.path, one.after) for one in setting_changes(one, two)] == [
        ("group g:needs", "default")
    ]
    assert [(one.path, one.after) for one in setting_changes(one, three)] == [
        ("group g:packages:all:target", ""),
        ("group g:packages:all:target", "zen4"),
    ]


def test_the_order_of_a_list_counts(tmp_path: Path) -> None:
    one = _read(tmp_path / "a", "spack:\n  packages: {all: {target: [a, b]}}\n")
    two = _read(tmp_path / "b", "spack:\n  packages: {all: {target: [b, a]}}\n")

    [change] = setting_changes(one, two)

    assert (change.before, change.after) == ("[a, b]", "[b, a]")


def test_an_environment_differs_in_nothing_from_itself(data: Path) -> None:
    for folder in sorted(data.iterdir()):
        read = read_environment(folder, LINUX)

        assert not root_changes(read.roots, read.roots, Combiner())
        assert not setting_changes(read, read)
