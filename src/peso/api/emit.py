"""What a facility's own tools read to build and run on top of an installed release."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from peso.services.delivery.emit import emitting

Where = str | Path


def emit_externals(  # noqa: PLR0913 - one argument for each option of the command
    where: Where,
    *,
    store: Where | None = None,
    out: Where | None = None,
    only_roots: bool = False,
    not_buildable: Iterable[str] = (),
    modules: Where | None = None,
    force: bool = False,
) -> emitting.ExternalsEmitted:
    """Emit the `packages.yaml` with which a Spack uses what is installed, and rebuilds none of it.

    Args:
        where: A prefix of `peso install`, or the folder of a release in it; with `store`, a lock.
        store: The store of Spack that a lock's units are in.
        out: The file; without it the text is in the answer only.
        only_roots: Leave out what the roots need.
        not_buildable: Packages, and virtual ones, that Spack must not build; `all`: every package
            that the release delivers.
        modules: A folder with modules of `emit_modules`: externals name theirs.
        force: Replace a file that is not PESO's own.

    Raises:
        BadInput: nothing of Spack's is installed there; or the file is somebody's.
        Refused: the prefix's lock is not the one that was installed.
    """
    return emitting.emit_externals(
        Path(where),
        store=_path(store),
        out=_path(out),
        only_roots=only_roots,
        not_buildable=tuple(not_buildable),
        modules=_path(modules),
        force=force,
    )


def emit_modules(
    where: Where, *, store: Where | None = None, out: Where | None = None, force: bool = False
) -> emitting.ModulesEmitted:
    """Emit a module of Lmod for each root, and one for each Python part.

    Args:
        where: As for `emit_externals`.
        store: As for `emit_externals`.
        out: The folder; `share/peso/NAME/modules` of the prefix where none is named.
        force: Replace files that are not PESO's own.

    Raises:
        BadInput: nothing is installed there; or files there are somebody's: none is written.
        Refused: the prefix's lock is not the one that was installed.
    """
    return emitting.emit_modules(Path(where), store=_path(store), out=_path(out), force=force)


def _path(where: Where | None) -> Path | None:
    return None if where is None else Path(where)
