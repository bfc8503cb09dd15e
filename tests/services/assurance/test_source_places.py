from __future__ import annotations

import pytest

from peso.services.assurance.source_places import known_elsewhere, public


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://a.org/x-1.tgz", "https://a.org/x-1.tgz"),
        ("https://a.org/x 1.tgz?a=b#c", "https://a.org/x%201.tgz?a=b#c"),
        ("git@example.org:lab/x.git", "ssh://git@example.org/lab/x.git"),
        ("git+https://a.org/x.git", "git+https://a.org/x.git"),
        ("", ""),
        ("file:///home/me/x.tgz", ""),
        ("/home/me/x.tgz", ""),
        ("https://me:secret@a.org/x", ""),
        ("https://[broken/x", ""),
        ("https:///x", ""),
    ],
)
def test_an_address_is_written_only_if_it_means_the_same_everywhere(url: str, written: str) -> None:
    assert public(url) == written


@pytest.mark.parametrize(
    ("url", "version", "purl"),
    [
        (
            "https://files.pythonhosted.org/packages/source/p/PyYAML/PyYAML-6.0.tar.gz",
            "6.0",
            "pkg:pypi/pyyaml@6.0",
        ),
        (
            f"https://files.pythonhosted.org/packages/ab/cd/{'0' * 60}/six-1.16.0.tar.gz",
            "1.16.0",
            "pkg:pypi/six@1.16.0",
        ),
        (
            "https://pypi.io/packages/py3/w/wheel/wheel-0.41-py3-none-any.whl",
            "0.41",
            "pkg:pypi/wheel@0.41",
        ),
        ("https://files.pythonhosted.org/packages/source/s/six/six-1.15.tar.gz", "1.16", None),
        (
            "https://github.com/hypre-space/hypre/archive/v2.26.0.tar.gz",
            "2.26.0",
            "pkg:github/hypre-space/hypre@v2.26.0",
        ),
        (
            "https://github.com/HDFGroup/hdf5/archive/refs/tags/hdf5_1.14.6.tar.gz",
            "1.14.6",
            "pkg:github/hdfgroup/hdf5@hdf5_1.14.6",
        ),
        (
            "https://github.com/lz4/lz4/releases/download/v1.9.4/lz4-1.9.4.tar.gz",
            "1.9.4",
            "pkg:github/lz4/lz4@v1.9.4",
        ),
        ("https://github.com/lz4", "1", None),
        ("https://ftp.gnu.org/m4/m4-1.4.tar.gz", "1.4", None),
        ("https://[broken", "1", None),
    ],
)
def test_what_other_indexes_call_a_source(url: str, version: str, purl: str | None) -> None:
    assert known_elsewhere(url, version) == purl
