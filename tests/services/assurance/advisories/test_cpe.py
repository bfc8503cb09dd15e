from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.services.assurance.advisories.cpe import Cpe, cpe_key, parse_cpe


@pytest.mark.parametrize(
    ("text", "key", "version", "edition"),
    [
        ("cpe:2.3:a:OpenSSL:openssl:*:*:*:*:*:*:*:*", "openssl:openssl", "", ""),
        ("cpe:2.3:a:openbsd:openssh:9.5:p1:*:*:*:*:*:*", "openbsd:openssh", "9.5p1", ""),
        ("cpe:2.3:a:python:python:3.13.0:alpha5:*:*:*:*:*:*", "python:python", "3.13.0alpha5", ""),
        ("cpe:2.3:a:a:b:-:*:*:*:*:*:*:*", "a:b", "-", ""),
        ("cpe:2.3:a:gnu:g\\+\\+:1.0:*:*:*:*:*:*:*", "gnu:g++", "1.0", ""),
        ("cpe:2.3:a:a\\:x:b:1.0:*:*:*:*:*:*:*", "a:x:b", "1.0", ""),
        ("cpe:2.3:a:a:b:*:*:*:*:*:node.js:*:*", "a:b", "", "node.js"),
        ("cpe:2.3:a:a:b:*:*:*:*:lts:linux:x64:*", "a:b", "", "lts x64"),
        ("cpe:2.3:o:linux:linux_kernel:5.0:rc1:*:*:*:*:*:*", "linux:linux_kernel", "5.0rc1", ""),
    ],
)
def test_a_name_says_product_version_and_edition(
    text: str, key: str, version: str, edition: str
) -> None:
    assert parse_cpe(text) == Cpe(key=key, version=version, edition=edition)
    assert cpe_key(text) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cpe:/a:openssl:openssl:1.0",
        "cpe:2.3:a:openssl:openssl",
        "cpe:2.3:a:*:openssl:*:*:*:*:*:*:*:*",
        "cpe:2.3:a:openssl:-:*:*:*:*:*:*:*:*",
        "cpe:2.3:a::openssl:*:*:*:*:*:*:*:*",
    ],
)
def test_what_names_no_product_is_none(text: str) -> None:
    assert parse_cpe(text) is None
    assert cpe_key(text) == ""


@given(st.text(alphabet="cpe:2.3a*-\\b", max_size=60))
def test_whatever_comes_is_a_name_or_none(text: str) -> None:
    found = parse_cpe(text)
    assert found is None or ":" in found.key
