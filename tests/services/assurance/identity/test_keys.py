"""Keys: one form for every name, whichever way it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.services.assurance.identity.keys import (
    SubjectKey,
    cpe_name,
    ecosystem_key,
    git_name,
    key_of_purl,
    pypi_name,
)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/Heron/Nest",
        "https://github.com/heron/nest.git",
        "https://github.com/heron/nest/",
        "https://www.github.com/heron/nest.git/",
        "http://user@github.com:8080/heron/nest",
        "git://github.com/heron/nest.git",
        "git+https://github.com/heron/nest",
        "git@github.com:heron/nest.git",
        "ssh://git@github.com/heron/nest.git",
        "github.com/heron/nest",
        " https://github.com/heron/nest?ref=main#readme",
    ],
)
def test_every_way_to_a_repository_is_one_name(url: str) -> None:
    assert git_name(url) == "github.com/heron/nest"


@pytest.mark.parametrize("text", ["", "heron", "https://", "https://github.com", "http://[", "a b"])
def test_what_is_no_repository_has_no_name(text: str) -> None:
    assert git_name(text) == ""


@given(st.text())
def test_a_name_of_a_repository_stays_as_it_is(text: str) -> None:
    once = git_name(text)

    assert git_name(once) == once or not once


def test_names_of_other_spaces() -> None:
    assert pypi_name("Zope.Event_Thing") == "zope-event-thing"
    assert cpe_name("Nodejs", r"node\.js") == "nodejs:node.js"
    assert ecosystem_key("PyPI", "A_b") == SubjectKey("PyPI", "a-b")
    assert ecosystem_key("PyPI", "x", "spack").scheme == "pep440"
    assert ecosystem_key("OSS-Fuzz", "x", "spack").scheme == "spack"


def test_a_key_is_its_space_and_name_and_not_its_scheme() -> None:
    assert SubjectKey("GIT", "a.b/c", "spack") == SubjectKey("GIT", "a.b/c", "semver")
    assert str(SubjectKey("CPE", "a:b")) == "CPE a:b"


@pytest.mark.parametrize(
    ("purl", "key"),
    [
        ("pkg:pypi/Num_Py@1.2", ("PyPI", "num-py", "pep440")),
        ("pkg:github/Heron/Nest@v1?x=y#z", ("GIT", "github.com/heron/nest", "")),
        ("pkg:gitlab/a/b/c", ("GIT", "gitlab.com/a/b/c", "")),
        ("pkg:npm/%40scope/zlib@1", ("npm", "@scope/zlib", "semver")),
        ("pkg:maven/org.a/b@1", ("Maven", "org.a:b", "")),
        ("pkg:bitnami/redis", ("Bitnami", "redis", "semver")),
    ],
)
def test_a_purl_is_the_key_of_its_ecosystem(purl: str, key: tuple[str, str, str]) -> None:
    found = key_of_purl(purl)

    assert found is not None
    assert (found.space, found.name, found.scheme) == key


@pytest.mark.parametrize(
    "purl", ["pkg:spack/builtin/zlib@1", "pkg:generic/zlib", "pkg:github/heron", "zlib", "", "pkg:"]
)
def test_a_purl_without_an_ecosystem_of_advisories_has_no_key(purl: str) -> None:
    assert key_of_purl(purl) is None


@given(st.text())
def test_any_text_is_a_purl_or_none(text: str) -> None:
    found = key_of_purl(text)

    assert found is None or found.name
