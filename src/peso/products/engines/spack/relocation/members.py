"""The members of a static library (`ar`), as places in its bytes.

Both forms of long names are read over: only where a member's bytes are is of interest. One that is
damaged ends the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from mmap import mmap
from typing import Final

MAGIC: Final = b"!<arch>\n"
_HEADER: Final = 60
_END: Final = b"`\n"
_MOST: Final = 200_000


def members(data: bytes | mmap) -> Iterator[tuple[int, int]]:
    """Give where each member starts and ends."""
    place = len(MAGIC)
    for _ in range(_MOST):
        header = data[place : place + _HEADER]
        if len(header) < _HEADER or header[58:60] != _END:
            return
        try:
            size = int(header[48:58])
        except ValueError:
            return
        start = place + _HEADER
        if size < 0 or start + size > len(data):
            return
        yield start, start + size
        place = start + size + size % 2
