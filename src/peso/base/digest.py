"""Digests: canonical JSON, and sha256 of bytes and files.

Canonical JSON here is UTF-8, keys sorted, no white space, no NaN: equal data give equal bytes.
Files are read in pieces of 1 MiB, so memory does not grow with them, and with a limit, so that a
file that grew behind our back is not read for ever.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, BinaryIO

PIECE = 1 << 20
"""How much of a file is held in memory at once, in bytes."""


def canonical_json(data: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Return the one canonical encoding of plain JSON data."""
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def sha256_bytes(data: bytes) -> str:
    """Return the sha256 of bytes as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_stream(stream: BinaryIO, *, limit: int | None = None) -> tuple[str, int]:
    """Return (sha256, bytes read) of a stream; reads at most `limit` + 1 bytes."""
    digest, total = hashlib.sha256(), 0
    buffer = memoryview(bytearray(PIECE))
    while True:
        room = PIECE if limit is None else min(PIECE, limit + 1 - total)
        got = stream.readinto(buffer[:room]) if room else 0  # type: ignore[attr-defined]
        if not got:
            return digest.hexdigest(), total
        digest.update(buffer[:got])
        total += got


def sha256_file(path: Path, *, limit: int | None = None) -> tuple[str, int]:
    """Return (sha256, length) of a file; a longer one than `limit` gives a length above it."""
    with path.open("rb", buffering=0) as stream:
        return sha256_stream(stream, limit=limit)
