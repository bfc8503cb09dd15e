"""gzip'd bytes, unpacked no further than allowed."""

from __future__ import annotations

import zlib

from peso.errors import BadInput, Reason, Refused

_GZIP = b"\x1f\x8b"


def unpacked(data: bytes, *, limit: int, where: str) -> bytes:
    """Return the bytes as they are, or unpacked if they are gzip'd.

    Raises:
        Refused: They are more than `limit` (`too-large`).
        BadInput: They are damaged, or go on after their end.
    """
    if data.startswith(_GZIP):
        try:
            unpacking = zlib.decompressobj(wbits=31)
            data = unpacking.decompress(data, limit + 1)
        except zlib.error as error:
            raise BadInput(f"it cannot be unpacked: {error}", where=where) from error
        if len(data) <= limit and (not unpacking.eof or unpacking.unused_data):
            raise BadInput(
                "it cannot be unpacked: it ends too early, or goes on after its end", where=where
            )
    if len(data) > limit:
        raise Refused(
            f"it unpacks to more than the {limit} bytes allowed",
            where=where,
            reason=Reason.TOO_LARGE,
        )
    return data
