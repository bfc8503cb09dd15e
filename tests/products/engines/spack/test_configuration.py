"""Spack's own configuration as files: which there are, and what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.products.engines.spack.sites import PretendingSpack

from peso.products.engines.spack.configuration import (
    config_digest,
    config_files,
    given_externals,
    missing_externals,
    repositories,
    says_reuse,
)
from peso.products.engines.spack.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    spack = PretendingSpack(
        tmp_path / "spack", tmp_path / "home", SPACK_SYSTEM_CONFIG_PATH=str(tmp_path / "system")
    )
    return spack.site


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_the_files_in_the_order_they_count(site: Site, tmp_path: Path) -> None:
    mine = write(tmp_path / "mine" / "packages.yaml", "packages: {}\n")
    user = write(tmp_path / "home" / ".spack" / "packages.yaml", "packages: {}\n")
    linux = write(tmp_path / "home" / ".spack" / "linux" / "compilers.yaml", "compilers: []\n")
    system = write(tmp_path / "system" / "config.yaml", "config: {}\n")
    own = write(site.spack.root / "etc" / "spack" / "defaults" / "base" / "config.yaml", "a: 1\n")
    write(tmp_path / "home" / ".spack" / "cache" / "index.yaml", "no configuration\n")
    site = replace(site, config=(tmp_path / "mine",))

    assert config_files(site) == (mine, user, linux, system, own)


def test_local_configuration_can_be_left_out(site: Site, tmp_path: Path) -> None:
    write(tmp_path / "home" / ".spack" / "packages.yaml", "packages: {}\n")
    environment = {**site.environment, "SPACK_DISABLE_LOCAL_CONFIG": "1"}

    assert config_files(replace(site, environment=environment)) == ()


def test_what_an_include_names_counts_too(site: Site, tmp_path: Path) -> None:
    shared = write(tmp_path / "shared" / "packages.yaml", "packages: {}\n")
    named = write(tmp_path / "elsewhere.yaml", "packages: {}\n")
    text = f"include:\n- {tmp_path / 'shared'}\n- path: ~/../elsewhere.yaml\n- $unknown/x\n"
    write(tmp_path / "home" / ".spack" / "include.yaml", text)

    files = {file.resolve() for file in config_files(site)}
    assert {shared, named} <= files


def test_the_digest_follows_the_content(site: Site, tmp_path: Path) -> None:
    before = config_digest(site)
    file = write(tmp_path / "home" / ".spack" / "packages.yaml", "packages: {}\n")
    there = config_digest(site)
    file.write_text("packages: {all: {}}\n")

    assert len({before, there, config_digest(site)}) == 3


def test_externals_that_are_given_and_that_are_wanted(site: Site, tmp_path: Path) -> None:
    write(
        tmp_path / "home" / ".spack" / "packages.yaml",
        "packages:\n"
        "  cmake: {externals: [{spec: cmake@3.30, prefix: /opt/cmake}]}\n"
        "  mpi: {buildable: false, require: ['mpich@4', 'mpich+fortran']}\n"
        "  hdf5: {buildable: true}\n"
        "  perl: {buildable: false, externals: [{spec: perl@5, prefix: /usr}]}\n",
    )
    default = site.spack.root / "etc" / "spack" / "defaults" / "packages.yaml"
    write(default, "packages: {glibc: {buildable: false}}\n")

    assert given_externals(site) == {"cmake", "perl"}
    assert missing_externals(site) == {"mpi", "mpich"}


def test_reuse_is_said_by_a_person_not_by_the_defaults(site: Site, tmp_path: Path) -> None:
    default = site.spack.root / "etc" / "spack" / "defaults" / "concretizer.yaml"
    write(default, "concretizer: {reuse: true}\n")
    assert not says_reuse(site)

    write(tmp_path / "home" / ".spack" / "concretizer.yaml", "concretizer: {reuse: true}\n")
    assert says_reuse(site)


def test_repositories_the_first_of_a_name_comes_first(site: Site, tmp_path: Path) -> None:
    mine, base = tmp_path / "mine", tmp_path / "base"
    for place in (mine, base):
        write(place / "repo.yaml", "repo: {namespace: x}\n")
    default = site.spack.root / "etc" / "spack" / "defaults" / "repos.yaml"
    write(default, "repos:\n  builtin: {git: 'https://example.org/recipes.git'}\n")
    assert repositories(site) == ()  # nothing is cloned yet

    clones = tmp_path / "home" / ".spack" / "package_repos"
    clones.mkdir(parents=True)
    assert [one.folder for one in repositories(site)] == [clones]

    text = f"repos:\n  site: {mine}\n  builtin: {base}\n  gone: /nowhere\n"
    file = write(tmp_path / "home" / ".spack" / "repos.yaml", text)
    assert [one.folder for one in repositories(site)] == [mine, base]

    file.write_text(f"repos::\n  site: {mine}\n")
    assert [one.name for one in repositories(site)] == ["site"]
