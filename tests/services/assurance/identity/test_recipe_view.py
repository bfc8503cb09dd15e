"""What a recipe shows: addresses and tags of its own source, and nothing of others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.assurance.identity.made import recipe, version

from peso.products.recipes.record import Patch, Resource
from peso.services.assurance.identity.recipe_view import (
    Tagged,
    index_name,
    moving,
    numbered,
    repository_of,
    shown,
    tag_in,
    tagged,
)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/Heron/Nest/archive/v1.2.tar.gz", "github.com/heron/nest"),
        ("https://github.com/heron/nest.git", "github.com/heron/nest"),
        ("https://github.com/heron", ""),
        ("https://gitlab.example.org/a/b/c/-/archive/v1/c-v1.tar.gz", "gitlab.example.org/a/b/c"),
        ("https://gitlab.com/api/v4/projects/5912/packages/x", ""),
        ("https://heron.example.org/download/heron-1.2.tar.gz", ""),
        ("https://github.com.evil.example/heron/nest", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_the_repository_that_a_page_lies_in(url: str, name: str) -> None:
    assert repository_of(url) == name


@given(st.text())
def test_no_address_breaks_it(text: str) -> None:
    assert repository_of(text) == repository_of(text)
    assert isinstance(tag_in(text), str)


def test_patches_and_resources_are_of_others() -> None:
    its = recipe(
        homepage="https://heron.example.org/",
        url="https://github.com/heron/nest/archive/1.0.tar.gz",
        patches=(Patch(line=1, source="https://github.com/stork/stork/commit/1.patch"),),
        resources=(Resource(line=1, git="https://github.com/ibis/ibis"),),
    )

    assert [(one.by, one.name) for one in shown(its)] == [
        ("git", "forge.example/heron/heron"),
        ("url", "github.com/heron/nest"),
    ]


def test_a_homepage_counts_and_is_no_sure_repository() -> None:
    found = shown(recipe(git="", homepage="https://www.heron.example.org/nest/"))

    assert [(one.by, one.name, one.repository) for one in found] == [
        ("homepage", "heron.example.org/nest", False)
    ]


@pytest.mark.parametrize(
    ("url", "tag"),
    [
        ("https://github.com/a/b/archive/v1.2.tar.gz", "v1.2"),
        ("https://github.com/a/b/archive/refs/tags/v1.2.zip", "v1.2"),
        ("https://github.com/a/b/releases/download/rel-1/b-1.tgz", "rel-1"),
        ("https://gitlab.com/a/b/-/archive/1.2/b-1.2.tar.bz2", "1.2"),
        ("https://a.example/b-1.2.tar.gz", ""),
    ],
)
def test_the_tag_that_an_archive_names(url: str, tag: str) -> None:
    assert tag_in(url) == tag


def test_tags_with_the_versions_that_the_recipe_gives_them() -> None:
    its = recipe(
        url="https://github.com/heron/nest/archive/pcre2-10.39.tar.gz",
        versions=(
            version("main", branch="main"),
            version("2.0", tag="v2.0"),
            version("1.2", url="https://github.com/heron/nest/archive/r1.2.tar.gz"),
            version("1.1"),
        ),
    )

    assert tagged(its) == (
        Tagged(repository="forge.example/heron/heron", tag="v2.0", version="2.0"),
        Tagged(repository="github.com/heron/nest", tag="r1.2", version="1.2"),
        Tagged(repository="github.com/heron/nest", tag="pcre2-1.1", version="1.1"),
    )


def test_a_computed_url_says_nothing_of_other_versions() -> None:
    its = recipe(
        url="https://github.com/heron/nest/archive/v1.0.tar.gz",
        computes_url=True,
        versions=(version("2.0"),),
    )

    assert tagged(its) == ()


def test_versions_that_move() -> None:
    assert [one for one in ("develop", "main-1.2", "master", "git.abc=1") if not moving(one)] == []
    assert [one for one in ("1.2", "r0.1", "compat-2020") if moving(one)] == []
    its = recipe(versions=(version("develop"), version("1.0")))
    assert list(numbered(its)) == ["1.0"]


def test_the_name_on_the_index() -> None:
    assert index_name(recipe(pypi="Zope_X/zope_x-1.tar.gz")) == "zope-x"
    assert index_name(recipe()) == ""
