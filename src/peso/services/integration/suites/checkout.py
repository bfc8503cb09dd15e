"""A commit of a git repository as a tree of files, parts of which are laid out as fresh copies.

1. What is laid out is what the commit holds, not what lies in the checkout: each file is checked
   against its git blob. The repository may be bare, and nothing in it changes.
2. A link is followed inside the tree only, and what it leads to is laid out in its place. One that
   leaves the tree, leads nowhere or runs in a circle is an error, and so is a submodule.
3. A copy is bounded in files and in bytes before anything is written.
4. git runs without hooks, without fetching what is missing, and without asking.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from peso.base.files import make_folder, safe_member
from peso.base.process import ToolFailed, run_tool
from peso.errors import BadInput, Refused

MOST_FILES = 20_000
"""Files of one copy."""
MOST_BYTES = 512 << 20
"""Bytes of one copy."""
MOST_LINKS = 40
"""Links on the way to one file."""
MOST_WORDS = 2_000
"""Files that git is asked for by name; of more, their folders."""
_LINK, _SUBMODULE, _PROGRAM = "120000", "160000", "100755"
_SHA1 = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file of a commit."""

    mode: str
    blob: str
    size: int | None
    """None where the repository does not have the file itself: a partial clone."""


class Tree:
    """The files of a commit."""

    def __init__(self, repository: Path, commit: str, entries: Mapping[str, Entry]) -> None:
        self.repository = repository
        self.commit = commit
        self.entries = entries
        self._links: dict[str, str] = {}

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds something, itself or below."""
        found: set[str] = set()
        for path in self.entries:
            above = posixpath.dirname(path)
            while above and above not in found:
                found.add(above)
                above = posixpath.dirname(above)
        return frozenset(found)

    def children(self, folder: str) -> tuple[str, ...]:
        """Return the names in a folder, links in it included, sorted."""
        start = f"{folder}/" if folder else ""
        below = (path[len(start) :] for path in self.entries if path.startswith(start))
        return tuple(sorted({path.partition("/")[0] for path in below}))

    def resolve(self, path: str) -> str | None:
        """Return the file or folder that a path leads to, links followed; None where there is none.

        Raises:
            Refused: A link leaves the tree, or links run in a circle.
        """
        found, waiting, links = "", path.split("/"), 0
        while waiting:
            step, *waiting = waiting
            if step in {"", "."}:
                continue
            if step == "..":
                if not found:
                    raise self._refuse(path, "leads out of the commit")
                found = posixpath.dirname(found)
                continue
            here = posixpath.join(found, step)
            entry = self.entries.get(here)
            if entry is not None and entry.mode == _LINK:
                links += 1
                if links > MOST_LINKS:
                    raise self._refuse(path, "is a circle of links")
                target = self._target(here, entry)
                if target.startswith("/"):
                    raise self._refuse(path, f"is a link to {target!r}, out of the commit")
                waiting = [*target.split("/"), *waiting]
            elif entry is None and here not in self.folders:
                return None
            else:
                found = here
        return found

    def text(self, path: str) -> str:
        """Return a file of the commit as text; empty where it has none of this path."""
        entry = self.entries.get(self.resolve(path) or "")
        return "" if entry is None else self._read(entry)

    def lay(self, paths: Iterable[str], into: Path) -> None:
        """Lay out files and folders at their own paths below a folder, as plain files.

        Raises:
            Refused: A path, or a link, leaves the tree or leads nowhere; or it is too much.
            BadInput: The commit cannot be read.
        """
        wanted = self._wanted(paths)
        sources = frozenset(wanted.values())
        size = sum(self.entries[source].size or 0 for source in wanted.values())
        if len(wanted) > MOST_FILES or size > MOST_BYTES:
            most = f"{MOST_FILES} files and {MOST_BYTES >> 20} MiB are"
            message = f"{len(wanted)} files of {size >> 20} MiB are too many; {most} the most"
            raise Refused(message, where=f"{self.repository}@{self.commit}")
        places: dict[str, list[Path]] = {}
        for path, source in wanted.items():
            places.setdefault(source, []).append(into.joinpath(safe_member(path)))
        for source, data in self._contents(sources):
            for place in places.pop(source, ()):
                make_folder(place.parent)
                place.write_bytes(data)
                place.chmod(0o755 if self.entries[source].mode == _PROGRAM else 0o644)
        if places:
            raise self._refuse(min(places), "was left out by git (export-ignore?)")

    def _wanted(self, paths: Iterable[str]) -> dict[str, str]:
        """Return for each file to lay out the file of the commit that it is."""
        wanted: dict[str, str] = {}
        for path in paths:
            self._gather(path, path, frozenset(), wanted)
        return wanted

    def _gather(self, path: str, link: str, above: frozenset[str], wanted: dict[str, str]) -> None:
        source = self.resolve(link)
        if source is None:
            raise self._refuse(path, "leads nowhere in the commit")
        entry = self.entries.get(source)
        if entry is not None:
            if entry.mode == _SUBMODULE:
                raise self._refuse(path, "is a submodule, whose files are in no commit of this one")
            if entry.size is None:
                raise self._refuse(path, "is not in this repository, which is a partial clone")
            wanted[path] = source
        elif source in above:
            raise self._refuse(path, "is a circle of links")
        else:
            for name in self.children(source):
                if len(wanted) <= MOST_FILES:
                    below = above | {source}
                    self._gather(f"{path}/{name}", posixpath.join(source, name), below, wanted)

    def _target(self, path: str, entry: Entry) -> str:
        if path not in self._links:
            self._links[path] = self._read(entry)
        return self._links[path]

    def _read(self, entry: Entry) -> str:
        return _git(self.repository, "cat-file", "blob", entry.blob)

    def _contents(self, sources: frozenset[str]) -> Iterator[tuple[str, bytes]]:
        """Yield files with their bytes, as git gives them and as their blobs say."""
        if not sources:
            return
        with tempfile.TemporaryDirectory(prefix="peso-suite-") as folder:
            tar = Path(folder) / "tree.tar"
            roots = sorted(sources)
            if len(roots) > MOST_WORDS:  # more than one command line may hold
                roots = sorted({posixpath.dirname(path) or path for path in sources})
            words = ("archive", "--format=tar", f"--output={tar}", self.commit, "--", *roots)
            _git(self.repository, "--literal-pathspecs", *words)
            with tarfile.open(tar) as archive:
                for member in archive:
                    stream = archive.extractfile(member) if member.isreg() else None
                    if stream is not None and member.name in sources:
                        data = stream.read()
                        self._same(member.name, data)
                        yield member.name, data

    def _same(self, path: str, data: bytes) -> None:
        blob = self.entries[path].blob
        made = hashlib.sha1 if len(blob) == _SHA1 else hashlib.sha256
        if made(b"blob %d\0%b" % (len(data), data)).hexdigest() != blob:
            raise self._refuse(path, "is not what the commit holds (export-subst?)")

    def _refuse(self, path: str, why: str) -> Refused:
        return Refused(f"{path!r} {why}", where=f"{self.repository}@{self.commit}")


def read_tree(repository: Path, commit: str) -> Tree:
    """Read which files a commit of a repository holds.

    Raises:
        BadInput: There is no such repository, or it does not have the commit.
    """
    if not repository.is_dir():
        raise BadInput(
            "there is no such folder",
            where=str(repository),
            hint="clone the suite there, or name where it is as `checkout:` in the stack file",
        )
    try:
        _git(repository, "cat-file", "-e", f"{commit}^{{commit}}")
    except ToolFailed as error:
        raise BadInput(
            f"it is no git repository that has the commit {commit}: {error.stderr}",
            where=str(repository),
            hint=f"fetch it: git -C {repository} fetch origin {commit}",
        ) from error
    entries: dict[str, Entry] = {}
    listing = _git(repository, "ls-tree", "-r", "-z", "--long", "--full-tree", commit)
    for line in listing.split("\0"):
        said, _, path = line.partition("\t")
        if path:
            mode, _, blob, size = said.split()
            entries[path] = Entry(mode=mode, blob=blob, size=_size(size))
    return Tree(repository, commit, entries)


def _size(said: str) -> int | None:
    """Read a size as git says it: `-` of a submodule, `BAD` of a file that is not there."""
    if said == "-":
        return 0
    return int(said) if said.isdigit() else None


def _git(repository: Path, *words: str) -> str:
    argv = ("git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", *words)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "LC_ALL": "C",
    }
    what = "reading a suite of tests"
    return run_tool(argv, directory=repository, environment=environment, what=what).stdout
