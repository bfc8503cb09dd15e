"""A repository's history as a fake: commits with their parents, and tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

REPOSITORY = "github.com/example/thing"


def commit(letter: str) -> str:
    """Return the 40 hex digits that stand for a commit of one letter."""
    return f"{ord(letter):02x}" * 20


@dataclass(frozen=True)
class Made:
    """Commits by letter, each with the letters of its parents; tags by name."""

    parents: Mapping[str, str]
    named: Mapping[str, str]
    repository: str = REPOSITORY

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(self.named)

    def known(self, commit_: str) -> bool:
        return any(commit(letter) == commit_ for letter in self.parents)

    def at(self, tag: str) -> str:
        return commit(self.named[tag])

    def holds(self, tag: str, commit_: str) -> bool:
        return self.below(commit_, self.at(tag))

    def below(self, lower: str, upper: str) -> bool:
        if lower == upper:
            return True
        letter = next(one for one in self.parents if commit(one) == upper)
        return any(self.below(lower, commit(parent)) for parent in self.parents[letter])
