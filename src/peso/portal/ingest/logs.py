"""Logs: kept by digest in the portal's folder; where to start to read is found once, when taken in.

1. A log of more than `LONGEST` bytes is not kept; its digest and its first error are.
2. A log is kept only as its digest proves it. A ledger's are linked where the file system can:
   they never change, and a week of a CI has a hundred thousand of them.
3. What a log says is others' text: it is kept as bytes and escaped where it is shown.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from peso.base.digest import sha256_bytes
from peso.base.ledger import Blobs
from peso.errors import PesoError
from peso.portal.ingest.facts import TEXT, cut
from peso.products.engines.failures.first_error import first_error
from peso.products.engines.failures.log import Log, plain
from peso.products.engines.failures.tracebacks import tracebacks
from peso.products.engines.native import FirstError
from peso.products.engines.port import Artifact

LONGEST: Final = 16 << 20
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
Read = Callable[[str, int], bytes]
"""Gives a log by sha256, of at most so many bytes; raises `PesoError`."""


def take_logs(logs: Iterable[Artifact], read: Read, kept: Blobs) -> int:
    """Keep logs that are not kept yet; one that cannot be had is left out. Returns how many."""
    count = 0
    for one in {log.sha256: log for log in logs}.values():
        if one.length > LONGEST or kept.has(one.sha256, one.length):
            continue
        try:
            kept.put(read(one.sha256, one.length))
        except PesoError:
            continue  # its place is known by digest; the page says that it is not here
        count += 1
    return count


def link_logs(logs: Iterable[Artifact], ledger: Blobs, kept: Blobs) -> int:
    """Keep a ledger's logs that are not kept yet, as links where that can be; returns how many.

    With plain strings for paths: a week of a CI has so many that `Path` alone took half the time.
    """
    count = 0
    here, there = (os.fspath(one.root / "sha256") for one in (ledger, kept))
    for sha256, length in {log.sha256: log.length for log in logs}.items():
        if length > LONGEST or not _SHA256.fullmatch(sha256):
            continue
        source = f"{here}/{sha256[:2]}/{sha256}"
        target = f"{there}/{sha256[:2]}/{sha256}"
        if _length(target) == length or not _proven(source, sha256, length):
            continue
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError:  # no folder yet, another file system, or a file of another length
            ledger.lay(sha256, kept.path(sha256))
        count += 1
    return count


def _length(path: str) -> int | None:
    try:
        return os.lstat(path).st_size
    except OSError:
        return None


def _proven(path: str, sha256: str, length: int) -> bool:
    """Say whether a file is there, no link or pipe, and as its digest says."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    with os.fdopen(descriptor, "rb", buffering=0) as stream:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size != length:
            return False
        return sha256_bytes(stream.read(length + 1) or b"") == sha256


def errors_in(read: Read) -> Callable[[str], FirstError | None]:
    """Return what finds the first error of a log by its sha256; each is looked at once."""

    @lru_cache(maxsize=4096)
    def find(sha256: str) -> FirstError | None:
        try:
            return error_of_test(read(sha256, LONGEST))
        except PesoError:
            return None

    return find


def error_of_test(log: bytes) -> FirstError | None:
    """Return the first error in the log of a test that failed, or None where it names none.

    What ends a test is not what ends a build: where no sign of a build's log is there, the last
    exception of Python that the log tells is why the test ended.
    """
    found = first_error(log)
    if found is not None:
        return found
    read = Log(plain(log))
    ends = [one.exception for one in tracebacks(read, 0, len(read.data)) if one.exception]
    if not ends:
        return None
    text = cut(read.line(ends[-1]).strip(), TEXT)
    return FirstError(line=read.number(ends[-1]), text=text, kind="test")
