"""Checkouts that decide a lock: commits, and what is changed in them."""

from __future__ import annotations

import os
from pathlib import Path

from tests.products.engines.spack.test_head import checkout, git

from peso.base.finding import Unknown
from peso.products.engines.spack.checkouts import changes_in, checkouts_of, head_of, namespace_of


def repository(folder: Path) -> Path:
    """Make a recipe repository inside a checkout."""
    place = checkout(folder) / "repos" / "site"
    place.mkdir(parents=True)
    (place / "repo.yaml").write_text("repo:\n  namespace: site\n  api: v2.0\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "recipes")
    return place


def test_a_repository_is_named_by_its_namespace(tmp_path: Path) -> None:
    place = repository(tmp_path / "it")

    (found,) = checkouts_of("another", place)

    assert (found.name, found.commit) == ("site", git(tmp_path / "it", "rev-parse", "HEAD"))
    assert namespace_of(place) == "site"
    assert namespace_of(tmp_path) == tmp_path.name


def test_a_folder_of_clones_gives_each(tmp_path: Path) -> None:
    one, two = checkout(tmp_path / "clones" / "a"), checkout(tmp_path / "clones" / "b")

    found = checkouts_of("builtin", tmp_path / "clones")

    assert [each.commit for each in found] == [
        git(place, "rev-parse", "HEAD") for place in (one, two)
    ]


def test_what_is_in_no_checkout_has_no_commit(tmp_path: Path) -> None:
    (tmp_path / "repo.yaml").write_text("repo: {namespace: site}\n")

    assert isinstance(head_of(tmp_path), Unknown)
    assert isinstance(checkouts_of("x", tmp_path / "gone")[0].commit, Unknown)


def test_changes_count_by_their_content(tmp_path: Path) -> None:
    place = repository(tmp_path / "it")
    environment = dict(os.environ)
    assert not changes_in(place, environment)

    recipe = place / "packages" / "a" / "package.py"
    recipe.parent.mkdir(parents=True)
    recipe.write_text("one\n")
    new = changes_in(place, environment)
    recipe.write_text("two\n")
    changed = changes_in(place, environment)
    assert len({"", new, changed}) == 3

    (tmp_path / "it" / "file").write_text("not below the repository\n")
    assert changes_in(place, environment) == changed


def test_a_folder_without_git_counts_whole(tmp_path: Path) -> None:
    (tmp_path / "package.py").write_text("one\n")
    before = changes_in(tmp_path, dict(os.environ))
    (tmp_path / "package.py").write_text("two\n")

    assert before
    assert changes_in(tmp_path, dict(os.environ)) != before


def test_what_git_refuses_never_looks_like_nothing_changed(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")

    assert changes_in(tmp_path, dict(os.environ)).startswith("not known")
