"""Contradictions: between entries, and with recipes; each rule, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest
from tests.services.assurance.identity.made import entry, recipe, version

from peso.base.finding import Finding, Level
from peso.products.recipes.record import Recipe, Unreadable
from peso.services.assurance.identity.contradictions import (
    contradictions,
    same_numbers,
    unmatched,
)
from peso.services.assurance.identity.entry import Entry
from peso.services.assurance.identity.table import Identity


def _found(one: Entry, its: Recipe | Unreadable | None = None) -> list[str]:
    found = contradictions(Identity([one]), {one.name: its or recipe(one.name)}.get)
    return [finding.rule for finding in found]


def _between(*entries: Entry) -> tuple[Finding, ...]:
    return contradictions(Identity(entries), None)


def test_an_entry_that_agrees() -> None:
    assert _found(entry()) == []


def test_a_name_without_recipe() -> None:
    found = contradictions(Identity([entry("ibis")]), lambda _: None)

    assert [(one.rule, one.subject) for one in found] == [("identity-unknown-package", "ibis")]


def test_a_recipe_that_cannot_be_read_was_not_compared() -> None:
    its = Unreadable(name="heron", path="packages/heron/package.py", reason="no class")

    assert _found(entry(), its) == ["identity-unknown-package"]


def test_without_recipes_only_entries_are_compared() -> None:
    assert _between(entry("ibis")) == ()


@pytest.mark.parametrize(
    "claim",
    [
        {"cpe": ["bird:bird"]},
        {"pypi": "bird"},
        {"osv": {"Bitnami": ["bird"]}},
        {"vendor": "bird"},
        {"oss_fuzz": "bird"},
        {"upstream": "https://forge.example/bird/bird.git"},
        {"purls": ["pkg:npm/bird"]},
    ],
)
def test_two_packages_with_one_name(claim: dict[str, Any]) -> None:
    own = {"upstream": None, "cpe": None}

    found = _between(entry("heron", **{**own, **claim}), entry("stork", **{**own, **claim}))

    assert [one.rule for one in found] == ["identity-shared"]
    assert found[0].level is Level.HIGH
    assert "stork" in found[0].message


@pytest.mark.parametrize("who", ["heron", "stork"])
def test_two_packages_may_share_if_one_of_them_says_why(who: str) -> None:
    other = {"heron": "stork", "stork": "heron"}[who]
    both = {"heron": {}, "stork": {}, who: {"shared": {other: "built from one source"}}}

    assert _between(entry("heron", **both["heron"]), entry("stork", **both["stork"])) == ()


def test_a_third_package_is_not_covered_by_what_two_say() -> None:
    found = _between(
        entry("heron", shared={"stork": "built from one source"}), entry("stork"), entry("ibis")
    )

    assert len(found) == 2
    assert all("ibis" in one.message for one in found)


def test_an_upstream_that_is_not_the_recipes() -> None:
    its = recipe(git="https://forge.example/fork/heron")

    assert _found(entry(), its) == ["identity-upstream"]
    assert _found(entry(also=["https://forge.example/Fork/heron.git"]), its) == []
    assert _found(entry(upstream=None, unknown={"upstream": "not looked for"}), its) == [
        "identity-upstream"
    ]
    assert _found(entry(), recipe(git="")) == []


def test_a_name_on_pypi_that_is_not_the_recipes() -> None:
    its = recipe("py-heron", pypi="Heron_Bird/heron_bird-1.0.tar.gz")

    assert _found(entry("py-heron", pypi="heron"), its) == ["identity-pypi"]
    assert _found(entry("py-heron"), its) == ["identity-pypi"]
    assert _found(entry("py-heron", pypi="heron-bird"), its) == []


def test_a_name_on_pypi_that_no_recipe_shows() -> None:
    assert _found(entry("heron", pypi="heron")) == ["identity-pypi"]
    assert _found(entry("py-heron", pypi="stork"), recipe("py-heron")) == ["identity-pypi"]
    assert _found(entry("py-heron", pypi="heron"), recipe("py-heron")) == []


def test_a_namesake_in_another_ecosystem() -> None:
    one = entry(purls=["pkg:npm/heron"])

    assert _found(one) == ["identity-namesake"]
    assert _found(one, recipe(url="https://registry.npmjs.org/heron/-/heron-1.0.tgz")) == []
    assert _found(entry(osv={"crates.io": ["heron"]})) == ["identity-namesake"]
    assert _found(entry(osv={"Bitnami": ["heron"]}, oss_fuzz="heron")) == []


@pytest.mark.parametrize(
    ("claim", "refused"),
    [
        ({"cpe": ["bird:heron"]}, "CPE bird:heron"),
        ({"osv": {"Bitnami": ["heron"]}}, "Bitnami heron"),
        ({"vendor": "heron"}, "VENDOR heron"),
        ({"oss_fuzz": "heron"}, "OSS-Fuzz heron"),
        ({"also": ["https://forge.example/bird/heron"]}, "GIT forge.example/bird/heron"),
    ],
)
def test_a_name_that_is_given_and_refused(claim: dict[str, Any], refused: str) -> None:
    found = _between(entry(**claim, never={refused: "another bird of that name"}))

    assert [one.rule for one in found] == ["identity-never"]
    assert "another bird" in found[0].message


def test_versions_that_the_scheme_cannot_read_are_noted_and_block_nothing() -> None:
    its = recipe(versions=(version("develop"), version("1.0"), version("compat-2023")))

    found = contradictions(Identity([entry()]), {"heron": its}.get)

    assert [(one.rule, one.level) for one in found] == [("identity-scheme", Level.LOW)]
    assert "compat-2023" in found[0].message
    assert "develop" not in found[0].message


def test_a_pattern_that_matches_no_tag() -> None:
    its = recipe(versions=(version("1.2", tag="release-1.2"), version("main", branch="main")))

    assert _found(entry(tags=["v{version}"]), its) == ["identity-tags"]
    assert _found(entry(tags=["v{version}", "release-{version}"]), its) == []
    assert _found(entry(), its) == []


def test_a_pattern_that_gives_another_version() -> None:
    versions = (version("1.2", tag="v1.2"), version("1.3.0", tag="v13"))

    found = contradictions(
        Identity([entry(tags=["v{version}"])]), {"heron": recipe(versions=versions)}.get
    )

    assert [(one.rule, one.level) for one in found] == [("identity-tags", Level.LOW)]
    assert "v13 (1.3.0)" in found[0].message


def test_tags_of_another_repository_and_of_variants_prove_nothing() -> None:
    its = recipe(
        versions=(
            version("1.2", url="https://github.com/heron/downloads/archive/gs12.tar.gz"),
            version("1.2-blue", tag="blue-1.2"),
        )
    )

    assert _found(entry(tags=["v{version}"]), its) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.14.4-3", "1.14.4.3", True),
        ("25-05-1-1", "25.05.1.1", True),
        ("1.5", "1.5.0", True),
        ("17.01", "17.1", True),
        ("v1.2", "1.2", True),
        ("1.1.1w", "1.1.1", False),
        ("1.10", "1.1", False),
        ("", "", False),
    ],
)
def test_when_two_versions_are_one(one: str, other: str, *, same: bool) -> None:
    assert same_numbers(one, other) is same


def test_patterns_that_match_none_of_some_tags() -> None:
    one = entry(tags=["v{version}", "release-{version}"])

    assert unmatched(one, ["v1.2", "old"]) == ("release-{version}",)
