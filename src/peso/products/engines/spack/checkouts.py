"""Checkouts that decide a lock: at which commit they are, and what is changed in them.

What it does not do: start Spack. git may be started, without hooks and without fetching. The rules:

1. A recipe repository is named by its namespace, as its `repo.yaml` says.
2. What is changed and not committed decides too: each such file counts by its content.
3. What cannot be told is said so in the text, so that it never looks like "nothing changed".
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from peso.base.digest import canonical_json, sha256_bytes, sha256_file
from peso.base.finding import Unknown
from peso.base.process import run_tool
from peso.base.yaml_read import read_yaml
from peso.errors import PesoError
from peso.products.engines.native import Checkout
from peso.products.engines.spack.head import commit_of
from peso.products.engines.spack.tool import SpackTool
from peso.products.environments.texts import get, text_of

_MOST_FILES: Final = 2_000
_LARGEST: Final = 64 << 20


def checkout_of_spack(spack: SpackTool) -> Checkout:
    """Return Spack's own checkout."""
    return Checkout(name="spack", version=spack.version, commit=spack.commit)


def checkouts_of(name: str, folder: Path) -> tuple[Checkout, ...]:
    """Return the checkout a recipe repository is in; of a folder of clones, each of them."""
    if (folder / "repo.yaml").is_file():
        return (Checkout(name=namespace_of(folder, name), version="", commit=head_of(folder)),)
    try:
        clones = sorted(one for one in folder.iterdir() if (one / ".git").exists())
    except OSError as error:
        commit = Unknown(unknown=f"{folder} cannot be read: {error.strerror}")
        return (Checkout(name=name, version="", commit=commit),)
    if (folder / ".git").exists():
        clones = [folder]
    return tuple(Checkout(name=name, version="", commit=commit_of(one)) for one in clones)


def changes_in(folder: Path, environment: Mapping[str, str]) -> str:
    """Return a digest of what is not committed below a folder; empty where there is nothing.

    A folder that is in no checkout has nothing to compare with: then all its files count.
    """
    top = _top(folder)
    if top is None:
        return _digest(folder, sorted(_all_files(folder)))
    argv = (
        *("git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"),
        *("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", "."),
    )
    try:
        said = run_tool(
            argv,
            directory=folder,
            environment={**environment, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
            what=f"looking for changes in {folder}",
        ).stdout
    except PesoError as error:
        return f"not known: {error.message.splitlines()[0]}"
    files = sorted(top / line[3:] for line in said.split("\0") if line)
    return _digest(top, files) if files else ""


def namespace_of(folder: Path, other: str = "") -> str:
    """Return the namespace of a recipe repository; `other`, or its folder's name, without one."""
    said = text_of(get(get(read_yaml(folder / "repo.yaml").root, "repo"), "namespace"))
    return said.value if said else other or folder.name


def head_of(folder: Path) -> str | Unknown:
    """Return the commit that the checkout a folder is in is at."""
    top = _top(folder)
    return commit_of(top) if top else Unknown(unknown=f"{folder} is in no git checkout")


def _top(folder: Path) -> Path | None:
    """Return the top of the checkout a folder is in."""
    places = (folder, *folder.parents)
    return next((place for place in places if (place / ".git").exists()), None)


def _all_files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for below, names, leaves in os.walk(folder):
        names[:] = [name for name in names if name != "__pycache__"]
        found += [
            Path(below) / leaf for leaf in leaves if leaf.endswith((".py", ".yaml", ".patch"))
        ]
    return found


def _digest(top: Path, files: list[Path]) -> str:
    """Return a digest of files by content; of very many, by size and time."""
    few = len(files) <= _MOST_FILES
    said = [[str(file.relative_to(top)), _content(file) if few else _stamp(file)] for file in files]
    return sha256_bytes(canonical_json(said))


def _content(file: Path) -> str:
    try:
        return sha256_file(file, limit=_LARGEST)[0] if file.is_file() else "no file"
    except (OSError, PesoError):
        return _stamp(file)


def _stamp(file: Path) -> str:
    try:
        seen = file.lstat()
    except OSError:
        return "gone"
    return f"{seen.st_size} {seen.st_mtime_ns}"
