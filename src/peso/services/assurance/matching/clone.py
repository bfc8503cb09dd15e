"""A clone of a project's repository, asked by git: what `tags.py` must know of its commits.

1. `git tag --contains` says which tags hold a commit; it is asked once for each commit.
2. Whether one commit is below another is a list of at most one commit: `git rev-list -1 A ^B` names
   nothing exactly where A is B, or below it.
3. Nothing is fetched, no hook runs, and no setting of the caller's environment counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from peso.base.process import ToolFailed, run_tool
from peso.errors import BadInput

_SECONDS = 300.0


def tag_lines(text: str) -> Iterator[tuple[str, str]]:
    """Give (tag, commit) of each line of `git for-each-ref` in the form asked for here."""
    for line in text.splitlines():
        tag, object_, peeled = [*line.split("\t"), "", ""][:3]
        if tag and object_:
            yield tag, peeled or object_


class Clone:
    """A repository on this machine."""

    def __init__(self, folder: Path, repository: str) -> None:
        """Name the folder, and which repository it is: host/path, as in the keys of `GIT`."""
        self._folder = folder
        self.repository = repository
        self._holding: dict[str, frozenset[str]] = {}
        self._below: dict[tuple[str, str], bool] = {}
        self._known: dict[str, bool] = {}

    @cached_property
    def _commits(self) -> dict[str, str]:
        form = "--format=%(refname:strip=2)%09%(objectname)%09%(*objectname)"
        try:
            return dict(tag_lines(self._git("for-each-ref", form, "refs/tags")))
        except ToolFailed as error:
            raise BadInput(
                "this is no clone of a git repository",
                where=str(self._folder),
                hint="give the folder of a clone, with its tags",
            ) from error

    @property
    def tags(self) -> frozenset[str]:
        """Every tag."""
        return frozenset(self._commits)

    def at(self, tag: str) -> str:
        """Return the commit of a tag."""
        return self._commits[tag]

    def known(self, commit: str) -> bool:
        """Say whether the commit is here."""
        if commit not in self._known:
            try:
                self._git("cat-file", "-e", f"{commit}^{{commit}}")
                self._known[commit] = True
            except ToolFailed:
                self._known[commit] = False
        return self._known[commit]

    def holds(self, tag: str, commit: str) -> bool:
        """Say whether a tag is at a commit, or above it."""
        if commit not in self._holding:
            said = self._git("tag", "--contains", commit, "--format=%(refname:strip=2)")
            self._holding[commit] = frozenset(said.splitlines())
        return tag in self._holding[commit]

    def below(self, lower: str, upper: str) -> bool:
        """Say whether one commit is at another, or below it."""
        pair = lower, upper
        if pair not in self._below:
            self._below[pair] = not self._git("rev-list", "-n", "1", lower, f"^{upper}").strip()
        return self._below[pair]

    def _git(self, *words: str) -> str:
        argv = ("git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", *words)
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
        }
        said = run_tool(
            argv,
            directory=self._folder,
            environment=environment,
            seconds=_SECONDS,
            what=f"asking the clone of {self.repository}",
        )
        return said.stdout
