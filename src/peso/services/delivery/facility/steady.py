"""Steady: a publication that is published into while it is read is read again.

1. A yes needs no second look: each file was what the one before it signed for.
2. A no is read again, until it stays while the timestamp stays: publishing changes the timestamp
   last, and takes away only what a timestamp before it led to. What does not stay still is a no.

So it costs a yes nothing, from a folder and from a URL alike. For whoever reads one release;
`proof.py` compares whole folders.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tuf.api.metadata import Timestamp

from peso.errors import PesoError, Refused
from peso.services.delivery.facility.fetchers import Source
from peso.services.delivery.signing.serialize import metadata_limit

T = TypeVar("T")

AGAIN = 5
"""How often a publication is read at most."""
_TIMESTAMP = "metadata/timestamp.json"


def steady(source: Source, read: Callable[[], T]) -> T:
    """Return what `read` returns.

    Raises:
        Refused: What `read` refuses, and refuses again.
    """
    before: bytes | None = None
    for left in reversed(range(AGAIN)):
        try:
            return read()
        except Refused:
            now = _timestamp(source)
            if not left or now is None or now == before:
                raise
            before = now
    raise AssertionError("the last try returns or raises")


def _timestamp(source: Source) -> bytes | None:
    """Return the timestamp's bytes, proven by nothing; None where it cannot be read."""
    try:
        return source.read(_TIMESTAMP, limit=metadata_limit(Timestamp))
    except PesoError:
        return None  # the refusal that led here says more
