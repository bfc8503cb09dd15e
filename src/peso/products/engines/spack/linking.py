"""Whether a unit's programs and libraries find their libraries by themselves.

What it does not do: run the loader. The rules, in order:

1. Looked at are the ELF files right in `bin`, `sbin`, `lib` and `lib64`; links are passed over,
   since what they lead to is looked at, and so is what cannot be read, which is counted.
2. A library that a file needs is found where one of the file's own run paths has it. `$ORIGIN` is
   the file's folder.
3. One that is not found so, and that one of the given folders has, is lacking: the loader would
   find it through `LD_LIBRARY_PATH` only, or through the run paths of the program that loads it.
4. One that none of them has is the machine's.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_FOLDERS: Final = ("bin", "sbin", "lib", "lib64")
_LIBRARIES: Final = ("lib", "lib64")
_MAGIC: Final = b"\x7fELF"
_MOST_FILES: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """A library that a file does not find by itself."""

    file: Path
    library: str
    folder: Path
    """Where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """What became of the libraries that a unit's files need."""

    looked_at: int
    """Programs and libraries."""
    unread: int = 0
    """Files that look like one and cannot be read."""
    lacking: tuple[Lacking, ...] = ()


def linking_of(prefix: Path, closure: Iterable[Path]) -> Linking:
    """Return whether the files of a unit find their libraries.

    Args:
        prefix: The unit's folder.
        closure: Folders of the units it stands on, where its libraries may be.
    """
    folders = tuple(
        folder
        for one in dict.fromkeys((prefix, *closure))
        for name in _LIBRARIES
        if (folder := one / name).is_dir()
    )
    needed = [(file, _needs(file)) for file in _binaries(prefix)]
    return Linking(
        looked_at=sum(needs is not None for _, needs in needed),
        unread=sum(needs is None for _, needs in needed),
        lacking=tuple(
            one for file, needs in needed if needs for one in _lacking(file, needs, folders)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Needs:
    libraries: tuple[str, ...]
    paths: tuple[str, ...]


def _lacking(file: Path, needs: _Needs, folders: tuple[Path, ...]) -> Iterator[Lacking]:
    own = [Path(one.replace("$ORIGIN", str(file.parent))) for one in needs.paths]
    for library in needs.libraries:
        if "/" in library or any(_has(folder, library) for folder in own):
            continue
        where = next((folder for folder in folders if _has(folder, library)), None)
        if where is not None:
            yield Lacking(file=file, library=library, folder=where)


def _has(folder: Path, library: str) -> bool:
    try:
        return (folder / library).exists()
    except OSError:
        return False


def _binaries(prefix: Path) -> Iterator[Path]:
    number = 0
    for name in _FOLDERS:
        try:
            files = sorted((prefix / name).iterdir())
        except OSError:
            continue
        for file in files:
            if number < _MOST_FILES and _is_elf(file):
                number += 1
                yield file


def _is_elf(file: Path) -> bool:
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            return False
        with file.open("rb") as stream:
            return stream.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _needs(file: Path) -> _Needs | None:
    """Return what a file needs, and its run paths; None for one that cannot be read."""
    from elftools.common.exceptions import ELFError  # noqa: PLC0415 - only where files are read
    from elftools.elf.dynamic import DynamicSegment  # noqa: PLC0415 - as above
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415 - as above

    libraries, paths = list[str](), list[str]()
    try:
        with file.open("rb") as stream:
            for segment in ELFFile(stream).iter_segments():
                if isinstance(segment, DynamicSegment):
                    for tag in segment.iter_tags():
                        _take(tag, libraries, paths)
    except (ELFError, OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError):
        return None
    return _Needs(tuple(libraries), tuple(paths))


def _take(tag: Any, libraries: list[str], paths: list[str]) -> None:  # noqa: ANN401 - untyped
    if tag.entry.d_tag == "DT_NEEDED":
        libraries.append(str(tag.needed))
    elif tag.entry.d_tag in {"DT_RPATH", "DT_RUNPATH"}:
        said = tag.rpath if tag.entry.d_tag == "DT_RPATH" else tag.runpath
        paths.extend(one for one in str(said).split(":") if one)
