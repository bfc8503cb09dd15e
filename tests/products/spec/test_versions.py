"""Versions: their order, and what is in which range."""

from __future__ import annotations

from itertools import pairwise

import pytest

from peso.products.spec.faults import SpecError, Unanswerable
from peso.products.spec.versions import ANY, parse_version, parse_versions, versions_of

COMMIT = "0123456789abcdef0123456789abcdef01234567"
ASCENDING = [
    "a",
    "b.1",
    "1-alpha",
    "1-alpha1",
    "1-beta2",
    "1-rc",
    "1-rc1",
    "1",
    "1.a",
    "1.2",
    "1.2.0",
    "1.2.3",
    "1.10",
    "2024.01",
    "stable",
    "nightly",
    "trunk",
    "head",
    "master",
    "main",
    "develop",
    "develop.1",
]


@pytest.mark.parametrize(("lower", "higher"), list(pairwise(ASCENDING)))
def test_order(lower: str, higher: str) -> None:
    low, high = parse_version(lower), parse_version(higher)
    assert low < high
    assert low <= high
    assert high > low
    assert high >= low
    assert low != high


@pytest.mark.parametrize(
    ("one", "other"), [("1.2", "1-2"), ("1.02", "1.2"), ("1.2rc1", "1.2-rc.1"), ("1final", "1")]
)
def test_written_otherwise(one: str, other: str) -> None:
    assert parse_version(one) == parse_version(other)
    assert hash(parse_version(one)) == hash(parse_version(other))
    assert str(parse_version(one)) == one


@pytest.mark.parametrize(
    ("version", "constraint", "inside"),
    [
        ("1.4.5", ":1.4", True),
        ("1.5", ":1.4", False),
        ("1.4", "1.4", True),
        ("1.4.1", "1.4", True),
        ("1.4.1", "=1.4", False),
        ("1.40", "1.4", False),
        ("1.2-rc1", "1.2", False),
        ("1.2-rc1", ":1.2", True),
        ("1.2-rc1", "1.2-rc1:", True),
        ("develop", "1.2:", True),
        ("main", ":develop", True),
        ("develop", ":main", False),
        ("2", "1,3:", False),
        ("3.1", "1,3:", True),
        ("git.x=1.4.5", ":1.4", True),
        ("git.x=1.4.5", "=1.4.5", False),
        ("git.x=1.4.5", "git.x=1.4.5", True),
        (COMMIT, ":", True),
        (COMMIT, "=1", False),
    ],
)
def test_inside(version: str, constraint: str, inside: bool) -> None:  # noqa: FBT001
    assert (parse_version(version) in parse_versions(constraint)) is inside
    exactly = versions_of(parse_version(version))
    assert exactly.satisfies(parse_versions(constraint)) is inside
    assert exactly.intersects(parse_versions(constraint)) is inside


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        ("1.2:1.4", "1.3:", "1.3:1.4", "1.2:"),
        ("1:2", "3:4", "", "1:4"),
        ("1:2", "4:5", "", "1:2,4:5"),
        ("=1.5", "1", "=1.5", "1"),
        ("=1.5,3", "1", "=1.5", "1,3"),
        (":1.2", ":1.3", ":1.2", ":1.3"),
        ("abz", "abzA", "", "abz:abzA"),
        ("1:3", "git.a=2", "git.a=2", "1:3"),
    ],
)
def test_sets(one: str, other: str, both: str, either: str) -> None:
    left, right = parse_versions(one), parse_versions(other)
    assert str(left.intersection(right)) == both
    assert str(right.intersection(left)) == both
    assert str(left.union(right)) == either


def test_a_git_reference_without_a_version_has_no_place_in_a_range() -> None:
    ref = parse_versions("git.main")
    assert ref.satisfies(ANY)
    assert ref.satisfies(ref)
    assert ref.single is not None
    assert not ref.single.known
    with pytest.raises(Unanswerable, match=r"which version git\.main stands for"):
        ref.satisfies(parse_versions("1:"))
    with pytest.raises(Unanswerable):
        parse_versions("1:").intersects(ref)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1.3:1.1", "comes before"),
        ("1:2:3", "more than one colon"),
        ("1/2", "is no version"),
        ("=1:2", "is no version"),
        ("", "a version is missing"),
        ("1,", "a version is missing"),
        ("git.a=1=2", "more than one version"),
        ("git.", "names no git reference"),
        ("1,git.a", "cannot be one of several"),
        ("9" * 5000, "too long"),
    ],
)
def test_no_versions(text: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        parse_versions(text)


def test_what_a_version_says_of_itself() -> None:
    assert parse_version("1.2-rc1").prerelease
    assert not parse_version("1.2").prerelease
    assert parse_version("feature.main").endless
    assert not parse_version("mains").endless
    assert parse_versions("=1.2").single == parse_version("1.2")
    assert parse_versions("1.2").single is None
    assert parse_versions(":").any
