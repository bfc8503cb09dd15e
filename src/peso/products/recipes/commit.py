"""A commit of a git repository as a source of recipes: `FOLDER@COMMIT`.

1. The folder is that of the recipe repository (with `repo.yaml`), inside a git checkout or a bare
   repository; nothing is checked out and nothing in it changes.
2. A file's signature is its git blob; what is read is checked against it.
3. git runs without hooks, without fetching what is missing, and without asking.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from peso.base.process import ToolFailed, run_tool
from peso.errors import BadInput
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.source import LARGEST, RECIPE, Seen

_COMMIT = re.compile(r"[A-Za-z0-9][\w./-]{0,199}")
_REGULAR: Final = frozenset(("100644", "100755"))


def open_commit(text: str) -> CommitSource:
    """Return the source that `FOLDER@COMMIT` names. Raises `BadInput`, `Outside`."""
    folder, _, commit = text.rpartition("@")
    return CommitSource(Path(folder).expanduser().absolute(), commit)


class CommitSource:
    """A repository as it is in a commit."""

    def __init__(self, root: Path, commit: str) -> None:
        """Find the commit. Raises `BadInput` where there is none, `Outside` where git fails."""
        self._root = root
        if not root.is_dir():
            raise BadInput("there is no such folder", where=str(root))
        if not _COMMIT.fullmatch(commit):
            raise BadInput(f"{commit!r} is no name of a commit", where=f"{root}@{commit}")
        try:
            wanted = f"{commit}^{{commit}}"
            self._commit = self._git("rev-parse", "--verify", "--quiet", wanted).strip()
            prefix = self._git("rev-parse", "--show-prefix").strip()
        except ToolFailed as error:
            raise BadInput(
                f"there is no commit {commit!r} here",
                where=str(root),
                hint="fetch it first: git fetch origin " + commit,
            ) from error
        self.label = f"{root}@{self._commit}"
        self._blobs = self._listing(prefix)
        self._bytes: dict[str, bytes] | None = None

    def _git(self, *words: str) -> str:
        argv = ("git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", *words)
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
        }
        what = "reading a commit"
        return run_tool(argv, directory=self._root, environment=environment, what=what).stdout

    def _listing(self, prefix: str) -> Mapping[str, str]:
        tree = f"{self._commit}:{prefix}" if prefix else self._commit
        found: dict[str, str] = {}
        for line in self._git("ls-tree", "-r", "-z", "--full-tree", tree).split("\0"):
            said, _, name = line.partition("\t")
            if name:
                mode, _, blob = said.split(" ")
                # A link in a commit points to what may not be in it: it is reported, not followed.
                found[name] = blob if mode in _REGULAR else f"!{mode}"
        return found

    def folders(self, subdirectory: str) -> Sequence[str]:
        """Return the folders that hold a recipe."""
        return tuple(self.recipes(subdirectory))

    def recipes(self, subdirectory: str) -> Mapping[str, str]:
        """Return each folder that holds a recipe, with its blob."""
        below = "" if subdirectory == "." else f"{subdirectory}/"
        found: dict[str, str] = {}
        for name, blob in self._blobs.items():
            if name.startswith(below) and name.endswith(f"/{RECIPE}"):
                folder = name[len(below) : -len(RECIPE) - 1]
                if "/" not in folder:
                    found[folder] = blob
        return dict(sorted(found.items()))

    def signature(self, file: str) -> str:
        """Return the blob of a file."""
        return self._blobs.get(file, "")

    def read(self, file: str) -> bytes:
        """Return a file's bytes; raises `CannotRead`."""
        blob = self._blobs.get(file)
        if blob is None:
            raise CannotRead("it is not in this commit")
        if blob.startswith("!"):
            raise CannotRead("it is no regular file")
        if self._bytes is None:
            self._bytes = self._archive()
        data = self._bytes.get(file)
        if data is None:
            raise CannotRead(f"it is larger than {LARGEST >> 20} MiB, or git left it out")
        made = hashlib.sha1 if len(blob) == 40 else hashlib.sha256  # noqa: PLR2004 - git's two kinds
        if made(b"blob %d\0%b" % (len(data), data)).hexdigest() != blob:
            raise CannotRead("git gives other bytes than are in the commit")
        return data

    def look(self, file: str) -> Seen:
        """Return a file's bytes and its blob; raises `CannotRead`."""
        return Seen(self.read(file), self.signature(file))

    def _archive(self) -> dict[str, bytes]:
        """Return all Python files of the commit, and the repository's description."""
        with tempfile.TemporaryDirectory(prefix="peso-commit-") as folder:
            tar = Path(folder) / "tree.tar"
            paths = (":(glob)**/*.py", ":(glob)repo.yaml")
            self._git("archive", "--format=tar", f"--output={tar}", self._commit, "--", *paths)
            found: dict[str, bytes] = {}
            with tarfile.open(tar) as archive:
                for member in archive:
                    stream = archive.extractfile(member) if member.isreg() else None
                    if stream is not None and member.size <= LARGEST:
                        found[member.name] = io.BytesIO(stream.read()).getvalue()
            return found
