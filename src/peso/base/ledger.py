"""The ledger: records by kind and input digest, and the files they name, in a folder one can `ls`.

    <root>/<kind>/<key>.json            {key, kind, made, payload, seal, sha256}, canonical JSON
    <root>/<kind>/<key>.json.corrupt    a record that did not match its digests, moved aside
    <root>/blobs/sha256/ab/<64 hex>     files by content, read-only

It files and finds; it does not know what a record means, and decides nothing. The rules, in order:

1. Everything gets its name by one rename of a complete file; temporary files live in one hidden
   folder, `.incoming`, and leftovers of dead processes are swept when it is opened.
   Records are synced, and before a record is filed all files taken in until then: what a record
   names outlives a power cut. A file nobody filed yet may not, and is proven before it is used.
2. Nothing is made on disk before the first write, so opening a ledger changes nothing.
3. What is read is proven: `sha256` is that of the payload, `seal` that of all the rest of the
   record. A record that does not match counts as absent and is moved aside; a file that does not
   match is removed and said to be missing. Both are then made anew.
4. A name cannot leave its folder: kinds, keys and digests have closed patterns.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from peso.base.digest import PIECE, canonical_json, sha256_bytes, sha256_file
from peso.base.files import disk, make_folder, sweep, sync, temporary, write_atomic
from peso.errors import BadInput, Outside, PesoError, Reason, Refused

_SHA256 = re.compile(r"[0-9a-f]{64}")
_KIND = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_RECORD_LIMIT = 256 << 20
_NO_LINK = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EACCES}


class Blobs:
    """Files by content: `<root>/sha256/ab/<64 hex>`, mode 0444, never changed.

    A file may be hard-linked out of the store with `lay`: whoever gets one must not write into it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._unsynced: set[Path] = set()
        self._counting = threading.Lock()
        sweep(self.incoming)

    @property
    def incoming(self) -> Path:
        """A folder on the store's file system for files on their way in; adopt them from there."""
        return self.root / ".incoming"

    def path(self, sha256: str) -> Path:
        """Return where the file with this digest is, or would be."""
        if not _SHA256.fullmatch(sha256):
            raise BadInput(f"{sha256!r} is not a sha256 of 64 hex digits", where=str(self.root))
        return self.root / "sha256" / sha256[:2] / sha256

    def has(self, sha256: str, length: int | None = None) -> bool:
        """Say whether the file is here, with this length; cheap, so it proves no more."""
        try:
            found = self.path(sha256).lstat()
        except OSError:
            return False
        return length is None or found.st_size == length

    def proves(self, sha256: str, length: int | None = None) -> bool:
        """Say whether the file is here and its bytes are right; a wrong one is removed."""
        if not self.has(sha256):
            return False
        path = self.path(sha256)
        with disk(path, "read"):
            found = sha256_file(path, limit=length)
        if found[0] == sha256 and length in {None, found[1]}:
            return True
        if length is None or found[1] == length:  # else the caller's length may be what is wrong
            self._remove(path)
        return False

    def put(self, data: bytes) -> tuple[str, int]:
        """Keep these bytes; returns (sha256, length). Heals a damaged file of the same digest."""
        sha256 = sha256_bytes(data)
        if not self.proves(sha256, len(data)):
            write_atomic(self.path(sha256), data, mode=0o444, staging=self.incoming)
        return sha256, len(data)

    def adopt(
        self,
        path: Path,
        *,
        sha256: str | None = None,
        proven: tuple[str, int] | None = None,
        keep: bool = False,
    ) -> tuple[str, int]:
        """Take a file into the store; returns (sha256, length).

        The file is moved (renamed where that is possible, else copied and removed), so it is gone
        afterwards, unless `keep`. A file that has other hard links is always copied: its bytes
        are not ours alone.

        Args:
            path: A regular file.
            sha256: What the digest must be; another one is refused (`changed`), nothing is stored.
            proven: (sha256, length) as computed while this process wrote the file, e.g. by
                `Net.fetch_to`; it is not hashed again, only its length is looked at.
            keep: Leave the file where it is.
        """
        make_folder(self.incoming)
        with disk(path, "take into the store"):
            found = path.stat()
            ours = found.st_nlink == 1 and found.st_dev == self.incoming.stat().st_dev
            if keep or not ours:
                return self._copy_in(path, sha256, proven, keep=keep)
            known = proven or sha256_file(path)
            _expect(path, known, found.st_size, sha256, proven)
            path.chmod(0o444)
            self._store(path, known[0])
            return known

    def _copy_in(
        self, path: Path, sha256: str | None, proven: tuple[str, int] | None, *, keep: bool
    ) -> tuple[str, int]:
        unfinished = temporary(self.incoming)
        try:
            known = _copy(path, unfinished)
            _expect(path, known, known[1], sha256, proven)
            unfinished.chmod(0o444)
            self._store(unfinished, known[0])
        finally:
            with suppress(OSError):
                unfinished.unlink()
        if not keep:
            path.unlink(missing_ok=True)
        return known

    def read(self, sha256: str, *, limit: int) -> bytes:
        """Return the bytes of a file of at most `limit` bytes, proven by their digest.

        Raises:
            Outside: The file is missing, or was damaged and is now removed.
            Refused: It is longer than `limit` (`too-large`).
        """
        path = self.path(sha256)
        if not self.has(sha256):
            raise _missing(path, "is not in the store")
        with disk(path, "read"), path.open("rb") as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise Refused(
                f"the file is longer than {limit} bytes", where=str(path), reason=Reason.TOO_LARGE
            )
        if sha256_bytes(data) != sha256:
            self._remove(path)
            raise _missing(path, "was damaged in the store and is removed")
        return data

    def lay(self, sha256: str, target: Path) -> None:
        """Put the file at `target` as a hard link, or a copy where the file system has no link.

        What is at `target` already is replaced, by rename. Missing parent folders are made.
        """
        source = self.path(sha256)
        make_folder(target.parent)
        with disk(target, "lay a file from the store"):
            try:
                _link(source, target)
            except FileExistsError:
                if target.is_symlink() or not target.samefile(source):
                    unfinished = temporary(target.parent)
                    _link(source, unfinished)
                    unfinished.replace(target)
            except FileNotFoundError:
                raise _missing(source, "is not in the store") from None

    def settle(self) -> None:
        """Ask the disk to keep every file adopted until now, so that a record may name them."""
        with self._counting:
            paths, self._unsynced = self._unsynced, set()
        for path in sorted({*paths, *(path.parent for path in paths)}):
            with disk(path, "keep"), suppress(FileNotFoundError):
                sync(path)

    def _store(self, unfinished: Path, sha256: str) -> None:
        path = self.path(sha256)
        make_folder(path.parent)
        unfinished.replace(path)
        with self._counting:
            self._unsynced.add(path)
        with suppress(FileNotFoundError):
            unfinished.unlink()  # renaming one hard link of a file onto another leaves both

    def _remove(self, path: Path) -> None:
        with disk(path, "remove the damaged file"):
            path.unlink(missing_ok=True)


def _missing(path: Path, what: str) -> Outside:
    return Outside(
        f"the file {what}", where=str(path), hint="run the same command again; it is made anew"
    )


def _expect(
    path: Path,
    found: tuple[str, int],
    length: int,
    sha256: str | None,
    proven: tuple[str, int] | None,
) -> None:
    """Refuse a file that is not the one that was announced."""
    if sha256 in {None, found[0]} and proven in {None, found} and length == found[1]:
        return
    expected = sha256 or (proven[0] if proven else found[0])
    raise Refused(
        f"the file is not the one expected: sha256 {found[0]} ({length} bytes)"
        f" instead of {expected}",
        where=str(path),
        reason=Reason.CHANGED,
    )


def _copy(source: Path, target: Path) -> tuple[str, int]:
    """Copy a file, hashing on the way, so that what is stored is what was hashed."""
    digest, length = hashlib.sha256(), 0
    with source.open("rb", buffering=0) as stream, target.open("xb", buffering=0) as copy:
        while piece := stream.read(PIECE):
            digest.update(piece)
            length += len(piece)
            rest = memoryview(piece)
            while rest:
                rest = rest[copy.write(rest) :]
    return digest.hexdigest(), length


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        unfinished = temporary(target.parent)
        try:
            shutil.copyfile(source, unfinished, follow_symlinks=False)
            unfinished.chmod(0o444)
            unfinished.replace(target)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the ledger says of a record without its payload."""

    kind: str
    key: str
    made: datetime
    sha256: str
    """The digest of the payload, which is `Record.digest()` of a record."""


class Ledger:
    """Records filed under the digest of their inputs, and the files they name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.blobs = Blobs(root / "blobs")
        self._incoming = root / ".incoming"
        sweep(self._incoming)

    def append(self, kind: str, key: str, payload: bytes, *, made: datetime) -> None:
        """File a record: canonical JSON, as `Record.canonical()` gives it; replaces an older one.

        Raises:
            PesoError: The payload is not canonical JSON, or `made` has no time zone.
            Outside: The disk refused.
        """
        path = self._path(kind, key)
        try:
            data = json.loads(payload)
            canonical = canonical_json(data) == payload
        except ValueError:
            canonical = False
        if not canonical or made.tzinfo is None:
            raise PesoError(f"a {kind} record is not canonical JSON with a date in UTC")
        self.blobs.settle()
        body = {
            "kind": kind,
            "key": key,
            "made": made.isoformat(),
            "sha256": sha256_bytes(payload),
        }
        record = {**body, "payload": data, "seal": sha256_bytes(canonical_json(body))}
        write_atomic(path, canonical_json(record), staging=self._incoming)

    def read(self, kind: str, key: str) -> bytes | None:
        """Return the payload; None if there is none, or if it was corrupt (see `corrupt`)."""
        found = self._open(kind, key)
        return found[1] if found else None

    def entry(self, kind: str, key: str) -> Entry | None:
        """Return what `list` says of one record; None where `read` gives None."""
        found = self._open(kind, key)
        return found[0] if found else None

    def sealed(self, kind: str, key: str) -> bytes | None:
        """Return the record's file, whole and proven: what can be carried to another ledger."""
        found = self._open(kind, key)
        return found[2] if found else None

    def file(self, kind: str, key: str, data: bytes) -> None:
        """File a record that another ledger sealed. Raises `PesoError` where no seal fits."""
        path = self._path(kind, key)
        if unsealed(data, kind, key) is None:
            raise PesoError(f"{kind}/{key} does not match its seals")
        self.blobs.settle()
        write_atomic(path, data, staging=self._incoming)

    def corrupt(self, kind: str, key: str) -> bool:
        """Say whether the record was found corrupt and has not been made anew since."""
        path = self._path(kind, key)
        return _aside(path).exists() and not path.exists()

    def list(self, kind: str) -> tuple[Entry, ...]:
        """Return the good records of a kind, newest last."""
        folder = self._path(kind, "any").parent
        keys = sorted(path.stem for path in folder.glob("*.json") if _KEY.fullmatch(path.stem))
        found = [entry for key in keys if (entry := self.entry(kind, key))]
        return tuple(sorted(found, key=lambda entry: (entry.made, entry.key)))

    def _path(self, kind: str, key: str) -> Path:
        if not _KIND.fullmatch(kind) or kind == self.blobs.root.name or not _KEY.fullmatch(key):
            raise BadInput(f"{kind}/{key} cannot name a record", where=str(self.root))
        return self.root / kind / f"{key}.json"

    def _open(self, kind: str, key: str) -> tuple[Entry, bytes, bytes] | None:
        path = self._path(kind, key)
        try:
            with path.open("rb") as stream:
                data = stream.read(_RECORD_LIMIT + 1)
        except FileNotFoundError:
            return None
        except OSError:
            with disk(path, "read"):
                raise
        found = unsealed(data, kind, key)
        if found is None:
            with suppress(OSError):  # a read-only ledger: it counts as absent all the same
                path.replace(_aside(path))
            return None
        return *found, data


def _aside(path: Path) -> Path:
    return path.with_name(f"{path.name}.corrupt")


def unsealed(data: bytes, kind: str, key: str) -> tuple[Entry, bytes] | None:
    """Return a record's entry and payload if every byte of it is as it was written, else None."""
    try:
        record: dict[str, Any] = json.loads(data)
        if canonical_json(record) != data:
            return None
        payload = canonical_json(record.pop("payload"))
        seal = record.pop("seal")
        made = datetime.fromisoformat(record["made"])
        same = (record["kind"], record["key"]) == (kind, key)
        proven = record["sha256"] == sha256_bytes(payload)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not (same and proven and seal == sha256_bytes(canonical_json(record))):
        return None
    return Entry(kind=kind, key=key, made=made, sha256=record["sha256"]), payload
