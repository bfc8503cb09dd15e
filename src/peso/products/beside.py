"""The files beside a stack file that decide the stack: which they are, and that they are plain.

Nothing outside the folder of the stack file decides a stack, and nothing that a link could
exchange. Contents are not read.
"""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from peso.errors import BadInput, Fault

MOST_FILES = 10_000
"""How many files may decide a stack; a folder with more is probably not one of tests."""
MISSING = "there is no such file"


def test_files(run: Iterable[str]) -> tuple[PurePosixPath, ...]:
    """Return which arguments of a test name files beside the stack file."""
    return tuple(PurePosixPath(word) for word in run if names_file(word))


def names_file(word: str) -> bool:
    """Say whether an argument names a file in a folder: `tests/x.py`, not `-O` or `/dev/null`."""
    path = PurePosixPath(word)
    return (
        len(path.parts) > 1
        and bool(path.suffix)
        and not word.startswith("-")
        and not path.is_absolute()
    )


def files_below(
    folder: Path, *, files: Iterable[PurePosixPath], folders: Iterable[PurePosixPath]
) -> tuple[PurePosixPath, ...]:
    """Return `files` and all files in `folders`, relative to `folder`, sorted.

    Raises:
        BadInput: One is missing, a link or not a plain file, or leaves the folder; all at once.
    """
    found = set(files)
    for start in folders:
        for below, names, leaves in os.walk(folder / start):
            names[:] = [name for name in names if not _passed_over(name)]
            here = PurePosixPath(Path(below).relative_to(folder).as_posix())
            links = [name for name in names if (Path(below) / name).is_symlink()]
            found |= {here / name for name in [*leaves, *links] if not _passed_over(name)}
            if len(found) > MOST_FILES:
                raise BadInput(
                    f"more than {MOST_FILES} files",
                    where=str(folder / start),
                    hint="keep the files of the tests in a folder of their own",
                )
    faults = tuple(
        Fault(where=str(folder / file), message=wrong)
        for file in sorted(found)
        if (wrong := file_fault(folder, str(file)))
    )
    if faults:
        raise BadInput("the stack names what is not a plain file in its folder", faults=faults)
    return tuple(sorted(found))


def _passed_over(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__"


def file_fault(folder: Path, named: str) -> str | None:
    """Say why `named` is no plain file in `folder`; nothing where it is one."""
    path = PurePosixPath(named)
    if path.is_absolute() or ".." in path.parts:
        return "it leaves the folder of the stack file"
    if not path.parts or "\\" in named or "\0" in named:
        return "it is not a path"
    for end in range(1, len(path.parts) + 1):
        here = PurePosixPath(*path.parts[:end])
        try:
            mode = (folder / here).lstat().st_mode
        except (OSError, ValueError):  # ValueError: what no file system takes for a name
            return MISSING
        if stat.S_ISLNK(mode):
            return f"{'it' if here == path else str(here)} is a link"
        if end == len(path.parts) and not stat.S_ISREG(mode):
            return "it is not a plain file"
    return None


def nearest_file(folder: Path, word: str) -> str | None:
    """Say which file a path probably means; nothing where no name is near."""
    path = PurePosixPath(word)
    try:
        below = () if ".." in path.parts else (folder / path.parent).iterdir()
        names = [each.name for each in below]
    except OSError:  # no such folder, or none that may be read: then no name is near
        names = []
    near = difflib.get_close_matches(path.name, names, n=1, cutoff=0.5)
    return f"did you mean {str(path.parent / near[0])!r}?" if near else None
