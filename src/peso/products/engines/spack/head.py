"""The commit a git checkout is at, read from its files without starting git.

What it does not do: look for changes that are not committed (`checkouts.py` does), or read objects.
A branch is looked up in the files git keeps of it, loose or packed; a worktree's `.git` is a file
that names the real folder. What cannot be told is Unknown with its reason.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from peso.base.finding import Unknown

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MOST: Final = 16 << 20
_MOST_LINKS: Final = 5


def commit_of(root: Path) -> str | Unknown:
    """Return the commit that is checked out at `root`, the top folder of a checkout."""
    try:
        folder = _git_folder(root)
        if folder is None:
            return Unknown(unknown=f"{root} is no git checkout")
        return _follow(folder, "HEAD")
    except OSError as error:
        return Unknown(unknown=f"the checkout at {root} cannot be read: {error.strerror}")


def _git_folder(root: Path) -> Path | None:
    git = root / ".git"
    if git.is_dir():
        return git
    if not git.is_file():
        return None
    said = _text(git).strip()
    return root / said.removeprefix("gitdir:").strip() if said.startswith("gitdir:") else None


def _follow(folder: Path, name: str) -> str | Unknown:
    """Follow a reference to its commit."""
    both = (folder, _common(folder))
    for _ in range(_MOST_LINKS):
        said = next((_text(place / name).strip() for place in both if _has(place, name)), "")
        said = said or _packed(both[1], name)
        if _COMMIT.fullmatch(said):
            return said
        if not said.startswith("ref:"):
            break
        name = said.removeprefix("ref:").strip()
        if ".." in name or name.startswith("/"):
            break
    return Unknown(unknown=f"git's files at {folder} do not say which commit is checked out")


def _has(folder: Path, name: str) -> bool:
    return (folder / name).is_file()


def _common(folder: Path) -> Path:
    """Return the folder that all worktrees of a repository share."""
    said = folder / "commondir"
    return folder / _text(said).strip() if said.is_file() else folder


def _packed(folder: Path, name: str) -> str:
    packed = folder / "packed-refs"
    if not packed.is_file():
        return ""
    ends = f" {name}"
    found = (line for line in _text(packed).splitlines() if line.endswith(ends))
    return next(found, "").partition(" ")[0]


def _text(file: Path) -> str:
    with file.open("rb") as stream:
        return stream.read(_MOST).decode(errors="replace")
