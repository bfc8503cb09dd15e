from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from functools import cmp_to_key
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_version
from packaging.version import Version
from univers.versions import OpensslVersion

from peso.products.spec.versions import parse_version
from peso.services.assurance.matching.order import (
    Scheme,
    figures,
    key,
    moving,
    of_ecosystem,
    scheme_named,
)

PEP440 = (
    r"v?(0!)?[0-2]{1,2}(\.[0-2]{1,2}){0,2}([-_.]?(a|rc|beta|C)[-_.]?[0-2]?)?"
    r"(-[0-2]|[-_.]?post[0-2]?)?([-_.]?dev[0-2]?)?(\+[a-z0-2]{1,3})?"
)
LINES: dict[Scheme, str] = {
    "spack": "0.9 1.0-alpha 1.0-beta2 1.0-rc1 1.0 1.0a 1.0.1 1.2 1.10 1.10-1 2 9.5p1 10.0p1",
    "pep440": "1.0.dev0 1.0a1 1.0rc1 1.0 1.0.post1 1.1 1.10 1!0.1",
    "semver": "1.0.0-1 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2"
    " 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1 1.1.0 1.10.0",
    "openssl": "fips-1.1.1 fips-1.1.2 0.9.6 0.9.6m 0.9.6-cvs 0.9.7 0.9.8zh 1.0.2 1.0.2a"
    " 1.0.2z 1.0.2za 1.0.2zg 1.0.2zp 1.1.0 1.1.1-pre9 1.1.1 1.1.1w"
    " 1.1.1zg 3.0.0-alpha1 3.0.0-beta2 3.0.0 3.0.7 3.0.10 3.6.1 4.0.0",
    "openssh": "6.6p1 7.2p2 9.3p1 9.3p2 9.5p1 9.9p1 9.9p2 10.0p1 10.0p2",
    "calver": "2018.10.10 20181011 2018.11 2023.03 20240501 2024.05.02 2024-11 2024-11-1",
    "dashed": "1.8.5 1.8.5-patch1 1.10.0 1.10.0-patch1 1.14.1 1.14.1-2 1.14.4-2 1.14.4.3 2.0.0",
    "deb": "1.0~rc1-1 1.0-1 1.0-1+deb12u1 1.0-1.1 1.0a-1 1.0+dfsg-1 1.2-1 1.10-1 1:0.5-1",
    "rpm": "1.0~rc1-1.el9 1.0-1.el9 1.0-9.el9 1.0-10.el9 1.0^git1-1.el9 1.0.1-1.el9 1:0.5-1.el9",
}


@pytest.mark.parametrize("scheme", LINES)
def test_versions_are_in_the_order_of_their_scheme(scheme: Scheme) -> None:
    versions = LINES[scheme].split()
    for left, right in pairwise(versions):
        assert key(scheme, left) < key(scheme, right), (left, right)
        assert not key(scheme, right) < key(scheme, left), (left, right)


@pytest.mark.parametrize(
    ("scheme", "one", "other"),
    [
        ("spack", "1.14", "1.14.0"),
        ("spack", "v1.2", "1.2"),
        ("spack", "1.2-1", "1.2.1"),
        ("pep440", "1.0", "1.0.0"),
        ("pep440", "2.5.0+cpu", "2.5"),
        ("semver", "1.2", "v1.2.0+build.5"),
        ("openssl", "3.0", "3.0.0"),
        ("openssh", "9.3", "9.3p1"),
        ("calver", "20240501", "2024-05-01"),
        ("dashed", "1.14.4-3", "1.14.4.3"),
        ("dashed", "1.8.5-patch1", "1.8.5-1"),
        ("deb", "0:1.00-1", "1.0-1"),
        ("rpm", "0:1.00-1", "1.0-1"),
    ],
)
def test_versions_that_are_written_in_two_ways_are_one(
    scheme: Scheme, one: str, other: str
) -> None:
    assert key(scheme, one) == key(scheme, other)
    assert not key(scheme, one) < key(scheme, other)
    assert not key(scheme, other) < key(scheme, one)


@pytest.mark.parametrize(
    ("scheme", "text", "why"),
    [
        ("spack", "", "no version"),
        ("spack", "1.0 final", "is not a version"),
        ("spack", "...", "is not a version"),
        ("spack", "hdf5_1.14.5", "does not begin with a number"),
        ("dashed", "release-2", "does not begin with a number"),
        ("pep440", "final", "not a PEP 440 version"),
        ("semver", "1.2.3.4", "not a semantic version"),
        ("semver", "1.0rc1", "not a semantic version"),
        ("openssl", "1.0.2-stable", "not a version of OpenSSL"),
        ("openssl", "3", "not a version of OpenSSL"),
        ("openssh", "9.3p", "not a version of OpenSSH"),
        ("deb", "one", "not a version of a Debian package"),
        ("deb", "1.0-", "not a version of a Debian package"),
        ("rpm", "a:b:c", "not a version of an RPM package"),
        ("rpm", "", "not a version of an RPM package"),
        ("spack", "1" * 300, "too long"),
        ("semver", "\u0661.\u0662.\u0663", "not a semantic version"),
    ],
)
def test_what_is_no_version_of_a_scheme_says_so(scheme: Scheme, text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        key(scheme, text)


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("develop", "a branch"),
        ("main", "a branch"),
        ("1.2-develop", "a branch"),
        ("stable", "a branch"),
        ("git.abcdef=1.2", "a git reference"),
        ("a" * 40, "a git reference"),
        ("", "not known"),
    ],
)
def test_what_moves_is_no_release(version: str, why: str) -> None:
    assert why in moving(version)


@pytest.mark.parametrize("version", ["1.2", "1:2.3-4", "2024a", "9.3p1", "1.0 final"])
def test_a_release_does_not_move(version: str) -> None:
    assert moving(version) == ""


def test_ecosystems_and_names_have_their_schemes() -> None:
    assert of_ecosystem("Debian:12") == "deb"
    assert of_ecosystem("Rocky Linux:9") == "rpm"
    assert of_ecosystem("Maven") is None
    assert scheme_named("openssl") == "openssl"
    assert scheme_named("roman") is None
    assert scheme_named("") is None


OPENSSL = st.one_of(
    st.builds("{}.{}.{}".format, st.integers(3, 5), st.integers(0, 9), st.integers(0, 20)),
    st.builds(
        "{}{}".format,
        st.sampled_from(["0.9.8", "1.0.0", "1.0.1", "1.0.2", "1.1.0", "1.1.1"]),
        st.sampled_from(["", *"abcwz", "za", "zb", "zg", "zp"]),
    ),
)


@given(OPENSSL, OPENSSL)
def test_openssl_agrees_with_another_library(one: str, other: str) -> None:
    theirs = OpensslVersion(one) < OpensslVersion(other)
    assert (key("openssl", one) < key("openssl", other)) is theirs


RUNS = st.lists(
    st.one_of(st.integers(1, 30).map(str), st.sampled_from(["a", "b", "rc", "p"])), min_size=1
)


@given(RUNS, RUNS)
def test_spack_agrees_with_products_spec_where_nothing_ends_in_zeros(
    one: list[str], other: list[str]
) -> None:
    left, right = ".".join(["1", *one]), ".".join(["1", *other])
    theirs = parse_version(left).rank < parse_version(right).rank
    assert (key("spack", left) < key("spack", right)) is theirs


SCHEMES: list[Scheme] = ["spack", "pep440", "semver", "openssl", "openssh", "calver", "dashed"]


@given(st.sampled_from([*SCHEMES, "deb", "rpm"]), st.text(max_size=12))
def test_any_text_is_a_version_or_a_value_error(scheme: Scheme, text: str) -> None:
    with suppress(ValueError):
        found = key(scheme, text)
        assert found == key(scheme, text)
        assert not found < key(scheme, text)
    assert isinstance(moving(text), str)


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="there is no dpkg on this machine")
def test_debian_versions_agree_with_dpkg_itself() -> None:
    versions = [*LINES["deb"].split(), "1.0-2", "0:1.0-1", "1.0", "1.0-0", "2.0~~-1", "2.0~-1"]

    def before(one: str, other: str) -> int:
        less = ["dpkg", "--compare-versions", one, "lt", other]
        more = ["dpkg", "--compare-versions", one, "gt", other]
        return (subprocess.call(more) == 0) - (subprocess.call(less) == 0)

    ours = sorted(versions, key=lambda one: key("deb", one))
    assert ours == sorted(versions, key=cmp_to_key(before))


@given(st.from_regex(PEP440, fullmatch=True))
def test_equal_versions_have_the_figures_of_their_normal_form(version: str) -> None:
    public = Version(version).public
    assert figures(version) == figures(public) == figures(canonicalize_version(version))
