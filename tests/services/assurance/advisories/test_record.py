from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from peso.services.assurance.advisories.record import (
    Advisory,
    Affected,
    Range,
    Severity,
    Unreadable,
    checked,
    git_key,
    moment,
    one_line,
    package_key,
    scheme_of,
)

RECORD = Advisory(
    id="X-1",
    affected=(
        Affected(keys=(("PyPI", "b"), ("GIT", "h.org/b"))),
        Affected(
            keys=(("PyPI", "a"),),
            ranges=(Range(type="ECOSYSTEM", events=(("introduced", "0"),)),),
            versions=("1",),
            severity=(Severity(type="CVSS_V3", score="x"),),
        ),
    ),
)


def test_a_record_is_filed_under_every_key() -> None:
    assert RECORD.keys == (("GIT", "h.org/b"), ("PyPI", "a"), ("PyPI", "b"))
    assert RECORD.of(("PyPI", "a")) == RECORD.affected[1:]
    assert RECORD.of(("GIT", "h.org/b")) == RECORD.affected[:1]
    assert RECORD.of(("npm", "a")) == ()


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/OpenSSL/openssl.git", "github.com/openssl/openssl"),
        ("https://github.com/openssl/openssl/", "github.com/openssl/openssl"),
        ("git@github.com:HDFGroup/hdf5.git", "github.com/hdfgroup/hdf5"),
        ("ssh://git@github.com/hdfgroup/hdf5", "github.com/hdfgroup/hdf5"),
        ("git+https://user:word@www.gitlab.com:443/a/b/c", "gitlab.com/a/b/c"),
        ("git://git.ffmpeg.org/ffmpeg.git", "git.ffmpeg.org/ffmpeg"),
        ("https://sourceware.org/git/?p=glibc.git", "sourceware.org/git"),
        ("gitlab.com/a/b", "gitlab.com/a/b"),
        ("/home/somebody/repository", ""),
        ("https://github.com/", ""),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_a_repository_has_one_name_however_it_is_written(url: str, name: str) -> None:
    assert git_key(url) == ("GIT", name)


def test_names_are_compared_as_their_ecosystem_does() -> None:
    assert package_key("PyPI", "Some_Product") == ("PyPI", "some-product")
    assert package_key("npm", "Some_Product") == ("npm", "Some_Product")
    assert package_key("Debian:12", "zlib") == ("Debian:12", "zlib")


def test_ecosystems_have_orders_of_versions_or_none_that_is_known() -> None:
    named = [scheme_of(one) for one in ("PyPI", "Debian:12", "Bitnami", "PESO", "Maven")]
    assert named == ["pep440", "deb", "semver", "spack", ""]


def test_dates_are_read_as_people_write_them() -> None:
    assert moment("2024-03-01T10:00:00Z", "") == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert moment("2024-03-01T10:00:00+02:00", "") == datetime(2024, 3, 1, 8, tzinfo=UTC)
    assert moment("20240301", "") == moment("2024-03-01", "") == datetime(2024, 3, 1, tzinfo=UTC)
    assert moment("2024-03-01T10:00:00.123456789Z", "") is not None
    assert moment(None, "") is moment("", "") is None
    for text in ("yesterday", "0001-01-01T00:00:00+14:00", "2024-13-01"):
        with pytest.raises(Unreadable, match="modified"):
            moment(text, "modified")


def test_a_summary_is_one_line_that_can_be_shown() -> None:
    assert one_line("  One line.\nAnd more") == "One line."
    assert one_line("a\x00b\x1b[31mc\x7f") == "a b [31mc"
    assert len(one_line("x" * 1000)) == 200
    assert one_line(None) == ""


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"id": ""}, "cannot be an id"),
        ({"id": "X 1"}, "cannot be an id"),
        ({"id": "X\x00"}, "cannot be an id"),
        ({"id": "X" * 129}, "cannot be an id"),
        ({"aliases": ("CVE-1", "ä")}, "cannot be an id"),
        ({"upstream": ("a b",)}, "cannot be an id"),
        ({"rating": "a\x00"}, "control character"),
        ({"affected": (Affected(versions=("1\x00",)),)}, "control character"),
        ({"affected": (Affected(keys=(("PyPI", "\ud800"),)),)}, "control character"),
        ({"affected": (Affected(versions=("1" * 513,)),)}, "longer than 512"),
        (
            {"affected": (Affected(ranges=(Range(type="X", events=(("fixed", "\n"),)),)),)},
            "control character",
        ),
        ({"affected": (Affected(),) * 50_001}, "more than 50000 entries"),
    ],
)
def test_text_that_decides_can_be_kept_and_compared(changes: dict[str, object], why: str) -> None:
    assert checked(RECORD) is RECORD
    with pytest.raises(Unreadable, match=why):
        checked(replace(RECORD, **changes))  # type: ignore[arg-type]
