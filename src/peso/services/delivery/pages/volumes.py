"""Volumes: the list of all releases in pieces, so that one more release changes no old piece.

1. Counted from the oldest, each 50 releases fill a volume, a page of its own.
2. The newest, 50 at least where there are so many, are in none: they are on `index.html`.
3. A volume's page names the one after it. So a page changes when the one after it begins, and
   where a release comes in that is older than others of it; else it stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from peso.services.delivery.pages.rows import Listed, newest_first

SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A piece of the list that is full."""

    number: int
    """From 1, the oldest."""
    releases: tuple[Listed, ...]
    """The newest first."""
    last: bool
    """Whether what comes after it is on the front page."""

    @property
    def path(self) -> str:
        """Where its page lies."""
        return volume_path(self.number)

    @property
    def older(self) -> str:
        """Return where the one before it lies; empty: there is none."""
        return volume_path(self.number - 1) if self.number > 1 else ""

    @property
    def newer(self) -> str:
        """Where the releases after it are."""
        return "index.html" if self.last else volume_path(self.number + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Divided:
    """The list of all releases, divided."""

    volumes: tuple[Volume, ...]
    front: tuple[Listed, ...]
    """What is on the front page, the newest first."""


def volume_path(number: int) -> str:
    """Return where the page of a volume lies."""
    return f"releases-{number}.html"


def divided(listed: Iterable[Listed]) -> Divided:
    """Divide the list of all releases."""
    oldest_first = newest_first(listed)[::-1]
    full = max(0, len(oldest_first) // SIZE - 1)
    volumes = tuple(
        Volume(
            number=at + 1,
            releases=oldest_first[at * SIZE : (at + 1) * SIZE][::-1],
            last=at + 1 == full,
        )
        for at in range(full)
    )
    return Divided(volumes=volumes, front=oldest_first[full * SIZE :][::-1])


def begun(before: Divided, after: Divided) -> tuple[Volume, ...]:
    """Return the volumes whose pages are not as they were."""
    pairs = zip_longest(before.volumes, after.volumes)
    return tuple(new for old, new in pairs if new is not None and _said(old) != _said(new))


def _said(one: Volume | None) -> object:
    """Return what makes a volume's page."""
    return one and ([release.path for release in one.releases], one.last)
