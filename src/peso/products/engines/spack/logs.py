"""The logs of a build: taken into the blob store, so that they outlive the stage and the store.

1. A unit that did not get there: its log in the stage, as text; of a long one the head and the
   tail, for the first error is in one and the last word in the other. The whole one stays where it
   is until the unit is tried again; older ones of the same unit are removed.
2. A unit that is there: the log Spack packed into its prefix, where it is small.
3. A log that is gone or cannot be read is none: it never makes an account fail.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from peso.base.ledger import Blobs
from peso.products.engines.files import Artifact
from peso.products.engines.native import MISSING, UnitBuild

HEAD, TAIL = 1 << 20, 3 << 20
PACKED_LIMIT = 256 << 10
"""Bytes of a packed log that is kept."""
_PACKED = Path(".spack") / "spack-build-out.txt.gz"


def with_log(unit: UnitBuild, said: str, stage: Path, blobs: Blobs, *, part: str) -> UnitBuild:
    """Return a unit of an account with its log, where there is one.

    Args:
        unit: The unit.
        said: Where Spack says its log is; empty where it said nothing.
        stage: Where units are built.
        blobs: Where the log goes.
        part: The part's name: the release's folder of its files.
    """
    name = f"{part}/logs/{unit.name}-{unit.hash}.txt"
    if unit.outcome in MISSING:
        data = _failed(unit.hash, said, stage)
        media_type = "text/plain; charset=utf-8"
    elif unit.outcome in {"built", "reused"}:
        data = _packed(Path(unit.prefix) / _PACKED)
        name, media_type = f"{name}.gz", "application/gzip"
    else:
        return unit
    if not data:
        return unit
    sha256, length = blobs.put(data)
    log = Artifact(role="log", path=name, media_type=media_type, length=length, sha256=sha256)
    return unit.model_copy(update={"log": log})


def _failed(hash_: str, said: str, stage: Path) -> bytes:
    found = sorted(_in_stage(hash_, stage), key=_changed)
    # Only what is in the stage is a log: whatever else is named would be published.
    named = Path(said).resolve().is_relative_to(stage.resolve()) if said else False
    newest = Path(said) if named else found[-1] if found else None
    if newest is None:
        return b""
    for older in found:
        if older != newest:
            with suppress(OSError):
                older.unlink()
    try:
        return _head_and_tail(newest).decode(errors="replace").encode()
    except OSError:
        return b""


def _in_stage(hash_: str, stage: Path) -> Iterator[Path]:
    """Yield the logs of a unit; Spack may put a folder with the user's name between."""
    for pattern in (f"spack-stage-*-{hash_}-*.log", f"*/spack-stage-*-{hash_}-*.log"):
        yield from stage.glob(pattern)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _head_and_tail(path: Path) -> bytes:
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        head = stream.read(HEAD)
        if size <= HEAD + TAIL:
            return head + stream.read(TAIL)
        left_out = size - HEAD - TAIL
        stream.seek(-TAIL, os.SEEK_END)
        return head + f"\n[… {left_out} bytes left out …]\n".encode() + stream.read(TAIL)


def _packed(path: Path) -> bytes:
    try:
        if path.lstat().st_size <= PACKED_LIMIT:
            return path.read_bytes()
    except OSError:
        pass
    return b""
