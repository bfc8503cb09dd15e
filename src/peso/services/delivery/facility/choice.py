"""Choice: which release is meant, of those a publication has. Pure.

1. `STACK@VERSION` is that version; `STACK` its newest; nothing at all the newest of the only stack.
2. Which version is the newest, `layout/versions.py` says.
3. Where more than one stack or channel is left, nothing is guessed: the choices are listed.
"""

from __future__ import annotations

from collections.abc import Sequence

from peso.errors import BadInput, Reason, Refused
from peso.services.delivery.facility.releases import Release
from peso.services.delivery.layout.versions import newest


def choose_release(
    releases: Sequence[Release], asked: str | None, channel: str | None, *, where: str
) -> Release:
    """Return the release that is meant.

    Args:
        releases: All there are.
        asked: `STACK`, `STACK@VERSION` or None.
        channel: Only in this channel; None for any.
        where: The publication, for errors.

    Raises:
        Refused: there is none at all.
        BadInput: none, or more than one, is meant; lists the choices.
    """
    if not releases:
        raise Refused("it has no release", where=where, reason=Reason.MISSING)
    stack, _, version = (asked or "").partition("@")
    found = [
        one
        for one in releases
        if (not stack or one.manifest.stack == stack)
        and (not version or one.manifest.version == version)
        and (channel is None or one.manifest.channel == channel)
    ]
    kinds = {(one.manifest.channel, one.manifest.stack) for one in found}
    if len(kinds) != 1:
        what = "no such release" if not kinds else "more than one stack or channel fits"
        raise BadInput(
            f"{what}; there are: {', '.join(_choices(releases))}",
            where=where,
            hint="name one with `--release STACK@VERSION`, and `--channel` where it is in several",
        )
    manifests = [one.manifest for one in found]
    return found[newest([one.version for one in manifests], [one.created for one in manifests])]


def _choices(releases: Sequence[Release]) -> list[str]:
    named = (one.manifest for one in releases)
    return sorted(f"{one.stack}@{one.version} ({one.channel})" for one in named)
