"""Fill a source mirror of Spack from any folders of files, by digest alone.

1. What the mirror has already is read and proven first. Then every file of the folders is hashed
   once, whatever its name, until nothing is missing any more.
2. Links are not followed and special files not opened: they are named, like files that are too
   large or cannot be read.
3. A file that fits is linked into the mirror where anybody may read it and the disk can; else it is
   copied and hashed anew on the way. It gets its name when it is whole, and never takes another's.
4. Done twice, it changes nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from peso.base.digest import sha256_stream
from peso.base.files import disk, make_folder, sweep, temporary
from peso.base.record import Record
from peso.errors import BadInput, Outside
from peso.products.engines.spack.archive_url import ending_of
from peso.products.engines.spack.source_mirror import MirrorSource, Wanted

LARGEST = 16 << 30
"""Bytes of a file that is looked at."""
MOST_FILES = 1_000_000
_READABLE = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
_STARTS = (
    (b"\x1f\x8b", "tar.gz"),
    (b"BZh", "tar.bz2"),
    (b"\xfd7zXZ\0", "tar.xz"),
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x9d", "tar.Z"),
)
_LONGEST_START = 6


class Skipped(Record):
    """Something in a folder that was not looked at."""

    path: str
    why: str


class MirrorFilled(Record):
    """What filling a mirror did, and what it still lacks."""

    mirror: str
    folders: tuple[str, ...]
    sources: tuple[MirrorSource, ...]
    skipped: tuple[Skipped, ...] = ()
    hashed: int
    """Files of the folders that were read."""
    bytes: int
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether the mirror holds, proven or not, all that the lock is made from."""
        return not self.lacking

    @property
    def lacking(self) -> tuple[MirrorSource, ...]:
        """What the mirror does not hold, or may not hold."""
        return tuple(
            one for one in self.sources if one.outcome in {"missing", "wrong", "not-known"}
        )


@dataclass(slots=True)
class _Search:
    """What was read of the folders so far."""

    skipped: list[Skipped] = field(default_factory=list)
    hashed: int = 0
    bytes: int = 0

    def skip(self, path: str | Path, why: str) -> None:
        self.skipped.append(Skipped(path=str(path), why=why))


def fill(wanted: tuple[Wanted, ...], folders: tuple[Path, ...], mirror: Path) -> MirrorFilled:
    """Fill a mirror with what is wanted, as far as the folders have it.

    Raises:
        BadInput: A folder is none, or has more files than any collection of sources.
        Outside: The mirror cannot be written.
    """
    began = time.monotonic()
    for folder in folders:
        if not folder.is_dir():
            raise BadInput("there is no such folder", where=str(folder))
    done: dict[int, MirrorSource] = {}
    missing: dict[str, tuple[int, Wanted]] = {}
    for number, one in enumerate(wanted):
        if before := _before(one, mirror):
            done[number] = before
        else:
            missing[one.sha256] = (number, one)
    search = _Search()
    for path, status in _files(folders, search) if missing else ():
        sha256, start = _hashed(path, search)
        if sha256 in missing:
            number, one = missing.pop(sha256)
            done[number] = _put(one, path, status, start, mirror)
            if not missing:
                break
    for number, one in missing.values():
        done[number] = one.became("missing")
    return MirrorFilled(
        mirror=str(mirror),
        folders=tuple(map(str, folders)),
        sources=tuple(done[number] for number in sorted(done)),
        skipped=tuple(search.skipped),
        hashed=search.hashed,
        bytes=search.bytes,
        seconds=round(time.monotonic() - began, 3),
    )


def _before(one: Wanted, mirror: Path) -> MirrorSource | None:
    """Return what is to be said before any folder is read; None where it must be looked for."""
    if one.kind == "not-known":
        return one.became("not-known")
    if one.kind == "patch" and not one.place:
        return one.became("beside", why="a recipe has it as a file beside it")
    paths = _present(one, mirror)
    if one.sha256:
        return _proven(one, paths, mirror) if paths else None
    if paths:
        return one.became("unproven", paths=paths, why="it has no sha256 to prove it by")
    why = "it is fetched with git" if one.is_checkout else "its recipe has no sha256 of it"
    return one.became("missing", why=f"{why}: no file can be proven to be it")


def _proven(one: Wanted, paths: tuple[str, ...], mirror: Path) -> MirrorSource:
    """Return what is to be said of something that the mirror has already."""
    for path in paths:
        with disk(mirror / path, "read"):
            sha256 = _digest(mirror / path)
        if sha256 != one.sha256:
            return one.became("wrong", paths=paths, why=f"{path} has another content; remove it")
    if not one.sure or set(one.paths()) <= set(paths):
        return one.became("there", paths=paths)
    first = mirror / paths[0]  # under one name, not under all
    return _put(one, first, first.lstat(), b"", mirror)


def _present(one: Wanted, mirror: Path) -> tuple[str, ...]:
    """Return the paths in the mirror where something is already."""
    if not one.place:
        return ()
    if one.sure:
        return tuple(path for path in one.paths() if os.path.lexists(mirror / path))
    folder, _, name = one.place.rpartition("/")
    with suppress(OSError):
        names = sorted(found.name for found in (mirror / folder).iterdir())
        return tuple(
            f"{folder}/{found}" for found in names if found == name or found.startswith(f"{name}.")
        )
    return ()


def _digest(path: Path) -> str:
    if not stat.S_ISREG(path.lstat().st_mode):
        return ""
    with path.open("rb", buffering=0) as stream:
        return sha256_stream(stream)[0]


def _files(folders: tuple[Path, ...], search: _Search) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield the files below folders, in order; name what is passed over."""
    seen: set[tuple[int, int]] = set()
    for folder in folders:
        for here, below, names in os.walk(folder, onerror=lambda error: _unread(error, search)):
            below.sort()
            for name in [one for one in below if (Path(here) / one).is_symlink()]:
                search.skip(Path(here) / name, "a link")
            for name in sorted(names):
                path = Path(here) / name
                try:
                    status = path.lstat()
                except OSError as error:
                    search.skip(path, error.strerror or "it cannot be read")
                    continue
                if why := _passed_over(status):
                    search.skip(path, why)
                elif (status.st_dev, status.st_ino) not in seen:
                    seen.add((status.st_dev, status.st_ino))
                    if len(seen) > MOST_FILES:
                        raise BadInput(
                            f"more than {MOST_FILES} files",
                            where=str(folder),
                            hint="name the folders that hold source archives",
                        )
                    yield path, status


def _unread(error: OSError, search: _Search) -> None:
    search.skip(error.filename or "", error.strerror or "it cannot be read")


def _passed_over(status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "a link"
    if not stat.S_ISREG(status.st_mode):
        return "no plain file"
    if status.st_size > LARGEST:
        return f"more than {LARGEST >> 30} GiB"
    return ""


def _hashed(path: Path, search: _Search) -> tuple[str, bytes]:
    """Return the digest of a file and how it starts; nothing where it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb", buffering=0) as stream:
            start = os.pread(descriptor, _LONGEST_START, 0)
            sha256, length = sha256_stream(stream, limit=LARGEST)
    except OSError as error:
        search.skip(path, error.strerror or "it cannot be read")
        return "", b""
    search.hashed += 1
    search.bytes += length
    return sha256, start


def _put(
    one: Wanted, path: Path, status: os.stat_result, start: bytes, mirror: Path
) -> MirrorSource:
    """Put a file into the mirror, under every name it may be looked for by."""
    kinds = [ending for begins, ending in _STARTS if start.startswith(begins)]
    places = one.paths((*filter(None, (ending_of(path.name),)), *kinds))
    source = path
    for place in places:
        target = mirror / place
        if target == source or (os.path.lexists(target) and _digest(target) == one.sha256):
            continue
        make_folder(target.parent)
        sweep(target.parent)
        if not _settled(source, status, one.sha256, target):
            return one.became("missing", why=f"{path} changed while it was read")
        source, status = target, target.lstat()
    return one.became("filled", file=str(path), paths=places)


def _settled(source: Path, status: os.stat_result, sha256: str, target: Path) -> bool:
    """Give a file its name in the mirror; says no where it is not what was hashed any more."""
    unfinished = temporary(target.parent)
    with disk(target, "write"):
        try:
            if not _linked(source, status, unfinished) and _copied(source, unfinished) != sha256:
                return False
            try:
                os.link(unfinished, target)  # unlike a rename, this takes nobody's name
            except FileExistsError:
                raise Outside("something else has that name", where=str(target)) from None
            except OSError:
                unfinished.rename(target)
        finally:
            with suppress(OSError):
                unfinished.unlink()
    return True


def _linked(source: Path, status: os.stat_result, unfinished: Path) -> bool:
    if status.st_mode & _READABLE != _READABLE:
        return False
    try:
        os.link(source, unfinished, follow_symlinks=False)
    except OSError:
        return False
    now = unfinished.lstat()
    same = (now.st_ino, now.st_size, now.st_mtime_ns) == (
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
    )
    if not same:
        unfinished.unlink()
    return same


def _copied(source: Path, unfinished: Path) -> str:
    """Copy a file and return the digest of what was copied."""
    reading = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(reading, "rb") as stream, unfinished.open("xb") as copy:
        shutil.copyfileobj(stream, copy, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())
    unfinished.chmod(0o644)
    with unfinished.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
