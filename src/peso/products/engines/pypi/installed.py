"""The installed copy: a virtual environment of exactly what an install document names.

1. No network, no build, no configuration: wheels beside the document, each proven by its digest:
   by uv when it unpacks one, by us when it was unpacked before. Nothing unproven is installed.
2. Unpacked wheels are kept in the bench's cache under their digest, so a second install only links.
   They are unpacked from a copy of their own: uv tells a changed file by its change time, which
   every hard link made to a file of the store would move.
3. A prefix that has something in it and that PESO did not make is refused and left alone. One that
   was cut short is cleared of its environment and made again: scripts hold absolute paths, so an
   environment is made in its place and not moved there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from peso.base.digest import canonical_json, sha256_bytes, sha256_file
from peso.base.files import TEMPORARY, disk, make_folder, remove_tree, temporary, write_atomic
from peso.base.process import ToolFailed, run_tool
from peso.errors import BadInput, Outside, Reason, Refused
from peso.products.engines.port import Progress, Workbench
from peso.products.engines.pypi.release import (
    InstallDocument,
    Shipped,
    read_document,
    write_document,
)
from peso.products.engines.pypi.uv import sync_command, uv_environment, venv_command

MARK = ".peso-pypi.json"
"""What tells a prefix that PESO made, and whether it is whole."""
_LIMIT = 64 << 20
_SECONDS = 3600.0
_ENVIRONMENT = ("bin", "lib", "lib64", "pyvenv.cfg")
_NOT_OURS = ("CACHEDIR.TAG", ".gitignore")
"""What uv puts beside an environment; a backup would leave out a folder tagged as a cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """What the mark in a prefix says."""

    whole: bool
    python: str


def install(
    path: Path, prefix: Path, bench: Workbench, *, python: Path, environment: Mapping[str, str]
) -> None:
    """Install from the document at `path` and the wheels beside it into `prefix`.

    Raises:
        BadInput: The prefix is somebody else's, or the document is not one.
        Refused: A wheel is not the one the document names (`changed`), or is missing (`missing`).
        Outside: uv or the disk failed.
    """
    with disk(path, "read"), path.open("rb") as stream:
        data = stream.read(_LIMIT + 1)
    said = read_document(data, where=str(path))
    mark = _look(prefix)
    shelved = _shelve(said.wheels, path.parent, bench)
    make_folder(prefix)
    _note(prefix, sha256_bytes(data), python, whole=False)
    clear = mark is None or not mark.whole or mark.python != str(python)
    if clear:
        for name in _ENVIRONMENT:
            remove_tree(prefix / name)
    make_folder(bench.work)
    local = bench.work / "pylock.install.toml"
    write_atomic(local, write_document(InstallDocument(python=said.python, wheels=shelved)))
    bench.progress(Progress(done=0, total=len(shelved), line=f"installing into {prefix}"))
    commands = [venv_command(prefix.absolute(), python)] if clear else []
    try:
        _run((*commands, sync_command(local, prefix.absolute())), bench, environment)
    except ToolFailed as error:
        _blame(said.wheels, path.parent, bench)
        hint = "run the same command again; what was wrong in the cache is gone"
        raise Outside(error.message, where=str(path), hint=hint) from error
    for name in _NOT_OURS:
        (prefix / name).unlink(missing_ok=True)
    _note(prefix, sha256_bytes(data), python, whole=True)
    bench.progress(Progress(done=len(shelved), total=len(shelved), line=f"installed into {prefix}"))


def _run(
    commands: Iterable[tuple[str, ...]], bench: Workbench, environment: Mapping[str, str]
) -> None:
    for argv in commands:
        run_tool(
            argv,
            directory=bench.work,
            environment=uv_environment(environment, cache=bench.cache),
            seconds=_SECONDS,
            what="installing",
        )


def _look(prefix: Path) -> _Mark | None:
    """Return what the prefix's mark says; None for a prefix with nothing in it.

    Raises:
        BadInput: It has something in it and no mark, or it is not a folder.
    """
    if not prefix.exists() and not prefix.is_symlink():
        return None
    if not prefix.is_dir():
        raise BadInput("the prefix is not a folder", where=str(prefix), hint="name another one")
    try:
        told = json.loads((prefix / MARK).read_bytes())
        return _Mark(whole=told["whole"] is True, python=str(told["python"]))
    except FileNotFoundError:
        with disk(prefix, "read"):
            if all(entry.name.startswith(TEMPORARY) for entry in prefix.iterdir()):
                return None
        raise BadInput(
            "the prefix has something in it that PESO did not put there",
            where=str(prefix),
            hint="name a new or an empty folder",
        ) from None
    except (ValueError, KeyError, TypeError):
        return _Mark(whole=False, python="")  # cut short while it was written


def _note(prefix: Path, sha256: str, python: Path, *, whole: bool) -> None:
    said = {"document": sha256, "engine": "pypi", "python": str(python), "whole": whole}
    write_atomic(prefix / MARK, canonical_json(said))


def _shelve(wheels: Iterable[Shipped], folder: Path, bench: Workbench) -> tuple[Shipped, ...]:
    """Return the wheels as they stand in the cache, under their digest; proves those known."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return tuple(pool.map(lambda wheel: _shelve_one(wheel, folder, bench.cache), wheels))


def _shelve_one(wheel: Shipped, folder: Path, cache: Path) -> Shipped:
    given, place = folder / wheel.path, _place(wheel, cache)
    if not given.is_file():
        raise Refused("the file is missing", where=wheel.path, reason=Reason.MISSING)
    if given.stat().st_size != wheel.length:
        raise _changed(wheel)
    if place.is_file() and place.stat().st_size == wheel.length:
        if not _is(wheel, given):
            raise _changed(wheel)
    else:
        copy = temporary(place.parent)
        with disk(given, "copy into the cache"):
            place.parent.mkdir(parents=True, exist_ok=True)  # not synced: a cache may be lost
            try:
                shutil.copyfile(given, copy)
                copy.replace(place)
            finally:
                copy.unlink(missing_ok=True)
    return replace(wheel, path=str(place))


def _blame(wheels: Iterable[Shipped], folder: Path, bench: Workbench) -> None:
    """Find the wheel that made uv fail, if one did: drop what is wrong in the cache.

    Raises:
        Refused: A wheel beside the document is not the one it names.
    """
    for wheel in wheels:
        place = _place(wheel, bench.cache)
        if not _is(wheel, place):
            place.unlink(missing_ok=True)
            if not _is(wheel, folder / wheel.path):
                raise _changed(wheel)


def _place(wheel: Shipped, cache: Path) -> Path:
    return cache.absolute() / "wheels" / wheel.sha256 / Path(wheel.path).name


def _is(wheel: Shipped, path: Path) -> bool:
    with disk(path, "read"):
        return sha256_file(path, limit=wheel.length) == (wheel.sha256, wheel.length)


def _changed(wheel: Shipped) -> Refused:
    return Refused(
        "the wheel is not the one the install document names",
        where=wheel.path,
        hint="fetch the release again, then verify it",
        reason=Reason.CHANGED,
    )
