"""The disk: writes that are whole or not there, locks, and archives that cannot escape.

What it does not do: know what a file means, or read one for its content. The rules, in order:

1. A file gets its name when it is complete and synced: temporary file, fsync, rename, fsync of the
   folder. A kill at any moment leaves the old or the new file, and at most a `.peso-tmp-…` entry,
   whose name says which process made it; it is swept once that process is gone.
2. A lock is held by the kernel, so it ends with its process; the file says who holds it.
3. An archive is unpacked beside its place and gets its name when every member was accepted; what
   it writes is counted as it is written, never taken from its headers. Links come last, so nothing
   is ever written through one.
4. Errors of the disk become `Outside`, in plain words, here and nowhere else.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import secrets
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from peso.base.archives import Member, damaged, members
from peso.base.digest import PIECE
from peso.errors import BadInput, Outside, Reason, Refused

TEMPORARY = ".peso-tmp-"
"""What the name of everything unfinished starts with."""

_SAID = {
    errno.ENOSPC: ("the disk is full", "free some space, then run the same command again"),
    errno.EDQUOT: ("your disk quota is used up", "free some space, then run the command again"),
    errno.EROFS: ("the file system is read-only", "choose a folder that can be written"),
    errno.EACCES: ("permission is denied", "check who owns it and its permissions"),
    errno.EPERM: ("the operation is not permitted", "check who owns it and its permissions"),
    errno.ENOENT: ("there is no such file or folder", "check the path"),
    errno.EEXIST: ("something else has that name", "move it away"),
    errno.ENOTEMPTY: ("the folder is not empty", "empty it, or choose another"),
    errno.ENOTDIR: ("a part of the path is not a folder", "check the path"),
    errno.EISDIR: ("it is a folder, not a file", "check the path"),
    errno.ENAMETOOLONG: ("the name is too long", "use a shorter path"),
    errno.EMFILE: ("too many files are open", "raise the limit (`ulimit -n`), then try again"),
    errno.EFBIG: ("the file would be larger than allowed", "raise the limit (`ulimit -f`)"),
    errno.EIO: ("the disk reports an input/output error", "check the disk"),
}


@contextmanager
def disk(path: Path, doing: str) -> Iterator[None]:
    """Turn every OSError inside into `Outside`: cannot `doing`, why, where, and what next."""
    try:
        yield
    except OSError as error:
        usual = (error.strerror or str(error) or type(error).__name__, None)
        why, hint = _SAID.get(error.errno or 0, usual)
        raise Outside(f"cannot {doing}: {why}", where=str(path), hint=hint) from error


def temporary(folder: Path) -> Path:
    """Return a fresh name in `folder` for something unfinished; the name tells its maker."""
    return folder / f"{TEMPORARY}{_maker(os.getpid())}-{secrets.token_hex(6)}"


def _maker(pid: int) -> str:
    """Name a process for good: machine, pid and start, so that a reused pid is another one."""
    machine = f"{zlib.crc32(os.uname().nodename.encode()):08x}"
    try:
        said = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return f"{machine}-{pid}-gone"
    return f"{machine}-{pid}-{int(said.rpartition(b')')[2].split()[19])}"


def sweep(folder: Path) -> None:
    """Remove what processes of this machine that are gone left unfinished in `folder`."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith(TEMPORARY):
                continue
            machine, pid, *_ = (*entry.name.removeprefix(TEMPORARY).split("-"), "", "")
            if not pid.isdecimal() or not _maker(os.getpid()).startswith(f"{machine}-"):
                continue
            if not entry.name.startswith(f"{TEMPORARY}{_maker(int(pid))}-"):
                with suppress(Outside):
                    remove_tree(Path(entry.path))


def sync(path: Path) -> None:
    """Ask the disk to keep a file or a folder's entries, whatever happens next."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def settle(unfinished: Path, path: Path) -> None:
    """Give something complete its name: rename, then sync the folder. Raises OSError."""
    unfinished.replace(path)
    sync(path.parent)


def write_atomic(
    path: Path, data: bytes, *, mode: int = 0o644, staging: Path | None = None
) -> None:
    """Write a file as a whole; a reader sees the old one or the new one, also after a kill.

    The temporary file is made in `staging` (same file system), or beside `path`. Missing parent
    folders are made. `mode` is cut by the umask, as usual. Raises `Outside`.
    """
    beside = path.parent if staging is None else staging
    make_folder(path.parent)
    make_folder(beside)
    sweep(beside)
    unfinished = temporary(beside)
    with disk(path, "write"):
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(descriptor, "wb", buffering=0) as stream:
                rest = memoryview(data)
                while rest:
                    rest = rest[stream.write(rest) :]
                os.fsync(descriptor)
            settle(unfinished, path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise


def make_folder(path: Path, *, mode: int = 0o755) -> None:
    """Make a folder with its parents; one that is there already is left as it is."""
    if path.is_dir():
        return
    with disk(path, "make the folder"):
        if path.parent != path:
            make_folder(path.parent)
        path.mkdir(mode=mode, exist_ok=True)
        sync(path.parent)


def remove_tree(path: Path) -> None:
    """Remove a file, a link (not what it points to) or a folder with all in it; absent is fine."""
    with disk(path, "remove"):
        try:
            if path.is_symlink() or not path.is_dir():
                path.unlink(missing_ok=True)
                return
            shutil.rmtree(path)
        except PermissionError:
            for folder, _, _ in os.walk(path):  # read-only folders keep what is in them
                with suppress(OSError):
                    Path(folder).chmod(0o700)
            shutil.rmtree(path)
        except FileNotFoundError:
            remove_tree(path)  # somebody else is removing it too


@contextmanager
def locked(path: Path, *, who: str, wait: bool = False) -> Iterator[None]:
    """Hold the lock file `path` for as long as the block runs.

    Args:
        path: The lock file. It stays when the lock is given back; the kernel holds the lock.
        who: What the second one is told about the holder, e.g. `peso deliver`.
        wait: Wait until it is free, however long, instead of raising `Outside`.
    """
    make_folder(path.parent)
    while True:
        with disk(path, "lock"):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            with disk(path, "lock"):
                _take(descriptor, path, wait=wait)
                if not _still_there(descriptor, path):
                    continue  # removed while we waited: the next one would not see our lock
                os.utime(descriptor)
                since = datetime.fromtimestamp(int(os.fstat(descriptor).st_mtime), UTC)
                holder = {"pid": os.getpid(), "who": who, "since": since.isoformat()}
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, json.dumps(holder).encode(), 0)
            try:
                yield
            finally:
                with suppress(OSError):  # a full disk must not hide what happened in the block
                    os.ftruncate(descriptor, 0)
            return
        finally:
            os.close(descriptor)


def _take(descriptor: int, path: Path, *, wait: bool) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        try:
            held = json.loads(os.pread(descriptor, 4096, 0))
            holder = f"{held['who']} (pid {held['pid']}, since {held['since']})"
        except (ValueError, KeyError, TypeError):
            holder = "another process"
        raise Outside(
            f"{holder} holds the lock",
            where=str(path),
            hint="wait until it has ended, then run the same command again",
        ) from None


def _still_there(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


_UNSAFE_LETTERS = re.compile(r"[\\\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")
_LONGEST_PART = 255
_PLAIN = re.compile(
    r"(?!\.{1,2}(?:/|\Z))[\w.+@=~,-]{1,255}(?:/(?!\.{1,2}(?:/|\Z))[\w.+@=~,-]{1,255})*+", re.ASCII
)
"""Paths as nearly all are, for which nothing more has to be asked."""


def is_plain(name: str) -> bool:
    """Say whether a name is the very path that `safe_member` returns for it."""
    if _PLAIN.fullmatch(name):
        return True
    try:
        return str(safe_member(name)) == name
    except Refused:
        return False


def safe_member(name: str) -> PurePosixPath:
    """Return the relative path a name stands for; one that could leave its folder is refused.

    Refused (`unsafe-path`): empty, absolute, with `..`, a drive letter, a backslash, a control
    character, bytes that are not UTF-8, or a part longer than file systems take.
    """
    path, why = PurePosixPath(name), None
    if path.is_absolute() or _DRIVE.match(name):
        why = "is absolute"
    elif ".." in path.parts:
        why = "leaves its folder"
    elif not path.parts:
        why = "is empty"
    elif _UNSAFE_LETTERS.search(name):
        why = "has a backslash or a control character"
    elif name.encode(errors="ignore").decode() != name:
        why = "is not UTF-8"
    elif any(len(part.encode()) > _LONGEST_PART for part in path.parts):
        why = "is too long"
    if why:
        raise Refused(f"the path {name!r} {why}", where=name, reason=Reason.UNSAFE_PATH)
    return path


def extract(
    archive: Path, into: Path, *, limit: int, files_limit: int = 100_000
) -> tuple[Path, ...]:
    """Unpack a zip or tar archive (plain, gz, bz2, xz) into a new or empty folder.

    Args:
        archive: The archive; its kind is seen in its bytes, not in its name.
        into: The folder; absent or empty.
        limit: How many bytes all files together may have, counted while they are written.
        files_limit: How many members the archive may have.

    Returns:
        The files and links written, as paths below `into`, in the archive's order.

    Raises:
        Refused: A member could leave the folder or is no plain file (`unsafe-path`), or there is
            more than the limits allow (`too-large`). Nothing is left behind.
        BadInput: Not an archive, damaged or encrypted, or `into` has something in it.
        Outside: The disk failed.
    """
    if into.is_symlink() or (into.exists() and any(into.iterdir())):
        raise BadInput("the folder to unpack into is not empty", where=str(into))
    make_folder(into.parent)
    sweep(into.parent)
    unfinished = temporary(into.parent)
    unpacking = _Unpacking(archive, unfinished, limit)
    with disk(archive, "read"), archive.open("rb") as stream, disk(into, "unpack to"):
        try:
            unfinished.mkdir()
            with damaged(archive):
                for number, member in enumerate(members(stream, archive), 1):
                    if number > files_limit:
                        raise unpacking.no(f"has more than {files_limit} members", large=True)
                    unpacking.add(member)
            unpacking.add_links()
            unfinished.rename(into)
        finally:
            remove_tree(unfinished)
    return tuple(into / path for path, kind in unpacking.seen.items() if kind != "folder")


class _Unpacking:
    """What was unpacked so far, and what may be added to it."""

    def __init__(self, archive: Path, folder: Path, limit: int) -> None:
        self.seen: dict[PurePosixPath, str] = {}
        self._archive, self._folder, self._limit, self._left = archive, folder, limit, limit
        self._links: dict[PurePosixPath, str] = {}

    def no(self, why: str, *, large: bool = False) -> Refused:
        reason = Reason.TOO_LARGE if large else Reason.UNSAFE_PATH
        return Refused(f"the archive {why}", where=str(self._archive), reason=reason)

    def add(self, member: Member) -> None:
        """Unpack a member, or say why not."""
        if member.kind == "folder" and not PurePosixPath(member.name).parts:
            return  # `./`, the archive's own folder
        path = self._path(member.name)
        for parent in path.parents[:-1]:
            if self.seen.setdefault(parent, "folder") != "folder":
                raise self.no(f"has {member.name!r} below a {self.seen[parent]}")
        before = self.seen.setdefault(path, "new")
        if before != "new" and not before == member.kind == "folder":
            raise self.no(f"has {member.name!r} twice")
        self.seen[path] = member.kind
        place = self._folder / path
        (place if member.kind == "folder" else place.parent).mkdir(parents=True, exist_ok=True)
        if member.kind == "file":
            self._write(place, member)
        elif member.kind == "link":
            self._links[path] = member.target
        elif member.kind == "hard link":
            target = self._path(member.target)
            if target == path or self.seen.get(target) not in {"file", "hard link"}:
                raise self.no(f"has a hard link {member.name!r} to no file that is in it")
            os.link(self._folder / target, place)
        elif member.kind == "special file":
            raise self.no(f"has {member.name!r}, which is no file, folder or link")

    def add_links(self) -> None:
        """Make the links, after all else, and see where each of them really leads."""
        for path, target in self._links.items():
            if not target or _UNSAFE_LETTERS.search(target) or PurePosixPath(target).is_absolute():
                raise self.no(f"has a link {str(path)!r} to {target!r}")
            (self._folder / path).symlink_to(target)
        top = os.path.realpath(self._folder)
        for path, target in self._links.items():
            if not Path(os.path.realpath(self._folder / path)).is_relative_to(top):
                raise self.no(f"has a link {str(path)!r} to {target!r}, which leaves the folder")

    def _path(self, name: str) -> PurePosixPath:
        try:
            return safe_member(name)
        except Refused as refused:
            raise self.no(f"is unsafe: {refused.message}") from refused

    def _write(self, place: Path, member: Member) -> None:
        mode = 0o755 if member.runs else 0o644
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as stream:
            while piece := member.read(min(PIECE, self._left + 1)):
                self._left -= len(piece)
                if self._left < 0:
                    raise self.no(
                        f"has more than {self._limit} bytes, seen in {member.name!r}", large=True
                    )
                stream.write(piece)
        if member.changed is not None:
            os.utime(place, (member.changed, member.changed))
