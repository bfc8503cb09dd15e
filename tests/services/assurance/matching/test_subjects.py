from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL
from tests.native_locks import OPENMPI, Piece, lock_of

from peso.base.finding import Unknown
from peso.products.engines.native import External, SourceFile
from peso.products.engines.spack.purl import unit_purl
from peso.services.assurance.identity.entry import Entry, Pair
from peso.services.assurance.identity.table import Identity
from peso.services.assurance.inventory import Component
from peso.services.assurance.matching.distributions import ecosystem_of, package_of
from peso.services.assurance.matching.subjects import (
    Subject,
    of_component,
    of_purl,
    of_unit,
    read_purl,
)

HDF5 = Entry(
    name="hdf5",
    upstream="https://github.com/HDFGroup/hdf5",
    cpe=("hdfgroup:hdf5",),
    vendor="hdf5",
    oss_fuzz="hdf5",
    scheme="dashed",
    tags=("hdf5-{major}_{minor}_{patch}",),
    never=(Pair(name="PyPI hdf5", value="another product"),),
)
TABLE = Identity((HDF5, Entry(name="python", cpe=("python:python",))))
GITHUB = "https://github.com/HDFGroup/hdf5/releases/download/hdf5_1.14.5/hdf5-1.14.5.tar.gz"


def archive(url: str) -> SourceFile:
    return SourceFile(kind="archive", url=url, sha256="0" * 64)


def keys(subject: Subject) -> list[str]:
    return [str(one.key) for one in subject.asked]


def of_piece(
    name: str,
    version: str = "1.14.5",
    *,
    namespace: str = "builtin",
    sources: tuple[SourceFile, ...] | None = None,
    external: External | None = None,
) -> Subject:
    piece = Piece("h", name, version, sources=sources, external=external)
    [unit] = lock_of(piece).units
    return of_unit(unit.model_copy(update={"namespace": namespace}), TABLE)


def test_a_unit_is_asked_for_by_the_keys_of_its_identity() -> None:
    seen = of_piece("hdf5")
    assert keys(seen) == [
        "VENDOR hdf5",
        "CPE hdfgroup:hdf5",
        "OSS-Fuzz hdf5",
        "GIT github.com/hdfgroup/hdf5",
        "PESO hdf5",
    ]
    assert {one.version for one in seen.asked} == {"1.14.5"}
    assert {one.key.scheme for one in seen.asked} == {"dashed"}
    assert (seen.name, seen.patterns, seen.unasked) == ("hdf5@1.14.5", HDF5.tags, "")


def test_a_name_that_nobody_reviewed_is_only_peso_s_own() -> None:
    seen = of_piece("never-heard-of")
    assert keys(seen) == ["PESO never-heard-of"]
    assert "nobody has reviewed" in seen.unasked


def test_the_archive_a_unit_is_made_from_names_repository_tag_and_index() -> None:
    seen = of_piece("hdf5", sources=(archive(GITHUB),))
    assert {one.tag for one in seen.asked} == {"", "hdf5_1.14.5"}
    [git] = [one for one in seen.asked if one.key.space == "GIT"]
    assert (git.tag, git.version, git.key.scheme) == ("hdf5_1.14.5", "1.14.5", "dashed")
    six = "https://files.pythonhosted.org/packages/source/s/six/six-1.17.0.tar.gz"
    assert keys(of_piece("py-six", "1.17.0", sources=(archive(six),))) == [
        "PESO py-six",
        "PyPI six",
    ]


def test_patches_and_resources_name_nothing() -> None:
    other = SourceFile(kind="resource", url=GITHUB, sha256="0" * 64)
    patch = SourceFile(kind="patch", url="https://github.com/llvm/llvm-project/archive/x.tar.gz")
    assert keys(of_piece("trilinos", sources=(other, patch))) == ["PESO trilinos"]


def test_what_a_review_refused_is_never_asked_for() -> None:
    index = "https://files.pythonhosted.org/packages/source/h/hdf5/hdf5-1.14.5.tar.gz"
    assert "PyPI hdf5" not in keys(of_piece("hdf5", sources=(archive(index),)))


def test_a_recipe_of_another_repository_is_itself_until_its_archive_says_so() -> None:
    seen = of_piece("hdf5", namespace="site")
    assert seen.asked == ()
    assert "its recipe is of the repository site" in seen.unasked
    same = of_piece("hdf5", namespace="site", sources=(archive(GITHUB),))
    assert "VENDOR hdf5" in keys(same)
    assert same.unasked == ""


def test_an_external_is_its_distribution_s_package_and_never_upstream() -> None:
    package = "pkg:deb/debian/libhdf5-103-1@1.10.8+repack1-1?arch=amd64&distro=debian-12"
    [unit] = lock_of(Piece("h", "hdf5", "1.10.8", external=OPENMPI, purl=package)).units
    found = of_unit(unit, TABLE)
    assert keys(found) == ["Debian:12 libhdf5-103-1"]
    assert (found.asked[0].version, found.asked[0].key.scheme) == ("1.10.8+repack1-1", "deb")


def test_an_external_of_nobody_s_is_not_asked_for() -> None:
    nobody = External(prefix="/opt/x", package=Unknown(unknown="not dpkg's"))
    seen = of_piece("hdf5", external=nobody)
    assert seen.asked == ()
    assert "whose package it is there is not known" in seen.unasked


@pytest.mark.parametrize("external", [False, True])
def test_a_component_of_an_inventory_is_asked_for_as_its_unit(*, external: bool) -> None:
    component = Component(
        name="hdf5",
        version="1.14.5",
        purl=unit_purl(name="hdf5", version="1.14.5", namespace="builtin", hash_="h" * 32),
        part="native",
        license="BSD-3-Clause",
        sha256="",
        path="",
        depends=(),
        unit="h" * 32,
        state="building",
        also=("pkg:github/hdfgroup/hdf5@hdf5_1.14.5",),
        external=external,
    )
    seen = of_component(component, TABLE)
    expected = () if external else of_piece("hdf5", sources=(archive(GITHUB),)).asked
    assert seen.asked == expected


def test_a_python_component_is_asked_for_by_its_purl() -> None:
    component = Component(
        name="Foo.Bar",
        version="1.0",
        purl="pkg:pypi/foo-bar@1.0",
        part="python",
        license="MIT",
        sha256="0" * 64,
        path="x.whl",
        depends=(),
    )
    [asked] = of_component(component, TABLE).asked
    assert (str(asked.key), asked.key.scheme, asked.version) == ("PyPI foo-bar", "pep440", "1.0")


def test_a_purl_that_no_source_speaks_of_says_so() -> None:
    generic = Component(
        name="x",
        version="1",
        purl="pkg:generic/x@1",
        part="p",
        license="MIT",
        sha256="",
        path="",
        depends=(),
    )
    assert "packages of the type generic" in of_component(generic, TABLE).unasked


@pytest.mark.parametrize("text", ["", "openssl", "pkg:", "pkg:pypi", "pkg:pypi/@1", "\x00"])
def test_what_is_no_purl_is_not_asked_for(text: str) -> None:
    seen = of_purl(text, "x@1")
    assert seen.asked == ()
    assert "its purl is none" in seen.unasked


@pytest.mark.parametrize(
    ("purl", "key", "version"),
    [
        ("pkg:npm/%40scope/name@1.0.0", "npm @scope/name", "1.0.0"),
        ("pkg:cargo/openssl@0.10.1", "crates.io openssl", "0.10.1"),
        ("pkg:github/HDFGroup/hdf5@hdf5_1.14.5", "GIT github.com/hdfgroup/hdf5", ""),
        ("pkg:github/fmtlib/fmt@v10.2.1", "GIT github.com/fmtlib/fmt", "10.2.1"),
    ],
)
def test_a_purl_of_another_tool_is_its_ecosystem_s_key(purl: str, key: str, version: str) -> None:
    [asked] = of_purl(purl, "x@1").asked
    assert (str(asked.key), asked.version) == (key, version)


@pytest.mark.parametrize(
    ("distribution", "ecosystem"),
    [
        ("debian-12", "Debian:12"),
        ("ubuntu-22.04", "Ubuntu:22.04:LTS"),
        ("ubuntu-23.10", "Ubuntu:23.10"),
        ("ubuntu-23.04", "Ubuntu:23.04"),
        ("almalinux-9.4", "AlmaLinux:9"),
        ("rocky-9.4", "Rocky Linux:9"),
        ("opensuse-leap-15.6", "openSUSE:Leap 15.6"),
    ],
)
def test_distributions_have_their_ecosystems(distribution: str, ecosystem: str) -> None:
    assert ecosystem_of(distribution) == ecosystem


@pytest.mark.parametrize("distribution", ["", "debian", "gentoo-2.15", "cray-sles-x"])
def test_a_distribution_without_an_ecosystem_is_unknown(distribution: str) -> None:
    assert isinstance(ecosystem_of(distribution), Unknown)


@pytest.mark.parametrize(
    ("purl", "name", "version"),
    [
        (
            "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12&upstream=zlib",
            "Debian:12 zlib",
            "1:1.2.13.dfsg-1",
        ),
        (
            "pkg:deb/debian/gcc-12@12.2.0-14?distro=debian-12&upstream=gcc-12@12.2.0-14.1",
            "Debian:12 gcc-12",
            "12.2.0-14.1",
        ),
        (
            "pkg:rpm/almalinux/openssl@3.0.7-27.el9?distro=almalinux-9.4&epoch=1",
            "AlmaLinux:9 openssl",
            "1:3.0.7-27.el9",
        ),
    ],
)
def test_a_package_is_asked_for_as_its_distribution_files_it(
    purl: str, name: str, version: str
) -> None:
    found = package_of(PackageURL.from_string(purl))
    assert not isinstance(found, Unknown)
    assert (str(found[0]), found[1]) == (name, version)


PURL = (
    r"pkg:(pypi|generic|github)/([A-Za-c_.-]{1,4}/)?[A-Ca-c0-9_.-]{1,6}@[a-c0-9.+%-]{1,5}"
    r"(\?[a-cA_]{1,2}=[a-b.%]{1,3}(&[a-c]=[a-c0-9]{1,2})?)?"
)


@given(st.from_regex(PURL, fullmatch=True))
def test_a_purl_is_read_as_the_library_reads_it(purl: str) -> None:
    read, expected = tried(read_purl, purl), tried(PackageURL.from_string, purl)
    assert read == expected


def tried(read: Callable[[str], PackageURL], purl: str) -> object:
    try:
        return read(purl).to_dict()
    except ValueError as error:
        return str(error)
