"""Compiled: the templates' code, kept for as long as the process lives.

Compiling takes ten times as long as making the pages of a small release, and who delivers one
release after the other should pay for it once. The key is the template's text, so that what is
kept can never be another template's.
"""

from __future__ import annotations

from functools import lru_cache

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class InMemory(BytecodeCache):
    """Code by the name and the digest of its template's text."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template its code, where it is known."""
        if code := self._kept.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code."""
        self._kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


@lru_cache(maxsize=1)
def compiled() -> InMemory:
    """Return what this process has compiled."""
    return InMemory()
