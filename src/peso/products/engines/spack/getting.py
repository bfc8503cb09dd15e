"""Get a Spack: a shallow clone of one release, whole or not there.

What it does not do: get recipes (Spack fetches those itself when it first needs them), install a
compiler or the solver, or change an existing folder. git does the cloning, without hooks and
without asking for a password.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from peso.base.files import disk, make_folder, remove_tree, sweep, temporary
from peso.base.finding import Unknown
from peso.base.process import ToolFailed, run_tool
from peso.base.record import Record
from peso.errors import BadInput, Outside
from peso.products.engines.spack.tool import find_spack

UPSTREAM: Final = "https://github.com/spack/spack.git"
RELEASE: Final = "v1.2.0"
"""The release that is cloned, by its tag; the one place that names it."""
_SECONDS: Final = 3600.0


class SpackGot(Record):
    """The Spack that was cloned."""

    root: str
    version: str
    commit: str | Unknown
    release: str
    source: str


def get_spack(
    folder: Path, environment: Mapping[str, str], *, source: str = UPSTREAM, release: str = RELEASE
) -> SpackGot:
    """Clone a release of Spack into a new folder.

    Args:
        folder: Where to; absent or empty.
        environment: The environment of git; proxies are set there.
        source: The repository to clone from.
        release: The tag to clone.

    Raises:
        BadInput: The folder has something in it.
        Outside: git is missing or could not reach the repository, or what it has is no Spack that
            will do.
    """
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise BadInput(
            "there is something here already",
            where=str(folder),
            hint="name a new folder; to use what is here, say PESO_SPACK=" + str(folder),
        )
    make_folder(folder.parent)
    sweep(folder.parent)
    unfinished = temporary(folder.parent)
    try:
        _clone(source, release, unfinished, environment)
        spack = find_spack(unfinished, {})
        with disk(folder, "put Spack into its place"):
            unfinished.rename(folder)
    finally:
        remove_tree(unfinished)
    return SpackGot(
        root=str(folder),
        version=spack.version,
        commit=spack.commit,
        release=release,
        source=source,
    )


def _clone(source: str, release: str, into: Path, environment: Mapping[str, str]) -> None:
    argv = (
        *("git", "-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"),
        *("clone", "--quiet", "--depth", "1", "--branch", release, "--", source, str(into)),
    )
    kept = {name: value for name, value in environment.items() if not name.startswith("GIT_")}
    try:
        run_tool(
            argv,
            directory=into.parent,
            environment={**kept, "GIT_TERMINAL_PROMPT": "0"},
            seconds=_SECONDS,
            what=f"cloning Spack {release}",
        )
    except ToolFailed as error:
        raise Outside(
            f"cannot clone Spack {release}: {error.stderr.strip() or error.message}",
            where=source,
            hint="without a network: copy a clone from another machine, and say PESO_SPACK=DIR",
        ) from error
