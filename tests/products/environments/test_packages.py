"""What `packages:` and the smaller sections say, as records with places; legacy forms."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.environments.conftest import LINUX

from peso.products.environments.read import read_environment
from peso.products.environments.record import Choice, Rule, Strength


def _said(rule: Rule) -> tuple[str, str, list[str], str, str]:
    return (
        rule.strength.value,
        rule.choice.value,
        [spec.value for spec in rule.specs],
        rule.when.value if rule.when else "",
        rule.message.value if rule.message else "",
    )


def test_rules_of_all_packages(data: Path) -> None:
    settings = read_environment(data / "packages", LINUX).settings("all")

    assert settings is not None
    assert [_said(rule) for rule in settings.rules] == [
        ("require", "spec", ["target=x86_64_v3"], "", ""),
        ("prefer", "spec", ["%gcc@12"], "", ""),
        ("conflict", "spec", ["%clang"], "@:2", "clang does not build it"),
    ]
    providers = {
        one.virtual.value: [spec.value for spec in one.specs] for one in settings.providers
    }
    assert providers == {"mpi": ["mpich", "openmpi"], "blas": ["openblas"]}
    assert [text.value for text in settings.targets] == ["x86_64_v3"]
    assert [text.value for text in settings.variants] == ["+mpi", "~cuda"]


def test_rules_of_one_package_and_their_places(data: Path) -> None:
    settings = read_environment(data / "packages", LINUX).settings("hdf5")

    assert settings is not None
    assert [(rule.strength, rule.choice) for rule in settings.rules] == [
        (Strength.REQUIRE, Choice.ALL),
        (Strength.REQUIRE, Choice.ONE),
        (Strength.REQUIRE, Choice.ANY),
        (Strength.REQUIRE, Choice.ALL),
    ]
    assert settings.rules[1].specs[1].part(0, 4).column == 27
    assert [(text.value, text.scalar.kind.value) for text in settings.versions] == [
        ("1.14", "number"),
        ("1.12", "text"),
    ]


def test_externals(data: Path) -> None:
    settings = read_environment(data / "packages", LINUX).settings("mpich")

    assert settings is not None
    assert settings.buildable is not None
    assert not settings.buildable.value
    [external] = settings.externals
    assert external.spec.value == "mpich@4.2 +fortran"
    assert external.prefix is not None
    assert external.prefix.value == "/usr"
    assert [text.value for text in external.modules] == ["mpich/4.2"]
    assert external.extra is not None
    assert settings.place.line == 24


def test_the_smaller_sections(data: Path) -> None:
    read = read_environment(data / "sections", LINUX)

    builtin, own = read.repos
    assert builtin.pin.startswith("0123")
    assert [text.value for text in builtin.paths] == ["repos/builtin"]
    assert own.path is not None
    assert (own.path.value, own.pin) == ("./recipes", "")
    plain, mixed = read.toolchains
    assert [part.spec.value for part in plain.parts] == ["%gcc@12"]
    assert [part.when.value if part.when else "" for part in mixed.parts] == ["%c", ""]
    [view] = read.views
    assert view.root is not None
    assert (view.name, view.root.value) == ("default", "views/all")
    assert [text.value for text in view.groups] == ["apps"]
    assert [mirror.url.value if mirror.url else "" for mirror in read.mirrors] == [
        "https://example.org/mirror",
        "https://example.org/cache",
    ]
    assert read.section("concretizer") is not None
    assert read.section("ci") is not None
    assert read.section("modules") is None


def test_a_stated_name_and_version_are_no_packages(data: Path) -> None:
    read = read_environment(data / "stated", LINUX)

    stated = {one.name.value: one.value.value for one in read.stated}
    assert stated == {"_name": "ocean-model", "_version": "2026.08.000"}
    assert read.repos[0].pin == "v2026.08"
    assert len(read.roots) == 1


@pytest.mark.parametrize(("text", "views"), [("true", 1), ("false", 0), ("here", 1)])
def test_a_view_may_be_a_word(tmp_path: Path, text: str, views: int) -> None:
    (tmp_path / "spack.yaml").write_text(f"spack:\n  view: {text}\n  specs: []\n")

    assert len(read_environment(tmp_path, LINUX).views) == views


def test_legacy_forms(data: Path) -> None:
    read = read_environment(data / "legacy", LINUX)

    assert {(one.form, one.place.line) for one in read.legacy} == {
        ("concretization", 2),
        ("include-concrete", 3),
        ("gitlab-ci", 4),
        ("compilers", 5),
        ("env", 7),
        ("config-install-missing-compilers", 9),
        ("repos-list", 10),
        ("packages-compiler", 13),
        ("packages-paths", 15),
    }
    assert [root.spec for root in read.roots] == ["zlib"]


@pytest.mark.parametrize(
    ("name", "form", "roots"), [("legacy-key", "env-key", 2), ("legacy-bare", "no-top-key", 1)]
)
def test_files_without_their_key_are_read(data: Path, name: str, form: str, roots: int) -> None:
    read = read_environment(data / name, LINUX)

    assert [one.form for one in read.legacy] == [form]
    assert len(read.roots) == roots


def test_keys_twice_are_told_with_both_places(data: Path) -> None:
    read = read_environment(data / "twice", LINUX)

    found = [(one.rule, one.place.line, one.also[0].line) for one in read.troubles]
    assert found == [("yaml-duplicate-key", 5, 4), ("yaml-duplicate-key", 7, 2)]
    assert [root.spec for root in read.roots] == ["zlib"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "text\n", "a: b\n", "spack: [a]\n"])
def test_a_file_that_is_no_environment_is_a_trouble(tmp_path: Path, text: str) -> None:
    (tmp_path / "spack.yaml").write_text(text)

    read = read_environment(tmp_path, LINUX)

    assert [one.rule for one in read.troubles] == ["no-environment"]
    assert read.doubts


def test_a_broken_file_is_a_trouble(data: Path) -> None:
    read = read_environment(data / "broken", LINUX)

    [trouble] = read.troubles
    assert (trouble.rule, trouble.place.line, trouble.place.column) == ("yaml-syntax", 4, 5)
    assert not read.roots


def test_an_environment_that_is_not_there_is_a_trouble(tmp_path: Path) -> None:
    assert [one.rule for one in read_environment(tmp_path, LINUX).troubles] == ["yaml-unreadable"]


def test_an_empty_environment_has_no_roots(tmp_path: Path) -> None:
    (tmp_path / "spack.yaml").write_text("spack:\n")

    read = read_environment(tmp_path, LINUX)

    assert not read.roots
    assert not read.troubles
