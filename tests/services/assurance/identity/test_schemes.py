"""Schemes: what a version looks like in each."""

from __future__ import annotations

import pytest

from peso.services.assurance.identity.schemes import SCHEMES, fits


@pytest.mark.parametrize(
    ("scheme", "version"),
    [
        ("spack", "1.10.0-patch1"),
        ("spack", "2.10.0b"),
        ("spack", "v1.1"),
        ("pep440", "1.7.1.post2"),
        ("semver", "8.20.0"),
        ("semver", "1.2"),
        ("openssl", "3.6.1"),
        ("openssl", "1.1.1w"),
        ("openssl", "1.0.2zp"),
        ("openssl", "1.0.0"),
        ("openssl", "3.0.0-alpha1"),
        ("openssh", "9.9p2"),
        ("openssh", "3.7.1p2"),
        ("calver", "26.06"),
        ("calver", "2025.12.0"),
        ("dashed", "1.14.4-3"),
        ("dashed", "25-05-1-1"),
    ],
)
def test_a_version_of_its_scheme(scheme: str, version: str) -> None:
    assert fits(scheme, version)


@pytest.mark.parametrize(
    ("scheme", "version"),
    [
        ("spack", "develop"),
        ("spack", "compat-2023-12-09"),
        ("pep440", "2.20.0-rocm-enhanced"),
        ("semver", "1.2.3.4"),
        ("openssl", "3.0.1a"),
        ("openssl", "3.0"),
        ("openssh", "9.9-beta"),
        ("calver", "r0.1"),
        ("dashed", "2.3rc1"),
    ],
)
def test_a_version_of_another_scheme(scheme: str, version: str) -> None:
    assert not fits(scheme, version)


def test_an_unknown_scheme_is_an_error() -> None:
    with pytest.raises(KeyError):
        fits("romance", "I.V")


def test_every_scheme_says_what_it_means() -> None:
    assert all(one.meaning and one.name == name for name, one in SCHEMES.items())
