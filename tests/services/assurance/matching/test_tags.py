from __future__ import annotations

import pytest
from tests.services.assurance.matching.histories import REPOSITORY, Made, commit

from peso.services.assurance.advisories.record import GIT, Affected, Event, Range
from peso.services.assurance.matching.tags import Release, evaluate_git, only_commits

# a - b - c - d - e    main; 1.0 at b, 1.1 at d, 2.0 at e
#      \
#       f - g          a branch of 1.0: 1.0.1 at f, 1.0.2 at g
PARENTS = {"a": "", "b": "a", "c": "b", "d": "c", "e": "d", "f": "b", "g": "f"}
TAGS = {"v1.0": "b", "v1.1": "d", "v2.0": "e", "v1.0.1": "f", "v1.0.2": "g", "v3.0-rc1": "e"}
HISTORY = Made(PARENTS, TAGS)


def entry(*events: Event, tags: tuple[str, ...] = (), repository: str = REPOSITORY) -> Affected:
    steps = tuple((kind, at if at in {"0", "*"} else commit(at)) for kind, at in events)
    ranges = (Range(type="GIT", events=steps, scheme="git", repo=repository),) if steps else ()
    return Affected(keys=((GIT, repository),), ranges=ranges, versions=tags)


def asked(version: str, **more: object) -> Release:
    return Release(version=version, scheme="spack", **more)  # type: ignore[arg-type]


def by_clone(one: Affected, version: str) -> str:
    return evaluate_git([one], asked(version, history=HISTORY)).answer


@pytest.mark.parametrize(
    ("events", "affected"),
    [
        ([("introduced", "0")], "1.0 1.1 2.0 1.0.1 1.0.2"),
        ([("introduced", "c")], "1.1 2.0"),
        ([("introduced", "0"), ("fixed", "c")], "1.0 1.0.1 1.0.2"),
        ([("introduced", "0"), ("fixed", "c"), ("fixed", "g")], "1.0 1.0.1"),
        ([("introduced", "b"), ("last_affected", "d")], "1.0 1.1 1.0.1 1.0.2"),
        ([("introduced", "0"), ("limit", "e")], "1.0 1.1"),
        ([("introduced", "0"), ("limit", "*")], "1.0 1.1 2.0 1.0.1 1.0.2"),
        ([("introduced", "b"), ("fixed", "c"), ("introduced", "e")], "1.0 2.0 1.0.1 1.0.2"),
        ([("introduced", "c"), ("introduced", "f"), ("fixed", "e")], "1.1 1.0.1 1.0.2"),
    ],
)
def test_a_clone_decides_by_what_its_tags_contain(events: list[Event], affected: str) -> None:
    releases = ["1.0", "1.1", "2.0", "1.0.1", "1.0.2"]
    hit = [one for one in releases if by_clone(entry(*events), one) == "affected"]
    clear = [one for one in releases if by_clone(entry(*events), one) == "not affected"]
    assert set(hit) == set(affected.split())
    assert set(hit) | set(clear) == set(releases)


def test_a_fix_and_an_introduction_on_different_branches_are_not_ordered() -> None:
    merged = Made({**PARENTS, "h": "eg"}, {**TAGS, "v4.0": "h"})
    one = entry(("introduced", "c"), ("fixed", "g"))
    said = evaluate_git([one], asked("4.0", history=merged))
    assert said.answer == "unknown"
    assert "on different branches" in said.reason


def test_what_the_clone_does_not_have_is_unknown() -> None:
    said = evaluate_git([entry(("introduced", "x"))], asked("1.0", history=HISTORY))
    assert "is not in the clone" in said.reason
    shape = Range(type="GIT", events=(("introduced", "--upload-pack=x"),), repo=REPOSITORY)
    said = evaluate_git([Affected(ranges=(shape,))], asked("1.0", history=HISTORY))
    assert "is not in the clone" in said.reason


def test_a_clone_of_another_repository_is_not_asked() -> None:
    other = entry(("introduced", "0"), repository="github.com/other/thing")
    assert by_clone(other, "1.0") == "unknown"


def test_a_release_that_has_no_tag_in_the_clone_is_looked_for_in_the_list() -> None:
    one = entry(("introduced", "0"), tags=("v9.9",))
    assert by_clone(one, "9.9") == "affected"


FIXED = (("introduced", "a"), ("fixed", "c"))


@pytest.mark.parametrize(
    ("version", "events", "said", "why"),
    [
        ("1.10.1", FIXED, "affected", ""),
        ("1.10.3", FIXED, "affected", ""),
        ("1.10.2", FIXED, "unknown", "below and above"),
        ("1.8", FIXED, "not affected", ""),
        ("1.14.1", FIXED, "not affected", ""),
        ("1.14.1", FIXED[:1], "unknown", "no fix"),
        ("1.8", FIXED[:1], "not affected", ""),
        ("develop", FIXED, "unknown", "a branch"),
    ],
)
def test_without_a_clone_the_listed_tags_decide(
    version: str, events: tuple[Event, ...], said: str, why: str
) -> None:
    listed = ("thing-1_10_1", "v1.10.3", "thing-1_12_0", "snapshot", "thing-1_14_0-rc1")
    release = asked(version, patterns=("thing-{major}_{minor}_{patch}",))
    found = evaluate_git([entry(*events, tags=listed)], release)
    assert found.answer == said
    assert why in found.reason


@pytest.mark.parametrize(("tags", "why"), [((), "no tags"), (("snapshot",), "can be read")])
def test_a_list_that_says_nothing_is_unknown(tags: tuple[str, ...], why: str) -> None:
    said = evaluate_git([entry(*FIXED, tags=tags)], asked("1.0"))
    assert said.answer == "unknown"
    assert why in said.reason


def test_the_tag_a_release_was_made_from_needs_no_pattern() -> None:
    one = entry(*FIXED, tags=("Thing_one_final",))
    assert evaluate_git([one], asked("1.0", tag="Thing_one_final")).answer == "affected"
    assert evaluate_git([one], asked("develop", tag="Thing_one_final")).answer == "affected"


def test_a_tag_that_is_no_version_decides_by_itself_or_not_at_all() -> None:
    one = entry(("introduced", "0"), ("fixed", "c"), tags=("v1.0",))
    assert evaluate_git([one], asked("", tag="nightly")).answer == "unknown"
    named = Made(PARENTS, {**TAGS, "nightly": "d"})
    assert evaluate_git([one], asked("", tag="nightly", history=named)).answer == "not affected"
    assert evaluate_git([one], asked("develop", history=named)).answer == "unknown"


def test_the_worst_of_several_entries_counts() -> None:
    clear = entry(*FIXED, tags=("v0.1",))
    assert evaluate_git([clear, entry(*FIXED)], asked("1.0")).answer == "unknown"


def test_entries_of_commits_only_are_told() -> None:
    assert only_commits(entry(*FIXED))
    assert not only_commits(entry(tags=("v1",)))
