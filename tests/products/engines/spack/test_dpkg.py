"""dpkg's database: owners through links, merged folders and diversions; versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.base.finding import Unknown
from peso.products.engines.native import DistributionPackage
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.dpkg import Dpkg
from peso.products.engines.spack.packages_here import distribution_of, packages_here
from peso.products.engines.spack.purl import package_purl

STATUS = """\
Package: gcc-12
Status: install ok installed
Architecture: amd64
Version: 12.2.0-14+deb12u1
Description: the compiler
 Version: 99 is no field of it

Package: gcc
Status: install ok installed
Architecture: amd64
Source: gcc-defaults (1.203)
Version: 4:12.2.0-3

Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc
Multi-Arch: same
Version: 2.36-9

Package: dash
Status: install ok installed
Architecture: amd64
Version: 0.5.12-2

Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2-1

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0-1
"""
LISTS = {
    "gcc-12": ("/.", "/usr", "/usr/bin", "/usr/bin/gcc-12"),
    "gcc": ("/usr/bin/gcc",),
    "libc6:amd64": ("/lib/x86_64-linux-gnu/libc.so.6",),
    "dash": ("/bin/dash", "/bin/sh"),
    "bash": ("/bin/bash", "/bin/sh"),
    "gone": ("/usr/bin/gone",),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    database = tmp_path / "var/lib/dpkg"
    (database / "info").mkdir(parents=True)
    (database / "status").write_text(STATUS)
    for name, files in LISTS.items():
        (database / "info" / f"{name}.list").write_text("\n".join(files) + "\n")
    (database / "diversions").write_text("/bin/sh\n/bin/sh.distrib\ndash\n")
    (tmp_path / "etc/alternatives").mkdir(parents=True)
    (tmp_path / "etc/os-release").write_text('NAME="Debian"\nID=debian\nVERSION_ID="12"\n')
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "usr/lib/x86_64-linux-gnu").mkdir(parents=True)
    (tmp_path / "bin").symlink_to("usr/bin")
    for name in ("gcc-12", "dash", "bash", "sh.distrib", "gone", "mine"):
        (tmp_path / "usr/bin" / name).write_text("")
    (tmp_path / "usr/bin/gcc").symlink_to("gcc-12")
    (tmp_path / "usr/bin/cc").symlink_to("/etc/alternatives/cc")
    (tmp_path / "etc/alternatives/cc").symlink_to("/usr/bin/gcc")
    (tmp_path / "usr/bin/sh").symlink_to("dash")
    (tmp_path / "usr/bin/round").symlink_to("round")
    (tmp_path / "usr/lib/x86_64-linux-gnu/libc.so.6").write_text("")
    return tmp_path


def owner(root: Path, path: str) -> DistributionPackage:
    found = Dpkg("debian-12", root).owner_of(path)
    assert isinstance(found, DistributionPackage), found
    return found


def test_a_link_leads_to_the_package_that_counts(root: Path) -> None:
    found = owner(root, "/usr/bin/gcc")
    assert (found.name, found.version) == ("gcc-12", "12.2.0-14+deb12u1")
    assert found.file == "/usr/bin/gcc-12"
    assert (found.manager, found.architecture) == ("dpkg", "amd64")


def test_an_alternative_is_followed(root: Path) -> None:
    assert owner(root, "/usr/bin/cc").name == "gcc-12"


def test_folders_were_merged(root: Path) -> None:
    found = owner(root, "/usr/lib/x86_64-linux-gnu/libc.so.6")
    assert (found.name, found.version) == ("libc6", "2.36-9")
    assert owner(root, "/bin/gcc-12").name == "gcc-12"
    assert owner(root, "/usr/bin/dash").name == "dash"


def test_a_diverted_file_is_under_its_other_name(root: Path) -> None:
    assert owner(root, "/bin/sh").name == "dash"
    assert owner(root, "/bin/sh.distrib").name == "bash"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/usr/bin/mine", "of no package"),
        ("/usr/bin/gone", "of no package"),
        ("/usr/bin/round", "of no package"),
        ("/usr/bin/none", "there is no file /usr/bin/none"),
    ],
)
def test_nobodys(root: Path, path: str, why: str) -> None:
    found = Dpkg("debian-12", root).owner_of(path)
    assert isinstance(found, Unknown)
    assert why in found.unknown


def test_this_machines_manager(root: Path) -> None:
    found = packages_here(root).owner_of("/usr/bin/gcc")
    assert isinstance(found, DistributionPackage)
    assert found.distribution == "debian-12"


def test_no_manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    here = packages_here(tmp_path)
    assert isinstance(here, NoDistribution)
    assert here.owner_of("/x") == Unknown(unknown="unknown has neither dpkg nor rpm")


def test_names_of_distributions(tmp_path: Path) -> None:
    (tmp_path / "usr/lib").mkdir(parents=True)
    release = tmp_path / "usr/lib/os-release"
    release.write_text("ID=arch\n")
    assert distribution_of(tmp_path) == "arch"
    release.write_text("ID=debian\nVERSION_CODENAME=sid\n")
    assert distribution_of(tmp_path) == "debian-sid"


def test_the_source_package_is_said_where_its_name_or_version_is_another(root: Path) -> None:
    dpkg = Dpkg("debian-12", root)
    found = {name: dpkg._database.packages[name] for name in ("gcc", "libc6", "gcc-12")}
    assert (found["gcc"].source, found["gcc"].source_version) == ("gcc-defaults", "1.203")
    assert (found["libc6"].source, found["libc6"].source_version) == ("glibc", "")
    assert (found["gcc-12"].source, found["gcc-12"].source_version) == ("", "")
    library = owner(root, "/usr/lib/x86_64-linux-gnu/libc.so.6")
    assert package_purl(library) == (
        "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc"
    )
    other = library.model_copy(update={"source_version": "2.36-8"})
    assert package_purl(other).endswith("upstream=glibc%402.36-8")
