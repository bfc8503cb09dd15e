"""Refusals: what TUF's client says, in our words, with the file it is about.

1. Each exception of TUF has one reason here; nothing else in PESO knows them.
2. The client says that metadata is wrong, not always how. So its bytes are looked at again
   (`signing/signed.py`): changed content, a stranger's signature and too few signatures are told
   apart.
3. What is validly signed and still not right is older than it may be, or in another's place.
4. An expired timestamp is `frozen`: it may be that somebody keeps the news from us.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tuf.api import exceptions
from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from peso.errors import Outside, PesoError, Reason, Refused
from peso.services.delivery.facility.fetchers import Fetcher
from peso.services.delivery.signing.signed import place_of, prove_signed, read_signed, ring

_NOT_FOUND = {403, 404}

_REASONS: tuple[tuple[type[Exception], Reason, str], ...] = (
    (exceptions.DownloadLengthMismatchError, Reason.TOO_LARGE, "longer than it may be"),
    (exceptions.LengthOrHashMismatchError, Reason.CHANGED, "the content is not what was signed"),
    (exceptions.BadVersionNumberError, Reason.ROLLBACK, "older than what was seen before"),
    (exceptions.ExpiredMetadataError, Reason.EXPIRED, "it has expired"),
    (exceptions.UnsignedMetadataError, Reason.BELOW_THRESHOLD, "too few signatures"),
    (exceptions.RepositoryError, Reason.CHANGED, "not what was signed"),
)
"""TUF's errors and ours, the first that fits; `refusal` looks closer where it can."""


def refusal(
    error: Exception, fetcher: Fetcher, known: Sequence[Root | Targets], judged_at: datetime
) -> PesoError:
    """Translate TUF's error about metadata, with the reason that its bytes show."""
    root = known[0]
    if isinstance(error, exceptions.ExpiredMetadataError):
        return _what_expired(fetcher, root, judged_at)
    place, said = place_of(fetcher.path), translated(error, fetcher.path)
    if place is None or fetcher.data is None or said.reason is Reason.TOO_LARGE:
        return said
    rings = [ring(one, place.role) for one in known if ring(one, place.role)]
    try:
        if place.role == Root.type:  # the next root needs its own keys' signatures as well
            own = read_signed(fetcher.data, place, where=fetcher.path).signed
            rings += [ring(own, Root.type)] if isinstance(own, Root) else []
        prove_signed(fetcher.data, place, rings or [None], where=fetcher.path)
    except Refused as closer:
        return closer
    if said.reason is Reason.ROLLBACK:
        return said
    return Refused(
        f"validly signed, but not what belongs here: {error}",
        where=fetcher.path,
        reason=Reason.SWAPPED,
    )


def _what_expired(fetcher: Fetcher, root: Root | Targets, judged_at: datetime) -> Refused:
    if root.is_expired(judged_at):
        return expired(Root.type, f"metadata/{root.version}.root.json", root.expires)
    place = place_of(fetcher.path)
    return expired(place.role if place else "metadata", fetcher.path, None)


def expired(role: str, where: str, when: datetime | None) -> Refused:
    """Say that a role's signature has run out, and what helps."""
    date = f" at {when.isoformat()}" if when else ""
    if role == Timestamp.type:
        return Refused(
            f"the index is not proven fresh: its timestamp expired{date}",
            where=where,
            hint="fetch the publication again; for a carried copy, `--unsafe-as-of DATE`",
            reason=Reason.FROZEN,
        )
    hint = "ask the publisher to sign it again"
    if role == Snapshot.type:
        hint += "; for a carried copy, `--unsafe-as-of DATE`"
    return Refused(
        f"the signature of {role} expired{date}", where=where, hint=hint, reason=Reason.EXPIRED
    )


def translated(error: Exception, where: str) -> PesoError:
    """Translate TUF's error about a file by its type alone."""
    if isinstance(error, exceptions.DownloadHTTPError) and error.status_code in _NOT_FOUND:
        hint = "is this a publication?" if where == "metadata/timestamp.json" else None
        return Refused("the file is missing", where=where, hint=hint, reason=Reason.MISSING)
    for kind, reason, message in _REASONS:
        if isinstance(error, kind):
            return Refused(f"{message}: {error}", where=where, reason=reason)
    if isinstance(error.__cause__, PesoError):
        return error.__cause__
    return Outside(f"cannot fetch it: {error}", where=where)
