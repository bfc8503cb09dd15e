"""An environment's files, laid out elsewhere so that Spack reads the copy as it read the original.

What it does not do: change a file. The rules, in order:

1. Files that are reached by relative paths keep their places to each other; the environment's own
   file is called `spack.yaml`, as Spack wants it.
2. A file that is included by an absolute path stays where it is, and Spack reads it there. It is
   shipped below `elsewhere/`, under its whole path.
3. Recipe repositories and mirrors that the environment names by a relative path are linked to.
4. What is fetched (git, a URL) is left to Spack.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from peso.base.files import disk, make_folder, write_atomic
from peso.errors import BadInput
from peso.products.environments.record import Environment, Reached

NAME: Final = "spack.yaml"
_MOST: Final = 8 << 20
_ENV = re.compile(r"\$(?:env|\{env\})/")
_ELSEWHERE: Final = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A file of an environment, and where it is in the layout."""

    source: Path
    path: PurePosixPath
    moved: bool
    """False for one that Spack reads where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """All files of an environment; its own comes first."""

    files: tuple[Laid, ...]
    links: tuple[Laid, ...] = ()
    """Folders that are linked to, not copied."""

    def lay(self, into: Path) -> Path:
        """Write the copy; returns the folder of its `spack.yaml`.

        Raises:
            BadInput: A file is too large.
            Outside: The disk failed.
        """
        for file in self.files:
            if file.moved:
                write_atomic(into / file.path, read_bounded(file.source))
        for link in self.links:
            place = into / link.path
            make_folder(place.parent)
            with disk(place, "link"):
                if not place.exists():
                    place.symlink_to(link.source)
        return (into / self.files[0].path).parent


def layout_of(environment: Environment) -> Layout:
    """Return the layout of an environment that was read by an absolute path."""
    own = Path(environment.file)
    movable = _movable(environment)
    sources = [Path(source.file) for source in environment.sources]
    locks = [Path(one.found) for one in environment.includes if one.reached is Reached.CONCRETE]
    files = [file for file in dict.fromkeys((*sources, *locks)) if file.is_file() or file == own]
    moved = [file for file in files if _is_below(file, movable)]
    linked = tuple(dict.fromkeys(_linked(environment)))
    common = Path(os.path.commonpath([*(file.parent for file in moved), *linked]))
    return Layout(
        files=tuple(_laid(file, common, own, moved=file in moved) for file in files),
        links=tuple(Laid(source=place, path=_below(place, common), moved=True) for place in linked),
    )


def read_bounded(file: Path) -> bytes:
    """Return a file's bytes; raises `BadInput` where there are too many, `Outside`."""
    with disk(file, "read"), file.open("rb") as stream:
        data = stream.read(_MOST + 1)
    if len(data) > _MOST:
        raise BadInput(f"the file is larger than {_MOST >> 20} MiB", where=str(file))
    return data


def _laid(file: Path, common: Path, own: Path, *, moved: bool) -> Laid:
    if not moved:
        path = PurePosixPath(_ELSEWHERE, *file.parts[1:])
        return Laid(source=file, path=path, moved=False)
    path = _below(file, common)
    return Laid(source=file, path=path.with_name(NAME) if file == own else path, moved=True)


def _below(place: Path, common: Path) -> PurePosixPath:
    return PurePosixPath(place.relative_to(common).as_posix())


def _movable(environment: Environment) -> tuple[Path, ...]:
    """Return the files and folders that are reached by relative paths only."""
    found = [Path(environment.file)]
    for include in environment.includes:
        if include.found and _relative(include.path.value) and include.git is None:
            by = Path(include.place.file)
            if _is_below(by, found):
                found.append(Path(include.found))
    return tuple(found)


def _linked(environment: Environment) -> Iterator[Path]:
    texts = [one.path for one in environment.repos if one.path]
    texts += [one.url for one in environment.mirrors if one.url]
    for text in texts:
        if not _relative(text.value):
            continue
        inside = _ENV.match(text.value)
        start = Path(environment.file if inside else text.place.file).parent
        place = Path(os.path.normpath(start / text.value[inside.end() if inside else 0 :]))
        if place.is_dir():
            yield place


def _relative(text: str) -> bool:
    return bool(_ENV.match(text)) or not (text.startswith(("/", "~", "$")) or ":" in text)


def _is_below(file: Path, places: Iterable[Path]) -> bool:
    return any(file.is_relative_to(place) for place in places)
