"""What an environment includes: what is reached, what is not and why, and whose word counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.products.environments.conftest import LINUX

from peso.products.environments.compare import said
from peso.products.environments.facts import Facts
from peso.products.environments.read import Reader, read_environment
from peso.products.environments.record import Environment, Reached
from peso.products.environments.texts import get


def _value(environment: Environment, section: str, *path: str) -> str:
    node = environment.section(section)
    for key in path:
        node = get(node, key)
    return said(node)


def test_what_stands_higher_counts_and_keeps_its_place(data: Path) -> None:
    read = read_environment(data / "includes", LINUX)

    assert _value(read, "packages", "hdf5", "variants") == "+mpi"
    assert _value(read, "packages", "hdf5", "version") == "[1.14, 1.12]"
    assert _value(read, "packages", "all", "providers", "mpi") == "[mpich, openmpi, mvapich]"
    assert _value(read, "concretizer", "unify") == "when_possible"
    settings = read.settings("hdf5")
    assert settings is not None
    assert [Path(text.place.file).parent.name for text in settings.versions] == ["first", "deeper"]
    assert settings.buildable is not None
    assert settings.buildable.place.file.endswith("first/deeper/packages.yaml")
    assert [root.spec for root in read.roots] == ["cmake", "ninja", "meson"]
    assert not read.troubles
    assert not read.doubts


def test_the_files_come_in_the_order_of_precedence(data: Path) -> None:
    read = read_environment(data / "includes", LINUX)

    found = [
        (str(Path(one.file).relative_to(data / "includes")), one.depth) for one in read.sources
    ]
    assert found == [
        ("spack.yaml", 0),
        ("first/definitions.yaml", 1),
        ("first/include.yaml", 1),
        ("first/packages.yaml", 1),
        ("first/deeper/packages.yaml", 2),
        ("second/more.yaml", 1),
    ]
    assert "packages" in read.sources[0].sections


def test_each_include_says_what_became_of_it(data: Path) -> None:
    read = read_environment(data / "includes", LINUX)

    found = {one.path.value: one.reached for one in read.includes}
    assert found == {
        "first": Reached.READ,
        "deeper": Reached.READ,
        "second/more.yaml": Reached.READ,
        "third.yaml": Reached.SKIPPED,
        "not-there.yaml": Reached.SKIPPED,
    }


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("https://example.org/configs/packages.yaml", "it is a URL (https)"),
        ("https://example.org/configs/repos.yaml", "it is a URL (https)"),
        ("common", "git repository https://example.org/configs.git"),
        ("linux/packages.yaml", "git repository"),
        ("${PESO_NOBODY_SETS_THIS}/packages.yaml", "$PESO_NOBODY_SETS_THIS is not known"),
        ("not-there.yaml", "there is no "),
        ("notes.txt", "neither a folder nor a .yaml file"),
        ("here", "its `when` cannot be answered"),
        ("$spack/etc/extra", "$spack is not known here"),
    ],
)
def test_what_cannot_be_reached_says_why_and_the_rest_is_read(
    data: Path, path: str, why: str
) -> None:
    read = read_environment(data / "unreached", LINUX)

    [include] = [one for one in read.includes if one.path.value == path]
    assert include.reached is Reached.UNREACHED
    assert why in include.reason
    assert include.optional or any(path in str(doubt) for doubt in read.doubts)
    assert [root.spec for root in read.roots] == ["zlib"]


def test_a_lock_file_is_concrete_and_a_pin_is_kept(data: Path) -> None:
    read = read_environment(data / "unreached", LINUX)

    by_path = {one.path.value: one for one in read.includes}
    assert by_path["other/spack.lock"].reached is Reached.CONCRETE
    pin = by_path["common"].pin
    assert pin is not None
    assert pin.value.startswith("0123")
    assert by_path["https://example.org/configs/repos.yaml"].sha256 is not None
    assert [one.rule for one in read.troubles] == ["include-shape"]


def test_variables_of_paths(data: Path) -> None:
    folder = data / "variables"
    variables = {"PESO_CONFIGS": str(folder), "PESO_OVERRIDE": str(folder / "inside")}
    facts = replace(LINUX, home=str(folder), variables=variables)

    read = read_environment(folder, facts)

    assert [one.reached for one in read.includes] == [Reached.READ] * 3
    assert {one.name.value for one in read.packages} == {"zlib", "hdf5", "cmake"}
    assert [one.rule for one in read.troubles] == ["include-twice", "include-twice"]


def test_a_circle_of_includes_ends(data: Path) -> None:
    read = read_environment(data / "circle", LINUX)

    assert read.includes[-1].reason == "it includes itself"
    assert _value(read, "packages", "zlib") == "{variants: +pic, buildable: true}"


def test_a_key_with_two_colons_replaces(data: Path) -> None:
    read = read_environment(data / "replaced", LINUX)

    assert _value(read, "packages", "all") == "{target: [zen4]}"
    assert _value(read, "packages", "hdf5") == "{variants: +hl}"
    assert _value(read, "config") == "{build_jobs: 4}"


def test_include_with_two_colons_leaves_out_what_others_include(data: Path) -> None:
    read = read_environment(data / "include-replaced", LINUX)

    assert {one.name.value for one in read.packages} == {"zlib"}


def test_a_reader_reads_a_file_once(data: Path) -> None:
    reader = Reader(LINUX)
    first, second = reader.read(data / "circle"), reader.read(data / "circle")

    assert first.sources[1].document is second.sources[1].document


def test_a_folder_without_configuration_is_read_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "spack.yaml").write_text("spack:\n  include: [empty]\n  specs: [zlib]\n")

    read = read_environment(tmp_path, Facts())

    assert [one.reached for one in read.includes] == [Reached.READ]
    assert len(read.roots) == 1


def test_too_many_files_end(tmp_path: Path) -> None:
    for number in range(80):
        (tmp_path / f"{number}.yaml").write_text(f"include: [{number + 1}.yaml]\n")
    (tmp_path / "spack.yaml").write_text("spack:\n  include: [0.yaml]\n  specs: []\n")

    read = read_environment(tmp_path, Facts())

    assert "the chain of includes is longer" in read.includes[-1].reason


def test_a_broken_include_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("packages: [\n")
    (tmp_path / "spack.yaml").write_text("spack:\n  include: [bad.yaml]\n  specs: [zlib]\n")

    read = read_environment(tmp_path, Facts())

    assert [one.rule for one in read.troubles] == ["yaml-syntax"]
    assert len(read.doubts) == 1
    assert len(read.roots) == 1
