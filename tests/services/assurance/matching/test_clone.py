"""A real clone, made for the test: what git says is what the fake of `test_tags.py` says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.services.assurance.matching.test_tags import PARENTS, TAGS

from peso.errors import BadInput
from peso.services.assurance.advisories.record import GIT, Affected, Range
from peso.services.assurance.matching.clone import Clone, tag_lines
from peso.services.assurance.matching.tags import Release, evaluate_git

REPOSITORY = "github.com/example/thing"
WHO = {
    "GIT_AUTHOR_NAME": "nobody",
    "GIT_AUTHOR_EMAIL": "nobody@example.invalid",
    "GIT_COMMITTER_NAME": "nobody",
    "GIT_COMMITTER_EMAIL": "nobody@example.invalid",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
}


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, env=WHO, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return a repository of the shape of the fake's, and its commits by letter."""
    folder = tmp_path_factory.mktemp("clone")
    git(folder, "init", "-q", "-b", "main")
    tree = git(folder, "mktree")
    commits: dict[str, str] = {}
    for letter, parents in PARENTS.items():
        above = [word for parent in parents for word in ("-p", commits[parent])]
        commits[letter] = git(folder, "commit-tree", tree, *above, "-m", letter)
    git(folder, "update-ref", "refs/heads/main", commits["e"])
    for number, (tag, letter) in enumerate(TAGS.items()):
        kind = ("-a", "-m", tag) if number % 2 else ()
        git(folder, "tag", *kind, tag, commits[letter])
    return folder, commits


def test_git_is_asked_and_says_what_the_history_is(made: tuple[Path, dict[str, str]]) -> None:
    folder, commits = made
    clone = Clone(folder, REPOSITORY)
    assert clone.tags == frozenset(TAGS)
    for tag, letter in TAGS.items():
        assert clone.at(tag) == commits[letter]
    assert clone.known(commits["a"])
    assert not clone.known("0" * 40)
    assert clone.holds("v1.0", commits["b"])
    assert clone.holds("v2.0", commits["b"])
    assert not clone.holds("v1.0", commits["c"])
    assert clone.below(commits["b"], commits["g"])
    assert clone.below(commits["b"], commits["b"])
    assert not clone.below(commits["c"], commits["g"])


def test_a_range_of_commits_is_decided_by_a_clone(made: tuple[Path, dict[str, str]]) -> None:
    folder, commits = made
    events = (("introduced", commits["a"]), ("fixed", commits["c"]), ("fixed", commits["g"]))
    span = Range(type="GIT", events=events, scheme="git", repo=REPOSITORY)
    one = Affected(keys=((GIT, REPOSITORY),), ranges=(span,))
    clone = Clone(folder, REPOSITORY)
    said = {
        version: evaluate_git([one], Release(version=version, scheme="spack", history=clone)).answer
        for version in ("1.0", "1.0.1", "1.0.2", "1.1", "2.0")
    }
    assert [version for version, answer in said.items() if answer == "affected"] == ["1.0", "1.0.1"]
    assert "unknown" not in said.values()


def test_a_folder_that_is_no_clone_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no clone"):
        _ = Clone(tmp_path, REPOSITORY).tags


def test_lines_of_tags_are_read() -> None:
    text = "v1\t" + "a" * 40 + "\t\nv2\t" + "b" * 40 + "\t" + "c" * 40 + "\n\n"
    assert dict(tag_lines(text)) == {"v1": "a" * 40, "v2": "c" * 40}
