"""Choice: which release is meant, of those a publication has. Pure.

`pick.py` asks this before manifests are fetched.

1. `STACK@VERSION` is that version; `STACK` its newest; nothing at all the newest of the only stack.
2. Which version is the newest, `layout/versions.py` says.
3. Where more than one stack or channel is left, nothing is guessed: the choices are listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from peso.errors import BadInput, Reason, Refused
from peso.services.delivery.layout.versions import newest
from peso.services.delivery.manifest import release_target


class Named(Protocol):
    """What a release is named by; a manifest and a label say it alike."""

    @property
    def channel(self) -> str:
        """The channel it is in."""

    @property
    def stack(self) -> str:
        """The stack's name."""

    @property
    def version(self) -> str:
        """Its version."""

    @property
    def created(self) -> datetime:
        """When it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What somebody asks for."""

    where: str
    """The publication, for errors."""
    asked: str | None = None
    """`STACK`, `STACK@VERSION`, or None: there is only one stack."""
    channel: str | None = None
    """Only in this channel; None: in any."""

    def of(self, named: Sequence[Named]) -> int:
        """Return the index of the release that is meant; errors as for `choose`."""
        return choose(named, self.asked, self.channel, where=self.where)

    def may_be(self, path: str) -> bool:
        """Say whether the release at a target path may be one to choose among.

        The path joins stack and version by a hyphen, and both may have hyphens, so this says no
        only where it is sure.
        """
        channel, _, name = path.rpartition("/")
        stack, _, version = (self.asked or "").partition("@")
        if self.channel not in {None, channel}:
            return False
        if version:
            return path == release_target(channel, stack, version)
        return not stack or name.startswith(f"{stack}-")


def choose(named: Sequence[Named], asked: str | None, channel: str | None, *, where: str) -> int:
    """Return the index of the release that is meant.

    Args:
        named: All there are.
        asked: `STACK`, `STACK@VERSION` or None.
        channel: Only in this channel; None for any.
        where: The publication, for errors.

    Raises:
        Refused: there is none at all.
        BadInput: none, or more than one, is meant; lists the choices.
    """
    if not named:
        raise Refused("it has no release", where=where, reason=Reason.MISSING)
    stack, _, version = (asked or "").partition("@")
    found = [
        at
        for at, one in enumerate(named)
        if (not stack or one.stack == stack)
        and (not version or one.version == version)
        and (channel is None or one.channel == channel)
    ]
    kinds = {(named[at].channel, named[at].stack) for at in found}
    if len(kinds) != 1:
        what = "no such release" if not kinds else "more than one stack or channel fits"
        raise BadInput(
            f"{what}; there are: {', '.join(_choices(named))}",
            where=where,
            hint="name one with `--release STACK@VERSION`, and `--channel` where it is in several",
        )
    versions, made = [named[at].version for at in found], [named[at].created for at in found]
    return found[newest(versions, made)]


def _choices(named: Sequence[Named]) -> list[str]:
    return sorted(f"{one.stack}@{one.version} ({one.channel})" for one in named)
