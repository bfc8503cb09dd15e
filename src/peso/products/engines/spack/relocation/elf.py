"""The areas of an ELF file, by what reads them; and the paths that its loader follows.

Nothing here raises for what a file says: one that cannot be read as ELF has no areas, and all of it
is data.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Final

from peso.products.engines.relocation import LeakKind

MAGIC: Final = b"\x7fELF"
_DEBUG: Final = (".debug", ".zdebug", ".gnu_debug", ".stab", ".comment", ".note", ".GCC.command")
_NAMES: Final = frozenset({".symtab", ".strtab", ".shstrtab"})
_NO_BITS: Final = "SHT_NOBITS"
_MOST_SECTIONS: Final = 200_000


@dataclass(frozen=True, slots=True)
class Elf:
    """What a path in a file means, by where it stands."""

    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    kinds: tuple[LeakKind, ...] = ()
    run_paths: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    """Those that are named by a path."""

    def kind(self, offset: int, path: str) -> LeakKind:
        """Return the kind of this path that stands at an offset."""
        number = bisect_right(self.starts, offset) - 1
        if number < 0 or offset >= self.ends[number]:
            return "data"
        kind = self.kinds[number]
        if kind != "run path":
            return kind
        if path in self.run_paths:
            return "run path"
        return "library" if path in self.libraries else "leftover"


def read_elf(data: bytes) -> Elf:
    """Return the areas of a file; none where it cannot be read as ELF."""
    from elftools.common.exceptions import ELFError  # noqa: PLC0415 - only where files are read
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415 - as above

    areas: list[tuple[int, int, LeakKind]] = []
    try:
        file = ELFFile(io.BytesIO(data))
        paths, libraries = _followed(file)
        for number, section in enumerate(file.iter_sections()):
            header = section.header
            if number < _MOST_SECTIONS and header["sh_type"] != _NO_BITS and header["sh_size"]:
                start, size = int(header["sh_offset"]), int(header["sh_size"])
                areas.append((start, start + size, _kind(section.name)))
    except (ELFError, ValueError, LookupError, TypeError, AttributeError, OverflowError):
        return Elf()
    areas.sort()
    return Elf(
        starts=tuple(one[0] for one in areas),
        ends=tuple(one[1] for one in areas),
        kinds=tuple(one[2] for one in areas),
        run_paths=paths,
        libraries=libraries,
    )


def _kind(name: str) -> LeakKind:
    if name == ".interp":
        return "interpreter"
    if name == ".dynstr":
        return "run path"
    return "debug" if name in _NAMES or name.startswith(_DEBUG) else "data"


def _followed(file: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:  # noqa: ANN401 - untyped
    """Return the run paths of a file, and the libraries it names by a path."""
    from elftools.elf.dynamic import DynamicSegment  # noqa: PLC0415 - as above

    paths, libraries = list[str](), list[str]()
    for segment in file.iter_segments():
        if not isinstance(segment, DynamicSegment):
            continue
        tags: Any = segment.iter_tags()  # what is in a tag hangs on its kind
        for tag in tags:
            kind = tag.entry.d_tag
            if kind in {"DT_RPATH", "DT_RUNPATH"}:
                said = tag.rpath if kind == "DT_RPATH" else tag.runpath
                paths += [one for one in str(said).split(":") if one]
            elif kind == "DT_NEEDED" and "/" in str(tag.needed):
                libraries.append(str(tag.needed))
    return tuple(paths), tuple(libraries)
