"""Roots: definitions, references, signs, matrices and groups, as Spack expands them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.products.environments.conftest import LINUX

from peso.products.environments.facts import Facts
from peso.products.environments.read import read_environment
from peso.products.environments.record import Environment


def _specs(environment: Environment, group: str = "default") -> list[str]:
    return [root.spec for root in environment.roots if root.group == group]


def _rules(environment: Environment) -> list[str]:
    return [trouble.rule for trouble in environment.troubles]


@pytest.mark.parametrize(
    ("name", "specs"),
    [
        ("simple", ["zlib@1.3", "hdf5+mpi", "petsc@3.20: ^openmpi"]),
        (
            "definitions",
            [
                "hypre",
                "petsc",
                "slepc",
                "zlib",
                "hdf5 ^mpich",
                "hdf5 ^openmpi@4",
                "netcdf-c ^mpich",
                "netcdf-c ^openmpi@4",
            ],
        ),
        (
            "signs",
            [
                "hypre %gcc@12",
                "hypre %clang@16",
                "hdf5 ^mpich@4",
                "hdf5 ^mpich@5",
                "hdf5 ^openmpi@4",
                "hdf5 ^openmpi@5",
            ],
        ),
        ("exclude", ["hdf5+mpi", "hdf5~mpi", "hypre+mpi"]),
        ("colon", ["zlib target=x86_64_v3", "hdf5@1.12:", "cmake build_type=x"]),
        ("aliases", ["zlib", "bzip2"]),
        ("stated", ["hdf5@1.14"]),
        ("empty-matrix", []),
        ("shared-sign", ["@1 ^a", "@1 ^b", "z ^a@1", "z ^b@1"]),
        (
            "matrix-defined",
            [
                "+x ^mpich",
                "+x ^openmpi",
                "~x ^openmpi",
                "hdf5 ^mpich+x",
                "hdf5 ^openmpi+x",
                "hdf5 ^openmpi~x",
                "zlib",
                "",
            ],
        ),
    ],
)
def test_roots(data: Path, name: str, specs: list[str]) -> None:
    read = read_environment(data / name, LINUX)

    assert [_plain(spec) for spec in _specs(read)] == [_plain(spec) for spec in specs]
    assert not read.troubles


def _plain(spec: str) -> str:
    return " ".join(spec.replace("%clang", "%llvm").split()).replace(" +", "+").replace(" ~", "~")


def test_a_part_of_a_definition_counts_where_its_condition_holds(data: Path) -> None:
    read = read_environment(data / "definitions", replace(LINUX, platform="windows"))

    assert _specs(read)[:3] == ["hypre", "petsc", "superlu"]


def test_definitions_of_included_files_come_after_the_environments_own(data: Path) -> None:
    read = read_environment(data / "definitions-included", replace(LINUX, target="zen4"))

    assert _specs(read) == ["a", "d", "b", "a", "d", "b", "a", "d", "a", "d", "e"]


def test_a_matrix_in_a_defined_matrix(data: Path) -> None:
    read = read_environment(data / "nested-defined", LINUX)

    assert len(read.roots) == 14
    assert read.roots[4].spec == "hdf5 target=x86_64_v3 ^openmpi %gcc@12"
    assert [piece.definition for piece in read.roots[4].pieces] == ["p", "c", ""]


def test_a_root_says_where_it_came_from(data: Path) -> None:
    read = read_environment(data / "definitions", LINUX)

    first, last = read.roots[0], read.roots[-1]
    assert (first.place.line, first.place.column) == (12, 5)
    assert first.definition == "all"
    assert first.pieces[0].definition == "solvers"
    assert first.pieces[0].text.place.line == 3
    assert last.matrix is not None
    assert last.matrix.line == 14
    assert [piece.value for piece in last.pieces] == ["netcdf-c", "^openmpi@4"]
    assert last.pieces[1].definition == "mpis"


def test_what_a_condition_cannot_decide_is_there_with_a_doubt(data: Path) -> None:
    read = read_environment(data / "unknown-when", LINUX)

    assert [(root.spec.split()[0], bool(root.doubts)) for root in read.roots] == [
        ("hypre", True),
        ("petsc", False),
        ("hdf5", True),
        ("hdf5", False),
    ]
    assert 'target == "zen4"' in str(read.roots[0].doubts[0])
    sure = read_environment(data / "unknown-when", replace(LINUX, target="zen4"))
    assert not any(root.doubts for root in sure.roots)


def test_a_matrix_says_what_became_of_it(data: Path) -> None:
    [use] = read_environment(data / "exclude", LINUX).matrices

    assert (use.combinations, use.excluded, use.roots) == (6, 3, 3)
    assert [one.value for one in use.unused_excludes] == ["never@1"]


def test_a_matrix_that_comes_to_nothing_is_seen(data: Path) -> None:
    [use] = read_environment(data / "empty-matrix", LINUX).matrices

    assert (use.combinations, use.roots) == (0, 0)


def test_groups(data: Path) -> None:
    read = read_environment(data / "groups", LINUX)

    assert [group.name for group in read.groups] == ["default", "compiler", "apps", "grid"]
    assert _specs(read) == ["zlib", "cmake"]
    assert _specs(read, "apps") == ["hypre", "petsc"]
    assert _specs(read, "grid") == ["hdf5+mpi"]
    apps = read.groups[2]
    assert [need.value for need in apps.needs] == ["compiler"]
    assert not apps.explicit
    assert apps.override is not None
    assert "packages" in apps.override
    assert not read.troubles


def test_faults_of_groups_are_told(data: Path) -> None:
    read = read_environment(data / "group-faults", LINUX)

    assert sorted(_rules(read)) == ["group-circle", "group-twice", "group-unknown"]
    assert _specs(read, "one") == ["zlib", "cmake"]


def test_a_toolchain_is_put_in(data: Path) -> None:
    read = read_environment(data / "toolchain", LINUX)

    assert "%c,cxx=gcc@12" in read.roots[0].spec
    assert "plain" not in read.roots[0].spec
    assert "when='%fortran'" in read.roots[1].spec
    assert read.roots[2].spec == "cmake"


def test_what_has_no_right_shape_is_told_at_its_place(data: Path) -> None:
    read = read_environment(data / "shapes", LINUX)

    found = {(one.rule, one.place.line) for one in read.troubles}
    assert found >= {
        ("packages-shape", 3),
        ("packages-shape", 5),
        ("packages-shape", 7),
        ("definition-shape", 9),
        ("definition-shape", 11),
        ("definition-shape", 12),
        ("include-shape", 13),
        ("list-shape", 15),
        ("list-shape", 16),
        ("list-shape", 17),
        ("list-shape", 18),
        ("list-shape", 19),
        ("undefined-definition", 20),
        ("undefined-definition", 21),
    }
    assert any("did you mean $two?" in one.hint for one in read.troubles)


def test_a_matrix_in_a_matrix_is_told_and_expanded(data: Path) -> None:
    read = read_environment(data / "nested", LINUX)

    assert _rules(read) == ["nested-matrix"]
    assert [_plain(spec) for spec in _specs(read)][:3] == [
        "hdf5@1.2+shared",
        "hdf5@1.2~shared",
        "hdf5@1.3",
    ]


@pytest.mark.parametrize(
    ("name", "rule", "line", "column"),
    [("bad-spec", "spec-syntax", 4, 17), ("contradiction", "contradiction", 3, 5)],
)
def test_what_is_no_spec_is_a_root_with_a_doubt(
    data: Path, name: str, rule: str, line: int, column: int
) -> None:
    read = read_environment(data / name, LINUX)

    [trouble] = read.troubles
    assert (trouble.rule, trouble.place.line, trouble.place.column) == (rule, line, column)
    assert [bool(root.doubts) for root in read.roots].count(True) == 1
    assert len(read.roots) == 2


def test_a_matrix_too_large_is_told_and_not_expanded(tmp_path: Path) -> None:
    row = "[" + ", ".join(f"p{n}" for n in range(100)) + "]"
    rows = ", ".join([row] * 6)
    text = f"spack:\n  specs:\n  - matrix: [{rows}]\n  - zlib\n"
    (tmp_path / "spack.yaml").write_text(text)

    read = read_environment(tmp_path, Facts())

    assert _rules(read) == ["matrix-too-large"]
    assert read.doubts
    assert _specs(read) == ["zlib"]


def test_references_that_double_end(tmp_path: Path) -> None:
    lines = ["spack:", "  definitions:", "  - d0: [zlib, bzip2]"]
    lines += [f"  - d{n}: [$d{n - 1}, $d{n - 1}]" for n in range(1, 60)]
    (tmp_path / "spack.yaml").write_text("\n".join([*lines, "  specs: [$d59]", ""]))

    read = read_environment(tmp_path, Facts())

    assert "list-too-large" in _rules(read)


_SPEC = st.sampled_from(["zlib", "hdf5+mpi", "$a", "$^b", "$%c", "@1.2", "", "x y", "~", "%", "1"])
_LIST = st.recursive(
    st.lists(_SPEC, max_size=3).map(lambda items: [repr(one) for one in items]),
    lambda below: st.lists(below, max_size=3).map(
        lambda rows: [f"{{matrix: [{', '.join('[' + ', '.join(row) + ']' for row in rows)}]}}"]
    ),
    max_leaves=6,
)


@settings(
    max_examples=150, deadline=3000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from("abc"), _LIST), max_size=4), _LIST)
def test_any_lists_give_an_environment(
    tmp_path: Path, definitions: list[tuple[str, list[str]]], specs: list[str]
) -> None:
    lines = [f"  - {name}: [{', '.join(items)}]" for name, items in definitions]
    text = "\n".join(["spack:", "  definitions:", *lines, f"  specs: [{', '.join(specs)}]", ""])
    (tmp_path / "spack.yaml").write_text(text)

    read = read_environment(tmp_path, LINUX)

    assert read.sources
    assert all(root.place.line == len(lines) + 3 for root in read.roots)


@settings(
    max_examples=150, deadline=3000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(alphabet=st.sampled_from(list("spackdefintosx: -[]{}$^%@+~\n&*'\"<")), max_size=80))
def test_any_text_gives_an_environment(tmp_path: Path, text: str) -> None:
    (tmp_path / "spack.yaml").write_text(f"spack:\n  specs: [zlib]\n  {text}")

    read = read_environment(tmp_path, LINUX)

    assert read.roots or read.troubles or read.doubts or text.strip()
