"""Entries: every name once, refused names never, what is missing with its reason."""

from __future__ import annotations

import pytest
from tests.services.assurance.identity.made import entry

from peso.base.finding import Unknown
from peso.services.assurance.identity.keys import SubjectKey


def test_keys_are_all_its_names_the_surest_first() -> None:
    one = entry(
        also=["git@github.com:old/heron.git"],
        cpe=["heron:heron", "nest:heron"],
        pypi="Py_Heron",
        osv={"Bitnami": ["heron"]},
        vendor="heron",
        oss_fuzz="heron",
        scheme="openssl",
    )

    assert one.keys == (
        SubjectKey("VENDOR", "heron"),
        SubjectKey("PyPI", "py-heron"),
        SubjectKey("Bitnami", "heron"),
        SubjectKey("CPE", "heron:heron"),
        SubjectKey("CPE", "nest:heron"),
        SubjectKey("OSS-Fuzz", "heron"),
        SubjectKey("GIT", "forge.example/heron/heron"),
        SubjectKey("GIT", "github.com/old/heron"),
        SubjectKey("PESO", "heron"),
    )
    schemes = {key.space: key.scheme for key in one.keys}
    assert schemes["CPE"] == schemes["GIT"] == schemes["VENDOR"] == "openssl"
    assert schemes["PyPI"] == "pep440"
    assert schemes["Bitnami"] == "semver"


def test_the_name_in_spack_alone_is_a_key_of_our_own_records_only() -> None:
    one = entry("zlib", upstream=None, cpe=None)

    assert one.keys == (SubjectKey("PESO", "zlib"),)


def test_a_refused_name_is_never_a_key() -> None:
    one = entry(cpe=["heron:heron", "bird:heron"], never={"CPE bird:heron": "a bird feeder"})

    assert SubjectKey("CPE", "bird:heron") not in one.keys
    assert SubjectKey("CPE", "heron:heron") in one.keys


def test_a_key_that_is_named_twice_is_there_once() -> None:
    one = entry(
        also=["https://forge.example/Heron/heron.git"], purls=["pkg:pypi/heron"], pypi="heron"
    )

    assert len(one.keys) == len(set(one.keys))


def test_package_urls_follow_from_what_is_said() -> None:
    one = entry(
        upstream="https://github.com/Heron/heron.git", pypi="heron", purls=["pkg:npm/heron"]
    )

    assert one.purls == ("pkg:github/heron/heron", "pkg:pypi/heron", "pkg:npm/heron")
    assert entry().purls == ()


def test_what_is_missing_has_its_reason() -> None:
    one = entry(cpe=None, none={"pypi": "it is no library of Python"}, unknown={"cpe": "not seen"})

    assert one.said("cpe") == Unknown(unknown="not seen")
    assert one.said("pypi") == Unknown(unknown="it is no library of Python")
    assert one.said("tags") == Unknown(unknown="the review names none")
    assert one.said("upstream") == ("https://forge.example/heron/heron",)
    assert entry(osv={"Bitnami": ["a", "b"]}).said("osv") == ("Bitnami: a", "Bitnami: b")
    with pytest.raises(KeyError):
        one.said("color")


def test_a_tag_is_read_by_the_entrys_patterns() -> None:
    assert entry(tags=["heron-{version}"]).version_of("heron-1.2") == "1.2"
    assert entry().version_of("heron-1.2") is None
