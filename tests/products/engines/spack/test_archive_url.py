"""URLs of versions, by Spack's rules; how a mirror's name ends; nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest

from peso.products.engines.spack.archive_url import ending_of, url_of
from peso.products.recipes.record import Recipe, Version

A = "https://x.test"


def recipe(*numbers: str, url: str = "", **said: Any) -> Recipe:  # noqa: ANN401 - its fields
    return Recipe(
        name="thing",
        namespace="small",
        repository="/r",
        path="package.py",
        digest="",
        class_name="Thing",
        line=1,
        url=url,
        versions=tuple(Version(number=one, line=1) for one in numbers),
        **said,
    )


@pytest.mark.parametrize(
    ("pattern", "number", "url"),
    [
        (f"{A}/thing-1.2.tar.gz", "2.0", f"{A}/thing-2.0.tar.gz"),
        (f"{A}/v1.2/thing-1.2.tar.gz", "2.0", f"{A}/v2.0/thing-2.0.tar.gz"),
        (f"{A}/archive/v1.2.zip", "2.0", f"{A}/archive/v2.0.zip"),
        (f"{A}/thing-0.9.1.tar.gz", "2.0", f"{A}/thing-2.0.tar.gz"),  # one nobody declares
        (f"{A}/thing-1.2-src.tar.gz", "2.0", f"{A}/thing-2.0-src.tar.gz"),
        (f"{A}/thing_1.2.0.tgz", "2.0", f"{A}/thing_2.0.tgz"),  # 1.2 is a part of it only
        (f"{A}/1.2/thing.tar.gz", "2.0", ""),
        (f"{A}/thing-11.2a.tar.gz", "2.0", ""),
        (f"{A}/thing-latest.tar.gz", "2.0", ""),
        ("", "2.0", ""),
    ],
)
def test_a_version_is_put_in(pattern: str, number: str, url: str) -> None:
    assert url_of(recipe("1.2", "2.0", url=pattern), Version(number=number, line=1)) == url


def test_what_holds_before_the_pattern() -> None:
    computing = recipe("1.2", url=f"{A}/thing-1.2.tar.gz", computes_url=True)
    own = Version(number="1.2", line=1, url=f"{A}/own.tar.gz", computed_url=f"{A}/c.tar.gz")
    assert url_of(computing, own) == f"{A}/own.tar.gz"
    worked_out = Version(number="1.2", line=1, computed_url=f"{A}/c.tar.gz")
    assert url_of(computing, worked_out) == f"{A}/c.tar.gz"
    assert url_of(computing, Version(number="1.2", line=1)) == ""


def test_other_urls() -> None:
    mirrored = recipe("1.2", urls=(f"{A}/gnu/thing-1.1.tar.xz", f"{A}/b/thing-1.1.tar.xz"))
    assert url_of(mirrored, Version(number="1.2", line=1)) == f"{A}/gnu/thing-1.2.tar.xz"


@pytest.mark.parametrize(
    ("url", "ending"),
    [
        (f"{A}/thing-1.2.tar.gz", "tar.gz"),
        (f"{A}/thing-1.2.tgz", "tgz"),
        (f"{A}/thing-1.2.gz", "gz"),
        (f"{A}/thing.tar.bz2?ref=v1", "tar.bz2"),
        (f"{A}/get?file=/thing.tar.xz", "tar.xz"),
        (f"{A}/thing.zip#sha256=ab", "zip"),
        ("https://github.com/x/thing/tarball/v1.2", "tar.gz"),
        ("https://github.com/x/thing/zipball/v1.2", "zip"),
        ("https://sourceforge.net/projects/t/files/t-1.tar.bz2/download", "tar.bz2"),
        (f"{A}/thing.jar", ""),
        (f"{A}/thingtar", ""),
        ("", ""),
    ],
)
def test_endings(url: str, ending: str) -> None:
    assert ending_of(url) == ending
