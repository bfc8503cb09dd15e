"""Paths of a build cache: as Spack writes them, and back."""

from __future__ import annotations

import pytest
from tests.spack_cache_files import BASE, CACHES

from peso.products.engines.spack.buildcache.layout import (
    MANIFESTS,
    Place,
    blob_path,
    manifest_path,
    place_of,
    stem,
)


def test_the_path_of_a_manifest_is_where_spack_put_it() -> None:
    assert (CACHES / "whole" / manifest_path("tiny-base", "1.1", BASE)).is_file()


def test_a_blob_is_below_the_first_two_digits_of_its_digest() -> None:
    assert blob_path("ab" * 32) == f"blobs/sha256/ab/{'ab' * 32}"


def test_a_version_from_git_has_no_letter_that_is_no_good_in_a_path() -> None:
    path = manifest_path("tool", "git.a/b=1.2", BASE)
    assert path == f"{MANIFESTS}/tool/tool-git.a_b_1.2-{BASE}.spec.manifest.json"
    assert place_of(path) == Place("tool", stem("tool", "git.a/b=1.2"), BASE)


@pytest.mark.parametrize(
    "path",
    [
        "v3/manifests/index/index.manifest.json",
        f"{MANIFESTS}/a/b/a-1-{BASE}.spec.manifest.json",
        f"{MANIFESTS}/../a/a-1-{BASE}.spec.manifest.json",
        f"{MANIFESTS}/a/a-1-{BASE[:-1]}1.spec.manifest.json",
        f"{MANIFESTS}/a/a-1-{BASE}.spec.manifest.json\n",
        "",
    ],
)
def test_another_path_says_nothing(path: str) -> None:
    assert place_of(path) is None
