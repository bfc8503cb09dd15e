"""The commit of a checkout, read from its files: as git says it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from peso.base.finding import Unknown
from peso.products.engines.spack.head import commit_of


def git(folder: Path, *words: str) -> str:
    """Run git with an identity of its own."""
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    said = subprocess.run(
        ["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return said.stdout.strip()


def checkout(folder: Path) -> Path:
    """Make a checkout with one commit."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "file").write_text("one\n")
    git(folder, "add", "file")
    git(folder, "commit", "--quiet", "-m", "one")
    return folder


def test_a_branch_loose_and_packed(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "it")

    assert commit_of(folder) == git(folder, "rev-parse", "HEAD")
    git(folder, "pack-refs", "--all")
    assert commit_of(folder) == git(folder, "rev-parse", "HEAD")


def test_a_detached_head(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "it")
    git(folder, "checkout", "--quiet", "--detach")

    assert commit_of(folder) == git(folder, "rev-parse", "HEAD")


def test_a_worktree(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "it")
    git(folder, "worktree", "add", "--quiet", "-b", "other", str(tmp_path / "tree"))
    (tmp_path / "tree" / "file").write_text("two\n")
    git(tmp_path / "tree", "commit", "--quiet", "-am", "two")

    assert commit_of(tmp_path / "tree") == git(folder, "rev-parse", "other")
    assert commit_of(folder) == git(folder, "rev-parse", "main")


@pytest.mark.parametrize("head", ["", "ref: refs/heads/none", "ref: ../../etc/passwd", "nonsense"])
def test_what_cannot_be_told_is_unknown(tmp_path: Path, head: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text(f"{head}\n")

    assert isinstance(commit_of(tmp_path), Unknown)
    assert isinstance(commit_of(tmp_path / "nowhere"), Unknown)
